"""The remedies of a run that are found by search, for reports that show them; loaded once a finding asks for one."""

from __future__ import annotations

from llmlint.finding import FileResult
from llmlint.reading import Text, from_here
from llmlint.rulebook import internal_error
from llmlint.suggest.findings import Remedies


def remedies_of_a_run() -> Remedies:
    """With all its lints left."""
    return Remedies()


def helped(result: FileResult, text: Text, remedies: Remedies, *, named: bool) -> FileResult:
    """The result of a file with its remedies; a fault in the search for them is a finding beside the others."""
    try:
        return remedies.found(result, text.data, text.checking.settings, named=named, shown=from_here(text.path))
    except Exception as error:  # a bug of ours there must not hide what was found before
        failed = internal_error(error, "the search for a remedy", text.path)
        return result._replace(findings=(*result.findings, failed))
