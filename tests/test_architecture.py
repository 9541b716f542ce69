"""Who imports whom: data flows one way, and only the command line prints."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "llmlint"

LAYERS = (
    {"tuples", "typed", "once", "version", "finding", "resources", "conditions", "precision", "globs", "toml_place"},
    {"quantity", "misquoted", "tokens", "kinds", "shape"},
    {"document", "expression", "passing", "written"},
    {"deployment", "config_file", "mistakes", "compiled.shapes"},
    {"plans", "unit", "catalog", "images"},
    {"engines"},
    {"facts", "readers"},
    {"rule", "builtin"},
    {"binding", "compiled.rules", "rulebook", "rule_edit", "edit", "rule_file", "rule_pack", "suppression", "config"}
    | {"parameters", "packs"},
    {"read", "manifests", "linting", "rendered", "ledger", "capacity", "apart", "fix", "suggest"},
    {"settings", "discovery", "gitignore", "neighbours", "own_catalogue", "reading", "wanted", "packed", "cache"}
    | {"own_parameters", "baseline", "history", "examples"},
    {"api"},
    {"reports"},
    {"web"},
    {"lsp"},
    {"cli", "__main__"},
)
"""A module may import its own layer and those above it in this list."""
SILENT = {"print", "input", "exit"}


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in SOURCE.rglob("*.py"):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        found["" if name == "__init__" else name] = path
    return found


@cache
def imported(path: Path) -> frozenset[str]:
    """Modules of ours that a file imports, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "llmlint":
            base = (node.module or "").removeprefix("llmlint").lstrip(".")
            for alias in node.names:
                whole = f"{base}.{alias.name}".lstrip(".")
                found.add(whole if whole in modules() else base)
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("llmlint.") for alias in node.names if alias.name.startswith("llmlint.")}
    return frozenset(found - {""})


def layer(module: str) -> int:
    for number, members in enumerate(LAYERS):
        if module in members or module.partition(".")[0] in members:
            return number
    raise AssertionError(f"{module} is in no layer: add it to LAYERS, where it belongs")


@pytest.mark.parametrize("module", sorted(name for name in modules() if name not in {"", "compiled"}))
def test_no_module_imports_a_later_layer(module: str) -> None:
    wrong = {other for other in imported(modules()[module]) if layer(other) > layer(module)}
    assert not wrong, f"{module} imports {sorted(wrong)} of a later layer"


def test_facts_and_readers_do_not_see_each_other() -> None:
    for module, path in modules().items():
        if module.split(".")[0] == "facts":
            assert not {name for name in imported(path) if name.split(".")[0] == "readers"}, module
        if module.split(".")[0] == "readers":
            assert not {name for name in imported(path) if name.split(".")[0] == "facts"}, module


@pytest.mark.parametrize("module", sorted(name for name in modules() if not name.startswith(("cli", "__main__"))))
def test_only_the_command_line_prints_and_exits(module: str) -> None:
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & SILENT
