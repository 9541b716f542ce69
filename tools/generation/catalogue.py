"""Indexes of the catalogue: which name leads to which row, sorted for bisection."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from llmlint.catalog.keys import device_key, key, loose_key
from llmlint.catalog.processors import spoken

FOLDER = "src/llmlint/catalog/data"
Row = dict[str, Any]


class CollisionError(Exception):
    """Two rows lay claim to one name that ambiguous.jsonl does not list."""


def generated(root: Path) -> dict[str, bytes]:
    """An index for each kind of row."""
    folder = root / FOLDER
    ambiguous = list(_rows(folder / "ambiguous.jsonl"))
    files = {}
    for kind in KINDS:
        index = Index(kind.name)
        for offset, row in ambiguous:
            if row["kind"] == kind.name:
                index.decide(kind.forms(row["name"]), offset)
        rows = list(_rows(folder / f"{kind.name}s.jsonl"))
        for basis in ("catalogue", "alias", "loose"):
            for offset, row in rows:
                for name_key in kind.keys(row, basis):
                    index.add(name_key, basis, offset)
        files[f"{FOLDER}/{kind.name}s.index"] = index.content()
    return files


class Index:
    """Lines of one index as they come together, the strongest claims first."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.lines: dict[str, tuple[str, int]] = {}

    def decide(self, name_keys: Iterable[str], offset: int) -> None:
        """Let keys lead to a row of ambiguous.jsonl, whatever else claims them."""
        self.lines |= dict.fromkeys(name_keys, ("ambiguous", offset))

    def add(self, name_key: str, basis: str, offset: int) -> None:
        """Let a key lead to the row at an offset. Loose forms that two rows share lead nowhere."""
        known_basis, known = self.lines.setdefault(name_key, (basis, offset))
        if known == offset or known_basis == "ambiguous":
            return
        if basis != "loose":
            raise CollisionError(f"{self.kind}: {name_key!r} names the rows at {known} and {offset}")
        if known_basis == "loose":
            self.lines[name_key] = ("nothing", -1)

    def content(self) -> bytes:
        """The file."""
        lines = [
            f"{name}\t{'alias' if basis == 'loose' else basis}\t{offset}\n".encode()
            for name, (basis, offset) in self.lines.items()
            if offset >= 0
        ]
        return b"".join(sorted(lines))


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Every row of a file with its byte offset."""
    offset = 0
    for line in path.read_bytes().splitlines(keepends=True):
        yield offset, json.loads(line)
        offset += len(line)


def _models(row: Row, basis: str) -> Iterable[str]:
    if basis == "catalogue":
        return [key(row["id"])]
    names = [_forms(name) for name in (row["id"], *row["aliases"], *row.get("ollama", []))]
    if basis == "alias":
        return [key(form) for forms in names for form in forms]
    return [loose_key(without) for _, without in names]


def _forms(name: str) -> tuple[str, str]:
    """With its organisation and without."""
    return name, name.rpartition("/")[2]


def _accelerators(row: Row, basis: str) -> Iterable[str]:
    if basis == "catalogue":
        return [key(row["id"])]
    labels = [label for names in row.get("labels", {}).values() for label in names]
    names = [row["id"], row["name"], *row.get("aliases", [])]
    if basis == "alias":
        return [key(name) for name in (*names, *labels)]
    plain = [name for name in labels if not name.startswith("nvidia-")]  # GKE's say what they say, as they stand
    return [form for name in (*names, *plain) for form in (loose_key(name), device_key(name))]


def _machines(row: Row, basis: str) -> Iterable[str]:
    if basis == "catalogue":
        return [key(row["id"])]
    names = [form for name in (row["id"], *row.get("aliases", [])) for form in _forms(name)]
    if basis == "alias":
        return [key(form) for name in names for form in (name, name.removeprefix("Standard_"))]
    return []


def _cpus(row: Row, basis: str) -> Iterable[str]:
    return [spoken(row["name"])] if basis == "alias" else []


class Kind(NamedTuple):
    """One kind of row and how its names become keys."""

    name: str
    keys: Callable[[Row, str], Iterable[str]]
    forms: Callable[[str], Iterable[str]]
    """Keys of a name in ambiguous.jsonl."""


KINDS = (
    Kind("model", _models, lambda name: (key(name), loose_key(name))),
    Kind("accelerator", _accelerators, lambda name: (key(name), loose_key(name), device_key(name))),
    Kind("machine", _machines, lambda name: (key(name),)),
    Kind("cpu", _cpus, lambda name: (spoken(name),)),
)
