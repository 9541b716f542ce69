"""Values of a chart that runs one engine's image: vLLM's own chart, and what people write in its manner.

What the templates of such a chart do is known only of vLLM's own (examples/online_serving/chart-helm); of others the
file is a part of what will run.
"""

from __future__ import annotations

from typing import Any

from llmlint.readers.charts.values import (
    Values,
    container,
    engine_of,
    on_nodes,
    replicas,
    runtime_class,
    size,
    strategy,
)
from llmlint.readers.kubernetes.cluster import Pod
from llmlint.readers.kubernetes.containers import environment, words
from llmlint.readers.kubernetes.nodes import gpu_name
from llmlint.readers.kubernetes.volumes import volumes
from llmlint.readers.registry import ENGINE_KEYS
from llmlint.readers.values import at, items, mapping, whole
from llmlint.unit import Said, Unit, Volume

ARGUMENTS = ("args", "extraArgs", "command", "extraCommandArgs")
CONTAINER = frozenset({*ARGUMENTS, "resources", "env", "extraEnv", "model", "gpu", "extraInit", "persistence"})
"""Of which one beside the image says that the values start something."""
REPLICAS = ("replicaCount", "replicas")


def place(data: Any) -> tuple[str, ...] | None:
    """Where the values of an engine stand: at the top, or under a key of its own; None where there are none.

    The image is in parts there; at the top of a file, one that is a text is another format's.
    """
    for path in ((), *((name,) for name in ENGINE_KEYS)):
        held = mapping(data, *path)
        beside = CONTAINER & held.keys() or "command" in mapping(held, "image")
        image = at(held, "image")
        if beside and (path or isinstance(image, dict)) and engine_of(image):
            return path
    return None


def units(values: Values, path: tuple[str, ...]) -> list[Unit]:
    """The one engine of the values under a path."""
    one, data = values.one, mapping(values.data, *path)
    name = "" if values.release else (path[-1] if path else engine_of(data.get("image")))
    unit = values.unit(name, "Deployment", one.spot(*path, "image")._replace(key=True))
    container(unit, values, path, data)
    unit.home = unit.image.spot if unit.image is not None else unit.home
    own = isinstance(at(data, "image", "command"), list)
    unit.fragment = not own
    _command(unit, values, path)
    extra, complete = environment(one, values.cluster, path, data, ("extraEnv", "extraEnvFrom"))
    unit.environment |= extra
    unit.environment_complete = unit.environment_complete and complete and not data.get("secrets")
    _pod(unit, values, path, data, own)
    return [unit]


def _command(unit: Unit, values: Values, path: tuple[str, ...]) -> None:
    """`image.command` replaces the entry point in vLLM's chart; `extraArgs` follow `args` in those of others."""
    one, data = values.one, mapping(values.data, *path)
    known = {name: variable.value for name, variable in unit.environment.items()}.get
    if unit.entrypoint is None:
        unit.entrypoint = words(one, (*path, "image", "command"), at(data, "image", "command"), known)
    for key in ("extraArgs", "extraCommandArgs"):
        found = words(one, (*path, key), data.get(key), known)
        if found:
            unit.arguments = (*(unit.arguments or ()), *found)


def _pod(unit: Unit, values: Values, path: tuple[str, ...], data: dict[str, Any], own: bool) -> None:
    one = values.one
    pod = Pod(one, values.cluster, path, data)
    unit.volumes, unit.shared_memory, unit.shared_memory_volume = volumes(pod, path, data)
    on_nodes(unit, values, (path, data))
    runtime_class(unit, one, *path)
    for key in REPLICAS:
        if unit.replicas is None:
            replicas(unit, one, path, key)
    strategy(unit, one, (*path, "deploymentStrategy" if "deploymentStrategy" in data else "strategy"))
    port = whole(data, "containerPort")
    if port is not None:
        unit.ports.append(Said(port, one.spot(*path, "containerPort")))
    if own:
        _chart_of_vllm(unit, values, path)


def _chart_of_vllm(unit: Unit, values: Values, path: tuple[str, ...]) -> None:
    """A job copies the model to a claim at /data; memory is mounted at /dev/shm on demand; GPU types by name."""
    one, data = values.one, mapping(values.data, *path)
    storage = size(one, *path, "extraInit", "pvcStorage")
    if storage is not None:
        spot = one.spot(*path, "extraInit", "pvcStorage")
        unit.volumes.append(Volume("/data", "persistent", spot, storage.value, storage.spot))
    if at(data, "shm", "enabled") is True:
        unit.shared_memory_volume = one.spot(*path, "shm", "enabled")
        unit.shared_memory = size(one, *path, "shm", "size")
    names = [
        Said(gpu_name(name), one.spot(*path, "gpuModels", index))
        for index, name in enumerate(items(data, "gpuModels"))
        if isinstance(name, str) and name != "TYPE_GPU_USED"
    ]
    unit.gpu_names = unit.gpu_names or tuple(names)
    if mapping(data, "extraInit"):
        unit.supplies |= {"model"}
