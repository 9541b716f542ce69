"""Reads Compose files: a unit for each service, and for each model that Docker's model runner is to load.

Notes of a unit: `version-key` (the obsolete key `version`), `published` (address on which the host opens a port to
others), `network` (`network_mode` as written), `awaited` (a service that waits until this one is healthy),
`privileged`, `platform`, `build` (the image is built here).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmlint.readers.compose.amounts import resources
from llmlint.readers.compose.build import build
from llmlint.readers.compose.environment import environment
from llmlint.readers.compose.files import Tops
from llmlint.readers.compose.gpus import request
from llmlint.readers.compose.health import awaited, health, ports
from llmlint.readers.compose.including import as_parts, parts_elsewhere, shared
from llmlint.readers.compose.interpolation import Interpolation, of_project
from llmlint.readers.compose.labels import labels
from llmlint.readers.compose.models import is_model, models
from llmlint.readers.compose.others import Others, seen_from
from llmlint.readers.compose.overlays import of_overlays
from llmlint.readers.compose.project import (
    Included,
    base,
    extended_elsewhere,
    included,
    of_included,
    override,
    services,
    top,
    top_of,
)
from llmlint.readers.compose.service import Service
from llmlint.readers.compose.storage import storage
from llmlint.readers.compose.words import words
from llmlint.readers.launch import launches
from llmlint.readers.values import items, mapping
from llmlint.readers.wording import plain
from llmlint.unit import Said, Unit

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "compose"
OF_SERVICES = frozenset(
    {
        *("image", "build", "extends", "command", "environment", "deploy", "gpus", "provider", "runtime", "devices"),
        *("volumes", "ports", "shm_size", "ipc", "healthcheck", "env_file", "entrypoint"),
    }
)
"""Keys of which a service has one."""
NOT_OURS = frozenset({"apiVersion", "deployment", "jobs", "servingEngineSpec", "pages", "routes"})
"""Top-level keys of other formats that have `services` or `models`."""


def recognises(data: Any) -> bool:
    """Whether it has services or models of Compose's kind."""
    if not NOT_OURS.isdisjoint(data):
        return False
    entries = [one for one in mapping(data, "services").values() if isinstance(one, dict)]
    if any(not OF_SERVICES.isdisjoint(one) for one in entries):
        return True
    if "services" not in data and _includes(data):
        return True
    declared = mapping(data, "models")
    return "services" not in data and bool(declared) and all(map(is_model, declared.values()))


def _includes(data: Any) -> bool:
    """Whether it names other files of Compose's: GitLab's pipelines have an `include` too."""
    entries = items(data, "include")
    return bool(entries) and all(
        ("path" in one if isinstance(one, dict) else str(one).endswith((".yaml", ".yml"))) for one in entries
    )


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all documents, and of what they include."""
    others, fill = Others(surroundings), of_project(surroundings)
    found = [unit for document in documents for unit in _of_document(document, others, fill)]
    for document in documents:
        for entry in included(document, others, fill):
            found += _of_entry(entry, document, others)
    return found


def _of_entry(entry: Included, document: Document, others: Others) -> list[Unit]:
    """The units of an entry of `include`. Those of a file of the run are there what they are here, alone."""
    inner = Others(seen_from(others.surroundings, entry.files[0]))
    found = of_included(entry, document, others, of_project(inner.surroundings))
    joined = _joined(
        document, found, others, Tops(*(top_of(entry, others, key) for key in ("volumes", "configs", "secrets")))
    )
    covered = [file for file in entry.files if others.surroundings.covers(file)]
    _tell_apart(joined, covered, others, together=entry.files)
    return joined


def _tell_apart(joined: Sequence[Unit], files: Sequence[str], others: Others, *, together: Sequence[str] = ()) -> None:
    """Leave what is wrong with other files of the run to these. `together`: of one entry of `include`."""
    apart: list[Unit] = []
    for file in files:
        written = others.document(file)
        if written is not None:  # what it includes is told apart by itself
            there = Others(seen_from(others.surroundings, file))
            alone = _of_document(written, there, of_project(there.surroundings))
            as_parts(alone, shared(together, file, others))
            apart += alone
    for unit in joined:
        unit.apart = apart


def _of_document(document: Document, others: Others, fill: Interpolation) -> list[Unit]:
    tops = Tops(*(top(document, others, key) for key in Tops._fields))
    found = _joined(document, services(document, others, fill), others, tops)
    of_overlays([(unit.name.removeprefix("services."), unit) for unit in found], others)
    _leave_to_neighbours(document, found, others)
    if found:
        as_parts(found, extended_elsewhere(others) | parts_elsewhere(others))
    found += models(document, fill)
    _note_version(document, found)
    return found


def _leave_to_neighbours(document: Document, found: Sequence[Unit], others: Others) -> None:
    """What other files of the run tell by themselves."""
    over, under = override(document, others), base(document, others)
    if over is not None and others.surroundings.covers(over.file):
        for unit in found:
            unit.told = frozenset((over.file,))
    if under is not None and others.surroundings.covers(under.file):
        _tell_apart(found, [under.file], others)


def _joined(document: Document, of_project: Sequence[Service], others: Others, tops: Tops) -> list[Unit]:
    """The units of services that run together."""
    found = [_unit(document, service, others.surroundings, tops) for service in of_project]
    by_name = {service.name: unit for service, unit in zip(of_project, found, strict=True)}
    servers = [unit for unit in found if _is_ollama(unit)]
    if len(servers) == 1:  # others may ask it for models
        others_than = (one for one in found if one is not servers[0])
        servers[0].beside = tuple((*(one.entrypoint or ()), *(one.arguments or ())) for one in others_than)
    for name, said in awaited(set(by_name), of_project):
        by_name[name].notes.setdefault("awaited", said)
    return found


def _unit(document: Document, service: Service, surroundings: Surroundings, tops: Tops) -> Unit:
    own = service.layers[0]
    home = service.first("image")
    unit = Unit(f"services.{service.name}", FORMAT, home[1].spot("image") if home is not None else own.spot())
    unit.kind = "service"
    unit.image = service.said("image")
    unit.fragment = not service.whole or (unit.image is None and service.first("build") is None)
    unit.environment, unit.environment_complete = environment(service, surroundings)
    _command(unit, service)
    build(unit, service, surroundings)
    unit.gpus = request(unit, service)
    storage(unit, service, tops, surroundings)
    resources(unit, service)
    health(unit, service)
    ports(unit, service)
    found = service.first("profiles")
    unit.profiles = tuple(service.fill(plain(one)) for one in items({"": found[0]}, "")) if found is not None else ()
    unit.labels = labels(service)
    _notes(unit, service)
    return unit


def _is_ollama(unit: Unit) -> bool:
    return any(one.engine == "ollama" for one in launches(unit))


def _command(unit: Unit, service: Service) -> None:
    """What replaces the image's entry point, and what is passed; an empty `entrypoint` leaves the command alone."""
    entrypoint, command = words(service, "entrypoint"), words(service, "command")
    if entrypoint is not None and not any(word.text for word in entrypoint):
        entrypoint, command = command, None
    unit.entrypoint, unit.arguments = entrypoint, command


def _notes(unit: Unit, service: Service) -> None:
    for key, name in (("network_mode", "network"), ("platform", "platform"), ("privileged", "privileged")):
        said = service.said(key)
        if said is not None and said.value != "false":
            unit.notes[name] = said
    built = service.first("build")
    if built is not None:
        unit.notes["build"] = Said("", built[1].spot("build"))


def _note_version(document: Document, found: list[Unit]) -> None:
    """At the first unit that holds an engine, so that a file is told once."""
    if "version" not in document.data:
        return
    first = next((unit for unit in found if unit.engine is not None or launches(unit)), None)
    if first is not None:
        said = Said(plain(document.data["version"]), first.home._replace(path=("version",)))
        first.notes["version-key"] = said
