"""docs/comparison.md: what it says of ours is shown by tests that there are."""

from __future__ import annotations

import ast
import re

import pytest
from website.links import TEST, linked

from .transcript import ROOT

PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| |")
]
HEAD = ["llmlint", "ruff", "zizmor", "kube-linter", "check-jsonschema", "cfn-lint"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_of_ours_is_shown_by_a_test_that_there_is(row: list[str]) -> None:
    assert len(row) == 1 + len(HEAD)
    assert all(row)
    shown = TEST.findall(row[1])
    assert TEST.sub("", row[1]).strip() == "", f"{row[1]}: nothing but links to tests"
    assert shown
    for _, file, name in shown:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_there_are_enough_and_every_table_has_the_same_columns() -> None:
    assert len(ROWS) > 30
    heads = [line for line in PAGE.splitlines() if line.startswith("| |")]
    assert heads
    assert set(heads) == {f"| | {' | '.join(HEAD)} |"}


def test_versions_of_the_others_are_named() -> None:
    for name in HEAD[1:]:
        assert re.search(rf"{name}[^|]{{0,30}}(\d+\.\d+\.\d+|[0-9a-f]{{7}})", PAGE), name


def test_on_the_site_tests_are_named_and_not_linked() -> None:
    assert "../tests/" not in linked("comparison.md", PAGE)
