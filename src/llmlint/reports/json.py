"""The report for programs: stable, complete whatever is shown elsewhere, a line each finding (schemas/report.json)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING

from llmlint.finding import FileResult, Finding, Fix, Path, Remedy
from llmlint.reports import ReportOptions
from llmlint.reports.summary import Summary

if TYPE_CHECKING:
    from llmlint.reports.schema_models import (
        FactValue,
        FindingEntry,
        FixEntry,
        JsonValue,
        NotCheckedEntry,
        RemedyEntry,
        SummaryEntry,
    )

VERSION = 1
"""Of the format; within a version, fields are only added."""
LARGEST = 10**308
"""Whole numbers beyond what readers can hold as a float are left out, as infinite ones are."""


def begin(out: IO[str], options: ReportOptions) -> JsonReport:  # nothing of it changes what is found
    """Begin a report for programs."""
    return JsonReport(out)


class JsonReport:
    """Writes findings as they come, and keeps only what stands behind them in the report."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._findings = 0
        self._not_checked: list[str] = []
        out.write(f'{{"version": {VERSION}, "findings": [')

    def file(self, result: FileResult) -> None:
        """Write a file's findings."""
        for finding in result.findings:
            self._out.write(f"{',' if self._findings else ''}\n  {_json(finding_entry(finding))}")
            self._findings += 1
        for one in result.not_checked:
            entry: NotCheckedEntry = {
                "file": whole(result.file),
                "document": one.document,
                "rule": whole(one.rule),
                "facts": list(map(whole, one.facts)),
                "keys": list(map(whole, one.keys)),
            }
            self._not_checked.append(_json(entry))

    def end(self, summary: Summary) -> None:
        """Write the rest."""
        self._out.write("\n], " if self._findings else "], ")
        rows = ",".join(f"\n  {one}" for one in self._not_checked)
        self._out.write(f'"not_checked": [{rows}' + ("\n], " if rows else "], "))
        self._out.write(f'"summary": {_json(summary_entry(summary))}}}\n')


def finding_entry(finding: Finding) -> FindingEntry:
    """A finding as it stands in the report."""
    return {
        "rule": whole(finding.rule),
        "aliases": list(map(whole, finding.aliases)),
        "severity": finding.severity,
        "message": whole(finding.message),
        "file": whole(finding.file),
        "document": finding.document,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "path": _path(finding.path),
        "facts": {whole(name): fact_value(value) for name, value in finding.facts},
        "help": whole(finding.help),
        "notes": list(map(whole, finding.notes)),
        "remedies": list(map(remedy_entry, finding.remedies)),
        "fix": None if finding.fix is None else fix_entry(finding.fix),
    }


def remedy_entry(remedy: Remedy) -> RemedyEntry:
    """A remedy as it stands in the report."""
    from llmlint.suggest.diff import unified

    return {
        "changes": [
            {"path": _path(edit.path), "old": plain(edit.old), "new": plain(edit.new), "line": edit.line}
            for edit in remedy.edits
        ],
        "diff": whole(unified(remedy.before, remedy.after, remedy.file)),
        "left": list(map(whole, remedy.left)),
    }


def fix_entry(fix: Fix) -> FixEntry:
    """A fix as it stands in the report."""
    return {
        "safe": fix.safe,
        "edits": [
            {
                "line": edit.span.line,
                "column": edit.span.column,
                "end_line": edit.span.end_line,
                "end_column": edit.span.end_column,
                "text": whole(edit.text),
            }
            for edit in fix.edits
        ],
    }


def summary_entry(summary: Summary) -> SummaryEntry:
    """The counts as they stand in the report, and what kept files from being linted."""
    return {
        "files": summary.files,
        "recognised": summary.recognised,
        "passed_over": summary.passed_over,
        "deployments": summary.deployments,
        "errors": summary.errors,
        "warnings": summary.warnings,
        "infos": summary.infos,
        "suppressed": summary.suppressed,
        "baselined": summary.baselined,
        "stale": summary.stale,
        "earlier": summary.earlier,
        "not_checked": summary.not_checked,
        "formats": dict(summary.formats),
        "templates": summary.templates,
        "fixed": summary.fixed,
        "fixable": summary.fixable,
        "unsafely_fixable": summary.unsafely_fixable,
        "unreadable": [{"file": whole(file), "reason": whole(why)} for file, why in summary.unreadable],
        "failure": whole(summary.failure),
    }


def fact_value(value: object) -> FactValue:
    """A fact's value as JSON has it; null where it is unknown, or no finite number."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return whole(str(value))


def plain(value: object) -> JsonValue:
    """A value of a deployment as JSON has it."""
    if isinstance(value, Mapping):
        return {whole(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return fact_value(value)


def _path(path: Path) -> list[str | int]:
    return [step if isinstance(step, int) else whole(step) for step in path]


def whole(text: str) -> str:
    """Text without lone surrogates, which are spelt out: readers of JSON refuse them, or make of two names one."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _json(entry: FindingEntry | NotCheckedEntry | SummaryEntry) -> str:
    return json.dumps(entry, allow_nan=False)
