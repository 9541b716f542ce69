"""SECURITY.md names a test for each promise, and each of these is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]
PATH = re.compile(r"`([\w.-]+/[\w./-]+)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_promise_has_tests(row: list[str]) -> None:
    threat, answer, tests = row
    assert threat
    assert answer
    named = [ROOT / name for name in PATH.findall(tests)]
    assert any(path.name.startswith("test_") and "def test_" in path.read_text(encoding="utf-8") for path in named)


def test_each_file_that_the_page_names_is_there() -> None:
    names = PATH.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(names) > 20
    assert [name for name in names if not (ROOT / name).exists() and not name.startswith("dist")] == []
