"""Reads values of vLLM's production stack (chart vllm-stack): an engine per entry of `servingEngineSpec.modelSpec`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.charts.values import (
    Values,
    container,
    of_document,
    on_nodes,
    replicas,
    runtime_class,
    size,
    strategy,
)
from llmlint.readers.kubernetes.cluster import Pod
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.kubernetes.volumes import volumes
from llmlint.readers.values import at, items, mapping, number, text, whole
from llmlint.readers.wording import plain
from llmlint.unit import Amounts, GpuRequest, Said, Unit, Variable, Volume, Word

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "production-stack"
ENGINE: Path = ("servingEngineSpec",)
AFFINITY = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
MOST_MODELS = 100
MOST_NODES = 10_000
SETTINGS = (
    ("enableChunkedPrefill", "--enable-chunked-prefill"),
    ("enablePrefixCaching", "--enable-prefix-caching"),
    ("maxModelLen", "--max-model-len"),
    ("dtype", "--dtype"),
    ("tensorParallelSize", "--tensor-parallel-size"),
    ("pipelineParallelSize", "--pipeline-parallel-size"),
    ("maxNumSeqs", "--max-num-seqs"),
    ("gpuMemoryUtilization", "--gpu-memory-utilization"),
    ("maxLoras", "--max-loras"),
)
"""Keys of `vllmConfig`, and the option that the chart writes for each."""
NEGATED = ("enableChunkedPrefill", "enablePrefixCaching")
"""Those that the chart writes out where they are off."""
MORE = (
    ("enableLoRA", "--enable-lora"),
    ("enableTool", "--enable-auto-tool-choice"),
    ("toolCallParser", "--tool-call-parser"),
)
"""The same of the entry itself."""
STORAGE = "/data"
"""Where the chart mounts what `pvcStorage` asks for, and points HF_HOME to."""


def recognises(data: Any) -> bool:
    """Whether they are values of this chart."""
    return bool(items(data, *ENGINE, "modelSpec"))


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The engines of all documents."""
    return [unit for document in documents for unit in of_values(of_document(document, surroundings, FORMAT))]


def of_values(values: Values) -> list[Unit]:
    """The engines of one release."""
    specs = items(values.data, *ENGINE, "modelSpec")[:MOST_MODELS]
    return [_unit(values, index, one) for index, one in enumerate(specs) if isinstance(one, dict)]


def _unit(values: Values, index: int, data: dict[str, Any]) -> Unit:
    one, path = values.one, (*ENGINE, "modelSpec", index)
    home = one.spot(*path, "name") if "name" in data else one.spot(*path)
    unit = values.unit(text(data, "name") or f"modelSpec.{index}", "Deployment", home)
    container(unit, values, path, {"env": data.get("env"), "envFrom": data.get("envFrom")})
    _image(unit, one, path, data)
    model = text(data, "modelURL")
    unit.model = Said(model, one.spot(*path, "modelURL")) if model else None
    unit.settings = _settings(one, path, data)
    arguments = items(data, "vllmConfig", "extraArgs")
    extra = (*path, "vllmConfig", "extraArgs")
    unit.arguments = tuple(Word(plain(item), one.spot(*extra, at)) for at, item in enumerate(arguments))
    _resources(unit, one, path, data)
    _storage(unit, values, path, data)
    _token(unit, one, path, data)
    _pod(unit, values, path, data)
    return unit


def _image(unit: Unit, one: Object, path: Path, data: dict[str, Any]) -> None:
    """The chart starts `vllm serve` in whatever image."""
    unit.engine = Said("vllm", unit.home)
    repository, tag = text(data, "repository"), text(data, "tag")
    if repository:
        spot = one.spot(*path, "tag" if tag else "repository")
        unit.image = Said(f"{repository}:{tag}" if tag else repository, spot)


def _settings(one: Object, path: Path, data: dict[str, Any]) -> list[tuple[str, Said[str]]]:
    found = []
    for keys, base in ((SETTINGS, (*path, "vllmConfig")), (MORE, path)):
        held = mapping(one.data, *base)
        for key, option in keys:
            value = held.get(key)
            if value is None or isinstance(value, (dict, list)):
                continue
            negated = value is False and key in NEGATED
            name = option.replace("--", "--no-", 1) if negated else option
            found.append((name, Said("true" if negated else plain(value), one.spot(*base, key))))
    return found


def _resources(unit: Unit, one: Object, path: Path, data: dict[str, Any]) -> None:
    """What is asked for is a limit only for GPUs; memory and processors have limits of their own."""

    def cores(key: str) -> Said[float] | None:
        found = quantity(data, key)
        return Said(float(found), one.spot(*path, key)) if found is not None else None

    count = number(data, "requestGPU")
    spot = one.spot(*path, "requestGPU")
    whole_number = int(count) if count is not None and float(count).is_integer() else None
    if count:
        kind = text(data, "requestGPUType") or "nvidia.com/gpu"
        vendor = "nvidia" if kind.startswith("nvidia.com/") else "amd" if kind.startswith("amd.com/") else "other"
        shared = whole_number is None or not kind.endswith("/gpu")
        unit.gpus = GpuRequest(whole_number, vendor, spot, fraction=shared and vendor != "other")
    gpus = Said(whole_number, spot) if whole_number is not None else None
    unit.requests = Amounts(cores("requestCPU"), size(one, *path, "requestMemory"), None, gpus)
    unit.limits = Amounts(cores("limitCPU"), size(one, *path, "limitMemory"), None, gpus)


def _storage(unit: Unit, values: Values, path: Path, data: dict[str, Any]) -> None:
    one = values.one
    held = {"volumes": data.get("extraVolumes"), "volumeMounts": data.get("extraVolumeMounts")}
    unit.volumes, _, unit.shared_memory_volume = volumes(Pod(one, values.cluster, path, held), path, held)
    stated = size(one, *path, "pvcStorage")
    if "pvcStorage" in data:
        spot = one.spot(*path, "pvcStorage")
        volume = Volume(STORAGE, "persistent", spot, storage_class=text(data, "storageClass") or "")
        if stated is not None:
            volume = volume._replace(size=stated.value, size_spot=stated.spot)
        unit.volumes.append(volume)
        unit.environment.setdefault("HF_HOME", Variable("HF_HOME", STORAGE, spot, "default"))
    if at(data, "vllmConfig", "tensorParallelSize") is not None:
        unit.shared_memory = size(one, *path, "shmSize")
        unit.shared_memory_volume = unit.shared_memory_volume or one.spot(*path, "vllmConfig", "tensorParallelSize")
        unit.supplies |= {"shared-memory"}


def _token(unit: Unit, one: Object, path: Path, data: dict[str, Any]) -> None:
    """A token in the values is a secret's in the cluster, and yet stands in the file."""
    token = data.get("hf_token")
    if isinstance(token, str) and token:
        unit.environment["HF_TOKEN"] = Variable("HF_TOKEN", token, one.spot(*path, "hf_token"))
    elif isinstance(token, dict) and token:
        unit.environment["HF_TOKEN"] = Variable("HF_TOKEN", None, one.spot(*path, "hf_token"), "secret")
    key = at(one.data, *ENGINE, "vllmApiKey")
    if key:
        value, source = (key, "literal") if isinstance(key, str) else (None, "secret")
        unit.environment["VLLM_API_KEY"] = Variable("VLLM_API_KEY", value, one.spot(*ENGINE, "vllmApiKey"), source)  # type: ignore[arg-type]
    if at(one.data, *ENGINE, "configs"):
        unit.environment_complete = False


def _pod(unit: Unit, values: Values, path: Path, data: dict[str, Any]) -> None:
    """Nodes, copies, and the Ray cluster where there is one: its head runs beside the workers."""
    one = values.one
    terms = items(data, "nodeSelectorTerms")
    required = {AFFINITY[0]: {AFFINITY[1]: {AFFINITY[2]: {"nodeSelectorTerms": terms}}}}
    on_nodes(unit, values, (path, {"nodeSelector": data.get("nodeSelector")}), (path, required))
    unit.gpu_names = tuple(Said(said.value, _without_affinity(said.spot)) for said in unit.gpu_names)
    if unit.instance is not None:
        unit.instance = Said(unit.instance.value, _without_affinity(unit.instance.spot))
    replicas(unit, one, path, "replicaCount")
    if at(data, "raySpec", "enabled") is not False and mapping(data, "raySpec"):
        unit.kind = "RayCluster"
        head_too = bool(number(data, "raySpec", "headNode", "requestGPU"))
        unit.nodes = min(head_too + (whole(data, "replicaCount") or 1), MOST_NODES)
        unit.replicas = None
    strategy(unit, one, (*ENGINE, "strategy"))
    runtime_class(unit, one, *(path if "runtimeClassName" in data else ENGINE))
    unit.supplies |= {"probes"}


def _without_affinity(spot: Spot) -> Spot:
    """The place as it is written: the terms stand right in the entry."""
    return spot._replace(path=tuple(step for step in spot.path if step not in AFFINITY))
