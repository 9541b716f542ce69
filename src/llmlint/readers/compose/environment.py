"""The variables of a service: files first, then `environment`, which wins."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from llmlint.plans import Spot
from llmlint.readers import dotenv
from llmlint.readers.compose.service import Layer, Service
from llmlint.readers.registry import Surroundings
from llmlint.readers.values import text
from llmlint.unit import Variable


def environment(service: Service, surroundings: Surroundings) -> tuple[dict[str, Variable], bool]:
    """The variables by name, and whether these are all."""
    found: dict[str, Variable] = {}
    complete = service.whole
    for value, layer in service.every("env_file"):
        for name, spot in _files(value, layer):
            file = posixpath.join(layer.folder, service.fill(name))
            written = surroundings.text(file)
            complete = complete and written is not None
            for key, entry in dotenv.entries(written or "", service.fill.values.get).items():
                found[key] = Variable(key, entry, spot._replace(elsewhere=file), "config")
    for value, layer in service.every("environment"):
        for variable in _variables(service, value, layer):
            found[variable.name] = variable
    return found, complete


def _files(value: object, layer: Layer) -> Iterator[tuple[str, Spot]]:
    """The paths of `env_file`: one, a list, or a list of mappings."""
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        path = text(item, "path") if isinstance(item, dict) else text({"": item}, "")
        if path:
            yield path, layer.spot("env_file", index) if isinstance(value, list) else layer.spot("env_file")


def _variables(service: Service, value: object, layer: Layer) -> Iterator[Variable]:
    """Those of a mapping, or of a list of `NAME=value`."""
    if isinstance(value, dict):
        for name, written in value.items():
            yield _variable(service, name, written, layer.spot("environment", name))
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, str) and item[:1] not in ("", "="):
            name, equals, written = item.partition("=")
            yield _variable(service, name.strip(), written if equals else None, layer.spot("environment", index))


def _variable(service: Service, name: str, written: Any, spot: Spot) -> Variable:
    """A variable without a value is handed on from the caller or `.env`."""
    if isinstance(written, (dict, list)):
        return Variable(name, None, spot)
    if written is None:
        value = service.fill.values.get(name)
        return Variable(name, value, spot, "caller" if value is None else "config")
    filled = service.filled(written)
    if filled.source == "caller" and filled.text.startswith("${") and filled.text.count("$") == 1:
        return Variable(name, None, spot, "caller")
    return Variable(name, filled.text, spot, filled.source)
