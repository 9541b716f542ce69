"""Changes single values of a deployment file in its bytes: whatever is not changed stays as it was written.

A change names a path in the deployment. Shorthand (`precision: int4`) is expanded where the path leads into it. Every
change is read back: where the result says anything but the change, or cannot be read, there is no result. That is so
for values that come by an alias or a merge key, since the anchor feeds other places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmlint.document import Document, Source, read
from llmlint.edit.patch import Patch, appended, inserted, replaced
from llmlint.edit.render import Value
from llmlint.finding import Path
from llmlint.tuples import NamedTuple

SHORTHANDS: dict[Path, str] = {
    ("model",): "id",
    ("precision",): "weights",
    ("engine",): "name",
    ("machine",): "instance",
    ("machine", "gpus"): "name",
    ("machine", "storage"): "capacity",
}
"""What a single value in place of a mapping stands for; lists of cards by their key."""
FIRST_CARD = (("machine", "gpus"), 0)
"""A single card may stand there in place of the list."""
ORDER = ("name", "model", "precision", "workload", "engine", "machine", "container")
"""Of the parts of a deployment, for one that is new."""


class Change(NamedTuple):
    """A value for a path in the deployment."""

    path: Path
    value: Value
    piece: tuple[str, str] | None = None
    """Of a text: the last stretch of it that changes, and what comes in its place; line breaks and quotes then stay."""


def edited(text: str, index: int, changes: Sequence[Change]) -> str | None:
    """The text with the changes made in the document of that index; None where they cannot be made safely."""
    after = edited_source(read(text.encode("utf-8", "surrogatepass")), index, changes)
    return after.text if after is not None else None


def edited_source(source: Source, index: int, changes: Sequence[Change]) -> Source | None:
    """The same of a text that has been read."""
    after: Source | None = source
    for change in changes:
        after = _changed(after, index, change) if after is not None else None
    return after


def _changed(source: Source, index: int, change: Change) -> Source | None:
    document = next((one for one in source.documents if one.index == index), None)
    if document is None or source.problems:
        return None
    text = source.text
    try:
        wanted = with_value(document.data, change.path, change.value)
        if same(wanted, document.data):
            return source
        patch = _patch(document, text, change)
    except (KeyError, IndexError, TypeError):
        return None
    if patch is None:
        return None
    after = read((text[: patch.start] + patch.text + text[patch.end :]).encode("utf-8", "surrogatepass"))
    others = {one.index: one.data for one in source.documents}
    return after if _says(after, {**others, index: wanted}) else None


def _says(source: Source, wanted: dict[int, Any]) -> bool:
    """Whether a text holds exactly the documents that are wanted."""
    found = {one.index: one.data for one in source.documents}
    return not source.problems and found.keys() == wanted.keys() and all(same(found[at], wanted[at]) for at in found)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, types included; the order of keys does not count."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def with_value(data: Any, path: Path, value: Any, at: Path = ()) -> Any:
    """Plain data with one value changed or added; shorthand on the way becomes what it stands for. Copies the way."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        if data is not None and not isinstance(data, list) and (at, step) == FIRST_CARD:
            return with_value(data, tuple(rest), value, at)
        items = list(data or ())
        items[step : step + 1] = [with_value(items[step] if step < len(items) else None, tuple(rest), value, at)]
        return items
    if not isinstance(data, dict):
        if step == SHORTHANDS.get(at) and not rest:
            return value  # what stands for the whole
        data = {} if data is None else {SHORTHANDS[at]: data}
    return {**data, step: with_value(data.get(step), tuple(rest), value, (*at, step))}


def value_at(data: Any, path: Path) -> Any:
    """What plain data says at a path, shorthand on the way expanded; None where it says nothing."""
    at: Path = ()  # the path so far, without indices
    for position, step in enumerate(path):
        if isinstance(step, int):
            if isinstance(data, list):
                data = data[step] if step < len(data) else None
            elif (at, step) != FIRST_CARD:
                return None
            continue
        if not isinstance(data, dict):
            return data if path[position:] == (SHORTHANDS.get(at),) and not isinstance(data, list) else None
        data, at = data.get(step), (*at, step)
    return data


def is_shorthand(data: Any, path: Path) -> bool:
    """Whether what a path names is written as one value in place of what it belongs to: that has the shorter path."""
    above, step = path[:-1], path[-1]
    at = tuple(one for one in above if isinstance(one, str))
    whole = value_at(data, above)
    if isinstance(step, int):
        return (above, step) == FIRST_CARD and whole is not None and not isinstance(whole, list)
    return whole is not None and not isinstance(whole, (dict, list)) and step == SHORTHANDS.get(at)


def _patch(document: Document, text: str, change: Change) -> Patch | None:
    """What is to be done to the text; walks as `with_value` does, as far as the document goes."""
    data: Any = document.data
    here: Path = ()
    at: Path = ()  # the same without indices
    for position, step in enumerate(change.path):
        rest = change.path[position:]
        if isinstance(step, int) and not isinstance(data, list) and data is not None:
            if (at, step) != FIRST_CARD:
                return None
            continue
        if data is None:
            return replaced(document, text, here, with_value(None, rest, change.value, at))
        if not isinstance(data, (dict, list)):
            return replaced(document, text, here, with_value(data, rest, change.value, at), keep=SHORTHANDS[at])
        if isinstance(data, list) and isinstance(step, int) and step == len(data):
            return appended(document, text, here, with_value(None, rest[1:], change.value, at))
        if isinstance(data, dict) and step not in data:
            value = with_value(None, rest[1:], change.value, (*at, str(step)))
            return inserted(document, text, here, str(step), value, ORDER if not here else ())
        data, here = data[step], (*here, step)  # type: ignore[index]  # what does not go is caught
        at = at if isinstance(step, int) else (*at, step)
    return replaced(document, text, here, change.value, piece=change.piece)
