"""Places in a manifest that findings about what is missing point at."""

from __future__ import annotations

from llmlint.finding import Path
from llmlint.plans import Spot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from llmlint.unit import Unit

LISTS = ("containers", "initContainers")
"""Keys under which Kubernetes has containers."""


def inside(data: Any, path: Path) -> Any:
    """What a document holds at a path; None where it ends before."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def pod_path(unit: Unit) -> Path | None:
    """The path of the pod that holds the unit's container; None where it is in none."""
    path = unit.home.path
    ends = [end for end, part in enumerate(path) if part in LISTS]
    return path[: ends[-1]] if ends else None


def container(unit: Unit) -> Spot:
    """The first line of a pod's container; elsewhere what stands for the unit."""
    path = unit.home.path
    service: Path = ("services", unit.name.removeprefix("services."))
    if unit.format == "compose" and _is_elsewhere(unit.home, service):
        return Spot(unit.home.document, service, key=True)  # its image is written elsewhere, for several
    ends = [end for end, part in enumerate(path) if part in LISTS]
    if not ends or ends[-1] + 1 >= len(path):
        return unit.home
    own = path[: ends[-1] + 2]
    data = inside(unit.home.document.data, own)
    first = next(iter(data), None) if isinstance(data, dict) else None
    return unit.home if first is None else Spot(unit.home.document, (*own, first), key=True)


def resources(unit: Unit) -> Spot:
    """The block in which the container asks for GPUs; the container where there is none."""
    path = unit.gpus.spot.path if unit.gpus is not None else ()
    if unit.gpus is None or "resources" not in path:
        return container(unit)
    return Spot(unit.gpus.spot.document, path[: path.index("resources") + 1], key=True)


def _is_elsewhere(spot: Spot, block: Path) -> bool:
    """Whether what stands for a block by its path is written outside of it, behind an anchor."""
    document = spot.document
    if spot.path[: len(block)] != block:
        return document.holds(block)
    line = spot.placed().span.line
    return not document.key_span(block).line <= line <= document.value_span(block).end_line


def inner(spot: Spot, key: str) -> Spot:
    """A key of the block at a place; the place itself where it has none."""
    data = inside(spot.document.data, spot.path)
    return Spot(spot.document, (*spot.path, key)) if isinstance(data, dict) and key in data else spot


def holding(spot: Spot, value: str) -> Spot:
    """The nearest key around a place that holds a value; the place itself where there is none."""
    for end in range(len(spot.path), 0, -1):
        data = inside(spot.document.data, spot.path[:end])
        for key, held in data.items() if isinstance(data, dict) else ():
            if held == value:
                return Spot(spot.document, (*spot.path[:end], key))
    return spot


def kind(unit: Unit) -> Spot:
    """The kind of the object that holds the unit; elsewhere what stands for the unit."""
    path = unit.home.path
    for end in range(len(path), -1, -1):
        found = (*path[:end], "kind")
        if unit.kind and inside(unit.home.document.data, found) == unit.kind:
            return Spot(unit.home.document, found)
    return unit.home
