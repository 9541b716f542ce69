"""What llmlint knows of the text of an open document: its findings, its plans and their facts."""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.document import Source
from llmlint.facts import Facts
from llmlint.finding import FileResult
from llmlint.linting import Plans, all_facts, judged, lint, read_plans, without_words
from llmlint.lsp.positions import Positions
from llmlint.rulebook import internal_error
from llmlint.settings import Checking
from llmlint.tuples import NamedTuple


class Analysis(NamedTuple):
    """One version of a document, understood."""

    path: str
    data: bytes
    positions: Positions
    checking: Checking
    read: Plans
    facts: Sequence[Facts]
    result: FileResult

    def lint(self, data: bytes) -> FileResult:
        """What is found in another text in its place."""
        return lint(data, self.path, self.checking.settings, named=False)

    def trial(self, data: bytes) -> FileResult:
        """The same without words."""
        return lint(data, self.path, without_words(self.checking.settings), named=False)


def analysed(path: str, positions: Positions, checking: Checking) -> Analysis:
    """The analysis of a text; a document that is no deployment has one without findings. Raises nothing."""
    data = positions.text.encode("utf-8", "surrogatepass")
    settings = checking.settings
    try:
        read = read_plans(data, path, named=False, around=settings.around)
        facts = [] if read.passed_over else all_facts(read.plans, settings.catalogue, path)
        if read.passed_over:
            result = FileResult(path, read.source.text, passed_over=read.passed_over)
        else:
            result = judged(read, facts, path, settings)
    except Exception as error:  # a bug of ours in one text must not end the server
        failed = FileResult(path, positions.text, (internal_error(error, "linting", path),))
        return Analysis(path, data, positions, checking, Plans(Source(), [], [], 0, ""), (), failed)
    return Analysis(path, data, positions, checking, read, facts, result)
