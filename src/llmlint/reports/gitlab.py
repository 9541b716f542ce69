"""GitLab's Code Quality report: an array of entries, each with a fingerprint of its own."""

from __future__ import annotations

import json
from typing import IO, Any

from llmlint.finding import FileResult, Finding
from llmlint.reports import ReportOptions, shown
from llmlint.reports.fingerprint import Fingerprints
from llmlint.reports.json import whole
from llmlint.reports.printable import printable
from llmlint.reports.summary import Summary
from llmlint.reports.wording import remedy, sentence

LEVELS = {"error": "critical", "warning": "major", "info": "info"}


def begin(out: IO[str], options: ReportOptions) -> GitlabReport:
    """Begin an array."""
    return GitlabReport(out, options)


class GitlabReport:
    """Writes entries as findings come. GitLab drops whatever follows an entry that it cannot read: there is none."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out, self._options = out, options
        self._fingerprints = Fingerprints()
        self._entries = 0
        out.write("[")

    def file(self, result: FileResult) -> None:
        """Write a file's findings."""
        for finding in shown(result.findings, self._options.min_severity):
            place = self._options.place(finding.file)
            lines = {"begin": finding.span.line, "end": max(finding.span.line, finding.span.end_line)}
            self._write(
                {
                    "check_name": whole(finding.rule),
                    "description": _description(finding),
                    "severity": LEVELS[finding.severity],
                    "fingerprint": self._fingerprints.of(finding, place),
                    "location": {"path": whole(place), "lines": lines},
                }
            )

    def _write(self, entry: dict[str, Any]) -> None:
        issue = {"type": "issue", "categories": ["Bug Risk"]} | entry
        self._out.write(f"{',' if self._entries else ''}\n  {json.dumps(issue, allow_nan=False)}")
        self._entries += 1

    def end(self, summary: Summary) -> None:
        """Write what could not be checked, and close the array."""
        troubles = [*summary.unreadable, *([("", summary.failure)] if summary.failure else [])]
        for file, why in troubles:
            place = self._options.place(file) if file else "."
            self._write(
                {
                    "check_name": "not-linted",
                    "description": printable(f"not linted: {why}"),
                    "severity": "blocker",
                    "fingerprint": self._fingerprints.next("not-linted", place),
                    "location": {"path": whole(place), "lines": {"begin": 1}},
                }
            )
        self._out.write("\n]\n" if self._entries else "]\n")


def _description(finding: Finding) -> str:
    """On one line, with the rule's id, since GitLab does not show `check_name`."""
    to_do = remedy(finding)
    return f"{printable(finding.rule)}: {sentence(finding)}" + (f"; to do: {to_do}" if to_do else "")
