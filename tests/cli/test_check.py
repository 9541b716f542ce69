"""The lint run as a whole: exit codes, what is shown and counted, colour, and faults of the program itself."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from llmlint import linting as lint_module
from llmlint import reading as reading_module
from llmlint import settings as settings_module
from llmlint.builtin import BUILT_IN
from llmlint.cli import check as check_module
from llmlint.compiled.rules import RULES
from llmlint.resources import schema_text
from llmlint.rule import Condition, Rule

from .command import BAD, GOOD, SMALL, Outcome, installed, llmlint


def failing(*facts: str) -> bool:
    raise ZeroDivisionError("a\nfault\x1b[2J")


BROKEN_RULE = Rule("broken", "info", "test", "", None, Condition((), failing, ""), ((),), "", (), (), (), ())


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment in the current folder, which has one finding of severity info."""
    path = tmp_path / "deploy.yaml"
    path.write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 0), ("warning", 0), ("info", 1), ("never", 0)]
)  # fmt: skip
def test_fail_on_decides_the_code_alone(fail_on: str, code: int, deployment: Path) -> None:
    shown = llmlint("deploy.yaml").out
    for format in ("text", "concise", "json"):
        assert llmlint("deploy.yaml", "--fail-on", fail_on, "--format", format).code == code
    assert llmlint("deploy.yaml", "--fail-on", fail_on).out == shown
    assert llmlint("deploy.yaml", "--fail-on", fail_on, "--min-severity", "error").code == code


def test_codes() -> None:
    assert llmlint(GOOD).code == 0
    assert llmlint(BAD).code == 1
    assert llmlint(BAD, "--fail-on", "never").code == 0
    assert llmlint(BAD, "/nowhere").code == 2
    assert llmlint("--allow-empty", "/dev/null").code == 2


def test_a_broken_file_is_a_finding_and_hides_no_other(deployment: Path) -> None:
    deployment.with_name("broken.yaml").write_text("model: a\nprecision: [", encoding="utf-8")
    code, out, err = llmlint("--format", "json", ".")
    report = json.loads(out)
    assert (code, err) == (1, "")
    assert {one["rule"] for one in report["findings"]} == {"syntax", "precision-loses-accuracy"}
    jsonschema.validate(report, json.loads(schema_text("report")))


def test_a_rule_that_raises_is_a_finding(deployment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "RULES", (BROKEN_RULE, *RULES))
    code, out, err = llmlint("--format", "json", "deploy.yaml", BAD)
    assert (code, err) == (2, "")
    findings = json.loads(out)["findings"]
    broken = [one for one in findings if one["rule"] == "internal-error"]
    assert [one["file"] for one in broken] == ["deploy.yaml", str(BAD)]
    assert broken[0]["message"] == "the rule broken failed: ZeroDivisionError: a\nfault\x1b[2J"
    assert broken[0]["notes"][0].startswith("raised in failing, line ")
    assert {"vram-too-small", "precision-loses-accuracy"} <= {one["rule"] for one in findings}, "the others go on"
    jsonschema.validate(json.loads(out), json.loads(schema_text("report")))
    text = llmlint("deploy.yaml").out
    assert "error[internal-error]: the rule broken failed: ZeroDivisionError: a\\nfault\\u001b[2J" in text
    assert llmlint("deploy.yaml", "--fail-on", "never").code == 2


def test_a_fault_in_one_file_hides_no_other(deployment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lint = lint_module.lint

    def failing_on_one(data: bytes, file: str, *rest: object, **named: object) -> object:
        if file == "deploy.yaml":
            raise RecursionError("too deep")
        return lint(data, file, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(reading_module, "lint", failing_on_one)
    code, out, _ = llmlint("--format", "concise", "deploy.yaml", BAD)
    assert code == 2
    assert out.startswith("deploy.yaml:1:1: error[internal-error] linting failed: RecursionError: too deep") or (
        "internal-error" in out.splitlines()[0]
    )
    assert "vram-too-small" in out


def test_a_fault_of_the_program_is_no_finding(deployment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(*_: object) -> None:
        raise KeyError("\x1b[2J")

    monkeypatch.setattr(check_module, "begin", begin)
    code, out, err = llmlint("deploy.yaml")
    assert (code, out) == (2, "")
    assert err.startswith("llmlint: internal error: KeyError: '\\x1b[2J' (test_check.py:")
    monkeypatch.setenv("LLMLINT_TRACEBACK", "1")
    assert "Traceback" in llmlint("deploy.yaml").err


def test_rules_without_facts_are_counted_and_explained(deployment: Path) -> None:
    deployment.write_text("model: {parameters: 8B}\nprecision: int4\n", encoding="utf-8")
    code, out, _ = llmlint("deploy.yaml")
    assert code == 0
    assert "not checked" in out
    verbose = llmlint("-v", "deploy.yaml").out
    assert "vram-too-small" in verbose
    assert "machine.gpus" in verbose
    report = json.loads(llmlint("--format", "json", "-v", "deploy.yaml").out)
    unknown = {one["rule"]: one for one in report["not_checked"]}
    assert unknown["vram-too-small"]["keys"] == ["machine.gpus"]
    assert report["summary"]["not_checked"] == len(unknown)


@pytest.mark.parametrize("words", [["-q"], ["-v"], ["-q", "-v"], ["--color", "always"], ["--min-severity", "error"]])
def test_json_stays_json_and_complete(words: list[str]) -> None:
    usual = llmlint("--format", "json", BAD).out
    assert llmlint("--format", "json", *words, BAD).out == usual


@pytest.mark.parametrize(
    ("variables", "words", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"CLICOLOR_FORCE": "1"}, [], True),
        ({"FORCE_COLOR": "0"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"LLMLINT_COLOR": "always"}, [], True),
    ],
)
def test_colour(variables: dict[str, str], words: list[str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    assert ("\x1b[" in llmlint(*words, BAD).out) is coloured
    assert ("\x1b[" in llmlint("plan", *words, BAD).out) is coloured


def test_no_colour_in_files(tmp_path: Path) -> None:
    report = tmp_path / "report"
    assert llmlint("--color", "always", "--output", report, BAD).code == 1
    assert "\x1b" not in report.read_text(encoding="utf-8")


def test_runs_are_repeatable(deployment: Path) -> None:
    first: Outcome = installed("--format", "json", str(BAD), str(GOOD), ".", folder=deployment.parent)
    assert installed("--format", "json", str(BAD), str(GOOD), ".", folder=deployment.parent) == first


def test_comments_silence_and_are_held_to_it(deployment: Path) -> None:
    silenced = SMALL.replace("int4\n", "int4  # llmlint: ignore[precision-loses-accuracy] measured\n")
    deployment.write_text(silenced, encoding="utf-8")
    summary = json.loads(llmlint("--format", "json", "deploy.yaml").out)["summary"]
    assert (summary["infos"], summary["suppressed"]) == (0, 1)
    deployment.write_text(silenced.replace("] measured", "] until=2026-01-31 measured"), encoding="utf-8")
    assert "suppression-expired" not in llmlint("--today", "2026-01-31", "deploy.yaml").out
    assert "suppression-expired" in llmlint("--today", "2026-02-01", "deploy.yaml").out


def test_every_finding_has_a_page() -> None:
    for name in (*BUILT_IN, *(rule.id for rule in RULES)):
        code, out, _ = llmlint("rule", name)
        assert code == 0
        assert out.startswith(f"{name} (")
    assert llmlint("rule", "schema", "nothing-like-it").code == 2
