"""One change as a patch of the text: a stretch, and what comes in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from llmlint.document import Document
from llmlint.document.spots import Entry, Spot, end_of_line, entries, indentation, spot
from llmlint.edit.render import Value, rendered
from llmlint.finding import Path
from llmlint.tuples import NamedTuple


class Patch(NamedTuple):
    """Offsets in the text, the end exclusive, and the new text between them."""

    start: int
    end: int
    text: str


def replaced(  # noqa: PLR0913 – the last two are rare
    document: Document,
    text: str,
    path: Path,
    value: Value,
    *,
    keep: str = "",
    piece: tuple[str, str] | None = None,
) -> Patch | None:
    """Another value in place of the one that is written; `keep` is the key under which the old one lives on."""
    place = spot(document, path)
    as_json = is_json(document)
    if place.kind == "block":
        return None
    if piece is not None:
        at = text.rfind(piece[0], place.start, place.end)
        return Patch(at, at + len(piece[0]), piece[1]) if at >= 0 else None
    if keep and isinstance(value, Mapping):
        return Patch(place.start, place.end, _expanded(text, place, value, keep, as_json))
    new = rendered(value, as_json=as_json, quote=place.style if place.style in ("'", '"') else "")
    return Patch(place.start, place.end, new if place.kind != "absent" else f" {new}")


def _expanded(text: str, place: Spot, value: Mapping[str, Value], keep: str, as_json: bool) -> str:
    """A mapping around the value as it is written, where that can stand between braces."""
    written = text[place.start : place.end]
    whole = place.style in ("'", '"') or (place.kind == "scalar" and rendered(written) == written)
    pairs = []
    for key, item in value.items():
        shown = written if key == keep and (whole or place.kind == "alias") else rendered(item, as_json=as_json)
        # an alias must not touch what follows it
        pairs.append(f"{rendered(key, as_json=as_json)}: {shown}" + (" " if shown.startswith("*") else ""))
    return "{" + ", ".join(pairs) + "}"


def inserted(  # noqa: PLR0913, PLR0917 – what, where, and in which order
    document: Document, text: str, path: Path, key: str, value: Value, order: Sequence[str] = ()
) -> Patch | None:
    """A key that is new in a mapping: behind the keys that come before it in `order`, else behind the last one."""
    place, inside = spot(document, path), entries(document, path)
    as_json = is_json(document)
    pair = f"{rendered(key, as_json=as_json)}: {rendered(value, as_json=as_json)}"
    if place.kind == "flow":
        return _between_brackets(document, text, place, inside, pair)
    if place.kind != "block" or not inside:
        return None
    earlier = order[: order.index(key)] if key in order else ()
    before = [entry for entry in inside if entry.step in earlier]
    return _line(document, text, (before or inside)[-1].end, indentation(document, inside[0].start), pair)


def appended(document: Document, text: str, path: Path, value: Value) -> Patch | None:
    """One more item at the end of a list."""
    place, inside = spot(document, path), entries(document, path)
    quote = '"' if inside and inside[-1].quoted else ""
    item = rendered(value, as_json=is_json(document), quote=quote)
    if place.kind == "flow":
        return _between_brackets(document, text, place, inside, item)
    if place.kind != "block" or not inside:
        return None
    dash = text.rfind("-", 0, inside[-1].start)
    return _line(document, text, inside[-1].end, indentation(document, dash), f"- {item}") if dash >= 0 else None


def _between_brackets(document: Document, text: str, place: Spot, inside: Sequence[Entry], new: str) -> Patch:
    """Behind the last entry, on a line of its own where that has one."""
    if not inside:
        return Patch(place.start + 1, place.start + 1, new)
    last = inside[-1]
    indent = indentation(document, last.start)
    head = text[last.start - indent : last.start]
    if not head.strip() and "\n" in text[place.start : last.start]:
        return Patch(last.end, last.end, f",{line_break(text)}{head}{new}")
    return Patch(last.end, last.end, f", {new}")


def _line(document: Document, text: str, behind: int, indent: int, new: str) -> Patch:
    """A line of its own behind the one in which an offset lies."""
    end = end_of_line(document, behind)
    return Patch(end, end, f"{line_break(text)}{' ' * indent}{new}")


def line_break(text: str) -> str:
    """How the file ends its lines."""
    found = re.search(r"\r\n?|\n", text)
    return found.group() if found else "\n"


def is_json(document: Document) -> bool:
    """Whether a document is written as JSON is: braces, and keys in double quotes."""
    place = spot(document, ())
    return place.kind == "flow" and document._text.content[place.start + 1 : place.end].lstrip().startswith('"')
