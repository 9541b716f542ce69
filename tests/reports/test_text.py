from __future__ import annotations

from pathlib import Path

import pytest

from llmlint.finding import FileResult, Finding, NotChecked, Span
from llmlint.reports import ReportOptions
from llmlint.reports.layout import columns

from .reporting import DEPLOYMENT, UNKNOWN, VRAM, at, reported, result

FRAMES = Path(__file__).parent / "frames"
QUIET = ReportOptions(verbosity="quiet")
VERBOSE = ReportOptions(verbosity="verbose")
LONG_LINE = "args: [" + ", ".join(f"--option-{number}={number}" for number in range(60)) + "]\n"
DESIGN = "model: x\n" * 11 + "machine:\n  gpus: [{name: RTX 4090, count: 2}]\n"
INFO = at(1, 8, 9)._replace(severity="info")
SLOW = NotChecked("storage-slow", 1, ("storage.kind",), ())
SYNTAX = Finding("syntax", "error", "the bracket is not closed", "deploy.yaml", Span(1, 8, 1, 9), help="close it")


def narrow(width: int) -> ReportOptions:
    return ReportOptions(width=width, verbosity="quiet")


CASES: dict[str, tuple[list[FileResult], ReportOptions]] = {
    "design": ([result(VRAM._replace(span=Span(13, 10, 13, 36)), text=DESIGN)], QUIET),
    "parent-further-up": ([result(VRAM)], QUIET),
    "colour": ([result(VRAM)], ReportOptions(colour=True)),
    "narrow": ([result(VRAM)], narrow(40)),
    "very-narrow": ([result(VRAM)], narrow(20)),
    "top-level": ([result(at(2, 12, 16), text=DEPLOYMENT)], QUIET),
    "list-under-its-key": ([result(at(3, 3, 13), text="machine:\n  gpus:\n  - name: A\n")], QUIET),
    "within-an-item": ([result(at(4, 12, 13), text="gpus:\n- name: A\n  # one\n  count: 0\n")], QUIET),
    "second-document": ([result(at(3, 3, 4), text="a: 1\n---\n  b: 2\n")], QUIET),
    "multi-line": ([result(at(2, 9, 4, 5, label="2 cards"), text="machine:\n  gpus: [\n    1,\n    2,\n  ]\n")], QUIET),
    "multi-line-without-label": ([result(at(1, 4, 2, 2), text="a: [ # note\n]\n")], QUIET),
    "absent-value": ([result(at(1, 7, 7), text="model:\n")], QUIET),
    "beyond-the-text": ([result(at(9, 1, 2), text="model:\n")], QUIET),
    "wide": ([result(at(1, 7, 9, label="模型"), text="名: 模型 模型 # é\n")], QUIET),
    "combining": ([result(at(1, 9, 12), text="e\u0301e\u0301: x yyy\n")], QUIET),
    "tabs": ([result(at(1, 4, 7, label="tabs"), text="a:\tone\ttwo\n")], QUIET),
    "window-at-the-start": ([result(at(1, 7, 8), text=LONG_LINE)], narrow(60)),
    "window-in-the-middle": ([result(at(1, 400, 410, label="this one"), text=LONG_LINE)], narrow(60)),
    "window-at-the-end": ([result(at(1, len(LONG_LINE) - 1, len(LONG_LINE)), text=LONG_LINE)], narrow(60)),
    "window-too-small-for-the-mark": ([result(at(1, 7, len(LONG_LINE)), text=LONG_LINE)], narrow(60)),
    "window-without-terminal": ([result(at(1, 600, 610), text=LONG_LINE)], QUIET),
    "control-characters": (
        [result(at(1, 4, 9, label="\x1b[2Jgone"), text="a: \x1b[31mred\u202e\x07\r\n")], QUIET
    ),
    "runner-commands": ([FileResult(
        "::error::x", "a: ##[error]boo ##vso[x]\n", (at(1, 4, 12)._replace(file="::error::x", message="##[add-mask]a"),)
    )], QUIET),
    "undecodable": ([result(SYNTAX, text="", deployments=0)], ReportOptions()),
    "help-in-paragraphs": ([result(at(1, 1, 6)._replace(help="Do this,\nor that.\n\nOr nothing.\n"))], QUIET),
    "summary": (
        [
            result(VRAM, at(2, 12, 16), INFO)._replace(suppressed=1, not_checked=(UNKNOWN,)),
            FileResult("values.yaml", "", passed_over="not a deployment"),
            result(deployments=3),
        ],
        ReportOptions(min_severity="error"),
    ),
    "verbose": (
        [
            FileResult("a.yaml", "", passed_over="empty"),
            FileResult("values.yaml", "", passed_over="not a deployment"),
            result(VRAM, deployments=2)._replace(
                not_checked=(UNKNOWN, SLOW, UNKNOWN._replace(document=1))
            ),
        ],
        VERBOSE,
    ),
    "clean": ([result()], ReportOptions()),
    "clean-in-colour": ([result()], ReportOptions(colour=True)),
    "clean-and-quiet": ([result()], QUIET),
    "nothing-recognised": ([FileResult("values.yaml", "", passed_over="not a deployment")], ReportOptions()),
    "no-files": ([], ReportOptions()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_frame(name: str, update: bool) -> None:
    results, options = CASES[name]
    shown = reported(*results, options=options)
    path = FRAMES / f"{name}.txt"
    if update:
        path.write_text(shown, encoding="utf-8", newline="\n")
    assert shown == path.read_text(encoding="utf-8")


def test_no_frame_is_left_behind() -> None:
    assert {path.stem for path in FRAMES.iterdir()} == set(CASES)


def test_the_frame_of_the_design() -> None:
    assert (
        (FRAMES / "design.txt").read_text(encoding="utf-8")
        == """\
deploy.yaml:13:10: error[vram-too-small]: needs 161.0 GB, the machine offers 48.0 GiB (51.5 GB)
   │
12 │ machine:
13 │   gpus: [{name: RTX 4090, count: 2}]
   │          ^^^^^^^^^^^^^^^^^^^^^^^^^^ 2 × 24 GiB
   │
   = 70 B parameters × 2 bytes (fp16) × 1.15 (text) = 161.0 GB
   = smallest change that fits: precision int4 (40.25 GB)
   = llmlint rule vram-too-small
"""
    )


@pytest.mark.parametrize("width", [1, 20, 33, 60, 80, 120, 199])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    for name, (results, options) in CASES.items():
        shown = reported(*results, options=options._replace(width=width, colour=False))
        assert max(map(columns, shown.split("\n"))) <= max(width, 20), name


def test_source_lines_are_cut_where_the_terminal_is_wider() -> None:
    results, _ = CASES["window-without-terminal"]
    for width in (0, 500):
        lines = reported(*results, options=ReportOptions(width=width)).split("\n")
        assert max(map(columns, lines)) == 200


def test_a_mark_that_fits_is_shown_whole() -> None:
    for column in range(1, len(LONG_LINE) - 12):
        shown = reported(result(at(1, column, column + 12), text=LONG_LINE), options=narrow(60))
        _, _, line, carets, *_ = shown.split("\n")
        marked = line[carets.index("^") : carets.rindex("^") + 1]
        assert marked == LONG_LINE[column - 1 : column + 11]


def test_a_hostile_line_costs_no_more_than_what_is_shown_of_it() -> None:
    text = "a: " + "\x1b\u0301" * 500_000
    shown = reported(result(*[at(1, place, place + 1) for place in range(1, 900_000, 3_000)], text=text))
    assert len(shown) < 1_500_000


def test_reports_are_deterministic() -> None:
    results, _ = CASES["summary"]
    assert reported(*results) == reported(*results)
