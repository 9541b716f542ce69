"""Reports: each format is a module whose class meets `Report`. Only the one in use is imported."""

from __future__ import annotations

from importlib import import_module
from typing import IO, NamedTuple, Protocol

from llmlint.finding import SEVERITIES, FileResult, Finding, Severity
from llmlint.reports.summary import Summary

__all__ = ["REPORTS", "Report", "ReportOptions", "Summary", "report_for", "shown"]


class ReportOptions(NamedTuple):
    """How a report is shown."""

    colour: bool = False
    width: int = 120
    """Cells that a line may fill."""
    quiet: bool = False
    verbose: bool = False
    min_severity: Severity = "info"


class Report(Protocol):
    """Writes findings as they come, and a summary at the end."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None: ...

    def file(self, result: FileResult) -> None:
        """Report one file."""

    def end(self, summary: Summary) -> None:
        """Finish the report."""


REPORTS = {
    "text": "llmlint.reports.text",
    "concise": "llmlint.reports.concise",
    "json": "llmlint.reports.json_report",
}
"""Format to module; each has a class `Format`."""


def report_for(name: str, out: IO[str], options: ReportOptions) -> Report:
    """The report of a format, writing to `out`."""
    report: Report = import_module(REPORTS[name]).Format(out, options)
    return report


def shown(finding: Finding, options: ReportOptions) -> bool:
    """Whether a finding is severe enough to be shown."""
    return SEVERITIES.index(finding.severity) <= SEVERITIES.index(options.min_severity)
