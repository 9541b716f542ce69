"""What each format for CI services does with limits, order and places."""

from __future__ import annotations

import re
from typing import Any

import pytest

from llmlint.finding import Edit, FileResult, Finding, Fix, Remedy, Severity, Span, TextEdit
from llmlint.reports import ReportOptions, begin, sarif
from llmlint.reports.described import Described
from llmlint.reports.fingerprint import line_hashes
from llmlint.reports.markdown_text import code, fenced, plain
from llmlint.reports.summary import Summary

from . import readers
from .reporting import DEPLOYMENT, VRAM, at, reported, result

SEVERAL = VRAM._replace(span=Span(8, 1, 12, 36))
FORMATS = ("sarif", "github", "gitlab", "junit", "markdown")


def many(errors: int, warnings: int, infos: int) -> FileResult:
    """A file with so many findings, the lightest first."""
    numbers: dict[Severity, int] = {"info": infos, "warning": warnings, "error": errors}
    findings = [
        at(1 + place, 1, 2)._replace(severity=level, path=(level, place))
        for level, number in numbers.items()
        for place in range(number)
    ]
    return result(*findings)


@pytest.mark.parametrize("form", FORMATS)
def test_findings_below_the_least_severity_are_not_shown(form: str) -> None:
    text = reported(many(1, 2, 3), form=form, options=ReportOptions(min_severity="warning"))
    assert len(getattr(readers, form)(text)) == 3


def test_github_shows_ten_of_each_level_the_heaviest_first() -> None:
    found = readers.github(reported(many(12, 3, 0), form="github"))
    assert [one.level for one in found] == ["error"] * 10 + ["warning"] * 3 + ["notice"]
    assert found[-1].message.startswith("2 more findings beyond what GitHub shows")
    assert (found[-1].file, found[-1].line) == ("", 0)


def test_github_s_last_notice_tells_of_the_rest() -> None:
    found = readers.github(reported(many(0, 0, 25), form="github"))
    assert [one.level for one in found] == ["notice"] * 10
    assert found[-1].message.startswith("16 more findings")
    assert "more" not in reported(many(10, 10, 10), form="github")


def test_github_counts_files_that_cannot_be_read_among_errors() -> None:
    summary = Summary(unreadable=tuple((f"{name}.yaml", "closed") for name in range(4)))
    found = readers.github(ended(many(8, 0, 0), summary, "github"))
    assert [one.level for one in found] == ["error"] * 10 + ["notice"]
    assert [one.file for one in found[:5]] == ["0.yaml", "1.yaml", "2.yaml", "3.yaml", "deploy.yaml"]


def ended(result: FileResult, summary: Summary, form: str) -> str:
    import io

    out = io.StringIO()
    report = begin(form, out, ReportOptions())
    report.file(result)
    report.end(summary)
    return out.getvalue()


def test_github_gives_columns_only_on_one_line() -> None:
    one, several = reported(result(VRAM, SEVERAL), form="github").splitlines()
    assert one.startswith("::error file=deploy.yaml,line=12,endLine=12,col=10,endColumn=36,title=vram-too-small::needs")
    assert several.startswith("::error file=deploy.yaml,line=8,title=vram-too-small::needs")


def test_github_s_message_has_the_arithmetic_and_the_remedy() -> None:
    (line,) = reported(result(VRAM), form="github").splitlines()
    assert "%0A70 B parameters × 2 bytes (fp16) × 1.15 (text) = 161.0 GB%0Ato do: smallest change" in line


def test_sarif_marks_one_line_and_keeps_the_rest_as_context() -> None:
    """In a pull request GitHub shows an alert only where every line of its region was changed."""
    one, several = readers.sarif_run(reported(result(VRAM, SEVERAL), form="sarif"))["results"]
    place = one["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 12, "startColumn": 10, "endLine": 12, "endColumn": 36}
    assert "contextRegion" not in place
    place = several["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 8, "startColumn": 1, "endLine": 8, "endColumn": len("machine:") + 1}
    assert place["contextRegion"] == {"startLine": 8, "startColumn": 1, "endLine": 12, "endColumn": 36}


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_sarif_has_the_fingerprint_of_the_bytes(prefix: str, line_end: str) -> None:
    data = (prefix + DEPLOYMENT.replace("\n", line_end)).encode()
    (found,) = readers.sarif_run(reported(result(at(1, 1, 2))._replace(data=data), form="sarif"))["results"]
    assert found["partialFingerprints"]["primaryLocationLineHash"] == line_hashes(data)[0]
    assert line_hashes(data)[1:] == line_hashes(DEPLOYMENT.encode())[1:]
    assert (line_hashes(data) == line_hashes(DEPLOYMENT.encode())) == (not prefix)


def test_sarif_has_no_fingerprint_of_what_it_does_not_know() -> None:
    (found,) = readers.sarif_run(reported(result(VRAM), form="sarif"))["results"]
    assert set(found["partialFingerprints"]) == {"llmlint/v1"}


def test_fingerprints_outlive_lines_and_words() -> None:
    def mark(finding: Finding) -> list[str]:
        (one,) = readers.sarif_run(reported(result(finding), form="sarif"))["results"]
        (other,) = readers.strict(reported(result(finding), form="gitlab"))
        assert other["fingerprint"] == one["partialFingerprints"]["llmlint/v1"]
        return [other["fingerprint"]]

    same = mark(VRAM)
    assert mark(VRAM._replace(span=Span(99, 1, 99, 2), message="other words", severity="info")) == same
    for other in (VRAM._replace(rule="x"), VRAM._replace(file="x"), VRAM._replace(document=1), VRAM._replace(path=())):
        assert mark(other) != same


def test_fingerprints_of_one_place_differ() -> None:
    entries = readers.strict(reported(result(VRAM, VRAM, VRAM._replace(message="other")), form="gitlab"))
    assert len({entry["fingerprint"] for entry in entries}) == 3


def test_sarif_keeps_the_heaviest_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 5)
    run = readers.sarif_run(reported(*[many(2, 1, 9)] * 2, form="sarif"))
    assert sorted(one["level"] for one in run["results"]) == ["error"] * 4 + ["warning"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (told["level"], told["message"]["text"]) == ("warning", "19 findings of less weight are not listed")


def test_sarif_lists_rules_once_by_their_ids() -> None:
    rules = [Described("z", "info", "Zed", "why\nnot", "take {vram.total}"), Described("syntax", "error", "Ours")]
    text = reported(result(VRAM), form="sarif", options=ReportOptions(rules=lambda: rules))
    found = {rule["id"]: rule for rule in readers.sarif_run(text)["tool"]["driver"]["rules"]}
    assert found["z"]["help"]["text"].startswith("why not\n\nWhat to do: take {vram.total}. Words in braces")
    assert "**What to do:** take `{vram.total}`." in found["z"]["help"]["markdown"]
    assert found["syntax"]["shortDescription"] == {"text": "Ours."}
    assert found["vram-too-small"]["help"]["text"]


def test_sarif_cuts_long_descriptions() -> None:
    rules = [Described("z", "info", "x" * 3000, "y" * 3000)]
    readers.sarif_run(reported(result(), form="sarif", options=ReportOptions(rules=lambda: rules)))


def applied(text: str, fix: Any) -> str:
    """The text with a fix of SARIF, as an editor would make it."""
    (change,) = fix["artifactChanges"]
    lines = re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+|$", text)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    for one in reversed(change["replacements"]):
        region = one["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + one.get("insertedContent", {"text": ""})["text"] + text[end:]
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\nb", "a\nb\nc\n"),
        ("a\nb\n", "a\nb\nc\n"),
        ("a\r\nb\r\nc", "x\r\na\r\nc"),
        ("a", "b"),
        ("a\nb\n", "b\n"),
        ("a\nb", "a\n"),
        ("a\rb\rc\r", "a\rc\rd\r"),
        ("", "x"),
    ],
)
def test_sarif_s_fixes_are_the_remedies(before: str, after: str) -> None:
    remedy = Remedy((Edit(("x",), 1, 2, 1),), before, after, "deploy.yaml", ())
    (found,) = readers.sarif_run(reported(result(VRAM._replace(remedies=(remedy,))), form="sarif"))["results"]
    (fix,) = found["fixes"]
    assert applied(before, fix) == after


def test_sarif_s_fixes_are_those_of_fix() -> None:
    fix = Fix(True, (TextEdit(0, 1, "", Span(1, 1, 1, 2)), TextEdit(3, 3, "new", Span(1, 4, 1, 4))))
    (found,) = readers.sarif_run(reported(result(VRAM._replace(fix=fix)), form="sarif"))["results"]
    assert applied("abcdef", found["fixes"][0]) == "bcnewdef"
    assert found["message"]["text"].endswith("(mended by llmlint --fix)")


def test_a_link_in_a_message_of_sarif_is_none() -> None:
    finding = VRAM._replace(message="see [here](https://x.example) and [this]")
    (found,) = readers.sarif_run(reported(result(finding), form="sarif"))["results"]
    assert found["message"]["text"].startswith(r"see \[here](https://x.example) and [this]")


def test_junit_tells_errors_from_failures() -> None:
    broken = VRAM._replace(rule="syntax", message="does not parse")
    (suite,) = readers.junit_suites(reported(result(broken, VRAM)._replace(suppressed=2), form="junit"))
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures"), suite.get("skipped")) == (
        "3",
        "1",
        "1",
        "1",
    )
    names = [case.get("name") for case in suite.findall("testcase")]
    assert names == [
        "syntax at deploy.yaml:12:10",
        "vram-too-small at deploy.yaml:12:10",
        "deploy.yaml: 2 findings taken back by comments",
    ]


def test_markdown_has_the_heaviest_first_and_says_what_is_left_out() -> None:
    text = reported(many(3, 900, 2000), form="markdown")
    rows = readers.markdown(text)
    assert [one.level for one in rows[:4]] == ["error"] * 3 + ["warning"]
    assert f"…and {2903 - len(rows)} more findings, for which there is no room here.\n" in text
    assert len(text.encode()) <= 65_000
    assert len(rows) > 100


@pytest.mark.parametrize("room", [1, 500, 900, 2000])
def test_markdown_keeps_to_its_room(room: int) -> None:
    text = reported(many(9, 9, 9), form="markdown", options=ReportOptions(room=room))
    assert len(text.encode()) <= max(room, 400)
    assert "more finding" in text


def test_markdown_shows_the_diff_of_a_remedy() -> None:
    remedy = Remedy((Edit(("x",), 1, 2, 1),), "a: 1\n", "a: ```2\n", "deploy.yaml", ())
    text = reported(result(VRAM._replace(remedies=(remedy,)), VRAM._replace(remedies=(remedy,))), form="markdown")
    assert text.count("+a: ```2\n````\n\n</details>") == 1
    readers.markdown(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("32 GB of RAM, q4_k_m", r"32 GB of RAM, q4\_k\_m"),
        ("a | b", "a &#124; b"),
        ("<b> & `c`", r"\<b\> &amp; `c`"),
        ("say `a_b: <c>`, *or* `d|e`", r"say `a_b: <c>`, \*or\* `d`&#124;`e`"),
        ("`a` or ` or ``", r"`a` or \` or \`\`"),
        ("`a``b` and ` `", r"\`a\`\`b\` and \` \`"),
        ("as `--key=@file`, not $1", "``as `--key=@file`, not $1``"),
        ("say `--key=@file`", "say `--key=@file`"),
        ("ask @team", "`ask @team`"),
        ("a|b #1", "`a`&#124;`b #1`"),
        ("``` @x", "```` ``` @x ````"),
        ("two\nlines", r"two\\nlines"),
        ("100 % of 5 GB (3 $)", "`100 % of 5 GB (3 $)`"),
        ("see https://x.example", "`see https://x.example`"),
        ("", ""),
    ],
)
def test_plain_text_in_markdown(text: str, written: str) -> None:
    assert plain(text) == written


def test_code_in_markdown() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`") == "`` ` ``"
    assert fenced("diff", "````\n") == "`````diff\n````\n`````\n"
