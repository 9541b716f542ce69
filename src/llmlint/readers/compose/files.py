"""Texts of files that a service has in its container: configs and secrets of the file, and files that it mounts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from llmlint.plans import Spot
from llmlint.readers.compose.service import Layer, Service
from llmlint.readers.registry import Surroundings
from llmlint.readers.values import items, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Said

READABLE = (".yaml", ".yml", ".json", ".sh")
"""Endings of files that an engine takes options from, or that start it."""
MOST_FILES = 100
"""Of one service."""


class Mount(NamedTuple):
    """One mount, whichever form it is written in."""

    target: str
    source: str
    """Empty for an anonymous volume."""
    kind: str
    """bind, volume, tmpfs, or empty where the source has to tell."""
    spot: Spot
    read_only: bool = False
    size: int | None = None
    folder: str = ""
    """Of the file that it is written in, from the one that is linted."""


class Tops(NamedTuple):
    """What a file declares for all of its services, by name."""

    volumes: Mapping[str, Any]
    configs: Mapping[str, Any]
    secrets: Mapping[str, Any]


def written_files(
    service: Service, tops: Tops, mounts: Iterable[Mount], surroundings: Surroundings
) -> Iterator[tuple[str, Said[str]]]:
    """Normal path in the container and text of each that is in sight."""
    for key, folder, declared in (("configs", "/", tops.configs), ("secrets", "/run/secrets", tops.secrets)):
        for value, layer in service.every(key):
            for item in items({"": value}, "")[:MOST_FILES]:
                name = text(item, "source") if isinstance(item, dict) else text({"": item}, "")
                said = _Declared(service, layer, key, name or "").text(declared, surroundings)
                target = text(item, "target") if isinstance(item, dict) else None
                if said is not None:
                    yield posixpath.normpath(posixpath.join(folder, target or name or "")), said
    for mount in list(mounts)[:MOST_FILES]:
        if mount.source.startswith(".") and mount.source.endswith(READABLE):
            file = posixpath.normpath(posixpath.join(mount.folder, mount.source))
            written = surroundings.text(file)
            if written is not None:
                yield posixpath.normpath(mount.target), Said(written, mount.spot._replace(elsewhere=file))


class _Declared(NamedTuple):
    """A config or secret that a service names."""

    service: Service
    layer: Layer
    """That names it."""
    key: str
    name: str

    def text(self, declared: Mapping[str, Any], surroundings: Surroundings) -> Said[str] | None:
        """Its `content`, or that of its `file`."""
        content, file = text(declared.get(self.name), "content"), text(declared.get(self.name), "file")
        if content is not None:
            return Said(self.service.fill(content), self._spot())
        if file is None:
            return None
        path = posixpath.normpath(posixpath.join(self.layer.folder, self.service.fill(file)))
        written = surroundings.text(path)
        return Said(written, self.layer.spot(self.key)._replace(elsewhere=path)) if written is not None else None

    def _spot(self) -> Spot:
        """Of the content, where this file has it."""
        own = Spot(self.layer.document, (self.key, self.name, "content"))
        if own.document.holds(own.path) and self.layer.origin is None:
            return own
        spot = self.layer.spot(self.key)
        return spot if spot.elsewhere else spot._replace(elsewhere=f"{self.key}.{self.name}")
