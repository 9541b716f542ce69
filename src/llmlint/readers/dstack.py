"""Reads dstack's services and tasks: shell commands in an image, on a machine that fits; replica groups are units.

Ranges such as `450GB..` are lower bounds and taken as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.dstack_gpu import gpus, least
from llmlint.readers.launch import launches
from llmlint.readers.pins import pinned
from llmlint.readers.values import items, mapping, text, whole
from llmlint.readers.wording import plain, split
from llmlint.unit import Probe, Said, Supplied, Unit, Variable, Volume, Word

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "dstack"
KINDS = frozenset({"service", "task", "dev-environment"})
OWN = frozenset({"commands", "image", "resources", "python", "port", "ports", "fleets", "backends", "ide", "replicas"})
SECRET = r"\$\{\{\s*secrets\..*"
TIME = r"(\d{1,9})\s*(s|m|h)?"
SECONDS = {"s": 1, "m": 60, "h": 3600}


def recognises(data: Any) -> bool:
    """Whether it is a run configuration: its kind, and keys of one."""
    return data.get("type") in KINDS and not OWN.isdisjoint(data) and "apiVersion" not in data


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all configurations."""
    return [unit for document in documents for unit in _of_document(document)]


def _of_document(document: Document) -> Iterator[Unit]:
    """One unit, or one for each group of replicas, whose keys win over those outside."""
    groups = document.data.get("replicas")
    if not isinstance(groups, list):
        yield _unit(document, ())
        return
    for index, group in enumerate(groups[:100]):
        if isinstance(group, dict):
            unit = _unit(document, ("replicas", index))
            yield unit


def _where(document: Document, group: Path, key: str) -> Path | None:
    """The path of a key: in the group, else outside; None where it is in neither."""
    for path in ((*group, key), (key,)):
        if mapping(document.data, *path[:-1]).get(key) is not None:
            return path
    return None


def _unit(document: Document, group: Path) -> Unit:
    data = document.data
    image = _where(document, group, "image")
    name = text(data, "name") or plain(data.get("type"))
    label = text(mapping(data, *group), "name") if group else None
    home = image or (("name",) if "name" in data else ("type",))
    unit = Unit(name if not group else f"{name}/{label or group[-1]}", FORMAT, Spot(document, home))
    unit.kind = plain(data.get("type"))
    written = _text(document, image)
    unit.image = Said(written, Spot(document, image)) if image is not None and written is not None else None
    _resources(unit, document, _where(document, group, "resources"))
    nodes = whole(data, "nodes")
    unit.nodes = nodes if nodes is not None and nodes > 0 else 1
    unit.environment = {one.name: one for one in _environment(unit, document, group)}
    _commands(unit, document, group)
    unit.volumes = list(_volumes(document))
    _ports(unit, document)
    _replicas(unit, document, (*group, "count") if group else ("replicas",))
    _probes(unit, document)
    return unit


def _text(document: Document, path: Path | None) -> str | None:
    return text(document.data, *path) if path is not None else None


def _commands(unit: Unit, document: Document, group: Path) -> None:
    """The commands run in a shell; without any, the image's own entry point does, or the one that is named."""
    path = _where(document, group, "commands")
    entrypoint = _text(document, _where(document, group, "entrypoint"))
    if entrypoint is not None:
        unit.entrypoint = split(document, _where(document, group, "entrypoint") or (), entrypoint)
    if path is not None:
        unit.scripts = tuple(
            Word(item, Spot(document, (*path, index)), item=False)
            for index, item in enumerate(items(document.data, *path)[:500])
            if isinstance(item, str)
        )
    found = launches(unit)
    if found:
        unit.version = pinned(unit.scripts, found[0].engine)
    if found and not found[0].words and isinstance(document.data.get("model"), (str, dict)):
        _model(unit, document)


def _model(unit: Unit, document: Document) -> None:
    """The name under which it is served, where no command line tells the model."""
    model = document.data["model"]
    name = text(model, "name") if isinstance(model, dict) else text(document.data, "model")
    if name is not None:
        unit.model = Said(name, Spot(document, ("model", "name") if isinstance(model, dict) else ("model",)))


def _environment(unit: Unit, document: Document, group: Path) -> Iterator[Variable]:
    """`NAME=value`, or a mapping; a name alone is handed on by the caller. And what dstack sets itself."""
    for path in (("env",), (*group, "env")) if group else (("env",),):
        value = mapping(document.data, *path[:-1]).get("env")
        for name, written in value.items() if isinstance(value, dict) else ():
            yield _variable(name, None if isinstance(written, (dict, list)) else written, Spot(document, (*path, name)))
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, str) and item[:1] not in ("", "="):
                name, equals, written = item.partition("=")
                yield _variable(name, written if equals else None, Spot(document, (*path, index)))
    if unit.gpus is not None and unit.gpus.number is not None:
        number, spot = unit.gpus.number, unit.gpus.spot
        yield Variable("DSTACK_GPUS_PER_NODE", str(number), spot, "default")
        yield Variable("DSTACK_GPUS_NUM", str(number * unit.nodes), spot, "default")
    yield Variable("DSTACK_NODES_NUM", str(unit.nodes), unit.home, "default")


def _variable(name: str, written: object, spot: Spot) -> Variable:
    value = plain(written) if written is not None else None
    if value is not None and re.match(SECRET, value):
        return Variable(name, None, spot, "secret")
    return Variable(name, value, spot, "caller" if value is None else "literal")


def _resources(unit: Unit, document: Document, path: Path | None) -> None:
    if path is None:
        return
    data = mapping(document.data, *path)
    if "gpu" in data:
        gpus(unit, document, (*path, "gpu"), data["gpu"])
    unit.ram = _size(document, (*path, "memory"), 1024)
    unit.shared_memory = _size(document, (*path, "shm_size"), 1024)
    disk = (*path, "disk", "size") if isinstance(data.get("disk"), dict) else (*path, "disk")
    unit.disk = _size(document, disk, 1000)


def _size(document: Document, path: Path, thousand: int) -> Said[int] | None:
    found = least(text(document.data, *path) or "", thousand)
    return Said(found, Spot(document, path)) if found else None


def _volumes(document: Document) -> Iterator[Volume]:
    """Network volumes by name, and folders of the machine, which the next run may not get again."""
    for index, item in enumerate(items(document.data, "volumes")[:100]):
        spot = Spot(document, ("volumes", index))
        if isinstance(item, str):
            source, _, mount = item.partition(":")
        else:
            source = text(item, "instance_path") or text(item, "name") or ""
            mount = text(item, "path") or ""
        if mount:
            yield Volume(mount, "host" if source.startswith(("/", "~")) else "persistent", spot, name=source)


def _ports(unit: Unit, document: Document) -> None:
    """`port` of a service; `ports` of a task; either may name the one on the caller's machine first."""
    value = document.data.get("ports", document.data.get("port"))
    key = "ports" if "ports" in document.data else "port"
    for index, item in enumerate(value[:100] if isinstance(value, list) else [value]):
        inside = text(item, "container_port") if isinstance(item, dict) else text({"": item}, "")
        port = whole({"": (inside or "").rpartition(":")[2]}, "")
        if port is not None:
            unit.ports.append(Said(port, Spot(document, (key, index) if isinstance(value, list) else (key,))))


def _replicas(unit: Unit, document: Document, path: Path) -> None:
    found = re.match(r"\d{1,6}", text(document.data, *path) or "")
    if found is not None:
        unit.replicas = Said(int(found[0]), Spot(document, path))


def _probes(unit: Unit, document: Document) -> None:
    """Probes of a service. One that names its model has one without being told; a task needs none."""
    supplies: set[Supplied] = set() if unit.image is not None else {"image"}
    if unit.kind != "service" or "model" in document.data:
        supplies.add("probes")
    unit.supplies = frozenset(supplies)
    for index, probe in enumerate(items(document.data, "probes")[:1]):
        port = unit.ports[0].value if unit.ports else None
        unit.probes["readiness"] = Probe(
            Spot(document, ("probes", index)),
            "http",
            text(probe, "url") or "/",
            port,
            period=_seconds(probe, "interval"),
            timeout=_seconds(probe, "timeout"),
        )


def _seconds(probe: object, key: str) -> float | None:
    found = re.fullmatch(TIME, text(probe, key) or "")
    return float(int(found[1]) * SECONDS[found[2] or "s"]) if found is not None else None
