"""Edits of mappings and lists: a key that is set or taken away, an item that is added."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from llmlint.document import Document
from llmlint.document.spots import Entry, end_of_line, entries, indentation, is_shared, spot
from llmlint.edit import block
from llmlint.edit.patch import Patch, is_json, line_break
from llmlint.edit.render import Value, rendered
from llmlint.edit.words import whole_lines
from llmlint.finding import Path

NOTHING = Patch(0, 0, "")
"""What is wanted is there already."""


def put(document: Document, text: str, path: Path, value: Value) -> Patch | None:
    """A value at a path, whatever was there; None where that cannot be done without touching anything else."""
    known = _known(document, path)
    if is_shared(document, known):
        return None
    if len(known) == len(path) and value == {} and _data(document, path) in (None, {}):
        return NOTHING
    if len(known) == len(path):
        return _replaced(document, text, path, value)
    step, *below = path[len(known) :]
    if not isinstance(step, str) or not all(isinstance(one, str) for one in below):
        return None
    for one in reversed(below):
        value = {str(one): value}
    if _data(document, known) is None:
        return _replaced(document, text, known, {step: value})
    return _inserted(document, text, known, step, value)


def listed(document: Document, text: str, path: Path, value: Value) -> Patch | None:
    """The same, where Compose takes `NAME=value` in a list as well as `NAME: value`."""
    if len(path) > 1 and document.holds(path[:-1]) and isinstance(_data(document, path[:-1]), list):
        return added(document, text, path[:-1], f"{path[-1]}={value}")
    return put(document, text, path, value)


def _known(document: Document, path: Path) -> Path:
    """As much of a path as the document has, lists and mappings only but for its end."""
    while path and not document.holds(path):
        path = path[:-1]
    return path


def added(document: Document, text: str, path: Path, value: Value) -> Patch | None:
    """One more item in a list, which may have to be made."""
    if not document.holds(path):
        return put(document, text, path, [value])
    if is_shared(document, path):
        return None
    place, inside = spot(document, path), entries(document, path)
    if _data(document, path) is None:
        return put(document, text, path, [value])
    if not isinstance(_data(document, path), list):
        return None
    named = _of_its_name(_data(document, path), value)
    if named is not None:
        return NOTHING if named == value else None
    if place.kind == "flow" and inside:
        shown = rendered(value, as_json=is_json(document))
        return Patch(inside[-1].end, inside[-1].end, f", {shown}")
    if place.kind == "flow":
        return Patch(place.start + 1, place.start + 1, rendered(value, as_json=is_json(document)))
    dash = text.rfind("-", 0, inside[-1].start) if inside else -1
    if place.kind != "block" or dash < 0:
        return None
    return _behind(document, text, inside[-1].end, block.item(value, indentation(document, dash)))


def exchanged(document: Document, text: str, path: Path, pair: Value) -> Patch | None:
    """Another key with its value in the place of one."""
    if not path or not isinstance(path[-1], str) or not document.holds(path) or is_shared(document, path):
        return None
    entry = next((one for one in entries(document, path[:-1]) if one.step == path[-1]), None)
    if entry is None or not isinstance(pair, Mapping) or len(pair) != 1 or "#" in text[entry.start : entry.end]:
        return None
    ((key, value),) = pair.items()
    if spot(document, path[:-1]).kind == "flow":
        as_json = is_json(document)
        shown = f"{rendered(key, as_json=as_json)}: {rendered(value, as_json=as_json)}"
        return Patch(entry.start, entry.end, shown)
    lines = block.pair(key, value, indentation(document, entry.start))
    return Patch(entry.start, entry.end, line_break(text).join(lines).lstrip(" "))


def _of_its_name(items: Sequence[Any], value: Value) -> Any:
    """The item that has the name of another; None where there is none, or it needs none."""
    name = value.get("name") if isinstance(value, Mapping) else None
    return next((one for one in items if name and isinstance(one, dict) and one.get("name") == name), None)


def another(document: Document, text: str, value: Value) -> Patch | None:
    """One more document behind the last one of a file of YAML."""
    if is_json(document) or not isinstance(value, Mapping):
        return None
    ending, complete = line_break(text), text.endswith(("\n", "\r"))
    lines = ["---", *block.lines(value)]
    new = "".join(f"{line}{ending}" for line in lines) if complete else "".join(f"{ending}{line}" for line in lines)
    return Patch(len(text), len(text), new)


def dropped(document: Document, text: str, path: Path) -> Patch | None:
    """Takes a key and its value out of a mapping; with the mapping, where it is all that is in it."""
    if not path or is_shared(document, path):
        return None
    if len(entries(document, path[:-1])) == 1:
        return dropped(document, text, path[:-1])
    inside = entries(document, path[:-1])
    number = next((number for number, entry in enumerate(inside) if entry.step == path[-1]), None)
    if number is None or len(inside) < 2:
        return None
    entry = inside[number]
    if spot(document, path[:-1]).kind == "block":
        begin = max(text.rfind("\n", 0, entry.start), text.rfind("\r", 0, entry.start)) + 1
        if text[begin : entry.start].strip(" \t") or _has_comment(text, entry):
            return None  # behind a dash: the next key would have to move up
        return whole_lines(text, entry.start, entry.end)
    last = number + 1 == len(inside)
    start, end = (inside[number - 1].end, entry.end) if last else (entry.start, inside[number + 1].start)
    return Patch(start, end, "") if "#" not in text[start:end] else None


def _has_comment(text: str, entry: Entry) -> bool:
    """Whether a comment may stand on another line of the entry."""
    return re.search(r"(?m)^[ \t]*#", text[entry.start : entry.end]) is not None


def _replaced(document: Document, text: str, path: Path, value: Value) -> Patch | None:
    """Another value in place of one: scalars and flow where they stand, blocks by their lines."""
    place = spot(document, path)
    quote = place.style if place.style in ("'", '"') else ""
    if place.kind in ("scalar", "flow"):
        return Patch(place.start, place.end, rendered(value, as_json=is_json(document), quote=quote))
    if place.kind == "absent":
        return _filled(document, text, path, value)
    inside = entries(document, path[:-1])
    entry = next((one for one in inside if one.step == path[-1]), None)
    if place.kind != "block" or entry is None or "#" in text[entry.start : entry.end] or not isinstance(path[-1], str):
        return None
    lines = block.pair(path[-1], value, indentation(document, entry.start))
    return Patch(entry.start, entry.end, line_break(text).join(lines).lstrip(" "))


def _filled(document: Document, text: str, path: Path, value: Value) -> Patch | None:
    """A value for a key that has none: in its line, or as a block below it."""
    place, as_json = spot(document, path), is_json(document)
    if not path or not isinstance(path[-1], str) or as_json or not text[: place.start].endswith(":"):
        return None
    inside = entries(document, path[:-1])
    entry = next((one for one in inside if one.step == path[-1]), None)
    if not isinstance(value, (Mapping, list)) or spot(document, path[:-1]).kind == "flow":
        return Patch(place.start, place.end, f" {rendered(value)}")
    if entry is None:
        return None
    _, *lines = block.pair(path[-1], value, indentation(document, entry.start))
    return _behind(document, text, entry.end, lines) if lines else Patch(place.start, place.end, f" {rendered(value)}")


def _inserted(document: Document, text: str, path: Path, key: str, value: Value) -> Patch | None:
    """A key that is new in a mapping: behind the last one before its first block, else at the end."""
    place, inside = spot(document, path), entries(document, path)
    if not isinstance(_data(document, path), dict):
        return None
    as_json = is_json(document)
    if place.kind == "flow":
        pair = f"{rendered(key, as_json=as_json)}: {rendered(value, as_json=as_json)}"
        at = inside[-1].end if inside else place.start + 1
        return Patch(at, at, f", {pair}" if inside else pair)
    if place.kind != "block" or not inside:
        return None
    lines = block.pair(key, value, indentation(document, inside[0].start))
    return _behind(document, text, _anchor(document, path, inside).end, lines)


def _anchor(document: Document, path: Path, inside: list[Entry]) -> Entry:
    """The entry behind which a new one goes: the last of the short ones at the beginning, else the last."""
    found = None
    for entry in inside:
        if spot(document, (*path, entry.step)).kind == "block":
            break
        found = entry
    return found or inside[-1]


def _behind(document: Document, text: str, offset: int, lines: list[str]) -> Patch:
    """Lines behind the one in which an offset lies."""
    end = end_of_line(document, offset)
    ending = line_break(text)
    return Patch(end, end, "".join(f"{ending}{line}" for line in lines))


def _data(document: Document, path: Path) -> Any:
    value = document.data
    for step in path:
        value = value[step]
    return value
