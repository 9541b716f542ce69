"""What a service mounts: volumes of both forms, tmpfs, secrets, configs, and its shared memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmlint.plans import Spot
from llmlint.readers.compose.amounts import size, sized
from llmlint.readers.compose.files import Mount, Tops, written_files
from llmlint.readers.compose.service import Layer, Service
from llmlint.readers.mounted import fill_from_files
from llmlint.readers.registry import Surroundings
from llmlint.readers.values import at, items, mapping, text
from llmlint.unit import Said, Unit, Volume, VolumeKind

SHARED_MEMORY = "/dev/shm"  # a place in the container, not here
PART = r"(?:\$\{[^}]*\}|[^:])+"
"""Between colons; those in `${NAME:-default}` do not count."""
HOST = r"(?:[./~]|[A-Za-z]:[\\/]|\\\\).*"
MOST_VOLUMES = 200
"""Of one service."""


def storage(unit: Unit, service: Service, tops: Tops, surroundings: Surroundings) -> None:
    """Fill in volumes, shared memory, and what stands in files that are put into the container."""
    unit.shared_memory = sized(service, ("shm_size",))
    ipc = service.said("ipc")
    unit.host_ipc = ipc is not None and ipc.value == "host"
    if ipc is not None and ipc.value.startswith(("service:", "container:")):
        unit.shared_memory_volume = ipc.spot  # another container's, of a size that is not told here
    by_target = {mount.target.rstrip("/"): mount for mount in (*_mounts(service), *_tmpfs(service))}
    for mount in list(by_target.values())[:MOST_VOLUMES]:
        volume = _volume(mount, tops.volumes)
        unit.volumes.append(volume)
        if mount.target.rstrip("/") == SHARED_MEMORY:
            unit.shared_memory_volume = mount.spot
            if volume.size is not None:
                unit.shared_memory = Said(volume.size, mount.spot)
    unit.volumes += _files(service)
    fill_from_files(unit, dict(written_files(service, tops, by_target.values(), surroundings)))


def _mounts(service: Service) -> Iterator[Mount]:
    for value, layer in service.every("volumes"):
        for index, item in enumerate(items({"": value}, "")[:MOST_VOLUMES]):
            spot = layer.spot("volumes", index)
            mount = _long(service, item, spot) if isinstance(item, dict) else _short(service, item, spot)
            if mount is not None:
                yield mount._replace(folder=layer.folder)


def _short(service: Service, item: object, spot: Spot) -> Mount | None:
    """`source:target:mode`; a target alone is an anonymous volume."""
    if not isinstance(item, str):
        return None
    parts = re.findall(PART, service.fill(item)[:4_000])
    if len(parts) > 2 and len(parts[0]) == 1 and parts[1][:1] in ("/", "\\"):  # C:\models:/models
        parts[:2] = [f"{parts[0]}:{parts[1]}"]
    if not parts:
        return None
    source, target = ("", parts[0]) if len(parts) == 1 else (parts[0], parts[1])
    return Mount(target, source, "", spot, "ro" in (parts[2].split(",") if len(parts) > 2 else ()))


def _long(service: Service, item: dict[str, Any], spot: Spot) -> Mount | None:
    target = text(item, "target")
    if target is None:
        return None
    source, kind = text(item, "source") or "", text(item, "type") or ""
    amount = size(service.fill(text(item, "tmpfs", "size") or ""))
    read_only = at(item, "read_only") is True
    return Mount(service.fill(target), service.fill(source), kind, spot, read_only, amount)


def _tmpfs(service: Service) -> Iterator[Mount]:
    """`tmpfs: /dev/shm:size=8g`, one or a list."""
    for value, layer in service.every("tmpfs"):
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            target, _, options = service.fill(text({"": item}, "") or "").partition(":")
            found = re.search(r"(?:^|,)size=(\w+)", options)
            spot = layer.spot("tmpfs", index) if isinstance(value, list) else layer.spot("tmpfs")
            if target:
                yield Mount(target, "", "tmpfs", spot, size=size(found[1]) if found else None)


def _volume(mount: Mount, top: Mapping[str, Any]) -> Volume:
    kind, name, storage_class = _kind(mount, top)
    return Volume(
        mount.target,
        kind,
        mount.spot,
        mount.size,
        mount.spot if mount.size else None,
        mount.read_only,
        name,
        storage_class,
    )


def _kind(mount: Mount, top: Mapping[str, Any]) -> tuple[VolumeKind, str, str]:
    """Kind, name, and the kind of network storage it lies on."""
    if mount.kind == "tmpfs":
        return "memory", "", ""
    if mount.kind == "bind" or re.fullmatch(HOST, mount.source, re.DOTALL):
        return "host", mount.source, ""
    if not mount.source:
        return "ephemeral", "", ""
    if "$" in mount.source:
        return "unknown", mount.source, ""
    options = mapping(top, mount.source, "driver_opts")
    type_ = (text(options, "type") or "").lower()
    if type_ == "tmpfs":
        return "memory", mount.source, ""
    network = type_ if type_ in ("nfs", "nfs4", "cifs", "smb3", "fuse") else ""
    return "persistent", mount.source, network


def _files(service: Service) -> Iterator[Volume]:
    """Secrets and configs, in the folders where Compose puts them."""
    places: tuple[tuple[str, str, VolumeKind], ...] = (
        ("secrets", "/run/secrets/", "secret"),
        ("configs", "/", "config"),
    )
    for key, folder, kind in places:
        for value, layer in service.every(key):
            for index, item in enumerate(items({"": value}, "")[:MOST_VOLUMES]):
                yield from _file(item, folder, kind, layer, (key, index))


def _file(item: object, folder: str, kind: VolumeKind, layer: Layer, steps: tuple[str, int]) -> Iterator[Volume]:
    name = text(item, "source") if isinstance(item, dict) else text({"": item}, "")
    target = text(item, "target") or name
    if name and target:
        mount = target if target.startswith("/") else folder + target
        yield Volume(mount, kind, layer.spot(*steps), read_only=True, name=name)
