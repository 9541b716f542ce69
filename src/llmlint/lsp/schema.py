"""What a JSON Schema allows at a path: keys with their descriptions, and values. For completion and hovers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from llmlint.finding import Path
from llmlint.resources import schema_text
from llmlint.tuples import NamedTuple

MOST_FORMS = 200
"""Alternatives that are looked at for one path."""


class Key(NamedTuple):
    """A key that a mapping may have."""

    name: str
    description: str
    holds_block: bool
    """Its value can be a mapping or a list."""


class Schema:
    """One of our schemas."""

    def __init__(self, name: str) -> None:
        self._root: dict[str, Any] = json.loads(schema_text(name))

    def keys(self, path: Path) -> list[Key]:
        """Of the mapping at a path, in the order of the schema."""
        found: dict[str, Key] = {}
        for form in self._at(path):
            for name, own in form.get("properties", {}).items():
                found.setdefault(name, Key(name, self._description(own), self._holds_block(own)))
        return list(found.values())

    def values(self, path: Path) -> list[str]:
        """Words that may stand at a path: those of enumerations, in one spelling each, and of flags."""
        found: dict[str, str] = {}
        for form in self._at(path):
            words = [*form.get("enum", ()), *([form["const"]] if "const" in form else [])]
            words += ["true", "false"] if form.get("type") == "boolean" else []
            for word in words:
                found.setdefault(str(word).lower(), str(word))
        return list(found.values())

    def describe(self, path: Path) -> str:
        """The description of the key at the end of a path; empty where it has none."""
        if not path or isinstance(path[-1], int):
            return ""
        for form in self._at(path[:-1]):
            own = form.get("properties", {}).get(path[-1])
            if own is not None:
                return self._description(own)
        return ""

    def _description(self, form: dict[str, Any]) -> str:
        return str(form.get("description", ""))

    def _holds_block(self, form: dict[str, Any]) -> bool:
        kinds = {one.get("type") for one in self._forms(form)}
        return bool(kinds & {"object", "array"}) and not kinds & {"string", "integer", "number", "boolean"}

    def _at(self, path: Path) -> list[dict[str, Any]]:
        forms = list(self._forms(self._root))
        for step in path:
            forms = [below for form in forms for below in self._below(form, step)][:MOST_FORMS]
        return forms

    def _below(self, form: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
        if isinstance(step, int):
            yield from self._forms(form.get("items"))
        elif step in form.get("properties", {}):
            yield from self._forms(form["properties"][step])
        else:
            yield from self._forms(form.get("additionalProperties"))

    def _forms(self, form: object, depth: int = 0) -> Iterator[dict[str, Any]]:
        """The alternatives of a schema, references followed."""
        if not isinstance(form, dict) or depth > 20:
            return
        if "$ref" in form:
            yield from self._forms(self._root["$defs"][form["$ref"].rpartition("/")[2]], depth + 1)
        for word in ("anyOf", "oneOf", "allOf"):
            for one in form.get(word, ()):
                yield from self._forms(one, depth + 1)
        yield form


@cache
def schema(name: str) -> Schema:
    """The schema of that name (deployment, config), read once."""
    return Schema(name)
