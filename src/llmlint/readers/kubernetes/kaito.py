"""KAITO's Workspace and InferenceSet: a preset model on machines of an instance type that the operator brings."""

from __future__ import annotations

from llmlint.finding import Path
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import container_unit, pods, running
from llmlint.readers.kubernetes.nodes import instance_type
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.kubernetes.settings import options
from llmlint.readers.values import at, mapping, text, whole
from llmlint.readers.variables import is_filled
from llmlint.unit import Said, Unit

RUNTIME = "kaito.sh/runtime"
"""The annotation that chooses transformers instead of vLLM."""
TENSOR = "--tensor-parallel-size"
COPIES = "--data-parallel-size"
STAGES = "--pipeline-parallel-size"
LENGTH = "--max-model-len"
"""Which KAITO sets to `auto` where its configuration has none (MaxModelLenAuto in pkg/model/interface.go)."""
USABLE = 0.8
"""Of a machine's memory for weights, below what KAITO's estimate of nodes takes."""
MOST_NODES = 100
BYTES = 2
"""Of a parameter, as presets come."""
SETTINGS = "inference_config.yaml"


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The unit of a Workspace or InferenceSet that serves a preset; those of its pod template otherwise."""
    base: Path = ("spec", "template") if at(one.data, "spec", "template") is not None else ()
    inference = mapping(one.data, *base, "inference")
    preset = text(inference, "preset", "name")
    found = [_preset(one, cluster, base, preset)] if preset is not None else _template(one, cluster, base)
    for unit in found:
        _machines(unit, one, base)
    return found


def _preset(one: Object, cluster: Cluster, base: Path, preset: str) -> Unit:
    spot = one.spot(*base, "inference", "preset", "name")
    unit = Unit(f"{one.kind}/{one.name}", "kaito", spot)
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    unit.supplies = frozenset({"image", "model", "token", "probes", "shared-memory", "gpus", "storage", "arguments"})
    runtime = text(one.data, "metadata", "annotations", RUNTIME)
    unit.engine = Said("transformers" if runtime == "transformers" else "vllm", spot)
    unit.model = Said(preset, spot)
    config = text(one.data, *base, "inference", "config")
    named_by = one.spot(*base, "inference", "config")
    found = cluster.configuration(config, one.namespace, named_by) if config is not None else None
    said = (found or {}).get(SETTINGS)
    if said is not None and unit.engine.value == "vllm":
        unit.settings = options(said, "vllm")
    if unit.engine.value == "vllm" and all(option != LENGTH for option, _ in unit.settings):
        unit.settings.append((LENGTH, Said("auto", spot)))
    return unit


def _template(one: Object, cluster: Cluster, base: Path) -> list[Unit]:
    found = []
    for path, pod in pods(at(one.data, *base, "inference", "template"), (*base, "inference", "template")):
        for key, index, _ in running(pod):
            unit = container_unit(Pod(one, cluster, path, pod), (*path, key, index), format="kaito")
            unit.supplies |= {"gpus"}
            found.append(unit)
    return found


def _machines(unit: Unit, one: Object, base: Path) -> None:
    """`resource.count` machines of `resource.instanceType`, over which the engine spreads."""
    resource = (*base, "resource")
    written = text(one.data, *resource, "instanceType")
    if written and is_filled(written) and not written.startswith("<"):
        unit.instance = Said(instance_type(written), one.spot(*resource, "instanceType"))
    count = whole(one.data, *resource, "count")
    if count is not None and count > 1:
        unit.notes["machines"] = Said(str(count), one.spot(*resource, "count"))
        unit.nodes = count
    _divide(unit)
    replicas = whole(one.data, "spec", "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas"))


def _divide(unit: Unit) -> None:
    """Divide a preset among all GPUs of a machine, or copy it to each where it takes less than half of one.

    So does KAITO where its configuration does not say otherwise (configureParallelism and modelFitsOnSingleGPU in
    pkg/model/interface.go of kaito-project/kaito at 056b828); before it had copies, it divided all models.
    """
    if unit.instance is None or unit.engine is None or unit.engine.value != "vllm" or unit.model is None:
        return
    from llmlint.catalog.catalogue import Catalogue

    catalogue = Catalogue()
    row = catalogue.machine(unit.instance.value).row
    if row is None or any(option in (TENSOR, COPIES) for option, _ in unit.settings):
        return
    gpu, model = catalogue.accelerator(row.accelerator).row, catalogue.model(unit.model.value).row
    memory = gpu.memory_bytes if gpu is not None else None
    parameters = model.parameters if model is not None else None
    weights = BYTES * parameters if parameters is not None else None
    small = memory is not None and weights is not None and 2 * weights < memory
    option = COPIES if small and unit.nodes == 1 else TENSOR
    if row.count > 1:
        unit.settings.append((option, Said(str(int(row.count)), unit.instance.spot)))
    if memory is not None and weights is not None:
        _spread(unit, unit.instance, weights, memory * row.count)


def _spread(unit: Unit, instance: Said[str], weights: int, memory: float) -> None:
    """A model that one machine does not hold goes in stages over several: KAITO works out how many, and so do we."""
    needed = -int(-weights // (USABLE * memory))
    if needed > 1:
        unit.nodes = max(unit.nodes, min(needed, MOST_NODES))
        unit.settings.append((STAGES, Said(str(unit.nodes), instance.spot)))
