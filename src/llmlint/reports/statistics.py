"""How often each rule speaks, for people: a line each, the most frequent first."""

from __future__ import annotations

from collections import Counter
from typing import IO

from llmlint.finding import SEVERITIES, FileResult, Finding, Severity
from llmlint.reports import ReportOptions, shown
from llmlint.reports.colour import BOLD, OF_SEVERITY, painter
from llmlint.reports.printable import printable
from llmlint.reports.summary import Summary
from llmlint.reports.text import summary_parts
from llmlint.tuples import NamedTuple


class Row(NamedTuple):
    """One rule, in one severity."""

    rule: str
    severity: Severity
    number: int
    fixable: int
    """Of these, what --fix would mend."""
    unsafely_fixable: int
    """What it would mend with --unsafe-fixes only."""


class Counts:
    """Adds findings up by rule."""

    def __init__(self) -> None:
        self._found: Counter[tuple[str, Severity]] = Counter()
        self._fixes: dict[bool, Counter[tuple[str, Severity]]] = {True: Counter(), False: Counter()}

    def add(self, finding: Finding) -> None:
        """Count one."""
        key = (finding.rule, finding.severity)
        self._found[key] += 1
        if finding.fix is not None:
            self._fixes[finding.fix.safe][key] += 1

    def rows(self) -> list[Row]:
        """The most frequent first, then the heaviest."""
        rows = [Row(*key, count, self._fixes[True][key], self._fixes[False][key]) for key, count in self._found.items()]
        return sorted(rows, key=lambda row: (-row.number, SEVERITIES.index(row.severity), row.rule))


def begin(out: IO[str], options: ReportOptions) -> Statistics:
    """Begin counting."""
    return Statistics(out, options)


class Statistics:
    """Counts all that comes, and writes it at the end."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out, self._options = out, options
        self._counts = Counts()
        self._hidden = 0

    def file(self, result: FileResult) -> None:
        """Count a file's findings."""
        visible = shown(result.findings, self._options.min_severity)
        self._hidden += len(result.findings) - len(visible)
        for finding in visible:
            self._counts.add(finding)

    def end(self, summary: Summary) -> None:
        """Write a line for each rule, and what it comes to."""
        rows = self._counts.rows()
        paint = painter(self._options.colour)
        digits = max((len(str(row.number)) for row in rows), default=1)
        width = max((len(row.rule) for row in rows), default=1)
        for row in rows:
            severity = paint(OF_SEVERITY[row.severity], f"{row.severity:<7}")
            name = paint(BOLD, f"{printable(row.rule):<{width}}")
            self._out.write(f"{row.number:>{digits}}  {name}  {severity}  {_mark(row)}".rstrip() + "\n")
        if self._options.verbosity != "quiet":
            text = "; ".join(summary_parts(summary, self._options, self._hidden))
            self._out.write(("\n" if rows else "") + text + "\n")


def _mark(row: Row) -> str:
    """How much of it is mended by --fix."""
    parts = []
    if row.fixable:
        parts.append("[*]" if row.fixable == row.number else f"[*] {row.fixable} fixable")
    if row.unsafely_fixable:
        parts.append(f"{row.unsafely_fixable} with --unsafe-fixes")
    return ", ".join(parts)
