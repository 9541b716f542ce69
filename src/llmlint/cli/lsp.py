"""`llmlint lsp`: a language server for editors, over standard input and output."""

from __future__ import annotations

from importlib.util import find_spec

from llmlint.cli.problems import tell

INSTALL = "pip install 'llmlint[lsp]'"


def serve() -> int:
    """Serve until the editor leaves; 2 where the extra is not installed."""
    if find_spec("pygls") is None or find_spec("lsprotocol") is None:
        return tell(f"the language server needs pygls, which is not installed: {INSTALL}")
    from llmlint.lsp.server import serve as serve_editor

    serve_editor()
    return 0
