"""Markdown for job summaries and comments on changes: a table, the heaviest findings first, then the remedies."""

from __future__ import annotations

from typing import IO

from llmlint.finding import SEVERITIES, FileResult, Finding
from llmlint.reports import ReportOptions, shown
from llmlint.reports.markdown_text import code, fenced, plain
from llmlint.reports.printable import printable
from llmlint.reports.summary import Summary
from llmlint.reports.wording import counted, remedy

ROOM = 65_000
"""Bytes: a comment on GitHub takes 65,536 characters. Other limits are `ReportOptions.room`."""
KEPT_FREE = 400
"""Of them, for what is said of the rest."""


def begin(out: IO[str], options: ReportOptions) -> MarkdownReport:
    """Begin a page."""
    return MarkdownReport(out, options)


class MarkdownReport:
    """Keeps findings until the end: how many there are stands above them."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out, self._options = out, options
        self._findings: list[Finding] = []

    def file(self, result: FileResult) -> None:
        """Keep a file's findings."""
        self._findings += shown(result.findings, self._options.min_severity)

    def end(self, summary: Summary) -> None:
        """Write the page, or as much of it as there is room for, and how much is left out."""
        heaviest = sorted(self._findings, key=lambda finding: SEVERITIES.index(finding.severity))
        page = _Page((self._options.room or ROOM) - KEPT_FREE)
        page.add(_head(summary))
        for file, why in summary.unreadable:
            page.add(f"- {code(self._options.place(file))} was not linted: {plain(why)}\n")
        if summary.failure:
            page.add(f"- The run was ended: {plain(summary.failure)}\n")
        rows = self._table(heaviest, page)
        if rows < len(heaviest):
            page.close(f"\n…and {counted(len(heaviest) - rows, 'more finding')}, for which there is no room here.\n")
        self._remedies(heaviest[:rows], page)
        self._out.write(page.text)

    def _table(self, findings: list[Finding], page: _Page) -> int:
        """Write a row each; how many there was room for."""
        if not findings or not page.add("\n| | where | what | to do |\n|---|---|---|---|\n"):
            return 0
        return next((rows for rows, finding in enumerate(findings) if not page.add(self._row(finding))), len(findings))

    def _row(self, finding: Finding) -> str:
        where = code(f"{self._options.place(finding.file)}:{finding.span.line}")
        what = f"{code(finding.rule)}: {plain(finding.message)}"
        return f"| {finding.severity} | {where} | {what} | {plain(remedy(finding))} |\n"

    def _remedies(self, findings: list[Finding], page: _Page) -> None:
        """The diffs of what was found to mend the plan, each once."""
        from llmlint.suggest.diff import unified

        diffs: dict[str, str] = {}
        for finding in findings:
            for one in finding.remedies[:1]:
                diffs.setdefault(unified(one.before, one.after, one.file), finding.rule)
        for diff, rule in diffs.items():
            shown_diff = fenced(
                "diff", "\n".join("\t".join(map(printable, row.split("\t"))) for row in diff.split("\n"))
            )
            page.add(f"\n<details><summary>The change for {plain(rule)}</summary>\n\n{shown_diff}\n</details>\n")


def _head(summary: Summary) -> str:
    found = ((summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info"))
    counts = ", ".join(counted(number, what) for number, what in found if number) or "nothing to report"
    seen = [counted(summary.recognised, "file"), counted(summary.deployments, "deployment")]
    if summary.suppressed:
        seen.append(f"{counted(summary.suppressed, 'finding')} taken back by comments")
    if summary.baselined:
        seen.append(f"{counted(summary.baselined, 'finding')} held back by the baseline")
    if summary.not_checked:
        seen.append(f"{counted(summary.not_checked, 'rule')} not checked for want of facts")
    if not summary.recognised:
        seen = ["nothing recognised to lint" if summary.passed_over else "no file to lint"]
    return f"### llmlint: {counts}\n\n{', '.join(seen)}\n"


class _Page:
    """Text up to a number of bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        """What is on the page."""
        return "".join(self._parts)

    def add(self, text: str) -> bool:
        """Add text if there is room for all of it."""
        size = len(text.encode("utf-8", "backslashreplace"))
        if size > self._room:
            return False
        self._room -= size
        self._parts.append(text)
        return True

    def close(self, text: str) -> None:
        """Add a last text, for which room was kept."""
        self._parts.append(text)
        self._room = 0
