"""Several files of a run that make up one deployment: each thing is told once, in the file where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmlint.cli.options import Options
from llmlint.linting import lint
from llmlint.reading import texts

BASE = """\
services:
  llm:
    image: vllm/vllm-openai:v0.9.2
    command: --model Qwen/Qwen3-8B --tensor-parallel-size 4 --no-such-option
"""
OVER = """\
services:
  llm:
    shm_size: 8g
    gpus: [{count: 2}]
"""
ALONE = {("unknown-flag", 4), ("model-cache-not-persistent", 3)}


def found(folder: Path, *names: str) -> set[tuple[str, str, int, str]]:
    """File, rule, line and what stands in the other file, of every warning and error."""
    (folder / ".git").mkdir(exist_ok=True)
    told = set()
    for text in texts(Options(paths=tuple(str(folder / name) for name in names))):
        result = lint(text.data, text.path, text.checking.settings, named=text.named)
        for one in result.findings:
            if one.severity != "info":
                told.add((Path(one.file).name, one.rule, one.span.line, one.elsewhere))
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_an_overlay_tells_only_what_it_adds(folder: Path) -> None:
    (folder / "compose.yaml").write_text(BASE)
    (folder / "compose.gpu.yaml").write_text(OVER)
    told = found(folder, "compose.yaml", "compose.gpu.yaml")
    assert {(rule, line) for file, rule, line, _ in told if file == "compose.yaml"} >= ALONE
    assert {(rule, line) for file, rule, line, _ in told if file == "compose.gpu.yaml"} == {
        ("tensor-parallel-exceeds-gpus", 4),
    }


def test_an_overlay_that_is_linted_alone_tells_all(folder: Path) -> None:
    (folder / "compose.yaml").write_text(BASE)
    (folder / "compose.gpu.yaml").write_text(OVER)
    told = found(folder, "compose.gpu.yaml")
    assert ("compose.gpu.yaml", "unknown-flag", 3, "compose.yaml:4") in told
    assert "model-cache-not-persistent" in {rule for _, rule, _, _ in told}


@pytest.mark.parametrize(
    "names", [("compose.yaml", "compose.override.yaml"), ("compose.override.yaml", "compose.yaml")]
)
def test_of_the_usual_pair_each_tells_its_own(folder: Path, names: tuple[str, str]) -> None:
    (folder / "compose.yaml").write_text(BASE)
    (folder / "compose.override.yaml").write_text(OVER)
    told = found(folder, *names)
    assert all(not elsewhere for *_, elsewhere in told)
    rules = [rule for _, rule, _, _ in told]
    assert len(rules) == len(set(rules))
    assert ("compose.override.yaml", "tensor-parallel-exceeds-gpus", 4, "") in told
    assert ("compose.yaml", "unknown-flag", 4, "") in told


def test_what_is_included_is_told_there_and_what_comes_of_the_meeting_here(folder: Path) -> None:
    engine = "services:\n  {0}:\n    image: vllm/vllm-openai:v0.9.2\n    command: --model Qwen/Qwen3-8B --nonsense\n"
    for name in ("one", "two"):
        device = '    gpus: [{device_ids: ["0"]}]\n'
        (folder / f"{name}.yaml").write_text(engine.replace("{0}", name) + device)
    (folder / "compose.yaml").write_text("include: [one.yaml, two.yaml]\n")
    told = found(folder, "compose.yaml", "one.yaml", "two.yaml")
    here = {(rule, elsewhere) for file, rule, _, elsewhere in told if file == "compose.yaml"}
    assert here == {("gpu-shared-by-several-engines", "two.yaml:5")}
    assert {file for file, rule, _, _ in told if rule == "unknown-flag"} == {"one.yaml", "two.yaml"}
    assert {file for file, rule, _, _ in found(folder, "compose.yaml") if rule == "unknown-flag"} == {"compose.yaml"}


@pytest.mark.parametrize("top", ["compose.yaml", "parts/all.yaml"])
def test_files_that_are_included_together_are_parts_of_one(folder: Path, top: str) -> None:
    (folder / "parts").mkdir()
    (folder / "parts/base.yaml").write_text(BASE)
    (folder / "parts/cards.yaml").write_text(OVER)
    within = "" if "/" in top else "parts/"
    (folder / top).write_text(f"include:\n  - path: [{within}base.yaml, {within}cards.yaml]\n")
    told = found(folder, "parts/base.yaml", "parts/cards.yaml", top)
    assert {(file, rule, line) for file, rule, line, _ in told} == {
        ("base.yaml", "unknown-flag", 4),
        (Path(top).name, "model-cache-not-persistent", 2),
        (Path(top).name, "tensor-parallel-exceeds-gpus", 2),
    }
    assert {rule for _, rule, _, _ in found(folder, "parts/base.yaml")} == {"unknown-flag"}


def test_a_file_that_is_included_by_itself_is_no_part(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE)
    (folder / "other.yaml").write_text(BASE.replace("llm:", "other:"))
    (folder / "compose.yaml").write_text("include:\n  - path: base.yaml\n  - path: [other.yaml, absent.yaml]\n")
    for name in ("base.yaml", "other.yaml"):
        assert "gpu-not-requested" in {rule for _, rule, _, _ in found(folder, name)}


def test_nothing_outside_of_the_repository_is_included(folder: Path) -> None:
    inside = folder / "repository"
    inside.mkdir()
    (folder / "secret.yaml").write_text(BASE)
    (inside / "compose.yaml").write_text("include: [../secret.yaml]\n")
    assert found(inside, "compose.yaml") == set()


def test_files_that_include_one_another_come_to_an_end(folder: Path) -> None:
    (folder / "compose.yaml").write_text(f"include: [other.yaml, compose.yaml]\n{BASE}")
    (folder / "other.yaml").write_text("include: [compose.yaml, other.yaml]\n" + BASE.replace("llm:", "second:"))
    told = found(folder, "compose.yaml", "other.yaml")
    assert {(file, line) for file, rule, line, _ in told if rule == "unknown-flag"} == {
        ("compose.yaml", 5),
        ("other.yaml", 5),
    }
    assert "internal-error" not in {rule for _, rule, _, _ in told}
