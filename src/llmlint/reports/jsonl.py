"""JSON Lines: an object for each finding once it is known, as in the JSON report (schemas/finding.json)."""

from __future__ import annotations

import json
from typing import IO

from llmlint.finding import FileResult
from llmlint.reports import ReportOptions
from llmlint.reports.json import finding_entry
from llmlint.reports.summary import Summary


def begin(out: IO[str], options: ReportOptions) -> JsonLinesReport:  # nothing of it changes what is found
    """Begin a report of objects."""
    return JsonLinesReport(out)


class JsonLinesReport:
    """Writes findings and nothing else, so that each line can be read by itself."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def file(self, result: FileResult) -> None:
        """Write a file's findings, and let the reader have them now."""
        for finding in result.findings:
            self._out.write(f"{json.dumps(finding_entry(finding), allow_nan=False)}\n")
        if result.findings:
            self._out.flush()

    def end(self, summary: Summary) -> None:
        """Nothing: every line is a finding."""
