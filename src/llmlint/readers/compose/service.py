"""A service as Compose puts it together: its own keys over those of the services that it extends."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.compose.interpolation import Filled, Interpolation
from llmlint.readers.registry import Surroundings
from llmlint.readers.values import at, mapping, text
from llmlint.readers.wording import plain
from llmlint.tuples import NamedTuple
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document

MOST_LAYERS = 8
"""Services that extend one another, so that a circle ends."""


class Layer(NamedTuple):
    """One of the mappings that a service is made of."""

    data: dict[str, Any]
    document: Document
    """Of the file that is linted."""
    path: Path
    elsewhere: bool = False
    """It is written in another file: `path` leads to what names it here."""

    def spot(self, *steps: str | int) -> Spot:
        """A place in it, or the one that stands for it."""
        if self.elsewhere:
            return Spot(self.document, self.path, elsewhere=True)
        return Spot(self.document, (*self.path, *steps))


class Service:
    """One service."""

    def __init__(self, name: str, layers: list[Layer], fill: Interpolation, whole: bool) -> None:
        self.name = name
        self.layers = layers
        """Its own first, then what it extends."""
        self.fill = fill
        self.whole = whole
        """All that it extends is known."""

    def first(self, *path: str | int) -> tuple[Any, Layer] | None:
        """The value at a path that counts, and its layer; None where nothing is written."""
        for layer in self.layers:
            value = at(layer.data, *path)
            if value is not None:
                return value, layer
        return None

    def every(self, *path: str | int) -> Iterator[tuple[Any, Layer]]:
        """All values at a path, those that win last."""
        for layer in reversed(self.layers):
            value = at(layer.data, *path)
            if value is not None:
                yield value, layer

    def said(self, *path: str | int) -> Said[str] | None:
        """The scalar at a path, filled in."""
        found = self.first(*path)
        if found is None or isinstance(found[0], (dict, list)):
            return None
        return Said(self.fill(plain(found[0])), found[1].spot(*path))

    def filled(self, value: object) -> Filled:
        """A scalar of it, filled in."""
        return self.fill.filled(plain(value))


def services(document: Document, surroundings: Surroundings, fill: Interpolation) -> list[Service]:
    """The services of a document."""
    found = []
    over = _override(surroundings)
    for name, data in mapping(document.data, "services").items():
        if isinstance(data, dict):
            layers = [Layer(data, document, ("services", name))]
            whole = _extend(layers, mapping(document.data, "services"), surroundings, "", fill)
            if isinstance(over.get(name), dict):
                layers.insert(0, Layer(over[name], document, ("services", name), elsewhere=True))
            found.append(Service(name, layers, fill, whole))
    return found


def _override(surroundings: Surroundings) -> Mapping[str, Any]:
    """The services of the file that Compose lays over this one without being told."""
    found = re.fullmatch(r"(.*/)?((?:docker-)?compose)(\.ya?ml)", surroundings.file.replace("\\", "/"))
    return other_services(f"{found[2]}.override{found[3]}", surroundings) if found is not None else {}


def _extend(
    layers: list[Layer], siblings: Mapping[str, Any], surroundings: Surroundings, folder: str, fill: Interpolation
) -> bool:
    """Add what the last layer extends, and what that does; whether all of it was found."""
    last = layers[-1]
    extends = last.data.get("extends")
    if extends is None:
        return True
    name = text(extends, "service") if isinstance(extends, dict) else text({"": extends}, "")
    file = text(extends, "file")
    if name is None or len(layers) >= MOST_LAYERS:
        return False
    elsewhere = last.elsewhere
    path: Path = last.path if elsewhere else ("services", name)
    if file is not None:
        where = posixpath.join(folder, fill(file))
        siblings = other_services(where, surroundings)
        folder = posixpath.dirname(where)
        path = last.path if elsewhere else (*last.path, "extends")
        elsewhere = True
    base = siblings.get(name)
    if not isinstance(base, dict):
        return False
    layers.append(Layer(base, last.document, path, elsewhere))
    return _extend(layers, siblings, surroundings, folder, fill)


def other_services(file: str, surroundings: Surroundings) -> Mapping[str, Any]:
    """The services of another file; empty where there is none to be read."""
    written = surroundings.text(file)
    if written is None:
        return {}
    from llmlint import document

    read = document.read(written.encode("utf-8", "replace"))
    return mapping(read.documents[0].data, "services") if read.documents else {}
