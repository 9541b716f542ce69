"""Statistics, watching, progress, and rules that a team writes and tests."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import jsonschema
import pytest

from llmlint.cli import check, run
from llmlint.cli.own_rules import TEMPLATE
from llmlint.resources import schema_text

from .command import ROOT, SMALL, llmlint


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# statistics


def test_statistics_count_what_is_found(tree: Path) -> None:
    bad = ROOT / "examples" / "bad"
    listed = json.loads(llmlint("--format", "json", bad).out)
    done = llmlint("--statistics", "--format", "json", bad)
    counted = json.loads(done.out)
    jsonschema.validate(counted, json.loads(schema_text("statistics")))
    assert done.code == 1
    assert sum(one["count"] for one in counted["statistics"]) == len(listed["findings"])
    assert counted["summary"] == listed["summary"]
    assert sum(one["fixable"] for one in counted["statistics"]) == listed["summary"]["fixable"]
    counts = [one["count"] for one in counted["statistics"]]
    assert counts == sorted(counts, reverse=True)


def test_statistics_for_people(tree: Path) -> None:
    done = llmlint("--statistics", ".")
    assert done.code == 0
    assert done.out.splitlines()[0] == "1  precision-loses-accuracy  info"
    assert "1 file, 1 deployment: 1 info" in done.out
    assert llmlint("--statistics", "-q", "--min-severity", "error", ".").out == ""
    fixable = ROOT / "tests" / "fixes"
    assert "[*]" in llmlint("--statistics", "--skip-unrecognised", fixable).out


def test_other_reports_do_not_count(tree: Path) -> None:
    done = llmlint("--statistics", "--format", "sarif", ".")
    assert done.code == 2
    assert "--statistics has no sarif" in done.err
    assert llmlint("--statistics", "--format", "json", "--output", "out.json", ".").code == 0
    assert json.loads(Path("out.json").read_text())["statistics"]


# settings


def test_settings_are_shown_with_their_lines(tree: Path) -> None:
    (tree / "house").mkdir()
    (tree / "house" / "llmlint.yaml").write_text("fail-on: warning\nseverity: {tier/: info}\n", encoding="utf-8")
    text = "extends: house\nparameters:\n  vram-headroom-small: {headroom: 20 %}\nignore: [storage-slow]\n"
    (tree / ".llmlint.yaml").write_text(text, encoding="utf-8")
    done = llmlint("--show-settings", "--select", "memory/", ".")
    assert (done.code, done.err) == (0, "")
    shown = done.out.splitlines()
    assert shown[0] == "deploy.yaml and 1 more"
    assert "  house/llmlint.yaml:1  fail-on: warning" in shown
    assert "  house/llmlint.yaml:2  severity: tier/: info" in shown
    assert "  .llmlint.yaml:3  parameters: vram-headroom-small headroom: 20 %" in shown
    assert "  .llmlint.yaml:4  ignore: storage-slow" in shown
    assert "  --select memory/" in shown
    assert shown[-1].endswith("rules are checked; the run fails from: warning")
    assert "no configuration" in llmlint("--show-settings", "--isolated", ".").out


# watching


def test_it_lints_again_when_something_changes(tree: Path) -> None:
    """A file, then the configuration, which is broken and mended; Ctrl-C ends it with 0 and no words."""
    command = [sys.executable, "-m", "llmlint", "--watch", "--format", "concise", "."]
    environment = os.environ | {"PYTHONPATH": os.fspath(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    ) as watching:
        assert watching.stderr is not None
        assert watching.stdout is not None

        def told() -> str:
            line = watching.stderr.readline()  # type: ignore[union-attr]
            return line if "watching" in line else line + told()

        told()
        (tree / "deploy.yaml").write_text("# more\n" + SMALL, encoding="utf-8")
        told()
        (tree / ".llmlint.yaml").write_text("ignor: [x]\n", encoding="utf-8")
        assert "did you mean" in told()
        (tree / ".llmlint.yaml").write_text("ignore: precision-loses-accuracy\n", encoding="utf-8")
        told()
        watching.send_signal(signal.SIGINT)
        try:
            out, err = watching.communicate(timeout=30)
        finally:
            watching.kill()  # else leaving the block would wait for it for ever
        assert watching.returncode == 0
        assert "Traceback" not in err
        assert "interrupted" not in err
    assert [line.split(": ")[0] for line in out.splitlines()] == ["deploy.yaml:2:12", "deploy.yaml:3:12"]
    assert "\x1b" not in out, "no terminal, nothing to clear"


def test_its_own_report_is_no_change(tree: Path) -> None:
    from llmlint.cli.options import Asked, Options
    from llmlint.cli.watch import _state

    options = Options(paths=(".",), reports=(Asked("json", "out.json"),))
    before = _state(options)
    (tree / "out.json").write_text("{}", encoding="utf-8")
    assert _state(options) == before
    (tree / ".env").write_text("A=b\n", encoding="utf-8")
    assert _state(options) != before, "what lies beside a file may be asked for"


def test_what_it_prints_into_a_file_beside_is_no_change(tree: Path) -> None:
    from llmlint.cli.options import Options
    from llmlint.cli.watch import _state

    with open(tree / "out.txt", "w", encoding="utf-8") as out, redirect_stdout(out):
        before = _state(Options(paths=(".",)))
        print("printed", flush=True)
        assert _state(Options(paths=(".",))) == before
    assert _state(Options(paths=(".",))) != before, "somebody else's file again"


def test_what_cannot_be_watched(tree: Path) -> None:
    assert "standard input" in llmlint("--watch", "-").err
    assert "without --fix" in llmlint("--watch", "--fix", ".").err


# progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, err: io.StringIO, **variables: str) -> tuple[str, str]:
    monkeypatch.setattr(check, "UNSEEN", 0.0)
    for name in ("CI", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert run(["--format", "concise", "."]) == 0
    return out.getvalue(), err.getvalue()


def test_a_long_run_says_how_far_it_is(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = shown(monkeypatch, Terminal())
    assert "llmlint: 0 files, now deploy.yaml" in err
    assert err.endswith("\r\x1b[2K"), "nothing is left of it"
    assert "\x1b" not in out


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}])
def test_nobody_looks_on(tree: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    assert shown(monkeypatch, Terminal(), **variables)[1] == ""


def test_a_pipe_gets_no_progress(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO())[1] == ""


# rules of one's own


def test_a_new_rule_passes_its_examples(tree: Path) -> None:
    done = llmlint("rules", "new", "too-many-gpus")
    assert done.code == 0
    path = Path("rules/team/too-many-gpus.yaml")
    assert path.exists()
    done = llmlint("rules", "test", "rules")
    assert (done.code, done.out) == (0, "1 rule, 2 examples: all pass\n")
    assert llmlint("rule", "too-many-gpus", "--rules", "rules").code == 0
    (tree / ".llmlint.yaml").write_text("rules: rules\nparameters: {too-many-gpus: {most: 1}}\n", encoding="utf-8")
    assert llmlint("rules", "test").code == 0, "the configured ones, with their own figures"
    assert llmlint("rules", "new", "other-fault").code == 0
    assert Path("rules/other-fault.yaml").exists(), "beside the configured ones"


@pytest.mark.parametrize(
    "name", ["", "a", "Too-Many", "../x", "x/y", "a" * 81, "too--many", "vram-too-small", "all", "syntax"]
)
def test_what_is_no_id(tree: Path, name: str) -> None:
    done = llmlint("rules", "new", name)
    assert done.code == 2
    assert not Path("rules").exists()


def test_nothing_is_overwritten(tree: Path) -> None:
    llmlint("rules", "new", "too-many-gpus")
    Path("rules/team/too-many-gpus.yaml").write_text("mine\n", encoding="utf-8")
    assert llmlint("rules", "new", "too-many-gpus").code == 2
    assert Path("rules/team/too-many-gpus.yaml").read_text() == "mine\n"


FAILURES = [
    ("count: 8}", "count: 9}", 24, "an example that passes is reported: 9 GPUs"),
    ("count: 9}", "count: 7}", 29, "nothing is said of this line"),
    ("  # too-many-gpus", "", 29, "said of this line, which is not marked"),
    ("count: 8}]}\n", "count: 8}]}  # too-many-gpus\n", 24, "an example that passes is marked"),
    (
        "      machine:\n        gpus: [{name: L4, count: 9}]",
        "      precision: fp16",
        28,
        "nothing is said of this line",
    ),
    (
        "      model: {parameters: 8B}\n      machine: {gpus",
        "      modell: {parameters: 8B}\n      machine: {gpus",
        23,
        "the example is no deployment",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), FAILURES)
def test_a_failure_is_told_at_its_line(tree: Path, old: str, new: str, line: int, message: str) -> None:
    text = TEMPLATE.replace("RULE-ID", "too-many-gpus")
    assert text.count(old) == 1
    path = tree / "rules" / "team" / "too-many-gpus.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = llmlint("rules", "test", "rules")
    assert done.code == 1
    assert done.out == "1 rule, 2 examples: 1 rule fails\n"
    assert f"rules/team/too-many-gpus.yaml:{line}:1: {message}" in done.err or (
        f"rules/team/too-many-gpus.yaml:{line}:7: {message}" in done.err
    ), done.err


def test_silence_for_want_of_facts_is_no_pass(tree: Path) -> None:
    text = TEMPLATE.replace("RULE-ID", "too-many-gpus").replace("when: known(gpu.count)\n", "")
    path = tree / "too-many-gpus.yaml"
    path.write_text(text.replace("      machine: {gpus: [{name: L4, count: 8}]}\n", ""), encoding="utf-8")
    done = llmlint("rules", "test", "too-many-gpus.yaml")
    assert done.code == 1
    assert "too-many-gpus.yaml:21:7: no example that passes is checked: not checked, since gpu.count" in done.err


def test_packs_that_cannot_be_tested(tree: Path) -> None:
    assert "no rules are configured" in llmlint("rules", "test").err
    assert llmlint("rules", "test", "nowhere").code == 2
    (tree / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    done = llmlint("rules", "test", "bad.yaml")
    assert done.code == 2
    assert "bad.yaml:1:" in done.err


def test_the_example_pack_passes() -> None:
    assert llmlint("rules", "test", ROOT / "examples" / "rules").code == 0
