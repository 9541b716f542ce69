"""Versions of engines: read from what people write, and figures that hold since a version."""

from __future__ import annotations

from llmlint.once import once
from llmlint.typed import TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

Version: TypeAlias = tuple[int, ...]
Value = TypeVar("Value")

MOST_NUMBERS = 4
DIGITS = "0123456789"


@once
def parsed(text: str | None) -> Version | None:
    """The numbers of a version: v0.13.0rc2.dev112+g763963aa7 is (0, 13, 0), b7407 is (7407,), `latest` is None."""
    written = (text or "").strip()
    numbers: list[int] = []
    for part in written[written[:1] in ("v", "b") :].split(".", MOST_NUMBERS)[:MOST_NUMBERS]:
        digits = part[: len(part) - len(part.lstrip(DIGITS))]
        if digits:
            numbers.append(int(digits))
        if digits != part or not digits:
            break
    return tuple(numbers) or None


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
