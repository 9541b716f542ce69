"""The storage that a container sees: its mounts joined with the pod's volumes and the file's claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.values import at, items, mapping, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Said, Volume, VolumeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED_MEMORY = "/dev/shm"  # a place in the container, not here
KINDS: tuple[tuple[str, VolumeKind], ...] = (
    ("persistentVolumeClaim", "persistent"),
    ("ephemeral", "ephemeral"),
    ("emptyDir", "ephemeral"),
    ("hostPath", "host"),
    ("nfs", "persistent"),
    ("csi", "persistent"),
    ("configMap", "config"),
    ("secret", "secret"),
    ("projected", "config"),
    ("downwardAPI", "config"),
    ("image", "persistent"),
    ("gcePersistentDisk", "persistent"),
    ("awsElasticBlockStore", "persistent"),
    ("azureDisk", "persistent"),
    ("azureFile", "persistent"),
    ("cephfs", "persistent"),
    ("rbd", "persistent"),
    ("glusterfs", "persistent"),
    ("iscsi", "persistent"),
    ("fc", "persistent"),
    ("portworxVolume", "persistent"),
    ("vsphereVolume", "persistent"),
)

NETWORK = ("nfs", "azureFile", "glusterfs")
"""Volumes that are a network file system, which stands for their storage class."""
CLAIM_TEMPLATES = (("spec", "volumeClaimTemplates"), ("spec", "leaderWorkerTemplate", "volumeClaimTemplates"))
"""Where a StatefulSet and a LeaderWorkerSet have the claims that are made for each pod."""


class Source(NamedTuple):
    """A volume of a pod."""

    kind: VolumeKind
    spot: Spot
    size: int | None = None
    size_spot: Spot | None = None
    name: str = ""
    storage_class: str = ""


def volumes(pod: Pod, path: Path, container: dict[str, Any]) -> tuple[list[Volume], Said[int] | None, Spot | None]:
    """The mounts of a container, the size of its shared memory where one is set, and the volume that holds it."""
    one = pod.one
    sources = dict(_sources(pod))
    found: list[Volume] = []
    shared: Said[int] | None = None
    shared_spot: Spot | None = None
    for index, mount in enumerate(items(container, "volumeMounts")):
        where, name = text(mount, "mountPath"), text(mount, "name") or ""
        if where is None:
            continue
        source = sources.get(name)
        spot = one.spot(*path, "volumeMounts", index)
        if where.rstrip("/") == SHARED_MEMORY:
            shared_spot = source.spot if source is not None else spot
            if source is not None and source.size is not None and source.size_spot is not None:
                shared = Said(source.size, source.size_spot)
        read_only = at(mount, "readOnly") is True
        found.append(_volume(where, source, spot, read_only, name))
    return found, shared, shared_spot


def _volume(where: str, source: Source | None, spot: Spot, read_only: bool, name: str) -> Volume:
    if source is None:
        return Volume(where, "unknown", spot, read_only=read_only, name=name)
    return Volume(
        where, source.kind, spot, source.size, source.size_spot, read_only, source.name or name, source.storage_class
    )


def _sources(pod: Pod) -> Iterator[tuple[str, Source]]:
    one = pod.one
    for index, volume in enumerate(items(pod.data, "volumes")):
        name = text(volume, "name")
        if name is not None:
            yield name, _source(one, pod.cluster, (*pod.path, "volumes", index), volume)
    for path in CLAIM_TEMPLATES:
        for index, template in enumerate(items(one.data, *path)):
            name = text(template, "metadata", "name")
            if name is not None:
                yield name, _claim(one, (*path, index), template, name)


def _source(one: Object, cluster: Cluster, path: Path, volume: dict[str, Any]) -> Source:
    key, kind = next(((key, kind) for key, kind in KINDS if key in volume), ("", "unknown"))
    spot = one.spot(*path)
    if key == "emptyDir":
        limit = quantity(volume, "emptyDir", "sizeLimit")
        in_memory = at(volume, "emptyDir", "medium") == "Memory"
        size_spot = one.spot(*path, "emptyDir", "sizeLimit") if limit is not None else None
        size = int(limit) if limit is not None else None
        return Source("memory" if in_memory else "ephemeral", spot, size, size_spot)
    if key == "persistentVolumeClaim":
        name = text(volume, key, "claimName") or ""
        claim = cluster.found("PersistentVolumeClaim", name, one.namespace, one.spot(*path, key, "claimName"))
        if claim is not None:
            return _claim(claim, (), claim.data, name)
        return Source("persistent", spot, name=name)
    if key == "ephemeral":
        template = mapping(volume, "ephemeral", "volumeClaimTemplate")
        base = (*path, "ephemeral", "volumeClaimTemplate")
        return _claim(one, base, template, "")._replace(kind="ephemeral", spot=spot)
    if key == "hostPath":
        return Source("host", spot, name=text(volume, "hostPath", "path") or "")
    return Source(kind, spot, storage_class=key.lower() if key in NETWORK else "")


def _claim(one: Object, path: Path, data: dict[str, Any], name: str) -> Source:
    """What a claim asks for; `path` leads to it from the object that holds it."""
    asked = ("spec", "resources", "requests", "storage")
    size, spot = quantity(data, *asked), one.spot(*path, *asked)
    return Source(
        "persistent",
        one.spot(*path),
        int(size) if size is not None else None,
        spot if size is not None else None,
        name,
        text(data, "spec", "storageClassName") or "",
    )
