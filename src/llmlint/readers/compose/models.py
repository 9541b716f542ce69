"""Compose's `models`, and services whose provider is a model: Docker's model runner loads them into llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.readers.compose.interpolation import Interpolation
from llmlint.readers.compose.service import Layer
from llmlint.readers.compose.words import split
from llmlint.readers.values import items, mapping, text, whole
from llmlint.readers.wording import plain
from llmlint.unit import Said, Supplied, Unit, Word

if TYPE_CHECKING:
    from llmlint.document import Document

FORMAT = "docker-model"
SUPPLIES: frozenset[Supplied] = frozenset(("image", "probes", "shared-memory", "gpus", "storage", "token", "arguments"))
NAMES = {"context_size": "--ctx-size", "context-size": "--ctx-size"}


def is_model(data: object) -> bool:
    """Whether an entry of `models` is one of Compose, not of llama-swap, whose entries have a command."""
    return isinstance(data, dict) and isinstance(data.get("model"), str) and "cmd" not in data


def models(document: Document, fill: Interpolation) -> Iterator[Unit]:
    """A unit for each model of a document."""
    for name, data in mapping(document.data, "models").items():
        if is_model(data):
            yield _unit(document, f"models.{name}", ("models", name), data, fill)
    for name, service in mapping(document.data, "services").items():
        if text(service, "provider", "type") == "model":
            options = mapping(service, "provider", "options")
            if isinstance(options.get("model"), str):
                path = ("services", name, "provider", "options")
                yield _unit(document, f"services.{name}", path, options, fill)


def _unit(document: Document, name: str, path: Path, data: dict[str, Any], fill: Interpolation) -> Unit:
    layer = Layer(data, document, path)
    unit = Unit(name, FORMAT, layer.spot("model"))
    unit.kind, unit.supplies = "model", SUPPLIES
    unit.engine = Said("llama.cpp", layer.spot("model"))
    unit.model = Said(fill(data["model"]), layer.spot("model"))
    for key, option in NAMES.items():
        value = whole({"": fill(plain(data[key]))}, "") if key in data else None
        if value is not None:
            unit.settings.append((option, Said(str(value), layer.spot(key))))
    for key in ("runtime_flags", "runtime-flags"):
        unit.arguments = tuple(_flags(data.get(key), layer, key, fill)) or unit.arguments
    return unit


def _flags(value: object, layer: Layer, key: str, fill: Interpolation) -> Iterator[Word]:
    """A flag and its value may stand in one item: the runner splits them."""
    if isinstance(value, str):
        yield from split(value, layer.spot(key), fill)
    for index, item in enumerate(items({"": value}, "")):
        yield from split(plain(item), layer.spot(key, index), fill)
