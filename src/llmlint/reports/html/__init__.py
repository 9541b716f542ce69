"""The report as one page for a browser: findings by file with their code, arithmetic and changes; nothing is loaded.

It is written at the end of the run, since its head says what the run comes to.
"""

from __future__ import annotations

from typing import IO

from llmlint.finding import FileResult
from llmlint.reports import ReportOptions, shown
from llmlint.reports.html.findings import File, file_section, passed_over
from llmlint.reports.html.markup import Html, joined, tag
from llmlint.reports.html.overview import contents, overview
from llmlint.reports.html.page import page
from llmlint.reports.summary import Summary


def begin(out: IO[str], options: ReportOptions) -> HtmlReport:
    """Begin a page."""
    return HtmlReport(out, options)


class HtmlReport:
    """Keeps what is to be shown of each file, as markup, until the end."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out = out
        self._least = options.min_severity
        self._files: list[File] = []
        self._sections: list[Html] = []
        self._passed_over: list[tuple[str, str]] = []
        self._hidden = 0

    def file(self, result: FileResult) -> None:
        """Add a file's findings and what was not checked in it."""
        findings = shown(result.findings, self._least)
        self._hidden += len(result.findings) - len(findings)
        if result.passed_over:
            self._passed_over.append((result.file, result.passed_over))
        if not result.passed_over or findings:
            file = File(len(self._files) + 1, result, tuple(findings))
            self._files.append(file._replace(result=result._replace(text="")))  # the text is in its section by now
            self._sections.append(file_section(file))

    def end(self, summary: Summary) -> None:
        """Write the page."""
        header = overview(summary, self._least, self._hidden)
        main = joined([contents(self._files), *self._sections, passed_over(self._passed_over)])
        if not self._files and not self._passed_over:
            main = tag("p", {"class": "nothing"}, "No file was looked at.")
        self._out.write(page("llmlint report", header, main))
