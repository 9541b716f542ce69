"""Trees of many files, and of files from strangers: the installed command ends with a code of its own, and soon."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ..hostile_files import giant_files, hostile_files
from .command import SMALL, installed, llmlint
from .hostile_deployments import hostile_deployments

SECONDS = 1.0
BUSY = 2.0
"""Allowance for a busy machine, where even processor time is longer: 0.8 s at most were measured on a quiet one."""
CONTROL = {chr(code) for code in range(32)} - {"\n"} | {"\x7f", "\x9b", "\u202e"}
LONG = {**giant_files(), **hostile_deployments()}


@pytest.mark.parametrize("name", sorted(LONG))
def test_no_file_takes_longer_than_a_second(name: str, tmp_path: Path) -> None:
    """In this process: that none crashes it is tested in others (test_document_hostile.py, and below)."""
    (tmp_path / name).write_bytes(LONG[name])
    began = time.process_time()
    outcome = llmlint("--isolated", tmp_path / name)
    assert time.process_time() - began < SECONDS + BUSY
    assert outcome.code in (0, 1, 3)
    assert outcome.err == "" or outcome.code == 3
    assert not CONTROL & set(outcome.out)


@pytest.mark.parametrize("format", ["text", "concise", "json"])
def test_a_tree_of_hostile_files(format: str, tmp_path: Path) -> None:
    files = hostile_files(giants=False) | (hostile_deployments() if format == "json" else {})
    assert len(files) >= 50
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    outcome = installed("--format", format, "-v", ".", folder=tmp_path)
    assert outcome.code in (0, 1), outcome.err
    assert outcome.err == ""
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
