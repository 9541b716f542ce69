"""Annotations of GitHub Actions: workflow commands, of which the runner shows ten of each level for a step."""

from __future__ import annotations

from typing import IO

from llmlint.finding import SEVERITIES, FileResult, Finding
from llmlint.reports import ReportOptions, shown
from llmlint.reports.printable import printable
from llmlint.reports.summary import Summary
from llmlint.reports.wording import counted, details

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
MOST = 10
"""Annotations of each level that GitHub shows for a step (actions/toolkit: docs/problem-matchers.md)."""


def begin(out: IO[str], options: ReportOptions) -> GithubReport:
    """Begin a report of commands."""
    return GithubReport(out, options)


class GithubReport:
    """Keeps the first findings of each level until the end: the heaviest come first, and no more than are shown."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out, self._options = out, options
        self._kept: dict[str, list[str]] = {severity: [] for severity in SEVERITIES}
        self._found = 0

    def file(self, result: FileResult) -> None:
        """Keep what may be shown of a file's findings."""
        for finding in shown(result.findings, self._options.min_severity):
            self._found += 1
            kept = self._kept[finding.severity]
            if len(kept) < MOST:
                kept.append(_annotation(finding, self._options.place(finding.file)))

    def end(self, summary: Summary) -> None:
        """Write the commands, the heaviest first; where some are not shown, the last notice says how many."""
        failures = [
            command("error", f"{printable(file)}: {printable(why)}", file=self._options.place(file))
            for file, why in summary.unreadable
        ]
        if summary.failure:
            failures.append(command("error", f"the run was ended: {summary.failure}"))
        kept = {**self._kept, "error": [*failures, *self._kept["error"]][:MOST]}
        left = self._found + len(failures) - sum(map(len, kept.values()))
        if left:
            notices = kept["info"][: MOST - 1]
            left += len(kept["info"]) - len(notices)
            more = f"{counted(left, 'more finding')} beyond what GitHub shows of a step: see the job's summary or log"
            kept["info"] = [*notices, command("notice", more)]
        for severity in SEVERITIES:
            self._out.writelines(kept[severity])


def _annotation(finding: Finding, place: str) -> str:
    """Columns only for what lies on one line; of several lines the first, which GitHub shows in every case."""
    span = finding.span
    where = {"file": place, "line": str(span.line)}
    if span.end_line == span.line:
        where |= {"endLine": str(span.line), "col": str(span.column), "endColumn": str(span.end_column)}
    return command(LEVELS[finding.severity], "\n".join(details(finding)), **where, title=finding.rule)


def command(name: str, message: str, **properties: str) -> str:
    """A command as a line: whatever its texts hold, it stays one, and says what they say."""
    written = ",".join(f"{key}={escaped(value, ':,')}" for key, value in properties.items())
    return f"::{name}{' ' if written else ''}{written}::{escaped(message)}\n"


def escaped(text: str, besides: str = "") -> str:
    """Text as the runner reads it (actions/toolkit: packages/core/src/command.ts), lone surrogates spelt out."""
    for character in f"%\r\n{besides}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
