"""`llmlint suggest`: what it prints, and its exit codes."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from jsonschema import Draft202012Validator

from llmlint.cli import run
from llmlint.resources import schema_text
from tests.cli.command import llmlint

FAILS = (
    "model: meta-llama/Llama-3.1-8B-Instruct\nworkload: {context: 8192}\nengine: vllm\nmachine: {gpus: [RTX 4090]}\n"
)
PASSES = "model: {parameters: 8B}\nprecision: int4\nmachine: {gpus: [RTX 4090]}\n"
HOPELESS = "model: GPT-4\nprecision: fp16\nmachine: {gpus: [RTX 4090]}\n"


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def suggested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs the command in a folder with the file deploy.yaml."""
    monkeypatch.chdir(tmp_path)

    def suggest(text: str | None, *words: str) -> Done:
        if text is not None:
            (tmp_path / "deploy.yaml").write_text(text, encoding="utf-8", newline="")
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["suggest", *words])
        return Done(code, out.getvalue(), err.getvalue())

    return suggest


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (FAILS, 0, "1. the planned context of 8192 tokens"),
        (PASSES, 0, "nothing to mend"),
        (HOPELESS, 1, "model-not-downloadable"),
    ],
)
def test_codes_and_words(suggested, text: str, code: int, said: str) -> None:  # type: ignore[no-untyped-def]
    done = suggested(text, "deploy.yaml")
    assert (done.code, done.err) == (code, "")
    assert said in done.out


def test_broken_files_are_told(suggested) -> None:  # type: ignore[no-untyped-def]
    done = suggested("model: [\n", "deploy.yaml")
    assert done.code == 1
    assert done.err.startswith("deploy.yaml:")


def test_what_cannot_be_read_is_a_usage_error(suggested) -> None:  # type: ignore[no-untyped-def]
    assert suggested(None, "none.yaml").code == 2
    assert suggested(FAILS, "deploy.yaml", "--format", "xml").code == 2


def test_nothing_recognised(suggested, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.yaml").write_text("a: 1\n", encoding="utf-8")
    assert suggested(None, "other").code == 3


def test_json(suggested) -> None:  # type: ignore[no-untyped-def]
    done = suggested(FAILS, "deploy.yaml", "--format", "json")
    report = json.loads(done.out)
    (plan,) = report["plans"]
    assert report["version"] == 1
    assert plan["verdict"] == "does-not-fit"
    first = plan["suggestions"][0]
    assert first["verdict"] == "fits"
    assert first["max_context"] == 8192
    assert first["diff"].startswith("--- a/deploy.yaml\n+++ b/deploy.yaml\n@@")
    assert plan["lints"] <= 200


def test_one_diff_alone_is_for_git(suggested, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = suggested(FAILS, "deploy.yaml", "--pick", "1")
    assert done.code == 0
    subprocess.run(["git", "apply", "-"], input=done.out.encode(), cwd=tmp_path, check=True, timeout=60)
    assert suggested(None, "deploy.yaml").out == "deploy.yaml\n  nothing to mend: it passes as it is\n"


def test_a_suggestion_that_is_not_there(suggested) -> None:  # type: ignore[no-untyped-def]
    done = suggested(FAILS, "deploy.yaml", "--pick", "99")
    assert (done.code, done.out) == (2, "")
    assert "suggestions" in done.err


def test_colour_is_asked_for(suggested) -> None:  # type: ignore[no-untyped-def]
    assert "\033[32m+" in suggested(FAILS, "deploy.yaml", "--color", "always").out
    assert "\033" not in suggested(FAILS, "deploy.yaml").out


def test_the_file_commands_no_terminal(suggested) -> None:  # type: ignore[no-untyped-def]
    text = f"# ##[error] \u202e\n{FAILS}"
    out = suggested(text, "deploy.yaml").out
    assert "\u202e" not in out
    assert "##[" not in out


@pytest.mark.parametrize("text", [FAILS, PASSES, HOPELESS, f"{FAILS}---\n{HOPELESS}"])
def test_the_json_fits_its_schema(suggested, text: str) -> None:  # type: ignore[no-untyped-def]
    told = json.loads(suggested(text, "--format", "json", "deploy.yaml").out)
    Draft202012Validator(json.loads(schema_text("suggest"))).validate(told)


def test_findings_show_the_first_suggestion(suggested) -> None:  # type: ignore[no-untyped-def]
    """The same answers, in the report of a lint."""
    first = json.loads(suggested(FAILS, "--format", "json", "deploy.yaml").out)["plans"][0]["suggestions"][0]
    told = json.loads(llmlint("--format", "json", "deploy.yaml").out)
    (finding,) = [one for one in told["findings"] if one["severity"] == "error"]
    assert finding["remedies"][0]["diff"] == first["diff"]
    assert finding["remedies"][0]["changes"] == [
        {"path": ["engine", "args"], "old": None, "new": ["--max-model-len=8192"], "line": 3}
    ]
    done = llmlint("deploy.yaml")
    assert "= set --max-model-len to 8192 (line 3)" in done.out
    assert done.out.endswith("llmlint suggest prints the changes as diffs\n")


def test_what_shows_no_remedy_asks_for_none(suggested, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    suggested(FAILS, "deploy.yaml")
    monkeypatch.setattr("llmlint.suggest.findings.Remedies.found", None)
    assert llmlint("--format", "concise", "deploy.yaml").code == 1
    assert "the search for a remedy failed" in llmlint("deploy.yaml").out, "a fault there is told beside the findings"


def test_other_documents_of_a_file_that_was_only_found_are_let_be(suggested) -> None:  # type: ignore[no-untyped-def]
    done = suggested(f"kind: Service\n---\n{FAILS}", ".")
    assert (done.code, done.err) == (0, "")
