"""Every format of every kind of run is what its readers take: clean, broken, unreadable, interrupted, hostile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from llmlint.cli.options import FORMATS

from ..reports import readers
from .command import BAD, GOOD, ROOT, SMALL, llmlint

READ = ("sarif", "github", "gitlab", "junit", "markdown")
"""Formats that `readers` reads; JSON and JSON Lines are read here."""
BROKEN = "model: [\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a repository, as the current folder; no variables of a CI service."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".git").mkdir()
    return tmp_path


def written(folder: Path, *paths: str | Path) -> tuple[dict[str, str], int]:
    """The reports of one run in all formats but those for people, and its code."""
    asked = [
        word for form in FORMATS if form not in ("text", "concise", "auto") for word in ("--format", form, "-o", form)
    ]
    code, out, _ = llmlint(*asked, *paths)
    assert out == ""
    return {form: (folder / form).read_text(encoding="utf-8") for form in asked[1::4]}, code


def findings(reports: dict[str, str]) -> dict[str, int]:
    """How many findings each report has, read by its reader."""
    counts = {form: len(getattr(readers, form)(reports[form])) for form in READ}
    counts["json"] = len(json.loads(reports["json"])["findings"])
    counts["jsonl"] = len([json.loads(line) for line in reports["jsonl"].splitlines()])
    return counts


def test_a_clean_run(folder: Path) -> None:
    reports, code = written(folder, GOOD)
    assert code == 0
    assert set(findings(reports).values()) == {0}
    assert reports["gitlab"] == "[]\n"
    assert readers.sarif_run(reports["sarif"])["invocations"] == [
        {"executionSuccessful": True, "toolExecutionNotifications": []}
    ]
    (suite,) = readers.junit_suites(reports["junit"])
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("1", "0", "0")
    assert "nothing to report" in reports["markdown"]


def test_nothing_recognised(folder: Path) -> None:
    (folder / "values.yaml").write_text("a: 1\n", encoding="utf-8")
    reports, code = written(folder, folder)
    assert code == 3
    assert set(findings(reports).values()) == {0}
    (suite,) = readers.junit_suites(reports["junit"])
    assert (suite.get("tests"), suite.get("skipped")) == ("1", "1")


@pytest.mark.parametrize("data", [BROKEN.encode(), b"model: \xff\n", b"\xef\xbb\xbfmodel: [\r\n", b"model: \0", b"\t"])
def test_a_broken_file_beside_others(data: bytes, folder: Path) -> None:
    (folder / "broken.yaml").write_bytes(data)
    (folder / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    reports, code = written(folder, "broken.yaml", "deploy.yaml")
    assert code == 1
    counts = findings(reports)
    assert len(set(counts.values())) == 1
    assert counts["json"] >= 2
    run = readers.sarif_run(reports["sarif"])
    assert {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]} == {
        "broken.yaml", "deploy.yaml",
    }  # fmt: skip
    assert all("primaryLocationLineHash" in result["partialFingerprints"] for result in run["results"])
    assert run["invocations"][0]["executionSuccessful"]


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    reports, code = written(folder, "pipe.yaml", "deploy.yaml")
    assert code == 2
    counts = findings(reports)
    assert (counts["sarif"], counts["json"], counts["markdown"]) == (1, 1, 1)
    assert (counts["github"], counts["gitlab"], counts["junit"]) == (2, 2, 2)
    (invocation,) = readers.sarif_run(reports["sarif"])["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"] == [
        {
            "level": "error",
            "message": {"text": "pipe.yaml: not a regular file"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "pipe.yaml"}}}],
        }
    ]
    assert reports["github"].startswith("::error file=pipe.yaml::pipe.yaml: not a regular file\n")
    assert "`pipe.yaml` was not linted: not a regular file" in reports["markdown"]
    summary = json.loads(reports["json"])["summary"]
    assert summary["unreadable"] == [{"file": "pipe.yaml", "reason": "not a regular file"}]
    assert summary["failure"] == ""


def test_a_fault_of_our_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("]]> ::error::x")

    monkeypatch.setattr("llmlint.reading.lint", fail)
    (folder / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    reports, code = written(folder, "deploy.yaml")
    assert code == 2
    assert set(findings(reports).values()) == {1}
    assert not readers.sarif_run(reports["sarif"])["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("form", READ)
def test_what_goes_wrong_with_the_request_late(form: str, folder: Path) -> None:
    """By then the report on the terminal has begun; it is completed, and says what happened where it can."""
    for name in ("a.yaml", "z.yaml"):
        (folder / name).write_text(SMALL, encoding="utf-8")
    code, out, err = llmlint("--format", form, "--format", "jsonl", "-o", "z.yaml", ".")
    assert (code, err) == (2, "llmlint: --output z.yaml: would overwrite a file that is linted\n")
    getattr(readers, form)(out)
    assert "would overwrite a file that is linted" in out


NAMES = [
    "::error::x.yaml", "a,b:c.yaml", "%0A.yaml", "a b#c?d.yaml", "-- x.yaml", "é模.yaml", "<b>&.yaml", "`|`.yaml",
    "]]>.yaml", "line\nbreak.yaml", "\x1b[31m.yaml", "@team.yaml", "\u202egnp.yaml", b"\xff\xfe.yaml",
    b"\xed\xa0\x80.yaml", "x" * 240 + ".yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_of_files(name: str | bytes, folder: Path) -> None:
    (folder / "in").mkdir()
    path = os.path.join(b"in", os.fsencode(name))
    with open(path, "wb") as file:
        file.write(SMALL.encode())
    reports, code = written(folder, "in")
    assert code == 0
    assert set(findings(reports).values()) == {1}
    assert [one.file for one in readers.sarif(reports["sarif"])] == [os.fsdecode(path)]
    if isinstance(name, str):
        assert [one.file for one in readers.github(reports["github"])] == [f"in/{name}"]
        assert [one.file for one in readers.gitlab(reports["gitlab"])] == [f"in/{name}"]


def test_paths_are_those_of_the_repository_from_every_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "infra" / "deep").mkdir(parents=True)
    (folder / "infra" / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    for here, path in ((folder, "infra"), (folder / "infra", "."), (folder / "infra" / "deep", "../deploy.yaml")):
        monkeypatch.chdir(here)
        for form in ("sarif", "github", "gitlab", "junit", "markdown"):
            (one,) = getattr(readers, form)(llmlint("--format", form, path).out)
            assert one.file == "infra/deploy.yaml", form


def test_every_rule_of_the_run_is_described(folder: Path) -> None:
    team = ROOT / "examples" / "rules" / "team"
    code, out, _ = llmlint("--format", "sarif", "--rules", team, "--ignore", "vram-headroom-small", BAD)
    assert code == 1
    rules = {rule["id"]: rule for rule in readers.sarif_run(out)["tool"]["driver"]["rules"]}
    assert {"vram-too-small", "vram-reserve-small", "syntax", "suppression-unused"} <= set(rules)
    assert "vram-headroom-small" not in rules
    assert all(rule["help"]["text"] and rule["fullDescription"]["text"] for rule in rules.values())
    assert rules["vram-too-small"]["help"]["markdown"].startswith("An engine that cannot place the weights")
    assert "markdown" not in rules["vram-reserve-small"]["help"]  # Markdown is made of our own texts only
    assert "prompts" in rules["vram-reserve-small"]["help"]["text"]


def test_severities_are_those_of_the_configuration(folder: Path) -> None:
    (folder / ".llmlint.yaml").write_text("severity: {cooling-unstated: error}\n", encoding="utf-8")
    (folder / "deploy.yaml").write_text(BAD.read_text(encoding="utf-8"), encoding="utf-8")
    run = readers.sarif_run(llmlint("--format", "sarif", "deploy.yaml").out)
    (rule,) = [one for one in run["tool"]["driver"]["rules"] if one["id"] == "cooling-unstated"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert {one["level"] for one in run["results"] if one["ruleId"] == "cooling-unstated"} == {"error"}


@pytest.mark.parametrize("form", READ)
def test_what_is_taken_back_is_left_out(form: str, folder: Path) -> None:
    found = json.loads(llmlint("--format", "jsonl", _file(folder, SMALL)).out)
    lines = SMALL.split("\n")
    lines[found["line"] - 1] += f"  # llmlint: ignore[{found['rule']}] measured"
    out = llmlint("--format", form, _file(folder, "\n".join(lines))).out
    assert getattr(readers, form)(out) == []
    if form == "junit":
        (suite,) = readers.junit_suites(out)
        assert suite.get("skipped") == "1"


def _file(folder: Path, text: str) -> Path:
    (folder / "deploy.yaml").write_text(text, encoding="utf-8")
    return folder / "deploy.yaml"


def test_the_job_summary_is_appended_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    (folder / "summary.md").write_text("# Before\n", encoding="utf-8")
    assert llmlint("--format", "concise", BAD).code == 1
    assert (folder / "summary.md").read_text(encoding="utf-8") == "# Before\n"
    code, out, _ = llmlint("--format", "github", BAD)
    assert code == 1
    page = (folder / "summary.md").read_text(encoding="utf-8")
    assert page == "# Before\n" + llmlint("--format", "markdown", BAD).out
    assert len(readers.markdown(page)) == len(readers.github(out))


def test_a_summary_that_cannot_be_written_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "missing" / "summary.md"))
    code, out, err = llmlint("--format", "github", BAD)
    assert (code, err) == (1, "llmlint: GITHUB_STEP_SUMMARY: no such file or directory\n")
    assert readers.github(out)


def test_auto_is_text_and_in_actions_annotations_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, annotations = llmlint(BAD).out, llmlint("--format", "github", BAD).out
    assert llmlint("--format", "auto", BAD).out == text
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    assert llmlint("--format", "auto", BAD).out == text + annotations
    assert (folder / "summary.md").exists()
    assert llmlint(BAD).out == text
    llmlint("--format", "auto", "-o", "report", BAD)
    assert (folder / "report").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing_behind(sent: signal.Signals, folder: Path) -> None:
    (folder / "a").write_text("old", encoding="utf-8")
    program = (
        "import os, sys\nfrom llmlint.cli import check, run\n"
        f"check.result_of = lambda *_: os.kill(os.getpid(), {int(sent)})\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", program, "--format", "sarif", "-o", "a", "--format", "junit", "-o", "b", str(BAD)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, capture_output=True, env=environment, cwd=folder, timeout=60, check=False)
    assert done.returncode == 128 + sent
    assert (folder / "a").read_text(encoding="utf-8") == "old"
    assert sorted(os.listdir(folder)) == [".git", "a"]
