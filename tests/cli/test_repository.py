"""Folders of repositories: what git ignores is left out, what manifests may read beside them, what is told last."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from llmlint.discovery import find
from llmlint.neighbours import surroundings

from .command import SMALL, llmlint

COMPOSE = """\
services:
  llm:
    image: vllm/vllm-openai:v0.9.2
    command: --model Qwen/Qwen3-8B
    gpus: all
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - image: vllm/vllm-openai:v0.9.2
      args: [--model, Qwen/Qwen3-8B]
      resources: {limits: {nvidia.com/gpu: 1}}
"""
TEMPLATE = "image: {{ .Values.image }}\n{{- if .Values.vllm }}\nargs: [vllm]\n{{- end }}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "deploy" / "pod.yaml").write_text(POD)
    (tmp_path / "other.yaml").write_text("a: 1\n")
    return tmp_path


def found(folder: Path, *, gitignore: bool = True) -> list[str]:
    return [os.path.relpath(one.path, folder) for one in find([str(folder)], gitignore=gitignore)]


def test_without_a_gitignore(repository: Path) -> None:
    assert found(repository) == ["other.yaml", "deploy/compose.yaml", "deploy/pod.yaml"]


def test_what_git_ignores_is_left_out(repository: Path) -> None:
    (repository / ".gitignore").write_text("/other.yaml\n*.json\n")
    (repository / "deploy" / ".gitignore").write_text("*.yaml\n!pod.yaml\n")
    assert found(repository) == ["deploy/pod.yaml"]
    assert len(found(repository, gitignore=False)) == 3


@pytest.mark.parametrize("pattern", ["*a" * 30 + "b", "**/a/" * 30 + "b", "*" * 40 + "b", "[a*" * 30], ids=range(4))
def test_a_pattern_that_never_ends_leaves_nothing_out(pattern: str, repository: Path) -> None:
    """pathspec makes a regular expression of it, which tries each way to divide a name among thirty stars."""
    deep = repository / "a/a/a/a/a/a/a/a/a/a/a/a"
    deep.mkdir(parents=True)
    (deep / f"{'a' * 200}.yaml").write_text(SMALL, encoding="utf-8")
    (repository / ".gitignore").write_text(f"{pattern}\n", encoding="utf-8")
    outcome = llmlint("--format", "json", str(deep))
    assert json.loads(outcome.out)["summary"]["files"] == 1


def test_an_ignored_folder_is_not_looked_into(repository: Path) -> None:
    (repository / ".gitignore").write_text("deploy/\n!deploy/pod.yaml\n")
    assert found(repository) == ["other.yaml"]


def test_the_files_of_a_folder_count_for_a_part_of_it_too(repository: Path) -> None:
    (repository / ".gitignore").write_text("deploy/pod.yaml\n")
    assert found(repository / "deploy") == ["compose.yaml"]


def test_a_file_that_is_named_is_linted_all_the_same(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.yaml\n")
    code, out, _ = llmlint(repository / "deploy" / "pod.yaml", "--fail-on", "never")
    assert code == 0
    assert "1 file, 1 deployment" in out


def test_outside_of_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.yaml\n")
    (tmp_path / "pod.yaml").write_text(POD)
    assert found(tmp_path) == ["pod.yaml"]


def test_the_summary_tells_formats_and_templates(repository: Path) -> None:
    (repository / "deploy" / "template.yaml").write_text(TEMPLATE)
    code, out, _ = llmlint(repository, "--fail-on", "never")
    last = out.strip().splitlines()[-1]
    assert code == 0
    assert last.startswith("2 files, 2 deployments (1 Compose, 1 Kubernetes): ")
    assert last.endswith("2 files passed over, 1 template among them")
    _, out, _ = llmlint(repository, "--fail-on", "never", "--format", "json")
    summary = json.loads(out)["summary"]
    assert (summary["formats"], summary["templates"]) == ({"compose": 1, "kubernetes": 1}, 1)


def test_a_machine_for_all_of_them(repository: Path) -> None:
    _, out, _ = llmlint(repository, "--machine", "t4", "--select", "vram-too-small", "--fail-on", "never")
    assert out.count("error[vram-too-small]") == 2
    _, out, _ = llmlint("plan", repository / "deploy" / "pod.yaml", "--machine", "aws/g6e.xlarge")
    assert "what the file does not say of the machine comes from --machine" in out
    code, _, err = llmlint(repository, "--machine", "t4*none")
    assert code == 2
    assert "--machine: t4*none: " in err


def test_machines_by_path_in_the_configuration(repository: Path) -> None:
    (repository / ".llmlint.yaml").write_text('machines:\n  "deploy/pod.yaml": t4\n')
    _, out, _ = llmlint(repository, "--select", "vram-too-small", "--fail-on", "never")
    assert [line.split(":")[0].rsplit("/", 1)[-1] for line in out.splitlines() if "error[" in line] == ["pod.yaml"]
    (repository / ".llmlint.yaml").write_text('machines:\n  "deploy/pod.yaml": t4*\n')
    code, _, err = llmlint(repository)
    assert code == 2
    assert ".llmlint.yaml:2:22" in err


def test_what_lies_beside_a_manifest(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.env"
    outside.write_text("A=1\n")
    (repository / "deploy" / ".env").write_text("B=2\n")
    (repository / "deploy" / "link.env").symlink_to(outside)
    (repository / "deploy" / "large.env").write_bytes(b"#" * (1 << 21))
    around = surroundings(str(repository / "deploy" / "compose.yaml"))
    assert around is not None
    assert around.text(".env") == "B=2\n"
    assert around.text("../other.yaml") == "a: 1\n"
    for name in (
        "link.env",
        "large.env",
        "none.env",
        "..",
        str(outside),
        os.path.relpath(outside, repository / "deploy"),
    ):
        assert around.text(name) is None, name


def test_standard_input_has_nothing_beside_it() -> None:
    assert surroundings("<stdin>") is None
