"""Reads the `edit` of a rule file: which changes, where, and what with. Slow path only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmlint.expression import InvalidExpression, Kind, placeholders
from llmlint.finding import Path
from llmlint.rule import RuleEdit, Step

BASES = (
    *("place", "beside", "container", "pod", "object", "service", "compose", "document", "documents", "deployment"),
)
"""Words that a path begins with."""
AT_PLACE = ("replace", "rename")
AT_PATHS = ("set", "append", "exchange")
REPLACEMENT = "{place.replacement}"


MOST_VALUES, MOST_LETTERS = 200, 10_000
"""Of an edit, aliases as what they stand for: it is made for every finding of a file."""


class InvalidEdit(Exception):
    """What is wrong with an edit, and where in it."""

    def __init__(self, message: str, path: Path, help: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.help = help


def rule_edit(data: Any, kinds: Mapping[str, Kind]) -> RuleEdit:
    """The edit that a rule's data describes, its shape checked before; raises `InvalidEdit`."""
    if not _is_small(data):
        raise InvalidEdit(f"has more than {MOST_VALUES} values and paths, or {MOST_LETTERS:,} characters of them", ())
    steps = tuple(_steps(data, kinds))
    if not steps:
        raise InvalidEdit("an edit changes something: replace, rename, remove, set, append or exchange", ())
    where = data.get("unsafe_where") or ""
    if where and (where not in kinds or kinds[where].dimension != "flag"):
        raise InvalidEdit(f"there is no flag {where} among the facts", ("unsafe_where",))
    return RuleEdit(bool(data["safe"]), steps, where)


def _is_small(data: object) -> bool:
    found, letters, left = 0, 0, [data]
    while left and found <= MOST_VALUES:
        value = left.pop()
        found += 1
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
        else:
            letters += len(str(value))
    return found <= MOST_VALUES and letters <= MOST_LETTERS


def _steps(data: Any, kinds: Mapping[str, Kind]) -> Iterator[Step]:
    for action in AT_PLACE:
        if data.get(action) is not None:
            _check(data[action], kinds, (action,))
            yield Step(action, "place", (), data[action])
    removed = data.get("remove")
    for path in [removed] if isinstance(removed, str) else removed or ():
        yield Step("remove", *_path(path, kinds, ("remove",)))
    for action in AT_PATHS:
        for path, value in (data.get(action) or {}).items():
            _check(value, kinds, (action, path))
            yield Step(action, *_path(path, kinds, (action, path)), value)


def _path(text: str, kinds: Mapping[str, Kind], at: Path) -> tuple[str, Path]:
    first, *others = re.findall(r"(?:\{[^{}]*\}|[^.{])+", text) or [text]
    if first not in BASES:
        raise InvalidEdit(f"a path begins with a base, not {first}", at, f"known: {', '.join(BASES)}")
    if first == "documents" and (at[0] != "append" or others):
        raise InvalidEdit("a document can be appended alone: append: {documents: {…}}", at)
    for part in others:
        _check(part, kinds, at)
    return first, tuple(int(part) if part.isdecimal() else part for part in others)


def _check(value: object, kinds: Mapping[str, Kind], at: Path) -> None:
    """That the facts in a value's texts are there."""
    if isinstance(value, dict):
        for key, item in value.items():
            _check(item, kinds, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, kinds, (*at, index))
    elif isinstance(value, str):
        try:
            placeholders(value.replace(REPLACEMENT, ""), {**kinds, "place": Kind("text")})
        except InvalidExpression as problem:
            raise InvalidEdit(problem.message, at) from None
