"""Reports: what a run found, as text for people, a line each for editors, JSON for programs, or a page for a browser.

A format is a module with a function `begin(out, options) -> Report`, listed in `REPORTS`, loaded when it is asked for.
Reports are deterministic: the same results give the same bytes, with no times and no dates.
"""

from __future__ import annotations

from importlib import import_module

from llmlint.finding import SEVERITIES, FileResult, Finding, Severity
from llmlint.reports.summary import Summary
from llmlint.tuples import NamedTuple
from llmlint.typed import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import IO, Literal, TypeAlias

    from llmlint.reports.described import Described

REPORTS: dict[str, str] = {
    "text": "llmlint.reports.text",
    "concise": "llmlint.reports.concise",
    "json": "llmlint.reports.json",
    "jsonl": "llmlint.reports.jsonl",
    "html": "llmlint.reports.html",
    "sarif": "llmlint.reports.sarif",
    "github": "llmlint.reports.github",
    "gitlab": "llmlint.reports.gitlab",
    "junit": "llmlint.reports.junit",
    "markdown": "llmlint.reports.markdown",
    "statistics": "llmlint.reports.statistics",
    "statistics-json": "llmlint.reports.statistics_json",
}

Verbosity: TypeAlias = 'Literal["quiet", "normal", "verbose"]'


def as_named(file: str) -> str:
    """A file's name as it is, for reports that need not say where in a repository it lies."""
    return file


def no_rules() -> Sequence[Described]:
    """For reports that do not describe rules."""
    return ()


class ReportOptions(NamedTuple):
    """How findings are shown."""

    colour: bool = False
    width: int = 0
    """Columns of the terminal; 0 where there is none, and nothing is wrapped."""
    verbosity: Verbosity = "normal"
    min_severity: Severity = "info"
    """The least severity that is shown."""
    place: Callable[[str], str] = as_named
    """A file's path from the root of its repository, with slashes; absolute where it lies outside."""
    rules: Callable[[], Sequence[Described]] = no_rules
    """The rules that are checked, by their ids."""
    room: int = 0
    """Bytes that the report may take, where its format has a limit; 0: the format's own."""


class Report(Protocol):
    """A report that is being written."""

    def file(self, result: FileResult) -> None:
        """Add what was found in one file."""

    def end(self, summary: Summary) -> None:
        """Add the sum of it all, and whatever makes the report complete."""


def begin(name: str, out: IO[str], options: ReportOptions) -> Report:
    """Begin a report in the format of that name, one of `REPORTS`."""
    report: Report = import_module(REPORTS[name]).begin(out, options)
    return report


def mark(finding: Finding) -> str:
    """What stands in front of the message of a finding that --fix mends."""
    return "[*] " if finding.fix is not None and finding.fix.safe else ""


def shown(findings: Iterable[Finding], least: Severity) -> list[Finding]:
    """Those findings that weigh at least so much."""
    weights = SEVERITIES[: SEVERITIES.index(least) + 1]
    return [finding for finding in findings if finding.severity in weights]
