"""Constants in the engines that were fitted to recorded runs, and what they were fitted to, by their docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import llmlint.engines

FITTED = re.compile(
    r"\[logs|\bfitted\b|\brecorded\b|\bw(?:ere|as) seen\b|\bmeasured\b|\bn \d+|(?:some|as) logs\b|^GiB\b|GiB off\b",
    re.IGNORECASE,
)
ENGINES = Path(llmlint.engines.__file__).parent


class Constant(NamedTuple):
    """One constant."""

    module: str
    name: str
    value: str
    fitted_to: str


def constants() -> Iterator[Constant]:
    """All of them, by module."""
    for path in sorted(ENGINES.rglob("*.py")):
        module = ".".join(path.relative_to(ENGINES).with_suffix("").parts)
        yield from _of(path.read_text(encoding="utf-8"), module)


def _of(source: str, module: str) -> Iterator[Constant]:
    """Assignments of a module whose docstring or comments name runs.

    Assignments in a row share the docstring after the last of them where their names begin alike (GRAPHS_…).
    """
    pending: list[tuple[str, str, str]] = []
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            pending.append((_name(node), ast.unparse(node.value), _comments(source, node)))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            first = pending[-1][0].partition("_")[0] if pending else ""
            alike = [one for one in pending if one[0].partition("_")[0] == first]
            yield from _told(module, alike, " ".join(node.value.value.split()))
            pending = []
        else:
            yield from _told(module, pending, "")
            pending = []


def _told(module: str, pending: list[tuple[str, str, str]], docstring: str) -> Iterator[Constant]:
    for name, value, comments in pending:
        words = "; ".join(part for part in (docstring, comments) if part)
        if FITTED.search(words) and any(digit.isdigit() for digit in value):
            yield Constant(module, name, value, words)


def _name(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return ast.unparse(target).strip("()")


def _comments(source: str, node: ast.stmt) -> str:
    """What the comments at the ends of an assignment's lines say of runs."""
    lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
    said = (line.partition("  # ")[2].strip() for line in lines)
    return "; ".join(words for words in said if FITTED.search(words))
