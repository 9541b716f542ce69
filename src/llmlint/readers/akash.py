"""Reads Akash's SDL: services, joined with the compute profile that the deployment gives each of them.

`command` is the entry point and `args` are passed to it, as in Kubernetes. Memory and storage are of the container.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.quantity import NotAQuantity, kubernetes
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.readers.wording import listed, split
from llmlint.unit import Amounts, GpuRequest, Said, Unit, Variable, Volume, Word

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "akash"
SHARED_MEMORY = "/dev/shm"  # a place in the container, not here
VENDORS = ("nvidia", "amd", "intel")


def recognises(data: Any) -> bool:
    """Whether services, compute profiles and a deployment refer to one another."""
    return (
        bool(mapping(data, "services"))
        and bool(mapping(data, "profiles", "compute"))
        and bool(mapping(data, "deployment"))
    )


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all documents."""
    return [
        _unit(document, name, service)
        for document in documents
        for name, service in mapping(document.data, "services").items()
        if isinstance(service, dict)
    ]


def _unit(document: Document, name: str, service: dict[str, Any]) -> Unit:
    base: Path = ("services", name)
    image = text(service, "image")
    unit = Unit(f"services.{name}", FORMAT, Spot(document, (*base, "image") if image is not None else base))
    unit.kind = "service"
    unit.image = Said(image, Spot(document, (*base, "image"))) if image is not None else None
    unit.environment = {one.name: one for one in _environment(document, base, service)}
    unit.entrypoint = _words(document, (*base, "command"), service.get("command"))
    unit.arguments = _words(document, (*base, "args"), service.get("args"))
    _ports(unit, document, base, service)
    profile = _placed(unit, document, name)
    if profile is not None:
        resources: Path = ("profiles", "compute", profile, "resources")
        _resources(unit, document, resources)
        _storage(unit, document, (*base, "params", "storage"), resources)
    return unit


def _words(document: Document, path: Path, value: object) -> tuple[Word, ...] | None:
    if isinstance(value, list):
        return tuple(word for word in listed(document, path, value) if word.text)
    return split(document, path, value) if isinstance(value, str) else None


def _environment(document: Document, base: Path, service: dict[str, Any]) -> Iterator[Variable]:
    """`NAME=value` items; a name alone is left to be filled in before it is deployed."""
    for index, item in enumerate(items(service, "env")):
        if isinstance(item, str) and item[:1] not in ("", "="):
            name, equals, value = item.partition("=")
            spot = Spot(document, (*base, "env", index))
            yield Variable(name, value if value else None, spot, "literal" if equals and value else "caller")


def _ports(unit: Unit, document: Document, base: Path, service: dict[str, Any]) -> None:
    for index, item in enumerate(items(service, "expose")):
        port, spot = whole(item, "port"), Spot(document, (*base, "expose", index, "port"))
        if port is None:
            continue
        unit.ports.append(Said(port, spot))
        if any(at(target, "global") is True for target in items(item, "to")):
            unit.notes.setdefault("published", Said("0.0.0.0", spot))


def _placed(unit: Unit, document: Document, name: str) -> str | None:
    """The profile of a service; its number of copies on the way."""
    for placement, data in mapping(document.data, "deployment", name).items():
        profile, count = text(data, "profile"), whole(data, "count")
        if count is not None:
            unit.replicas = Said(count, Spot(document, ("deployment", name, placement, "count")))
        if profile is not None:
            return profile
    return None


def _resources(unit: Unit, document: Document, path: Path) -> None:
    data = mapping(document.data, *path)
    cpu, memory = _quantity(data, "cpu", "units"), _quantity(data, "memory", "size")
    amounts = Amounts(
        cpu=Said(float(cpu), Spot(document, (*path, "cpu", "units"))) if cpu is not None else None,
        memory=Said(int(memory), Spot(document, (*path, "memory", "size"))) if memory is not None else None,
    )
    unit.limits = unit.requests = amounts
    _gpus(unit, document, (*path, "gpu"), mapping(data, "gpu"))


def _quantity(data: object, *path: str | int) -> int | float | None:
    """A quantity as Kubernetes reads it, in which the providers run what is deployed."""
    written = text(data, *path)
    try:
        return kubernetes(written.strip()) if written is not None else None
    except NotAQuantity:
        return None


def _gpus(unit: Unit, document: Document, path: Path, data: dict[str, Any]) -> None:
    """How many, and the models of which the provider gives any."""
    count = whole(data, "units")
    if count == 0 or (count is None and not data):
        return
    vendors = mapping(data, "attributes", "vendor")
    vendor = next((name for name in VENDORS if name in vendors), "nvidia")
    spot = Spot(document, (*path, "units") if "units" in data else path)
    unit.gpus = GpuRequest(count, vendor, spot)
    base = (*path, "attributes", "vendor", vendor)
    models = [
        (model, _quantity(entry, "ram"), (*base, index))
        for index, entry in enumerate(items(vendors, vendor))
        if (model := text(entry, "model")) is not None and model != "*"
    ]
    if len(models) == 1 and models[0][1] is not None:
        unit.gpu_memory = Said(int(models[0][1]), Spot(document, (*models[0][2], "ram")))
    several = len(models) > 1
    unit.gpu_names = tuple(
        Said(f"{model} {int(ram) // 2**30}GB" if several and ram else model, Spot(document, (*where, "model")))
        for model, ram, where in models
    )


def _storage(unit: Unit, document: Document, mounts: Path, resources: Path) -> None:
    """Unnamed storage is the container's own disk; what has a name is mounted by the service."""
    written = at(document.data, *resources, "storage")
    entries = list(enumerate(written)) if isinstance(written, list) else [(None, written)]
    for index, entry in entries:
        path: Path = (*resources, "storage") if index is None else (*resources, "storage", index)
        size, name = _quantity(entry, "size"), text(entry, "name")
        spot = Spot(document, (*path, "size"))
        if name is None or name == "default":
            if size is not None:
                unit.limits = unit.limits._replace(ephemeral_storage=Said(int(size), spot))
            continue
        mount = text(document.data, *mounts, name, "mount")
        if mount is not None:
            _mount(unit, entry, Spot(document, (*mounts, name, "mount")), Volume(mount, "ephemeral", spot, name=name))
            if size is not None:
                unit.volumes[-1] = unit.volumes[-1]._replace(size=int(size), size_spot=spot)
                if mount.rstrip("/") == SHARED_MEMORY:
                    unit.shared_memory = Said(int(size), spot)


def _mount(unit: Unit, entry: object, spot: Spot, volume: Volume) -> None:
    storage_class = text(entry, "attributes", "class") or ""
    persistent = at(entry, "attributes", "persistent") in (True, "true")
    kind = "memory" if storage_class == "ram" else "persistent" if persistent else volume.kind
    unit.volumes.append(volume._replace(kind=kind, spot=spot, storage_class=storage_class))
    if volume.mount.rstrip("/") == SHARED_MEMORY:
        unit.shared_memory_volume = spot
