"""KServe's LLMInferenceService: vLLM that KServe's own configurations start, over what the service adds."""

from __future__ import annotations

from typing import Any

from llmlint.finding import Path
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import in_pod
from llmlint.readers.kubernetes.gpus import gpu_request
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.kubernetes.overlay import lay_over
from llmlint.readers.kubernetes.settings import keyed
from llmlint.readers.values import items, mapping, text, whole
from llmlint.readers.wording import split_at
from llmlint.unit import Said, Supplied, Unit

ADDITIONAL = "VLLM_ADDITIONAL_ARGS"
"""The variable whose words KServe's start script passes on to vLLM."""
PARALLELISM = {
    "tensor": "--tensor-parallel-size",
    "pipeline": "--pipeline-parallel-size",
    "data": "--data-parallel-size",
    "expert": "--enable-expert-parallel",
}
SUPPLIES: frozenset[Supplied] = frozenset({"image", "model", "probes", "shared-memory", "storage", "arguments"})
"""By the configurations that KServe installs (config/llmisvc)."""
MOST_BASES = 10


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The unit of the service or configuration, and that of its prefill part."""
    if one.kind.endswith("Config") and _is_used(one, cluster):
        return []
    found = []
    for part in ((), ("prefill",)):
        data = mapping(one.data, "spec", *part)
        if data and (part or "template" in data or "model" in data):
            found.append(_unit(one, cluster, part))
    return found


def _is_used(config: Object, cluster: Cluster) -> bool:
    return any(other.kind == "LLMInferenceService" and config in _bases(other, cluster) for other in cluster.objects)


def _bases(one: Object, cluster: Cluster) -> list[Object]:
    """The configurations in sight that a service is laid over, the first lowest."""
    found = []
    for index, base in enumerate(items(one.data, "spec", "baseRefs")[:MOST_BASES]):
        name, spot = text(base, "name"), one.spot("spec", "baseRefs", index, "name")
        if name is not None:
            found.append(cluster.found("LLMInferenceServiceConfig", name, one.namespace, spot))
    return [base for base in found if base is not None]


def _unit(one: Object, cluster: Cluster, part: Path) -> Unit:
    name = f"{one.kind}/{one.name}" + "".join(f"/{step}" for step in part)
    unit = Unit(name, "kserve", one.spot("spec", *part) if part else one.spot("metadata", "name"))
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment or one.kind.endswith("Config")
    unit.supplies = SUPPLIES
    unit.engine = Said("vllm", unit.home)
    bases = _bases(one, cluster)
    for layer in (*bases, one):
        _layer(unit, layer, cluster, part)
    if len(bases) < len(items(one.data, "spec", "baseRefs")):
        unit.environment_complete = False  # the rest is in configurations of other files
    return unit


def _layer(unit: Unit, one: Object, cluster: Cluster, part: Path) -> None:
    """What one object says of the part, over what is known."""
    base: Path = ("spec", *part)
    pod = mapping(one.data, *base, "template")
    found = _main(one, (*base, "template"))
    if found is not None:
        path, container = found
        lay_over(unit, one, cluster, path, container)
        below = unit.volumes, unit.shared_memory, unit.shared_memory_volume, unit.gpu_names
        in_pod(unit, Pod(one, cluster, (*base, "template"), pod), path, container)
        unit.volumes = [*below[0], *unit.volumes]
        unit.shared_memory, unit.shared_memory_volume = (
            unit.shared_memory or below[1],
            unit.shared_memory_volume or below[2],
        )
        unit.gpu_names = unit.gpu_names or below[3]
    _model(unit, one)
    parallelism = mapping(one.data, *base, "parallelism")
    unit.settings += keyed(parallelism, PARALLELISM, one.spot(*base, "parallelism"))
    _workers(unit, one, base, parallelism)
    replicas = whole(one.data, *base, "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot(*base, "replicas"))
    _additional(unit)


def _main(one: Object, template: Path) -> tuple[Path, dict[str, Any]] | None:
    """The container that serves: `main`, else the only one."""
    containers = [one_ for one_ in enumerate(items(one.data, *template, "containers")) if isinstance(one_[1], dict)]
    named = next((found for found in containers if text(found[1], "name") == "main"), None)
    chosen = named or (containers[0] if len(containers) == 1 else None)
    return ((*template, "containers", chosen[0]), chosen[1]) if chosen is not None else None


def _model(unit: Unit, one: Object) -> None:
    """The address of the model; where that is a claim or a bucket, the name tells more."""
    uri, name = text(one.data, "spec", "model", "uri"), text(one.data, "spec", "model", "name")
    if uri is not None and (uri.startswith("hf://") or name is None):
        unit.model = Said(uri, one.spot("spec", "model", "uri"))
    elif name is not None:
        unit.model = Said(name, one.spot("spec", "model", "name"))


def _workers(unit: Unit, one: Object, base: Path, parallelism: dict[str, Any]) -> None:
    """A part with workers spreads: over its pipeline's stages, or its data-parallel ranks by how many share a node."""
    if not mapping(one.data, *base, "worker"):
        return
    data, local = whole(parallelism, "data"), whole(parallelism, "dataLocal")
    unit.nodes = max(whole(parallelism, "pipeline") or 1, 1)
    if data is not None and local:
        unit.nodes = max(data // local, unit.nodes)
    found = _main(one, (*base, "worker"))
    if unit.gpus is None and found is not None:
        path, container = found
        limits = mapping(container, "resources", "limits")
        unit.gpus = gpu_request(limits, lambda name: one.spot(*path, "resources", "limits", name))


def _additional(unit: Unit) -> None:
    """The words of the variable behind the arguments; those of a lower layer are replaced with the variable."""
    variable = unit.environment.get(ADDITIONAL)
    if variable is None or variable.value is None:
        return
    known = [word for word in unit.arguments or () if word.spot.path != variable.spot.path]
    unit.arguments = (*known, *split_at(variable.spot, variable.value))
