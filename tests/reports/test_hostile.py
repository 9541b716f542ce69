"""Whatever a file says, or is called: reports stay readable by their readers, and nothing in them steers a terminal."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from llmlint.finding import SEVERITIES, Edit, FileResult, Finding, Fix, NotChecked, Remedy, Span, TextEdit
from llmlint.reports import ReportOptions
from llmlint.reports.layout import columns
from llmlint.reports.printable import printable

from .agreement import AGREES, assert_agrees
from .reporting import reported
from .test_json import read

NASTY = [
    "%0A", "%", ":", ",", "]]>", "<!--", "<b>", "&amp;", "&#64;", "`", "``", "|", "\\|", "~~", "**", "[x](http://x)",
    "[", "](", "@somebody", "#12", "!3", "$x$", ":smile:", "http://x.example", "www.x.example", "deadbeef",
    "<script>", "{0}", "::endgroup::", "\n::error::x", "\ufffe", "\n", "\r", "\r\n", "\t", "\x00", "\x1b[2J",
    "\x1b]8;;http://x\x07", "\x9b31m", "\u2028", "\u2029", "\x85", "\u202e", "\u2066", "\ud800", "\udfff",
    "\U0001f600", "模", "\u0301", "\ufeff", "\x7f", "::error::x", "##[error]x", "##vso[x]",
    "deploy.yaml:1:1: error[forged] x", "] }", '"', "\\", "  ", "# ", "- ", "│",
]  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=9)), max_size=4).map("".join)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
PLACES = st.integers(1, 30)
SPANS = st.builds(
    lambda a, b, c, d: Span(a, b, a + c, b + d if c == 0 else d + 1), PLACES, PLACES, st.integers(0, 2), PLACES
)
VALUES = st.one_of(TEXT, st.none(), st.booleans(), st.integers(), st.floats())
PATHS = st.lists(st.one_of(TEXT, st.integers(0, 9)), max_size=3).map(tuple)
EDITS = st.builds(Edit, path=PATHS, old=VALUES, new=st.one_of(VALUES, st.lists(VALUES, max_size=2)), line=PLACES)
REMEDIES = st.builds(
    Remedy, edits=st.lists(EDITS, max_size=2).map(tuple), before=TEXT, after=TEXT, file=TEXT, left=TEXTS
)
TEXT_EDITS = st.builds(TextEdit, start=st.just(0), end=st.just(0), text=TEXT, span=SPANS)
FIXES = st.builds(Fix, safe=st.booleans(), edits=st.lists(TEXT_EDITS, max_size=2).map(tuple), within=st.just(()))
FINDINGS = st.builds(
    Finding,
    rule=TEXT,
    severity=st.sampled_from(SEVERITIES),
    message=TEXT,
    file=TEXT,
    span=SPANS,
    document=st.integers(0, 9),
    path=PATHS,
    label=TEXT,
    notes=TEXTS,
    help=TEXT,
    facts=st.lists(st.tuples(TEXT, VALUES), max_size=3).map(tuple),
    remedies=st.lists(REMEDIES, max_size=2).map(tuple),
    fix=st.one_of(st.none(), FIXES),
)
RESULTS = st.builds(
    FileResult,
    file=TEXT,
    text=st.lists(TEXT, max_size=8).map("\n".join),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    not_checked=st.lists(st.builds(NotChecked, TEXT, st.integers(0, 9), TEXTS, TEXTS), max_size=3).map(tuple),
    deployments=st.integers(0, 9),
    fixed=st.integers(0, 9),
    suppressed=st.integers(0, 9),
    passed_over=TEXT,
    unsearched=st.booleans(),
    formats=TEXTS,
    baselined=st.integers(0, 9),
    earlier=st.integers(0, 9),
    stale=st.integers(0, 9),
    data=st.just(b""),
)
OPTIONS = st.builds(
    ReportOptions,
    colour=st.booleans(),
    width=st.sampled_from([0, 20, 40, 100, 300]),
    verbosity=st.sampled_from(["quiet", "normal", "verbose"]),
    min_severity=st.sampled_from(SEVERITIES),
)
OUR_COLOURS = re.compile(r"\x1b\[(?:[0-9]|1;3[1-6]|3[1-6])m")


def uncoloured(text: str, options: ReportOptions) -> list[str]:
    """Lines without our own colours, with nothing else in them that a terminal or a runner obeys."""
    lines = (OUR_COLOURS.sub("", text) if options.colour else text).split("\n")
    for line in lines:
        assert line.isprintable(), ascii(line)
        assert not re.match(r"\s*::[A-Za-z]", line), line
        assert not re.search(r"##[A-Za-z]*\[", line), line
    assert lines.pop() == ""
    return lines


@given(RESULTS, OPTIONS)
def test_every_report_stays_readable(result: FileResult, options: ReportOptions) -> None:
    """One test for all: making such results takes longer than reporting them."""
    json_has_all(result, options)
    concise_has_a_line_each(result, options._replace(min_severity="info"))
    text_fits_the_width(result, options)
    findings = tuple(finding._replace(file=result.file) for finding in result.findings)
    for form in sorted(AGREES):
        assert_agrees(result._replace(findings=findings, passed_over=""), form, options)


def json_has_all(result: FileResult, options: ReportOptions) -> None:
    report = read(result, options=options)
    assert len(report["findings"]) == len(result.findings)
    assert len(report["not_checked"]) == len(result.not_checked)


def concise_has_a_line_each(result: FileResult, options: ReportOptions) -> None:
    lines = uncoloured(reported(result, form="concise", options=options), options)
    assert len(lines) == len(result.findings)
    for line, finding in zip(lines, result.findings, strict=True):
        assert f":{finding.span.line}:{finding.span.column}: {finding.severity}[" in line


def text_fits_the_width(result: FileResult, options: ReportOptions) -> None:
    lines = uncoloured(reported(result, options=options), options)
    if 0 < options.width < 200:
        assert max(map(columns, lines), default=0) <= options.width


@given(FINDINGS, OPTIONS)
def test_no_line_of_a_frame_is_taken_for_another_finding(finding: Finding, options: ReportOptions) -> None:
    """Whatever begins at the margin is the finding's own first line, a gutter, or blank."""
    options = options._replace(min_severity="info", verbosity="quiet")
    shown = reported(FileResult("a", "a\n" * 30, (finding._replace(file="deploy.yaml"),)), options=options)
    first, *others = uncoloured(shown, options)
    assert first.startswith(f"deploy.yaml:{finding.span.line}:{finding.span.column}:")
    for line in others:
        assert re.match(r"\s+\S|\s*\d+ │|$", line), line
        assert not line.startswith("deploy.yaml")


@given(TEXT)
def test_printable_text_is_left_alone(text: str) -> None:
    assert printable(printable(text)) == printable(text)
    if text.isascii() and text.isprintable() and "##" not in text:
        assert printable(text) == text
