"""Writes every generated file: JSON Schemas, compiled shapes and rules, catalogue indexes, reference pages.

    python tools/generate.py            write them
    python tools/generate.py --check    exit 1 and name the ones that are not current

`generated()` gives them as data, so that a test compares and nothing is written twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT)]

from generation import catalogue, compiled, pages, readme, recorded_plans, schemas, schemastore  # noqa: E402

STEPS: tuple[Callable[[Path], dict[str, bytes]], ...] = (
    schemas.generated,
    compiled.shapes,
    schemas.rule,
    catalogue.generated,
    compiled.rules,
    pages.generated,
    readme.generated,
    schemastore.generated,
    recorded_plans.generated,
)
"""In this order: each may read what the ones before it wrote."""


def stale(write: bool) -> list[str]:
    """Paths of generated files that are not current; with `write` they are made so."""
    found = []
    for step in STEPS:
        for name, content in step(ROOT).items():
            path = ROOT / name
            if not path.exists() or path.read_bytes() != content:
                found.append(name)
                if write:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
    return found


def main() -> int:
    """Write, or check; say what was not current."""
    check = "--check" in sys.argv[1:]
    found = stale(write=not check)
    for name in found:
        print(f"{'not current' if check else 'written'}: {name}")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
