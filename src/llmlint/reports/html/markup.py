"""Builds HTML whose every text is escaped: whatever is not `Html` already becomes text, or the value of an attribute.

Element and attribute names are literals of ours. Texts from the input pass `printable` first, as in every report, so
that control characters and marks that turn the direction of writing are spelt out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from llmlint.reports.printable import printable

_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
_ESCAPES = str.maketrans(_SPECIAL)
VOID = frozenset({"br", "hr", "input", "link", "meta"})
"""Elements without content, which have no end tag."""


class Html(str):
    """Markup that is put into a page as it is."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Iterable[str | Html | None] | None"
Value: TypeAlias = "str | int | float | bool | None"
"""Of an attribute: True is written without a value, False and None not at all."""


Attributes: TypeAlias = "Mapping[str, Value]"


def escaped(text: str) -> Html:
    """Text as it stands between tags or in quotes, control characters spelt out."""
    return text if isinstance(text, Html) else Html(printable(text).translate(_ESCAPES))


def code(text: str) -> Html:
    """Source text: as `escaped`, but tabs stay tabs."""
    return Html("\t".join(escaped(part) for part in text.split("\t")))


def prose(text: str) -> Html:
    """Words in which what stands between backquotes is code."""
    parts = re.split("`([^`]+)`", text)
    return joined(tag("code", None, part) if at % 2 else part for at, part in enumerate(parts))


def joined(parts: Iterable[str | Html | None]) -> Html:
    """Several pieces one after the other."""
    return Html("".join(escaped(part) for part in parts if part is not None))


def tag(name: str, attributes: Attributes | None = None, *children: Child) -> Html:
    """An element. Children that are no markup are escaped; None is left out."""
    head = "".join(_attribute(key, value) for key, value in (attributes or {}).items())
    if name in VOID:
        return Html(f"<{name}{head}>")
    return Html(f"<{name}{head}>{joined(_flat(children))}</{name}>")


def _flat(children: Iterable[Child]) -> Iterable[str | Html | None]:
    for child in children:
        if child is None or isinstance(child, str):
            yield child
        else:
            yield from child


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escaped(str(value))}"'
