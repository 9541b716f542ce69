"""A service as Compose puts it together: its own keys over those of the services that it extends."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.compose.interpolation import Filled, Interpolation
from llmlint.readers.compose.others import Others
from llmlint.readers.values import at, text
from llmlint.readers.wording import plain
from llmlint.tuples import NamedTuple
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document

MOST_LAYERS = 8
"""Services that extend one another, so that a circle ends."""


class Origin(NamedTuple):
    """Where a layer is really written."""

    file: str
    """By its path from the folder of the file that is linted."""
    document: Document
    path: Path


class Layer(NamedTuple):
    """One of the mappings that a service is made of."""

    data: dict[str, Any]
    document: Document
    """Of the file that is linted."""
    path: Path
    origin: Origin | None = None
    """Where it is written in another file: then `path` leads to what names it here."""

    @property
    def folder(self) -> str:
        """Of the file that it is written in, from that of the file that is linted."""
        return posixpath.dirname(self.origin.file) if self.origin is not None else ""

    def spot(self, *steps: str | int) -> Spot:
        """A place in it, or the one that stands for it."""
        if self.origin is None:
            return Spot(self.document, (*self.path, *steps))
        file, document, path = self.origin
        line = Spot(document, (*path, *steps)).placed().span.line
        return Spot(self.document, self.path, elsewhere=f"{file}:{line}")


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


class Declared(NamedTuple):
    """The services of one file, and what leads to them from the file that is linted."""

    services: Mapping[str, Any]
    document: Document
    """Of the file that is linted."""
    file: str = ""
    """Another one that they are written in."""
    other: Document | None = None
    through: Path = ()
    """What names that file here; empty where the services are known here by their own names."""

    def layer(self, name: str) -> Layer | None:
        """The mapping of a service; None where the file has none of that name."""
        data = self.services.get(name)
        if not isinstance(data, dict):
            return None
        own: Path = ("services", name)
        if self.other is None:
            return Layer(data, self.document, own)
        return Layer(data, self.document, self.through or own, Origin(self.file, self.other, own))


def extended(
    layer: Layer, siblings: Mapping[str, Any], others: Others, fill: Interpolation
) -> tuple[list[Layer], bool]:
    """A layer with those that it extends behind it; and whether all of them were found."""
    layers = [layer]
    while (extends := layers[-1].data.get("extends")) is not None:
        last = layers[-1]
        name = text(extends, "service") if isinstance(extends, dict) else text({"": extends}, "")
        if name is None or len(layers) >= MOST_LAYERS:
            return layers, False
        file = text(extends, "file")
        found = _of_file(last, name, fill(file), others) if file is not None else _sibling(last, name, siblings)
        if found is None:
            return layers, False
        if file is not None and found.origin is not None:
            siblings = others.services(found.origin.file)
        layers.append(found)
    return layers, True


def _sibling(last: Layer, name: str, siblings: Mapping[str, Any]) -> Layer | None:
    """A service of the same file."""
    data, own = siblings.get(name), ("services", name)
    if not isinstance(data, dict):
        return None
    if last.origin is None:
        return Layer(data, last.document, own)
    return Layer(data, last.document, last.path, last.origin._replace(path=own))


def _of_file(last: Layer, name: str, file: str, others: Others) -> Layer | None:
    """A service of another file, whose path begins at the folder of the one that names it."""
    where = posixpath.normpath(posixpath.join(last.folder, file))
    data, document = others.services(where).get(name), others.document(where)
    if not isinstance(data, dict) or document is None:
        return None
    path = last.path if last.origin is not None else (*last.path, "extends")
    return Layer(data, last.document, path, Origin(where, document, ("services", name)))
