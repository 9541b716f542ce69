"""The baseline as a file: JSON with an entry a line, sorted, so that branches merge; without dates, so that it changes
only with what it counts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict

from llmlint.baseline import Counts, Key
from llmlint.finding import Problem, Span
from llmlint.version import __version__

FORMAT = 1
NAME = ".llmlint-baseline.json"
LARGEST = 64 << 20
"""Bytes of a baseline: some 300,000 entries."""
START = Span(1, 1, 1, 2)
AGAIN = "`llmlint baseline update` writes it anew"


class EntryRow(TypedDict):
    """Findings that are held back, those that nothing tells apart in one entry."""

    file: str
    """Relative to the folder of the baseline."""
    document: str
    """`apiVersion/kind/namespace/name` of an object, `name=…` of another document that has one, else its index."""
    path: str
    """JSON pointer in the document; items of lists by their names where they have one."""
    rule: str
    """Id of the rule."""
    count: int
    """How many of them; where there are more, all are shown."""


class BaselineFile(TypedDict):
    """What `llmlint baseline update` writes."""

    version: Literal[1]
    """Of this format."""
    llmlint: str
    """The version that wrote it."""
    entries: list[EntryRow]
    """Sorted."""


class InvalidBaseline(Exception):
    """A baseline that cannot be read, with what is wrong at its place."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        super().__init__(f"{file}: {problems[0].message}")
        self.file = file
        self.problems = problems


def text(counts: Counts) -> str:
    """The file of some counts."""
    rows = ",".join(f"\n    {json.dumps(_row(key, counts[key]))}" for key in sorted(counts))
    head = f'{{\n  "version": {FORMAT},\n  "llmlint": {json.dumps(__version__)},\n  "entries": ['
    return head + rows + ("\n  ]\n}\n" if rows else "]\n}\n")


def _row(key: Key, count: int) -> EntryRow:
    return {"file": key.file, "document": key.document, "path": key.path, "rule": key.rule, "count": count}


def read(path: str) -> dict[Key, int]:
    """The counts of a file; raises `InvalidBaseline`, or `OSError`."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError("not a regular file")
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InvalidBaseline(path, [Problem(f"more than {LARGEST:,} bytes", START)])
    try:
        written = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        place = Span(problem.lineno, problem.colno, problem.lineno, problem.colno + 1)
        message = (
            "a conflict of a merge stands in it" if b"\n<<<<<<<" in b"\n" + data else f"no JSON: {problem.msg.lower()}"
        )
        raise InvalidBaseline(path, [Problem(message, place, AGAIN)]) from None
    except (ValueError, RecursionError) as error:
        raise InvalidBaseline(path, [Problem(f"no JSON: {error}", START, AGAIN)]) from None
    return _counts(path, written)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _counts(path: str, written: Any) -> dict[Key, int]:
    if not isinstance(written, dict) or written.get("version") != FORMAT:
        found = written.get("version") if isinstance(written, dict) else None
        raise InvalidBaseline(path, [Problem(f"version {FORMAT} is wanted, not {str(found)[:40]}", START, AGAIN)])
    entries = written.get("entries")
    if not isinstance(entries, list):
        raise InvalidBaseline(path, [Problem("`entries` is missing", START, AGAIN)])
    counts: dict[Key, int] = {}
    for position, entry in enumerate(entries, 1):
        key, count = _entry(path, position, entry)
        counts[key] = min(count, counts.get(key, count))  # of two branches' entries the stricter one
    return counts


def _entry(path: str, position: int, entry: Any) -> tuple[Key, int]:
    if isinstance(entry, dict):
        words = [entry.get(name) for name in Key._fields]
        count = entry.get("count")
        if all(isinstance(word, str) for word in words) and type(count) is int and count >= 1:
            return Key(*words), count  # type: ignore[arg-type]  # each was looked at
    fields = ", ".join(Key._fields)
    raise InvalidBaseline(
        path, [Problem(f"entry {position} is none: {fields} are texts, count is at least 1", START, AGAIN)]
    )


def files(counts: Mapping[Key, int]) -> Iterable[str]:
    """The files that a baseline speaks of, each once."""
    return dict.fromkeys(key.file for key in counts)
