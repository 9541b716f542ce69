"""The groups of modules that are mutated together: tools/mutation.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGURATION = ROOT / "tools" / "mutation.toml"


@dataclass(frozen=True)
class Group:
    """Modules and the tests that hold them."""

    name: str
    modules: tuple[str, ...]
    """Paths from the root."""
    tests: tuple[str, ...]
    """Files and folders of tests that run in the process of pytest, those that tell most first."""
    sample: int
    """Mutants that are drawn at random; 0: all of them."""


@dataclass(frozen=True)
class Configuration:
    """All that the runs are told."""

    seed: int
    covering_seconds: float
    """Of tests that reach the changed line, for one mutant."""
    further_seconds: float
    """Of tests that reach the group elsewhere, after those: results that are kept are computed for one test alone."""
    groups: tuple[Group, ...]


def configuration(path: Path = CONFIGURATION) -> Configuration:
    """The file, its patterns replaced by the modules that they match."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    groups = tuple(
        Group(one["name"], _modules(one["modules"]), tuple(one["tests"]), one.get("sample", 0)) for one in data["group"]
    )
    return Configuration(data["seed"], data["covering_seconds"], data["further_seconds"], groups)


def _modules(patterns: list[str]) -> tuple[str, ...]:
    found = {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)}
    return tuple(sorted(found))
