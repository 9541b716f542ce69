"""Reads SkyPilot tasks and services: a script on rented machines, whose GPUs may be any of several kinds.

Figures such as `64+` are lower bounds and taken as they stand. The scripts run in a shell, also inside an image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.launch import launches
from llmlint.readers.pins import pinned
from llmlint.readers.skypilot_resources import resources
from llmlint.readers.values import mapping, number, text, whole
from llmlint.readers.wording import plain
from llmlint.unit import Probe, Said, Source, Supplied, Unit, Variable, Volume, Word

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "skypilot"
SUPPLIES: frozenset[Supplied] = frozenset(("image", "shared-memory", "storage"))
"""Of a machine: its disk outlives the script, and containers on it are given shared memory by its size."""
OWN = frozenset({"setup", "envs", "num_nodes", "file_mounts", "service", "workdir", "secrets", "name"})
"""Keys of a task beside `resources` and `run`."""
OF_RESOURCES = frozenset(
    {"accelerators", "cloud", "infra", "cpus", "disk_size", "disk_tier", "image_id", "instance_type", "any_of"}
    | {"ordered", "use_spot", "job_recovery", "autostop", "network_tier", "local_disk"}
)
"""Keys of its resources that other formats do not have."""


def recognises(data: Any) -> bool:
    """Whether it is a task: a script to run, and resources of SkyPilot's."""
    wanted = data.get("resources")
    if not isinstance(data.get("run"), str) or not isinstance(wanted, dict) or "apiVersion" in data:
        return False
    return not OF_RESOURCES.isdisjoint(wanted) or not OWN.isdisjoint(data)


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all tasks."""
    return [_unit(document) for document in documents]


def _unit(document: Document) -> Unit:
    data = document.data
    name = text(data, "name")
    unit = Unit(name or "run", FORMAT, Spot(document, ("name",) if name else ("run",)))
    unit.kind = "service" if isinstance(data.get("service"), dict) else "task"
    resources(unit, document)
    nodes = whole(data, "num_nodes")
    unit.nodes = nodes if nodes is not None and nodes > 0 else 1
    unit.environment = {one.name: one for one in _environment(unit, document)}
    unit.scripts = (Word(data["run"], Spot(document, ("run",)), item=False),)
    unit.volumes = list(_volumes(document))
    _service(unit, document)
    unit.supplies = SUPPLIES if unit.kind == "service" else SUPPLIES | {"probes"}
    _version(unit, document)
    return unit


def _environment(unit: Unit, document: Document) -> Iterator[Variable]:
    """`envs` and `secrets`; those that SkyPilot sets itself; an empty one waits for the caller's."""
    kinds: tuple[tuple[str, Source], ...] = (("envs", "caller"), ("secrets", "secret"))
    for key, source in kinds:
        for name, value in mapping(document.data, key).items():
            written = "" if isinstance(value, (dict, list)) else plain(value)
            spot = Spot(document, (key, name))
            yield Variable(name, written or None, spot, "literal" if written else source)
    if unit.gpus is not None and unit.gpus.number is not None and not unit.gpus.fraction:
        yield Variable("SKYPILOT_NUM_GPUS_PER_NODE", str(unit.gpus.number), unit.gpus.spot, "default")
    spot = Spot(document, ("num_nodes",)) if "num_nodes" in document.data else unit.home
    yield Variable("SKYPILOT_NUM_NODES", str(unit.nodes), spot, "default")


def _volumes(document: Document) -> Iterator[Volume]:
    """Buckets and volumes that are mounted; files that are only copied are none."""
    for where, source in mapping(document.data, "file_mounts").items():
        mode = (text(source, "mode") or "MOUNT").upper()
        if isinstance(source, dict) and mode != "COPY":
            yield _volume(document, ("file_mounts", where), where, text(source, "source") or text(source, "name") or "")
    for where, source in mapping(document.data, "volumes").items():
        yield _volume(document, ("volumes", where), where, text({"": source}, "") or "")


def _volume(document: Document, path: Path, mount: str, name: str) -> Volume:
    return Volume(mount, "persistent", Spot(document, path), name=name)


def _service(unit: Unit, document: Document) -> None:
    """Copies, and the probe that makes them ready."""
    service = mapping(document.data, "service")
    for path in (("replicas",), ("replica_policy", "min_replicas")):
        count = whole(service, *path)
        if count is not None:
            unit.replicas = Said(count, Spot(document, ("service", *path)))
    probe = service.get("readiness_probe")
    where = text({"": probe}, "") if not isinstance(probe, dict) else text(probe, "path")
    if where is not None:
        port = unit.ports[0].value if unit.ports else None
        unit.probes["readiness"] = Probe(
            Spot(document, ("service", "readiness_probe")),
            "http",
            where,
            port,
            initial_delay=number(probe, "initial_delay_seconds"),
            timeout=number(probe, "timeout_seconds"),
        )


def _version(unit: Unit, document: Document) -> None:
    """The pin of the engine that is started, in the set-up or in the script itself."""
    found = launches(unit)
    setup = document.data.get("setup")
    scripts = [Word(setup, Spot(document, ("setup",)))] if isinstance(setup, str) else []
    if found:
        unit.version = pinned([*scripts, *unit.scripts], found[0].engine)
