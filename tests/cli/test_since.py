"""`--since REV`: new findings of what has changed, and clear words where git has no answer."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .command import SMALL, llmlint

WORSE = SMALL.replace("ram: 64GB", "tier: professional, ram: 4GB")
"""One finding more than SMALL has."""
MORE = "ram-below-tier-minimum"


def git(*words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git("init", "-q", "-b", "main")
    write("deploy.yaml", SMALL)
    write("sub/other.yaml", WORSE)
    git("add", ".")
    git("commit", "-qm", "one")
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def told(*words: str) -> dict[str, Any]:
    done = llmlint("--format", "json", *words)
    assert done.code in (0, 1), done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def found(*words: str) -> list[tuple[str, str]]:
    return [(one["file"], one["rule"]) for one in told("--since", "HEAD", *(words or (".",)))["findings"]]


def test_nothing_has_changed(tree: Path) -> None:
    done = llmlint("--since", "HEAD", ".")
    assert done.code == 0
    assert "nothing that is linted has changed since HEAD" in done.err


def test_only_what_is_new_of_what_has_changed(tree: Path) -> None:
    write("deploy.yaml", "# moved\n\n" + WORSE)
    names = {rule for _, rule in found()}
    assert MORE in names
    assert "precision-loses-accuracy" not in names, "it was there before"
    assert told("--since", "HEAD", ".")["summary"]["earlier"] == 1
    assert "1 that was there before not shown" in llmlint("--since", "HEAD", ".").out


def test_a_file_that_git_does_not_know(tree: Path) -> None:
    write("new/deploy.yaml", SMALL)
    assert found() == [("new/deploy.yaml", "precision-loses-accuracy")]
    write(".gitignore", "new/\n")
    assert found() == []


def test_staged_and_committed_changes_count_alike(tree: Path) -> None:
    write("deploy.yaml", WORSE)
    git("add", ".")
    assert MORE in {rule for _, rule in found()}
    git("commit", "-qm", "two")
    assert found() == []
    assert MORE in {one["rule"] for one in told("--since", "HEAD~1", ".")["findings"]}
    assert MORE in {one["rule"] for one in told("--since", "main~1", "deploy.yaml")["findings"]}


def test_a_file_that_was_moved_keeps_its_findings(tree: Path) -> None:
    git("mv", "sub/other.yaml", "moved.yaml")
    assert found() == []
    write("moved.yaml", WORSE.replace("8B", "80B"))
    git("add", ".")
    assert ("moved.yaml", "vram-too-small") in found()
    assert ("moved.yaml", MORE) not in found()


def test_a_file_that_is_gone(tree: Path) -> None:
    Path("sub/other.yaml").unlink()
    assert llmlint("--since", "HEAD", ".").code == 0


def test_what_files_are_checked_with_widens_it(tree: Path) -> None:
    write(".llmlint.yaml", "fail-on: error\n")
    assert {file for file, _ in found()} == {"deploy.yaml", "sub/other.yaml"}


def test_what_lies_beside_a_file_is_as_it_was(tree: Path) -> None:
    """Compose fills in variables from .env: a change there is one of the manifest."""
    compose = "services:\n  llm:\n    image: vllm/vllm-openai:v0.9.2\n    command: [--model=Qwen/Qwen3-8B, $FLAG]\n"
    write("app/compose.yaml", compose)
    write("app/.env", "FLAG=--max-model-len=4096\n")
    git("add", "-f", ".")
    git("commit", "-qm", "two")
    assert found() == []
    write("app/.env", "FLAG=--bogus=4096\n")
    assert ("app/compose.yaml", "unknown-flag") in found()
    assert told("--since", "HEAD", ".")["summary"]["earlier"] >= 1


def test_from_a_folder_of_the_repository(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("sub/other.yaml", WORSE.replace("8B", "80B"))
    monkeypatch.chdir(tree / "sub")
    assert ("other.yaml", "vram-too-small") in found()


def test_with_a_baseline(tree: Path) -> None:
    write("deploy.yaml", WORSE)
    assert llmlint("baseline", "update").code == 0
    assert found("--baseline", ".llmlint-baseline.json", ".") == []


def test_names_that_are_odd(tree: Path) -> None:
    for name in ("-x.yaml", "a b.yaml", "tab\t.yaml", "ü.yaml", 'quo"te.yaml', "line\n.yaml"):
        write(name, SMALL)
    assert len(found()) == 6


@pytest.mark.parametrize(
    "revision",
    ["", "-x", "--output=x", "--upload-pack=touch owned", "nowhere", "HEAD~99", "HEAD:deploy.yaml", "a" * 2000, "a b"],
)
def test_what_is_no_revision(tree: Path, revision: str) -> None:
    done = llmlint(f"--since={revision}", ".") if revision else llmlint("--since", "", ".")
    if revision:
        assert done.code == 2
        assert "--since" in done.err
    assert "Traceback" not in done.err
    assert not Path("owned").exists()
    assert not Path("x").exists()


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("deploy.yaml", SMALL)
    done = llmlint("--since", "HEAD", ".")
    assert done.code == 2
    assert "deploy.yaml lies in no git repository" in done.err
    assert "standard input" in llmlint("--since", "HEAD", "-").err


def test_without_git(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tree))
    done = llmlint("--since", "HEAD", ".")
    assert done.code == 2
    assert "git is not installed, or not in PATH" in done.err


def test_a_repository_starts_no_program(tree: Path) -> None:
    """What the configuration of a strange repository names is not run."""
    program = tree / "run.sh"
    program.write_text(f"#!/bin/sh\ntouch {tree}/owned\n", encoding="utf-8")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "diff.x.textconv"):
        git("config", key, os.fspath(program))
    write(".gitattributes", "*.yaml diff=x\n")
    write("deploy.yaml", WORSE)
    assert found()
    assert not (tree / "owned").exists()


def test_a_claim_that_a_kustomization_puts_beside_a_file(tree: Path) -> None:
    cases = Path(__file__).resolve().parent.parent / "folders" / "kustomization"
    for name in ("kustomization.yaml", "storage/pvc.yaml", "engine/chat.yaml"):
        write(f"app/{name}", (cases / name).read_text(encoding="utf-8").replace("10Gi", "500Gi"))
    git("add", ".")
    git("commit", "-qm", "two")
    assert found() == []
    write("app/storage/pvc.yaml", (cases / "storage/pvc.yaml").read_text(encoding="utf-8"))
    assert found() == [("app/engine/chat.yaml", "volume-smaller-than-model")]
