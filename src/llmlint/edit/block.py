"""Values as blocks of YAML, a key a line, for what is put into a block of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from llmlint.edit.render import Value, rendered

STEP = 2
"""Blanks by which each level is indented further."""


def pair(key: str, value: Value, indent: int) -> list[str]:
    """Lines of a key with its value."""
    inner = indent + STEP
    if isinstance(value, Mapping) and value:
        return [f"{' ' * indent}{rendered(key)}:", *_mapping(value, inner)]
    if isinstance(value, Sequence) and not isinstance(value, str) and value and not _are_names(value):
        return [f"{' ' * indent}{rendered(key)}:", *(line for one in value for line in item(one, inner))]
    return [f"{' ' * indent}{rendered(key)}: {rendered(value)}"]


def _are_names(values: Sequence[Value]) -> bool:
    """Whether a list is short enough for brackets: `capabilities: [gpu]`."""
    return len(values) < 4 and all(isinstance(one, str) and re.fullmatch(r"[A-Za-z]\w*", one) for one in values)


def item(value: Value, indent: int) -> list[str]:
    """Lines of an item of a list; the dash stands at the indent."""
    if isinstance(value, Mapping) and value:
        first, *others = _mapping(value, indent + STEP)
        return [f"{' ' * indent}- {first.lstrip()}", *others]
    return [f"{' ' * indent}- {rendered(value)}"]


def lines(value: Mapping[str, Value]) -> list[str]:
    """Lines of a mapping that is a document."""
    return _mapping(value, 0)


def _mapping(value: Mapping[str, Value], indent: int) -> list[str]:
    return [line for key, inner in value.items() for line in pair(key, inner, indent)]
