from __future__ import annotations

from llmlint.reports import ReportOptions

from .reporting import UNKNOWN, VRAM, at, reported, result


def test_a_line_for_each_finding_and_nothing_else() -> None:
    results = [result(VRAM, at(2, 12, 16))._replace(not_checked=(UNKNOWN,)), result()]
    assert reported(*results, form="concise", options=ReportOptions(verbosity="verbose")) == (
        "deploy.yaml:12:10: error[vram-too-small] needs 161.0 GB, the machine offers 48.0 GiB (51.5 GB)\n"
        "deploy.yaml:2:12: warning[some-rule] something is wrong\n"
    )


def test_nothing_is_wrapped() -> None:
    assert reported(result(VRAM), form="concise", options=ReportOptions(width=20)).count("\n") == 1


def test_findings_below_the_least_severity_are_not_shown() -> None:
    results = result(VRAM, at(2, 12, 16))
    assert reported(results, form="concise", options=ReportOptions(min_severity="error")).count("\n") == 1


def test_colour() -> None:
    assert reported(result(at(2, 12, 16)), form="concise", options=ReportOptions(colour=True)) == (
        "\033[1mdeploy.yaml:2:12:\033[0m \033[1;33mwarning[some-rule]\033[0m something is wrong\n"
    )


def test_a_clean_run_says_nothing() -> None:
    assert reported(result(), form="concise") == ""


def test_what_a_line_stands_for_is_named() -> None:
    templated = at(2, 12, 16)._replace(notes=("a note", "rendered from chart/templates/vllm.yaml"))
    assert reported(result(templated), form="concise") == (
        "deploy.yaml:2:12: warning[some-rule] something is wrong (rendered from chart/templates/vllm.yaml)\n"
    )
    joined = at(2, 12, 16)._replace(elsewhere="compose.yaml:4")
    assert reported(result(joined), form="concise") == (
        "deploy.yaml:2:12: warning[some-rule] something is wrong (written in compose.yaml:4)\n"
    )
