"""Versions of engines: read from what people write, and figures that hold since a version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

Version: TypeAlias = tuple[int, ...]
Value = TypeVar("Value")

NUMBERS = re.compile(r"[vb]?(\d+(?:\.\d+){0,3})")


def parsed(text: str | None) -> Version | None:
    """The numbers of a version: v0.13.0rc2.dev112+g763963aa7 is (0, 13, 0), b7407 is (7407,), `latest` is None."""
    found = NUMBERS.match(text.strip()) if text else None
    return tuple(int(part) for part in found[1].split(".")) if found else None


def shown(version: Version) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))


def since(table: Sequence[tuple[Version, Value]], version: Version) -> Value:
    """The value of the last row whose version is not newer; rows go from old to new, the first from (0,)."""
    found = table[0][1]
    for first, value in table:
        if first <= version:
            found = value
    return found
