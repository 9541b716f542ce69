"""The page of findings: what it says, where it points, and that it holds nothing but what we write."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings

from llmlint.finding import FileResult, Finding, Fix, Remedy, Span
from llmlint.reports import ReportOptions, begin, shown
from llmlint.reports.html.page import stylesheet
from llmlint.reports.printable import printable
from llmlint.reports.summary import Summary

from .parsed import Node, parsed
from .reporting import DEPLOYMENT, UNKNOWN, VRAM, at, reported, result
from .test_hostile import OPTIONS, RESULTS


def page(*results: FileResult, options: ReportOptions | None = None) -> Node:
    return parsed(reported(*results, form="html", options=options))


def test_a_finding_is_told_whole() -> None:
    article = page(result(VRAM)).one("article")
    assert article.one("h3").text == f"Error {VRAM.message}"
    assert [one.text for one in article.all("p", "meta")] == ["vram-too-small at line 12, column 10"]
    assert [one.text for one in article.all("li")] == list(VRAM.notes)
    assert article.one("p", "help").text == f"To mend it: {VRAM.help}"
    assert article.one("mark").text == "{name: RTX 4090, count: 2}"
    assert [row.text for row in article.all("div", "row")] == [
        "8machine:", "⋮", "12  gpus: [{name: RTX 4090, count: 2}]", "2 × 24 GiB",
    ]  # fmt: skip


def test_findings_are_grouped_by_file_and_the_files_listed() -> None:
    other = result(at(1, 1, 6))._replace(file="other.yaml", findings=(at(1, 1, 6)._replace(file="other.yaml"),))
    root = page(result(VRAM, at(3, 1, 9)), other)
    sections = list(root.all("section", "file"))
    assert [one.one("h2").text for one in sections] == ["deploy.yaml", "other.yaml"]
    assert [len(list(one.all("article"))) for one in sections] == [2, 1]
    assert [one.text for one in root.one("nav").all("li")] == [
        "deploy.yaml 1 error, 1 warning", "other.yaml 1 warning",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "end_column", "end_line", "marks"),
    [
        (3, 1, 1, 0, [" "]),
        (3, 1, 10, 5, ["workload:", "context: 8192", "concurr"]),
        (1, 1, 1, 12, [*(line.strip() or " " for line in DEPLOYMENT.split("\n")[:6])]),
        (2, 1, 999, 0, ["precision: fp16"]),
    ],
)
def test_marks(line: int, column: int, end_column: int, end_line: int, marks: list[str]) -> None:
    article = page(result(at(line, column, end_column, end_line))).one("article")
    assert [one.text for one in article.all("mark")] == marks


def test_long_lines_are_cut_around_the_mark() -> None:
    text = f"{'a' * 1000}XX{'b' * 1000}"
    (row,) = page(result(at(1, 1001, 1003), text=text)).all("div", "flagged")
    assert row.one("code").text == f"…{'a' * 120}XX{'b' * 120}…"


def test_remedies_are_diffs_and_fixes_are_named() -> None:
    after = DEPLOYMENT.replace("fp16", "int4")
    remedy = Remedy((), DEPLOYMENT, after, "deploy.yaml", ("storage-too-small-for-model",))
    article = page(result(VRAM._replace(remedies=(remedy,), fix=Fix(False, ())))).one("article")
    details = article.one("details")
    assert details.one("summary").text == "The smallest change, after which storage-too-small-for-model is left"
    assert details.one("div", "removed").text == "-precision: fp16"
    assert details.one("div", "added").text == "+precision: int4"
    assert "llmlint --fix --unsafe-fixes mends this." in article.text


def test_what_was_not_checked_is_there_whatever_the_verbosity() -> None:
    for verbosity in ("quiet", "normal"):
        options = ReportOptions(verbosity=verbosity)
        root = page(result()._replace(not_checked=(UNKNOWN,)), options=options)
        table = root.one("details", "not-checked").one("tbody")
        assert table.text == "ram-too-small-for-modelram.needed, ram.totalmachine.ram, model.parameters"
        assert "1 rule not checked" in root.one("header").text


def test_what_is_hidden_is_counted() -> None:
    root = page(result(VRAM, at(3, 1, 9)), options=ReportOptions(min_severity="error"))
    assert len(list(root.all("article"))) == 1
    assert "1 not shown (below error)" in root.one("header").text
    assert "1 warning" in root.one("header").text


def test_severities_can_be_switched_off_by_style_alone() -> None:
    root = page(result(VRAM, at(3, 1, 9)))
    assert [one.attributes["id"] for one in root.all("input")] == ["show-error", "show-warning"]
    for severity in ("error", "warning", "info"):
        assert f"body:has(#show-{severity}:not(:checked)) .finding.{severity}" in stylesheet()


def test_a_clean_run_an_empty_one_and_files_passed_over() -> None:
    assert "All clear" in page(result()).one("header").text
    assert "No file was looked at." in page().one("main").text
    root = page(FileResult("a.yaml", "", passed_over="not a deployment"))
    assert "Nothing was recognised" in root.one("header").text
    assert root.one("main").one("li").text == "a.yaml: not a deployment"


def test_what_is_written_in_another_file_is_said() -> None:
    article = page(result(VRAM._replace(elsewhere="<b>.yaml:3"))).one("article")
    assert article.one("p", "meta").text == "vram-too-small at line 12, column 10, written in <b>.yaml:3"


def test_what_was_not_looked_at_is_never_all_clear() -> None:
    out = io.StringIO()
    report = begin("html", out, ReportOptions())
    report.file(result())
    report.end(
        Summary(
            files=1,
            recognised=1,
            unreadable=(("<b>.yaml", "permission denied"),),
            failure="no space",
            baselined=2,
            earlier=1,
        )
    )
    header = parsed(out.getvalue()).one("header")
    assert "All clear" not in header.text
    assert "2 findings held back by the baseline; 1 that was there before not shown" in header.text
    assert [one.text for one in header.all("li")] == [
        "The run ended before every file was linted: no space", "<b>.yaml could not be read: permission denied",
    ]  # fmt: skip


def test_what_a_remedy_quotes_is_code() -> None:
    article = page(result(VRAM._replace(help="write `<b>` or `a` under `b"))).one("article")
    assert [one.text for one in article.one("p", "help").all("code")] == ["<b>", "a"]
    assert article.one("p", "help").text == "To mend it: write <b> or a under `b"


def _unquoted(help: str) -> str:
    return re.sub("`([^`]+)`", r"\1", " ".join(help.split()))


@given(RESULTS, OPTIONS)
@settings(max_examples=150)
def test_hostile_names_and_values_are_texts(result: FileResult, options: ReportOptions) -> None:
    root = page(result, options=options)
    findings = [] if result.passed_over and not result.findings else shown(result.findings, options.min_severity)
    articles = list(root.all("article"))
    assert len(articles) == len(findings)
    for article, finding in zip(articles, findings, strict=True):
        assert article.one("h3").text == f"{finding.severity.capitalize()} {printable(finding.message)}"
        assert article.attributes["class"] == f"finding {finding.severity}"
        assert next(article.all("code")).text == printable(finding.rule)
        notes = [one.text for one in article.all("li")]
        assert notes == [printable(note.strip()) for note in finding.notes]
        if finding.help:
            assert article.one("p", "help").text == "To mend it: " + printable(_unquoted(finding.help))
    if findings:
        assert next(root.one("main").all("h2")).text == printable(result.file)
    for line in root.text.split("\n"):
        assert line.replace("\t", "").isprintable(), ascii(line)


@given(RESULTS)
@settings(max_examples=20)
def test_the_same_results_give_the_same_bytes(result: FileResult) -> None:
    assert reported(result, form="html") == reported(result, form="html")


def test_marked_text_is_the_source_itself() -> None:
    source = "model: <script>alert(1)</script>\n\tx: \"&amp;\" 'y' <!-- \u202e \x1b[2J -->\n"
    finding = Finding("some-rule", "error", "m", "a.yaml", Span(1, 8, 1, 33))
    other = finding._replace(span=Span(2, 1, 2, 40))
    marks = [one.text for one in page(result(finding, other, text=source)).all("mark")]
    assert marks == ["<script>alert(1)</script>", "\tx: \"&amp;\" 'y' <!-- \\u202e \\u001b[2J -->"]


def colours(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", scheme))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_from_what_is_behind_them(dark: bool) -> None:
    light, _, rest = stylesheet().partition("@media (prefers-color-scheme: dark)")
    palette = colours(light) | (colours(rest.partition("\n}\n")[0]) if dark else {})
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("ground", "paper", "sunken")]
    pairs += [("error", "ground")]
    pairs += [("on-badge", one) for one in ("error", "warning", "info", "clear")]
    pairs += [(one, "sunken") for one in ("error", "warning", "info", "added", "removed")]
    pairs += [("ink", f"mark-{one}") for one in ("error", "warning", "info")]
    pairs += [("on-s", f"s{number}") for number in range(6)]
    poor = {(one, other): contrast(palette[one], palette[other]) for one, other in pairs}
    assert {pair: round(value, 2) for pair, value in poor.items() if value < 4.5} == {}
