"""Where in the text a value can be changed: offsets, what kind of thing is written there, and how far it is indented.

For `edit` and fixes alone: linting asks for lines and columns, which `places` gives.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Literal, TypeAlias

from llmlint.document.places import Document
from llmlint.document.position import line_end
from llmlint.finding import Path
from llmlint.tuples import NamedTuple

Kind: TypeAlias = Literal["scalar", "alias", "absent", "flow", "block"]


class Spot(NamedTuple):
    """A value in the text: offsets without anchor and tag, the end exclusive."""

    start: int
    end: int
    kind: Kind
    style: str = ""
    """Of a scalar: ' or " or | or >, empty for a plain one."""


class Entry(NamedTuple):
    """One entry of a mapping, or item of a list, that is written inside of it."""

    step: str | int
    start: int
    """Of the key, or of the item."""
    end: int
    """Of the last character of the value."""
    quoted: bool
    """The key, or the item, stands in double quotes."""


def spot(document: Document, path: Path) -> Spot:
    """Where the value at a path is written; raises KeyError where there is none."""
    _, event, value = document._find(path)
    start, end = document._range(event, value)
    return Spot(start, end, _kind(event, start, end), (getattr(event, "style", "") or "") if start != end else "")


def _kind(event: Any, start: int, end: int) -> Kind:
    if hasattr(event, "flow_style"):
        return "flow" if event.flow_style else "block"
    if not hasattr(event, "ctag"):
        return "alias"
    return "scalar" if end > start else "absent"


class _Begun(NamedTuple):
    """An entry of which the end is not looked for."""

    start: int
    step: str | int
    quoted: bool


def entries(document: Document, path: Path) -> list[Entry]:
    """What a mapping or list holds, in the order of the text; what a merge brought from elsewhere is left out."""
    known: list[Entry] | None = document._written.get(path)
    if known is None:
        known = document._written[path] = [
            Entry(one.step, one.start, _end(document, (*path, one.step)), one.quoted)
            for one in sorted(_begun(document, path))
        ]
    return known


def _begun(document: Document, path: Path) -> list[_Begun]:
    _, event, value = document._find(path)
    if not hasattr(event, "flow_style"):
        return []
    written, elsewhere = document._places[id(value)][2], _merged(document, value)
    pairs = written.items() if isinstance(written, dict) else enumerate(written)
    found = []
    placed: Any
    for step, placed in pairs:
        key, item = placed if isinstance(written, dict) else (None, placed)
        start = document._text.scalar_range(key)[0] if key is not None else item.start_mark.index
        if step not in elsewhere:
            quoted = getattr(key if key is not None else item, "style", None) == '"'
            found.append(_Begun(start, step, quoted))
    return found


def _end(document: Document, path: Path) -> int:
    """Offset behind the last character of a value; behind the key where there is none."""
    key, _, _ = document._find(path)
    place = spot(document, path)
    if place.kind == "block":
        last = max(_begun(document, path), default=None)
        return _end(document, (*path, last.step)) if last is not None else place.end
    return max(place.end, document._text.scalar_range(key)[1] if key is not None else 0)


def indentation(document: Document, offset: int) -> int:
    """Characters between the start of the line and an offset."""
    content = document._text.content
    return offset - max(content.rfind("\n", 0, offset), content.rfind("\r", 0, offset)) - 1


def end_of_line(document: Document, offset: int) -> int:
    """Offset of the line break, or of the text's end, behind an offset."""
    return line_end(document._text.content, offset)


def is_shared(document: Document, path: Path) -> bool:
    """Whether what is written at a path counts elsewhere too: it has an anchor, or came by an alias or a merge."""
    for depth in range(len(path) + 1):
        _, event, value = document._find(path[:depth])
        if getattr(event, "anchor", None) is not None:
            return True
        if depth < len(path) and hasattr(event, "flow_style") and _is_merged(document, value, path[depth]):
            return True
    return False


def _is_merged(document: Document, container: Any, step: str | int) -> bool:
    """Whether an entry is written outside of the mapping that has it."""
    return step in _merged(document, container)


MERGED = "\0merged"
"""No key of a document holds a NUL: what is kept under it is no entry of one."""


def _merged(document: Document, container: Any) -> frozenset[str | int]:
    """Keys that are written outside of the mapping that has them, or in another mapping inside of it; found once."""
    known: frozenset[str | int] | None = document._written.get((MERGED, id(container)))
    if known is None:
        known = document._written[MERGED, id(container)] = _found_merged(document, container)
    return known


def _found_merged(document: Document, container: Any) -> frozenset[str | int]:
    begin, behind, written = document._places[id(container)]
    if not isinstance(written, dict):
        return frozenset()
    first, last, found = begin.start_mark.index, behind.index, set()
    until = 0  # the end of the values so far: a key before it stands in one of them
    for start, step, event in sorted(
        ((key.start_mark.index, step, event) for step, (key, event) in written.items()), key=itemgetter(0)
    ):
        if start < max(first, until) or start > last:
            found.add(step)
        elif hasattr(event, "flow_style"):
            until = document._places[id(container[step])][1].index
    return frozenset(found)


def key_range(document: Document, path: Path) -> tuple[int, int] | None:
    """Offsets of the key of a value; None for an item of a list."""
    key, _, _ = document._find(path)
    return None if key is None else document._text.scalar_range(key)
