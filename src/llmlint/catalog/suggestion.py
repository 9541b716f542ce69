"""Near misses and search: the slow ways through the catalogue, which read all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from llmlint.catalog.index import rows
from llmlint.catalog.keys import LONGEST_NAME, VENDORS, key, words
from llmlint.catalog.rows import Accelerator, Machine, Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.catalog.catalogue import Catalogue, Table

Kind: TypeAlias = Literal["model", "accelerator", "machine"]
AnyRow: TypeAlias = Model | Accelerator | Machine
Spelling: TypeAlias = tuple[str, list[str], set[str]]
"""Id of a row, the numbers in one of its names, and that name as it is compared, with and without its owner."""
MOST = 3
NEAR = 0.75
"""Ratio of difflib from which a name is offered; below, suggestions are noise."""
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[bmt](?![a-z0-9]))?")
"""With the unit where it is a size: the 8 of FP8 is not the size of an 8b."""


def near(catalogue: Catalogue, kind: Kind, name: str) -> tuple[str, ...]:
    """Ids of the rows that have a name like the one asked for, best first.

    Every number of the name must be in the other one: a suggestion never crosses size or generation.
    """
    if len(name) > LONGEST_NAME:
        return ()
    from difflib import SequenceMatcher

    wanted = _spelled(kind, name)
    numbers = _numbers(wanted)
    matcher = SequenceMatcher(None, "", wanted, autojunk=False)
    scores: dict[str, float] = {}
    for row_id, known, forms in _spellings(catalogue, kind):
        if not _within(numbers, known):
            continue
        for form in forms:
            matcher.set_seq1(form)
            if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR:
                scores[row_id] = max(scores.get(row_id, 0), matcher.ratio())
    best = sorted((row_id for row_id in scores if scores[row_id] >= NEAR), key=lambda row_id: (-scores[row_id], row_id))
    return tuple(best[:MOST])


def _spellings(catalogue: Catalogue, kind: Kind) -> list[Spelling]:
    """All names to compare with, worked out once for each catalogue."""
    found = catalogue.spellings.get(kind)
    if found is None:
        found = catalogue.spellings[kind] = [
            (row.id, _numbers(key(known)), {_spelled(kind, known), _spelled(kind, known.rpartition("/")[2])})
            for row in _all(catalogue, kind)
            for known in _names(row)
        ]
    return found


def search(catalogue: Catalogue, kind: Kind, wanted: Sequence[str]) -> list[AnyRow]:
    """Rows that hold every word in a name, their vendor, family or category: exact names first, then short ones."""
    parts = [part for word in wanted for part in words(word)]
    phrase = key(" ".join(wanted))
    found = [row for row in _all(catalogue, kind) if all(part in _haystack(row) for part in parts)]

    def distance(row: AnyRow) -> tuple[bool, bool, int, str]:
        names = [key(name) for name in _names(row)]
        in_one = any(all(part in name for part in parts) for name in names)
        return (phrase not in names, not in_one, len(row.id), row.id)

    return sorted(found, key=distance)


def _all(catalogue: Catalogue, kind: Kind) -> list[AnyRow]:
    """Every row of a kind, the user's in place of those that they replace."""
    tables: dict[Kind, Table[Model] | Table[Accelerator] | Table[Machine]] = {
        "model": catalogue.models,
        "accelerator": catalogue.accelerators,
        "machine": catalogue.machines,
    }
    table = tables[kind]
    by_id: dict[str, AnyRow] = {key(row["id"]): table.decode(row) for row in rows(table.data)}
    for own in table.own.values():
        by_id[key(own.id)] = own
    return list(by_id.values())


def _names(row: AnyRow) -> tuple[str, ...]:
    if isinstance(row, Model):
        return (row.id, *row.aliases, *row.ollama)
    return (row.id, row.name, *row.aliases) if isinstance(row, Accelerator) else (row.id, *row.aliases)


def _haystack(row: AnyRow) -> str:
    """All that a word may be found in."""
    if isinstance(row, Model):
        more = f"{row.category} {row.arch or ''}"
    elif isinstance(row, Accelerator):
        more = f"{row.vendor} {row.arch or ''}"
    else:
        more = row.accelerator
    return " ".join("-".join(words(text)) for text in (*_names(row), more))


def _spelled(kind: Kind, name: str) -> str:
    """For comparison: devices without their vendor's words, which one name has and the other lacks."""
    return "-".join(word for word in words(name) if kind != "accelerator" or word not in VENDORS)


def _numbers(name: str) -> list[str]:
    return [number.rstrip("0").rstrip(".") if "." in number else number for number in NUMBER.findall(name)]


def _within(asked: list[str], known: list[str]) -> bool:
    """Whether all numbers asked for are there; digits of a long one may be swapped (`RTX 4900`)."""
    left = list(known)
    for number in asked:
        twin = next((other for other in left if other == number or _swapped(number, other)), None)
        if twin is None:
            return False
        left.remove(twin)
    return True


def _swapped(number: str, other: str) -> bool:
    return len(number) >= 4 and "." not in number and sorted(number) == sorted(other)
