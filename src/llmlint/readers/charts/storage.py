"""Storage in values of the app-template chart: what is mounted where in a container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmlint.finding import Path
from llmlint.readers.charts.values import Values, size
from llmlint.readers.kubernetes.volumes import SHARED_MEMORY
from llmlint.readers.values import at, items, mapping, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Said, Unit, Volume, VolumeKind

MOST_MOUNTS = 200
KINDS: dict[str, VolumeKind] = {
    "persistentVolumeClaim": "persistent",
    "pvc": "persistent",
    "nfs": "persistent",
    "emptyDir": "ephemeral",
    "ephemeral": "ephemeral",
    "hostPath": "host",
    "image": "host",
    "configMap": "config",
    "secret": "secret",
}


class Mount(NamedTuple):
    """Where a piece of storage is seen."""

    where: str
    path: Path
    """Of the mount in the values; of the storage itself where it is mounted by its name."""
    read_only: bool


def mounts(unit: Unit, values: Values, controller: str, container: str) -> None:
    """The mounts of a container, shared memory among them."""
    for path, name, data in _storage(values.data, controller):
        for mount in _mounts(path, name, data, (controller, container)):
            volume = _volume(values, path, name, data, mount)
            unit.volumes.append(volume)
            if mount.where.rstrip("/") == SHARED_MEMORY:
                unit.shared_memory_volume = values.one.spot(*path)
                if volume.size is not None and volume.size_spot is not None:
                    unit.shared_memory = Said(volume.size, volume.size_spot)
            if len(unit.volumes) >= MOST_MOUNTS:
                return


def _storage(data: dict[str, Any], controller: str) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for name, one in mapping(data, "persistence").items():
        if isinstance(one, dict) and one.get("enabled") is not False:
            yield ("persistence", name), name, one
    templates: Path = ("controllers", controller, "statefulset", "volumeClaimTemplates")
    for index, one in enumerate(items(data, *templates)):
        if isinstance(one, dict) and one.get("enabled") is not False:
            yield (*templates, index), text(one, "name") or "", one


def _mounts(path: Path, name: str, data: dict[str, Any], names: tuple[str, str]) -> Iterator[Mount]:
    fallback = text(data, "hostPath") or f"/{name}"
    if not data.get("globalMounts") and not data.get("advancedMounts"):
        yield Mount(fallback, path, False)
        return
    claim_template = path[0] == "controllers"
    inner = names[1:] if claim_template else names
    for steps in (("globalMounts",), ("advancedMounts", *inner)):
        for index, one in enumerate(items(data, *steps)):
            yield Mount(text(one, "path") or fallback, (*path, *steps, index), at(one, "readOnly") is True)


def _volume(values: Values, path: Path, name: str, data: dict[str, Any], mount: Mount) -> Volume:
    written = text(data, "type") or "persistentVolumeClaim"
    kind = KINDS.get(written, "unknown")
    if written == "emptyDir" and text(data, "medium") == "Memory":
        kind = "memory"
    if written == "custom":
        kind = _custom(mapping(data, "volumeSpec"))
    claim = text(data, "existingClaim")
    stated = size(values.one, *path, "size") or size(values.one, *path, "sizeLimit") or _claimed(values, claim, path)
    return Volume(
        mount.where,
        kind,
        values.one.spot(*mount.path),
        stated.value if stated is not None else None,
        stated.spot if stated is not None else None,
        mount.read_only,
        claim or text(data, "hostPath") or text(data, "path") or name,
        text(data, "storageClass") or ("nfs" if written == "nfs" else ""),
    )


def _custom(spec: dict[str, Any]) -> VolumeKind:
    if at(spec, "emptyDir", "medium") == "Memory":
        return "memory"
    return next((kind for key, kind in KINDS.items() if key in spec), "unknown")


def _claimed(values: Values, claim: str | None, path: Path) -> Said[int] | None:
    """The size of a claim that a file in sight holds."""
    named_by = values.one.spot(*path, "existingClaim")
    found = values.cluster.found("PersistentVolumeClaim", claim, values.namespace, named_by) if claim else None
    return size(found, "spec", "resources", "requests", "storage") if found is not None else None
