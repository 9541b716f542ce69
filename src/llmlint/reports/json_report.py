"""JSON for programs: the stable interface described by schemas/report.json. All findings, whatever is shown elsewhere.

The TypedDicts are the source of that schema. Fields are only ever added within a version.
"""

from __future__ import annotations

import json
from typing import IO, Literal, TypedDict

from llmlint.finding import FileResult, Finding, NotChecked
from llmlint.reports import ReportOptions, Summary

DOCSTRINGS = {"use_attribute_docstrings": True, "extra": "forbid"}


class FindingEntry(TypedDict):
    """One thing that is wrong; lines and columns from 1, columns in code points, the end exclusive."""

    __pydantic_config__ = DOCSTRINGS  # type: ignore[misc]  # read by pydantic, which the schema is made with

    rule: str
    """The rule's id."""
    severity: Literal["error", "warning", "info"]
    """As configured."""
    message: str
    """What is wrong, with its figures."""
    file: str
    """As the user named it, or as it was found."""
    document: int
    """Which document of the file, from 0."""
    line: int
    """First line."""
    column: int
    """First column."""
    end_line: int
    """Last line."""
    end_column: int
    """The column behind the last character."""
    path: list[str | int]
    """Keys and indices from the root of the document."""
    facts: dict[str, str | int | float | bool | None]
    """Name and value of each fact that the rule compared or quoted."""
    help: str
    """The remedy."""
    notes: list[str]
    """The arithmetic."""


class NotCheckedEntry(TypedDict):
    """A rule that could not be decided for a deployment."""

    __pydantic_config__ = DOCSTRINGS  # type: ignore[misc]

    file: str
    """As in findings."""
    document: int
    """As in findings."""
    rule: str
    """The rule's id."""
    facts: list[str]
    """The facts that are unknown."""
    keys: list[str]
    """Keys of the deployment file that would make them known."""


class SummaryEntry(TypedDict):
    """Counts over the run."""

    __pydantic_config__ = DOCSTRINGS  # type: ignore[misc]

    files: int
    """Files that were looked at."""
    recognised: int
    """Files in which something was linted."""
    deployments: int
    """Deployments in them."""
    errors: int
    """Findings of severity error."""
    warnings: int
    """Findings of severity warning."""
    infos: int
    """Findings of severity info."""
    suppressed: int
    """Findings that comments took back."""
    not_checked: int
    """Entries of `not_checked`."""


class LintReport(TypedDict):
    """What `llmlint --format json` prints."""

    __pydantic_config__ = DOCSTRINGS  # type: ignore[misc]

    version: Literal[1]
    """Of this interface."""
    findings: list[FindingEntry]
    """By file, then document, line, column and rule."""
    not_checked: list[NotCheckedEntry]
    """Rules that could not be decided, and why."""
    summary: SummaryEntry
    """Counts over the run."""


class Format:
    """The JSON report: findings are written as they come, so that memory does not grow with them."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self.out = out
        self.not_checked: list[NotCheckedEntry] = []
        self.comma = "\n"
        out.write('{\n"version": 1,\n"findings": [')

    def file(self, result: FileResult) -> None:
        """The findings of one file."""
        for finding in result.findings:
            self.out.write(self.comma + _line(finding_entry(finding)))
            self.comma = ",\n"
        self.not_checked += [not_checked_entry(result.file, one) for one in result.not_checked]

    def end(self, summary: Summary) -> None:
        """What was not checked, and the counts."""
        self.out.write("\n],\n" if self.comma != "\n" else "],\n")
        unchecked = ",\n".join(map(_line, self.not_checked))
        self.out.write(f'"not_checked": [{unchecked}],\n' if not unchecked else f'"not_checked": [\n{unchecked}\n],\n')
        self.out.write(f'"summary": {_line(summary_entry(summary, len(self.not_checked)))}\n}}\n')


def _line(entry: object) -> str:
    """ASCII only: lone surrogates and control characters of the input come out as escapes."""
    return json.dumps(entry, allow_nan=False)


def finding_entry(finding: Finding) -> FindingEntry:
    """A finding as JSON has it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": finding.file,
        "document": finding.document,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "path": list(finding.path),
        "facts": dict(finding.facts),  # type: ignore[arg-type]  # rulebook keeps scalars only
        "help": finding.help,
        "notes": list(finding.notes),
    }


def not_checked_entry(file: str, one: NotChecked) -> NotCheckedEntry:
    """A rule that was not checked as JSON has it."""
    return {
        "file": file,
        "document": one.document,
        "rule": one.rule,
        "facts": list(one.facts),
        "keys": list(one.keys),
    }


def summary_entry(summary: Summary, not_checked: int) -> SummaryEntry:
    """The counts as JSON has them."""
    return {
        "files": summary.files,
        "recognised": summary.recognised,
        "deployments": summary.deployments,
        "errors": summary.findings["error"],
        "warnings": summary.findings["warning"],
        "infos": summary.findings["info"],
        "suppressed": summary.suppressed,
        "not_checked": not_checked,
    }
