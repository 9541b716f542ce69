"""Options of an engine that stand as YAML inside a string of the file: a ConfigMap's configuration."""

from __future__ import annotations

import json
from typing import Any

from llmlint.plans import Spot
from llmlint.readers.nested import nested, spots
from llmlint.readers.values import mapping
from llmlint.readers.wording import plain
from llmlint.unit import Said

MOST_OPTIONS = 300
"""Of one configuration."""


def options(said: Said[str], *path: str | int) -> list[tuple[str, Said[str]]]:
    """The mapping at a path of the YAML as options of the engine, each at its place in the outer file."""
    inner = nested(said)
    if inner is None:
        return []
    entries = list(mapping(inner.content, *path).items())[:MOST_OPTIONS]
    at_key = spots(inner, (*inner.path, *path))
    return [
        (option(str(key)), Said(as_word(value), said.spot if said.spot.elsewhere else at_key(key, key=True)))
        for key, value in entries
    ]


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
