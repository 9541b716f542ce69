"""Files that a container has from a ConfigMap, of the same file or of one that is applied with it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from llmlint.plans import Spot
from llmlint.readers.kubernetes.cluster import Pod
from llmlint.readers.mounted import fill_from_files
from llmlint.readers.values import items, text
from llmlint.unit import Said, Unit


def fill_from_mounts(unit: Unit, pod: Pod, container: dict[str, Any]) -> None:
    """Put a mounted script in the place of its path, and the options of a mounted `--config` among the settings."""
    fill_from_files(unit, dict(_files(pod, container)))


def _files(pod: Pod, container: dict[str, Any]) -> Iterator[tuple[str, Said[str]]]:
    """What ConfigMaps put into the container: path and text."""
    volumes = {text(one, "name"): (index, one) for index, one in enumerate(items(pod.data, "volumes"))}
    for mount in items(container, "volumeMounts"):
        where, part = text(mount, "mountPath"), text(mount, "subPath")
        volume = volumes.get(text(mount, "name"))
        if where is None or volume is None:
            continue
        index, held = volume
        for name, said in _entries(pod, held, pod.one.spot(*pod.path, "volumes", index)):
            if part is None:
                yield posixpath.normpath(posixpath.join(where, name)), said
            elif posixpath.normpath(part) == name:
                yield posixpath.normpath(where), said


def _entries(pod: Pod, volume: object, named_by: Spot) -> Iterator[tuple[str, Said[str]]]:
    """The files of a volume: of a ConfigMap, all or those that are picked, also inside a projected one."""
    sources = [("configMap", volume), *(("configMap", one) for one in items(volume, "projected", "sources"))]
    for key, source in sources:
        name = text(source, key, "name")
        found = pod.cluster.configuration(name, pod.one.namespace, named_by) if name is not None else None
        picked = items(source, key, "items")
        for entry, said in (found or {}).items():
            paths = [text(one, "path") or entry for one in picked if text(one, "key") == entry] if picked else [entry]
            for path in paths:
                yield path, said
