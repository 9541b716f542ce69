"""Files that a container has from a ConfigMap of the same file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.mounted import fill_from_files
from llmlint.readers.values import items, text
from llmlint.unit import Said, Unit


def fill_from_mounts(unit: Unit, pod: Pod, container: dict[str, Any]) -> None:
    """Put a mounted script in the place of its path, and the options of a mounted `--config` among the settings."""
    fill_from_files(unit, dict(_files(pod, container)))


def _files(pod: Pod, container: dict[str, Any]) -> Iterator[tuple[str, Said[str]]]:
    """What ConfigMaps of the file put into the container: path and text."""
    volumes = {text(one, "name"): one for one in items(pod.data, "volumes")}
    for mount in items(container, "volumeMounts"):
        where, part = text(mount, "mountPath"), text(mount, "subPath")
        volume = volumes.get(text(mount, "name"))
        if where is None or volume is None:
            continue
        for name, said in _entries(pod.cluster, volume, pod.one.namespace):
            if part is None:
                yield posixpath.normpath(posixpath.join(where, name)), said
            elif posixpath.normpath(part) == name:
                yield posixpath.normpath(where), said


def _entries(cluster: Cluster, volume: object, namespace: str) -> Iterator[tuple[str, Said[str]]]:
    """The files of a volume: of a ConfigMap, all or those that are picked, also inside a projected one."""
    sources = [("configMap", volume), *(("configMap", one) for one in items(volume, "projected", "sources"))]
    for key, source in sources:
        name = text(source, key, "name")
        found = cluster.configuration(name, namespace) if name is not None else None
        picked = items(source, key, "items")
        for entry, said in (found or {}).items():
            paths = [text(one, "path") or entry for one in picked if text(one, "key") == entry] if picked else [entry]
            for path in paths:
                yield path, said
