"""A line for each finding, `path:line:col: severity[rule] message`: for editors, problem matchers and grep."""

from __future__ import annotations

from typing import IO

from llmlint.finding import FileResult, Finding
from llmlint.rendered import RENDERED
from llmlint.reports import ReportOptions, mark, shown
from llmlint.reports.colour import BOLD, OF_SEVERITY, painter
from llmlint.reports.printable import printable, printable_file
from llmlint.reports.summary import Summary


def begin(out: IO[str], options: ReportOptions) -> ConciseReport:
    """Begin a report of lines."""
    return ConciseReport(out, options)


class ConciseReport:
    """Writes lines and nothing else."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out = out
        self._least = options.min_severity
        self._paint = painter(options.colour)

    def file(self, result: FileResult) -> None:
        """Write a line for each finding."""
        for finding in shown(result.findings, self._least):
            place = f"{printable_file(finding.file)}:{finding.span.line}:{finding.span.column}:"
            kind = f"{finding.severity}[{printable(finding.rule)}]"
            painted = f"{self._paint(BOLD, place)} {self._paint(OF_SEVERITY[finding.severity], kind)}"
            self._out.write(f"{painted} {mark(finding)}{printable(finding.message)}{_really(finding)}\n")

    def end(self, summary: Summary) -> None:
        """Nothing: every line is a finding."""


def _really(finding: Finding) -> str:
    """The template or the other file that a line of this one stands for."""
    if finding.elsewhere:
        return f" (written in {printable(finding.elsewhere)})"
    template = next((note for note in finding.notes if note.startswith(RENDERED)), "")
    return f" ({printable(template)})" if template else ""
