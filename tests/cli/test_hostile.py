"""Trees of many files, and of files from strangers: the installed command ends with a code of its own, and soon."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from ..hostile_files import giant_files, hostile_files
from .command import SMALL, installed
from .hostile_deployments import hostile_deployments

SECONDS = 1.0
STARTING = 0.8
"""Allowance for starting the interpreter on a busy machine: the line is drawn at processor time, not at the clock."""
CONTROL = {chr(code) for code in range(32)} - {"\n"} | {"\x7f", "\x9b", "\u202e"}


def everything() -> dict[str, bytes]:
    return {**hostile_files(), **hostile_deployments()}


@pytest.mark.parametrize("name", sorted({**giant_files(), **hostile_deployments()}))
def test_no_file_takes_longer_than_a_second(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(everything()[name])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = installed("--isolated", name, folder=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert outcome.code in (0, 1, 3), outcome.err
    assert "internal error" not in outcome.err
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS + STARTING
    assert not CONTROL & set(outcome.out)


@pytest.mark.parametrize("format", ["text", "concise", "json"])
def test_a_tree_of_hostile_files(format: str, tmp_path: Path) -> None:
    files = everything() if format == "json" else hostile_files(giants=False)
    assert len(files) >= 50
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    outcome = installed("--format", format, "-v", ".", folder=tmp_path)
    assert outcome.code in (0, 1), outcome.err
    assert "internal" not in outcome.out + outcome.err
    assert not CONTROL & set(outcome.out)
    assert "\n::" not in outcome.out
    if format == "json":
        assert json.loads(outcome.out)["summary"]["files"] == len(files)


def test_a_tree_of_a_thousand_deployments(tmp_path: Path) -> None:
    for number in range(1_000):
        folder = tmp_path / f"team-{number % 10}" / f"service-{number % 100}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.yaml").write_text(SMALL if number % 100 else "precision: [", encoding="utf-8")
    outcome = installed("--format", "json", ".", folder=tmp_path)
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)["summary"]
    assert (summary["files"], summary["deployments"], summary["passed_over"]) == (1_000, 990, 10)
    assert installed("--format", "json", ".", folder=tmp_path).out == outcome.out
