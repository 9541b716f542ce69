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
from llmlint.readers.compose.gpus import request
from llmlint.readers.compose.health import awaited, health, ports
from llmlint.readers.compose.interpolation import Interpolation, of_project
from llmlint.readers.compose.labels import labels
from llmlint.readers.compose.models import is_model, models
from llmlint.readers.compose.overlays import of_overlays
from llmlint.readers.compose.service import Service, services
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
    {"image", "build", "extends", "command", "environment", "deploy", "gpus", "provider", "runtime"}
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
    declared = mapping(data, "models")
    return "services" not in data and bool(declared) and all(map(is_model, declared.values()))


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all documents."""
    fill = of_project(surroundings)
    return [unit for document in documents for unit in _of_document(document, surroundings, fill)]


def _of_document(document: Document, surroundings: Surroundings, fill: Interpolation) -> list[Unit]:
    of_project = services(document, surroundings, fill)
    top = mapping(document.data, "volumes")
    found = [_unit(document, service, surroundings, top) for service in of_project]
    of_overlays([(service.name, unit) for service, unit in zip(of_project, found, strict=True)], surroundings)
    by_name = {service.name: unit for service, unit in zip(of_project, found, strict=True)}
    for unit in found:
        commands = ((*(one.entrypoint or ()), *(one.arguments or ())) for one in found if one is not unit)
        unit.beside = tuple(commands) if sum(map(_is_ollama, found)) == 1 else ()
    for name, said in awaited(set(by_name), of_project):
        by_name[name].notes.setdefault("awaited", said)
    found += models(document, fill)
    _note_version(document, found)
    return found


def _unit(document: Document, service: Service, surroundings: Surroundings, top: dict[str, Any]) -> Unit:
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
    storage(unit, service, top)
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
