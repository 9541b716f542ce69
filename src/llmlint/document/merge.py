"""Merge keys (`<<`): YAML 1.1's, and in every Compose file. Values are shared, not copied; explicit keys win."""

from __future__ import annotations

from llmlint.document.notes import Notes
from llmlint.document.places import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KEY = "<<"


def merge(mapping: dict[str, Any], entries: dict[str, tuple[Any, Any]], places: dict[int, Place], notes: Notes) -> None:
    """Replace the merge key of a finished mapping by what it names.

    That costs no more than the aliases did, each of which has been counted as all that it stands for.
    """
    key, event = entries[KEY]
    if not (key.implicit[0] if key.ctag is None else str(key.ctag).endswith(":merge")):
        return  # "<<" in quotes is a key like any other
    del entries[KEY]
    value = mapping.pop(KEY)
    for source in value if isinstance(value, list) else [value]:
        if isinstance(source, dict):
            _add(source, mapping, entries, places)
        elif source is not None or event.__class__.__name__ != "AliasEvent":  # a bad alias has its note already
            notes.note(key, "<< merges mappings; this is none", "write <<: *name, with &name at a mapping")


def _add(source: dict[str, Any], mapping: dict[str, Any], entries: dict[str, Any], places: dict[int, Place]) -> None:
    source_entries: Any = places[id(source)][2]
    for name, value in source.items():
        if name not in mapping:
            mapping[name] = value
            entries[name] = source_entries[name]
