"""One line a finding, for editors and problem matchers: path:line:col: severity[rule] message."""

from __future__ import annotations

from typing import IO

from llmlint.finding import FileResult
from llmlint.reports import ReportOptions, Summary, shown
from llmlint.reports.printable import printable


class Format:
    """The concise report."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self.out = out
        self.options = options

    def file(self, result: FileResult) -> None:
        """A line for each finding."""
        for one in result.findings:
            if shown(one, self.options):
                place = f"{one.file}:{one.span.line}:{one.span.column}"
                self.out.write(printable(f"{place}: {one.severity}[{one.rule}] {one.message}") + "\n")

    def end(self, summary: Summary) -> None:
        """Nothing: whoever reads this reads lines."""
