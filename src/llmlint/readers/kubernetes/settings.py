"""Options of an engine that stand as YAML inside a string of the file: a ConfigMap's configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from llmlint import document
from llmlint.plan import Spot
from llmlint.readers.values import mapping
from llmlint.readers.wording import MOST_TEXT, Inside, plain
from llmlint.unit import Said

MOST_OPTIONS = 300
"""Of one configuration."""


def options(said: Said[str], *path: str | int) -> list[tuple[str, Said[str]]]:
    """The mapping at a path of the YAML as options of the engine, each at its place in the outer file."""
    source = document.read(said.value[:MOST_TEXT].encode("utf-8", "replace"))
    data = mapping(source.documents[0].data, *path) if source.documents else {}
    places = Inside(said.spot.document, said.spot.path)
    for step in path:
        places.spot(f"{step}:")
    return list(_options(data, places))


def _options(data: dict[str, Any], places: Inside) -> Iterator[tuple[str, Said[str]]]:
    for key, value in list(data.items())[:MOST_OPTIONS]:
        spot = places.spot(str(key))
        yield option(str(key)), Said(as_word(value), spot)


def option(key: str) -> str:
    """A key as the option of that name."""
    return key if key.startswith("-") else "--" + key.replace("_", "-")


def as_word(value: object) -> str:
    """A value as it would be typed; structures as JSON, as the engines take them."""
    return json.dumps(value, default=str) if isinstance(value, (dict, list)) else plain(value)


def keyed(data: dict[str, Any], names: dict[str, str], spot: Spot) -> list[tuple[str, Said[str]]]:
    """The options that a format has as keys: those of `names` that the mapping at a spot sets."""
    found = []
    for key, name in names.items():
        value = data.get(key)
        if value is not None and value != []:
            found.append((name, Said(as_word(value), spot._replace(path=(*spot.path, key)))))
    return found
