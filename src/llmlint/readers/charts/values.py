"""Values of a chart, and what charts have in common: images in parts, variables, mounts of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.images import image as known_image
from llmlint.plans import Spot
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import fill
from llmlint.readers.kubernetes.nodes import place_on_nodes
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.values import at, mapping, text, whole
from llmlint.tuples import NamedTuple
from llmlint.unit import Said, Unit, Variable

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

STRATEGIES = {"Recreate": "recreate", "RollingUpdate": "rolling-update"}


class Values(NamedTuple):
    """The values of one release."""

    one: Object
    """They as an object, so that what reads containers can read them; its path leads to them."""
    cluster: Cluster
    format: str
    release: str = ""
    """What holds them, for names of units: `HelmRelease/ollama`; empty for a file of values."""
    namespace: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """The values themselves."""
        return self.one.data

    def unit(self, name: str, kind: str, home: Spot) -> Unit:
        """A unit that the chart makes of them; `kind` of the object it becomes."""
        label = "/".join(part for part in (self.release, name) if part)
        unit = Unit(label or "values", self.format, home)
        unit.kind, unit.namespace = kind, self.namespace
        unit.services = self.cluster.services(self.namespace, home) if self.release else ()
        return unit


def of_document(document: Document, surroundings: Surroundings, format: str) -> Values:
    """The values of a file."""
    return Values(Object(document, (), document.data), Cluster([document], surroundings), format)


def container(unit: Unit, values: Values, path: Path, data: dict[str, Any]) -> None:
    """What a container of the values says, its image in whatever form."""
    fill(unit, values.one, values.cluster, path, data)
    unit.image = image(values.one, (*path, "image"), data.get("image")) or unit.image
    env = data.get("env")
    if isinstance(env, dict):
        variables(unit, values.one, (*path, "env"), env)


def image(one: Object, path: Path, data: object) -> Said[str] | None:
    """An image of a repository and a tag, at its tag; one without a tag at the repository."""
    if isinstance(data, str):
        return Said(data, one.spot(*path))
    repository = text(data, "repository") or text(data, "name")
    if repository is None:
        return None
    registry, tag, digest = text(data, "registry"), text(data, "tag"), text(data, "digest")
    name = f"{registry}/{repository}" if registry else repository
    spot = one.spot(*path, "repository" if text(data, "repository") is not None else "name")
    if tag:
        name, spot = f"{name}:{tag}", one.spot(*path, "tag")
    return Said(f"{name}@{digest}" if digest else name, spot)


def engine_of(data: object) -> str:
    """The inference engine whose image some values name; empty for none."""
    repository = data if isinstance(data, str) else text(data, "repository") or text(data, "name")
    known = known_image(repository) if repository else None
    return known.engine if known is not None else ""


def runtime_class(unit: Unit, one: Object, *path: str | int) -> None:
    """The runtime class as a note: by it a container may see GPUs that nobody has counted."""
    name = text(one.data, *path, "runtimeClassName")
    if name:
        unit.notes["runtime-class"] = Said(name, one.spot(*path, "runtimeClassName"))


def variables(unit: Unit, one: Object, path: Path, data: dict[str, Any]) -> None:
    """Variables of a mapping whose values may say where they come from."""
    for name, value in data.items():
        if not isinstance(value, dict):
            continue  # `fill` has read it
        spot = one.spot(*path, name)
        source = mapping(value, "valueFrom") or value
        if "value" in value:
            unit.environment[name] = Variable(name, text(value, "value"), one.spot(*path, name, "value"))
        elif "secretKeyRef" in source:
            unit.environment[name] = Variable(name, None, spot, "secret")
        else:
            unit.environment[name] = Variable(name, None, spot, "config" if "configMapKeyRef" in source else "caller")


def on_nodes(unit: Unit, values: Values, *places: tuple[Path, dict[str, Any]]) -> None:
    """GPU and instance types of selectors that stand in several places; the first that names some counts."""
    for path, data in places:
        before = unit.gpu_names
        place_on_nodes(unit, Pod(values.one, values.cluster, path, data))
        unit.gpu_names = before or unit.gpu_names


def replicas(unit: Unit, one: Object, path: Path, key: str) -> None:
    """The number of copies under a key."""
    number = whole(one.data, *path, key)
    if number is not None:
        unit.replicas = Said(number, one.spot(*path, key))


def strategy(unit: Unit, one: Object, path: Path) -> None:
    """How copies are replaced, written as a Deployment has it."""
    data = at(one.data, *path)
    written = text(data, "type")
    if written in STRATEGIES:
        unit.strategy = Said(STRATEGIES[written], one.spot(*path, "type"))
    unit.surge = (_amount(data, "maxSurge"), _amount(data, "maxUnavailable"))


def _amount(data: object, key: str) -> int | str | None:
    value = at(data, "rollingUpdate", key)
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def size(one: Object, *path: str | int) -> Said[int] | None:
    """A quantity of bytes at a path."""
    found = quantity(one.data, *path)
    return Said(int(found), one.spot(*path)) if found is not None else None
