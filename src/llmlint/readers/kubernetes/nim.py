"""NVIDIA's NIMService: a container that chooses its engine by itself, with the model in the image's name."""

from __future__ import annotations

from typing import Any

from llmlint import images
from llmlint.readers.kubernetes.cluster import Cluster
from llmlint.readers.kubernetes.containers import environment, known_in, resources, words
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.values import at, mapping, text, whole
from llmlint.unit import Said, Unit, Volume

CACHE = "/model-store"
"""Where a NIM looks for its models (docs.nvidia.com/nim-operator)."""
NAMES = ("NIM_MODEL_NAME", "NIM_SERVED_MODEL_NAME")
OPTIONS = {
    "NIM_MAX_MODEL_LEN": "max-model-len",
    "NIM_TENSOR_PARALLEL_SIZE": "tensor-parallel-size",
    "NIM_PIPELINE_PARALLEL_SIZE": "pipeline-parallel-size",
    "NIM_MODEL_PROFILE": "model-profile",
}
"""Settings of a NIM, kept as notes: which engine they reach is the profile's affair."""


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The unit of a NIMService; none for one without an image."""
    spec = mapping(one.data, "spec")
    repository = text(spec, "image", "repository")
    if repository is None:
        return []
    spot = one.spot("spec", "image", "repository")
    unit = Unit(f"{one.kind}/{one.name}", "nim", spot)
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    unit.supplies = frozenset({"image", "model", "probes", "shared-memory", "arguments"})
    tag = text(spec, "image", "tag")
    unit.image = Said(f"{repository}:{tag}" if tag else repository, spot)
    unit.environment, unit.environment_complete = environment(one, cluster, ("spec",), spec)
    unit.entrypoint = words(one, ("spec", "command"), spec.get("command"), known_in(unit))
    unit.arguments = words(one, ("spec", "args"), spec.get("args"), known_in(unit))
    unit.model = _model(unit, one, repository)
    resources(unit, one, ("spec", "resources"), mapping(spec, "resources"))
    if text(spec, "authSecret") is not None:
        unit.supplies |= {"token"}
    _storage(unit, one, cluster, mapping(spec, "storage"))
    nodes = whole(spec, "multiNode", "size")
    unit.nodes = max(nodes or 1, 1)
    replicas = whole(spec, "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas"))
    _notes(unit)
    return [unit]


def _model(unit: Unit, one: Object, repository: str) -> Said[str]:
    """The model: as a variable names it, else the last parts of the image's name; empty where nothing tells it."""
    for name in NAMES:
        variable = unit.environment.get(name)
        if variable is not None and variable.value:
            return Said(variable.value, variable.spot)
    return Said(images.nim_model(repository), one.spot("spec", "image", "repository"))


def _storage(unit: Unit, one: Object, cluster: Cluster, storage: dict[str, Any]) -> None:
    """The models' volume: of a claim that is made here, a cache that is filled before, or the node's disk."""
    path: tuple[str, ...] = ("spec", "storage")
    cache = text(storage, "nimCache", "name")
    if cache is not None:
        unit.supplies |= {"storage"}
        held = cluster.found("NIMCache", cache, one.namespace, one.spot(*path, "nimCache", "name"))
        size = quantity(held.data, "spec", "storage", "pvc", "size") if held is not None else None
        where = held.spot("spec", "storage", "pvc", "size") if held is not None and size is not None else None
        spot = one.spot(*path, "nimCache")
        unit.volumes.append(Volume(CACHE, "persistent", spot, int(size) if size else None, where, name=cache))
        return
    for key, size_key in (("pvc", "size"), ("emptyDir", "sizeLimit"), ("hostPath", "")):
        if at(storage, key) is None:
            continue
        size = quantity(storage, key, size_key)
        where = one.spot(*path, key, size_key) if size is not None else None
        name = text(storage, key, "name") or ""
        kind = "persistent" if key == "pvc" else "ephemeral" if key == "emptyDir" else "host"
        given = Volume(CACHE, kind, one.spot(*path, key), int(size) if size is not None else None, where, name=name)  # type: ignore[arg-type]
        unit.volumes.append(given._replace(storage_class=text(storage, key, "storageClass") or ""))
        return


def _notes(unit: Unit) -> None:
    for name, note in OPTIONS.items():
        variable = unit.environment.get(name)
        if variable is not None and variable.value:
            unit.notes[note] = Said(variable.value, variable.spot)
