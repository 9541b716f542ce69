"""How often each rule speaks, for programs (schemas/statistics.json)."""

from __future__ import annotations

import json
from typing import IO, Literal, TypedDict

from llmlint.finding import FileResult, Severity
from llmlint.reports import ReportOptions
from llmlint.reports.json import summary_entry, whole
from llmlint.reports.statistics import Counts, Row
from llmlint.reports.summary import Summary

VERSION = 1


class CountEntry(TypedDict):
    """The findings of one rule."""

    rule: str
    """Its id."""
    severity: Severity
    """As configured; a rule whose severity differs among files has several entries."""
    count: int
    """How many there are."""
    fixable: int
    """Of these, what `--fix` would mend."""
    unsafely_fixable: int
    """What it would mend with `--unsafe-fixes` only."""


class StatisticsReport(TypedDict):
    """What `llmlint --statistics --format json` prints. Within a version, fields are only added."""

    version: Literal[1]
    """Of this format."""
    statistics: list[CountEntry]
    """The most frequent first."""
    summary: dict[str, object]
    """As in the report of findings (`llmlint schema report`)."""


def begin(out: IO[str], options: ReportOptions) -> JsonStatistics:  # all findings, whatever is shown elsewhere
    """Begin counting."""
    return JsonStatistics(out)


class JsonStatistics:
    """Counts all that comes, and writes it at the end."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._counts = Counts()

    def file(self, result: FileResult) -> None:
        """Count a file's findings."""
        for finding in result.findings:
            self._counts.add(finding)

    def end(self, summary: Summary) -> None:
        """Write an entry for each rule."""
        rows = ",".join(f"\n  {json.dumps(_entry(row))}" for row in self._counts.rows())
        end = "\n" if rows else ""
        self._out.write(f'{{"version": {VERSION}, "statistics": [{rows}{end}], "summary": ')
        self._out.write(json.dumps(summary_entry(summary), allow_nan=False) + "}\n")


def _entry(row: Row) -> CountEntry:
    return {
        "rule": whole(row.rule),
        "severity": row.severity,
        "count": row.number,
        "fixable": row.fixable,
        "unsafely_fixable": row.unsafely_fixable,
    }
