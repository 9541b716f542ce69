"""Explicit tags: the seven of the core schema are obeyed, an application's own (`!Ref`) are let be, others refused."""

from __future__ import annotations

from llmlint.document.notes import Notes, quoted
from llmlint.document.scalar import NULLS, NumberRefused, Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_YAML = "tag:yaml.org,2002:"
_COLLECTIONS = {"map": dict, "seq": list}


def scalar(event: Any, text: str, notes: Notes) -> Scalar:
    """The value of a scalar, by its tag if it has one and by its looks otherwise."""
    tag = "" if event.ctag is None else str(event.ctag)
    plain = not event.style
    try:
        if tag.startswith(_YAML):
            return _core(tag.removeprefix(_YAML), text, event, notes)
        if plain and tag != "!":
            return resolve(text)
    except NumberRefused as fault:
        note_number(event, fault, notes)
    return text


def note_number(event: Any, fault: NumberRefused, notes: Notes) -> None:
    """A number that is kept as text, because no arithmetic should be given it."""
    notes.note(event, f"{quoted(event.value)} {fault}", "quote it if it is text")


def collection(event: Any, value: Any, notes: Notes) -> None:
    """Note a tag that does not fit a mapping or list."""
    tag = str(event.ctag)
    if not tag.startswith(_YAML) or isinstance(value, _COLLECTIONS.get(tag.removeprefix(_YAML), ())):
        return
    name = tag.removeprefix(_YAML)
    if name in _CORE or name in _COLLECTIONS:
        notes.note_tag(event, f"the tag !!{name} does not fit what follows it")
    else:
        _note_unknown(event, name, notes)


def _core(name: str, text: str, event: Any, notes: Notes) -> Scalar:
    if name == "merge":
        return text
    convert = _CORE.get(name)
    if convert is None and name not in _COLLECTIONS:
        _note_unknown(event, name, notes)
        return text
    try:
        if convert is not None:
            return convert(text)
    except _DoesNotFit:
        pass
    notes.note_tag(event, f"the tag !!{name} does not fit {quoted(text) or 'an empty value'}")
    return text


def _note_unknown(event: Any, name: str, notes: Notes) -> None:
    notes.note_tag(event, f"unknown tag !!{quoted(name)}", "remove the tag; nothing is constructed from tags here")


class _DoesNotFit(Exception):
    pass


def _boolean(text: str) -> bool:
    value = resolve(text)
    if isinstance(value, bool):
        return value
    raise _DoesNotFit


def _whole(text: str) -> int:
    value = resolve(text)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _DoesNotFit


def _real(text: str) -> float:
    value = resolve(text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise _DoesNotFit


def _nothing(text: str) -> None:
    if text not in NULLS:
        raise _DoesNotFit


_CORE: dict[str, Callable[[str], Scalar]] = {
    "str": str,
    "bool": _boolean,
    "int": _whole,
    "float": _real,
    "null": _nothing,
}
