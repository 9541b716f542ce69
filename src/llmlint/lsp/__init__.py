"""The language server: what `llmlint check` says, as an editor shows it while one writes.

Needs the extra `llmlint[lsp]`.

The lint is the one of the command line; these modules only translate. No module but those here imports pygls.
"""
