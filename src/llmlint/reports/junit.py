"""JUnit XML, strict as Jenkins reads it: a suite for each file, a failed case for each finding."""

from __future__ import annotations

from typing import IO
from xml.etree.ElementTree import Element, SubElement, tostring

from llmlint.finding import FileResult, Finding
from llmlint.reports import ReportOptions, shown
from llmlint.reports.printable import printable
from llmlint.reports.summary import Summary
from llmlint.reports.wording import counted, details, sentence

ERRORS = frozenset({"syntax", "internal-error"})
"""Findings that kept the file from being checked."""


def begin(out: IO[str], options: ReportOptions) -> JunitReport:
    """Begin a document."""
    return JunitReport(out, options)


class JunitReport:
    """Writes a suite as soon as its file was linted. Everything is ASCII, whatever the stream is."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out, self._options = out, options
        self._suites = 0
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="llmlint">\n')

    def file(self, result: FileResult) -> None:
        """Write the suite of a file that was linted."""
        if result.passed_over:
            return
        place = printable(self._options.place(result.file))
        cases = [_case(finding, place) for finding in shown(result.findings, self._options.min_severity)]
        if not cases:
            cases.append(Element("testcase", name=f"{place}: nothing to report", classname=place))
        if result.suppressed:
            cases.append(_skipped(place, f"{counted(result.suppressed, 'finding')} taken back by comments"))
        self._write(place, cases)

    def _write(self, name: str, cases: list[Element]) -> None:
        suite = Element("testsuite", name=name, tests=str(len(cases)))
        for kind, tag in KINDS.items():
            suite.set(kind, str(sum(case.find(tag) is not None for case in cases)))
        for case in cases:
            case.tail = "\n"
            suite.append(case)
        suite.text = suite.tail = "\n"
        self._out.write(tostring(suite, encoding="us-ascii").decode("ascii"))
        self._suites += 1

    def end(self, summary: Summary) -> None:
        """Write what could not be read, and close the document."""
        for file, why in summary.unreadable:
            place = printable(self._options.place(file))
            self._write(place, [_error(place, f"{place}: not linted", printable(why))])
        if summary.failure:
            self._write("llmlint", [_error("llmlint", "the run", printable(summary.failure))])
        if not self._suites:  # readers take a document without a case for a fault
            self._write("llmlint", [_skipped("llmlint", "nothing recognised to lint")])
        self._out.write("</testsuites>\n")


KINDS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _case(finding: Finding, place: str) -> Element:
    where = f"{place}:{finding.span.line}:{finding.span.column}"
    case = Element("testcase", name=f"{printable(finding.rule)} at {where}", classname=place)
    kind = "error" if finding.rule in ERRORS else "failure"
    told = SubElement(case, kind, type=finding.severity, message=sentence(finding))
    told.text = "\n".join([f"{where}: {finding.severity}[{printable(finding.rule)}]", *details(finding)])
    return case


def _error(name: str, what: str, why: str) -> Element:
    case = Element("testcase", name=what, classname=name)
    SubElement(case, "error", type="not-linted", message=why).text = why
    return case


def _skipped(name: str, why: str) -> Element:
    case = Element("testcase", name=f"{name}: {why}", classname=name)
    SubElement(case, "skipped", message=why)
    return case
