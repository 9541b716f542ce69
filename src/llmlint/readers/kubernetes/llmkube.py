"""LLMKube's InferenceService, joined with its Model: llama.cpp unless another runtime is named."""

from __future__ import annotations

from typing import Any

from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import environment, known_in, words
from llmlint.readers.kubernetes.nodes import place_on_nodes
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.kubernetes.settings import keyed
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.unit import Amounts, GpuRequest, Said, Unit

ENGINES = {
    "": "llama.cpp",
    "llamacpp": "llama.cpp",
    "llama.cpp": "llama.cpp",
    "vllm": "vllm",
    "sglang": "sglang",
    "tgi": "tgi",
}
LLAMACPP = {
    "contextSize": "--ctx-size",
    "parallelSlots": "--parallel",
    "batchSize": "--batch-size",
    "uBatchSize": "--ubatch-size",
    "cacheTypeK": "--cache-type-k",
    "cacheTypeV": "--cache-type-v",
    "moeCPULayers": "--n-cpu-moe",
    "moeCPUOffload": "--cpu-moe",
    "noKvOffload": "--no-kv-offload",
    "noWarmup": "--no-warmup",
    "jinja": "--jinja",
    "reasoningBudget": "--reasoning-budget",
}
VLLM = {
    "maxModelLen": "--max-model-len",
    "gpuMemoryUtilization": "--gpu-memory-utilization",
    "maxNumBatchedTokens": "--max-num-batched-tokens",
    "tensorParallelSize": "--tensor-parallel-size",
    "cpuOffloadGB": "--cpu-offload-gb",
    "quantization": "--quantization",
    "dtype": "--dtype",
    "kvCacheDtype": "--kv-cache-dtype",
    "attentionBackend": "--attention-backend",
    "enablePrefixCaching": "--enable-prefix-caching",
    "enableChunkedPrefill": "--enable-chunked-prefill",
    "enableExpertParallel": "--enable-expert-parallel",
}
SGLANG = {
    "tensorParallelSize": "--tp",
    "expertParallelSize": "--ep",
    "dataParallelSize": "--dp",
    "contextLength": "--context-length",
    "memFractionStatic": "--mem-fraction-static",
    "chunkedPrefillSize": "--chunked-prefill-size",
    "maxRunningRequests": "--max-running-requests",
    "quantization": "--quantization",
    "kvCacheDtype": "--kv-cache-dtype",
    "attentionBackend": "--attention-backend",
    "trustRemoteCode": "--trust-remote-code",
}
"""Keys of the service and llama.cpp's options (the custom types of caches are those of other builds), then those of
`vllmConfig` and `sglangConfig` (defilantech/LLMKube at 907ac8d: api/v1alpha1/inferenceservice_types.go,
internal/controller/runtime_*_args.go)."""
DIVIDED = {"vllm": "--tensor-parallel-size", "sglang": "--tp"}
"""What the operator sets to the number of GPUs where nobody does (runtime_vllm.go, runtime_sglang.go)."""


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The unit of a service with its model; of a model alone only where the file has no service for it."""
    if one.kind == "Model":
        served = any(
            other.kind == "InferenceService"
            and other.group == one.group
            and text(other.data, "spec", "modelRef") == one.name
            for other in cluster.objects
        )
        return [] if served or text(one.data, "spec", "source") is None else [_alone(one, cluster)]
    model = cluster.of_kind("Model", text(one.data, "spec", "modelRef") or "", one.namespace, one.group)
    unit = _service(one, cluster)
    if model is None:
        model = _beside(unit, one, cluster)
    if model is not None:
        _model(unit, model)
    if unit.gpus is None or not unit.gpus.number:
        _gpus_of_service(unit, one)
    _divide(unit)
    return [unit]


def _beside(unit: Unit, one: Object, cluster: Cluster) -> Object | None:
    """The Model in another file of the folder. What is wrong with it alone is told there, if the run lints that."""
    spot = one.spot("spec", "modelRef")
    model = cluster.beside.named("Model", text(one.data, "spec", "modelRef") or "", one.namespace, spot, one.group)
    if model is not None and cluster.covers(model):
        there = cluster.as_there(model)
        unit.apart = [each for other in there.objects if other.kind == "Model" for each in units(other, there)]
    return model


def _named(one: Object, cluster: Cluster) -> Unit:
    unit = Unit(f"{one.kind}/{one.name}", "llmkube", one.spot("metadata", "name"))
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    unit.supplies = frozenset({"image", "model", "probes", "shared-memory", "storage", "arguments"})
    return unit


def _alone(one: Object, cluster: Cluster) -> Unit:
    unit = _named(one, cluster)
    unit.fragment = True
    text_format = (text(one.data, "spec", "format") or "gguf").lower()
    unit.engine = Said("llama.cpp", one.spot("spec", "source")) if text_format == "gguf" else None
    _model(unit, one)
    return unit


def _service(one: Object, cluster: Cluster) -> Unit:
    spec = mapping(one.data, "spec")
    unit = _named(one, cluster)
    runtime = (text(spec, "runtime") or "").lower()
    if runtime in ENGINES:
        spot = one.spot("spec", "runtime") if runtime else unit.home
        unit.engine = Said(ENGINES[runtime], spot)
    image = text(spec, "image")
    unit.image = Said(image, one.spot("spec", "image")) if image is not None else None
    unit.environment, unit.environment_complete = environment(one, cluster, ("spec",), spec)
    extra = words(one, ("spec", "extraArgs"), spec.get("extraArgs"), known_in(unit))
    unit.arguments = words(one, ("spec", "args"), spec.get("args"), known_in(unit)) or ()
    unit.arguments = (*unit.arguments, *(extra or ()))
    unit.settings = _settings(unit, one, spec)
    if any(at(spec, key, "hfTokenSecretRef") is not None for key in ("vllmConfig", "sglangConfig", "tgiConfig")):
        unit.supplies |= {"token"}
    replicas = whole(spec, "replicas")
    unit.replicas = Said(replicas, one.spot("spec", "replicas")) if replicas is not None else None
    _amounts(unit, one)
    place_on_nodes(unit, Pod(one, cluster, ("spec",), spec))
    return unit


def _settings(unit: Unit, one: Object, spec: dict[str, Any]) -> list[tuple[str, Said[str]]]:
    engine = unit.engine.value if unit.engine is not None else ""
    if engine == "vllm":
        slots = keyed(spec, {"parallelSlots": "--max-num-seqs"}, one.spot("spec"))
        return [*keyed(mapping(spec, "vllmConfig"), VLLM, one.spot("spec", "vllmConfig")), *slots]
    if engine == "sglang":
        return keyed(mapping(spec, "sglangConfig"), SGLANG, one.spot("spec", "sglangConfig"))
    if engine != "llama.cpp":
        return []
    found = keyed(spec, LLAMACPP, one.spot("spec"))
    attention = at(spec, "flashAttention")
    if isinstance(attention, bool):
        found.append(("--flash-attn", Said("on" if attention else "off", one.spot("spec", "flashAttention"))))
    for index, override in enumerate(items(spec, "tensorOverrides")):
        if isinstance(override, str):
            found.append(("--override-tensor", Said(override, one.spot("spec", "tensorOverrides", index))))
    return found


def _model(unit: Unit, model: Object) -> None:
    source = text(model.data, "spec", "source")
    if source is not None:
        unit.model = Said(source, model.spot("spec", "source"))
    hardware = ("spec", "hardware", "gpu")
    count, vendor = whole(model.data, *hardware, "count"), text(model.data, *hardware, "vendor") or "nvidia"
    if count is not None and count >= 0 and at(model.data, *hardware, "enabled") is not False:
        resource = text(model.data, *hardware, "resourceName") or ""
        known = vendor.lower() if vendor.lower() in ("nvidia", "amd", "intel") else "other"
        unit.gpus = GpuRequest(count, known, model.spot(*hardware, "count"), fraction=resource.startswith("squat.ai/"))
    layers = whole(model.data, *hardware, "layers")
    if layers is not None and unit.engine is not None and unit.engine.value == "llama.cpp":
        shown = "999" if layers < 0 else str(layers)  # -1: all of them
        unit.settings.append(("--n-gpu-layers", Said(shown, model.spot(*hardware, "layers"))))


def _divide(unit: Unit) -> None:
    """The operator divides the model among all GPUs where nobody says how."""
    option = DIVIDED.get(unit.engine.value) if unit.engine is not None else None
    number = unit.gpus.number if unit.gpus is not None else None
    if option is None or unit.gpus is None or any(name == option for name, _ in unit.settings):
        return
    if number is not None and number > 1:
        unit.settings.append((option, Said(str(number), unit.gpus.spot)))


def _gpus_of_service(unit: Unit, one: Object) -> None:
    count = whole(one.data, "spec", "resources", "gpu")
    if count is not None and count >= 0:
        unit.gpus = GpuRequest(count, "nvidia", one.spot("spec", "resources", "gpu"))


def _amounts(unit: Unit, one: Object) -> None:
    """What the service asks for; the operator sets requests, no limits."""
    path = ("spec", "resources")
    key = "hostMemory" if quantity(one.data, *path, "hostMemory") is not None else "memory"
    memory, cpu = quantity(one.data, *path, key), quantity(one.data, *path, "cpu")
    unit.requests = Amounts(
        Said(float(cpu), one.spot(*path, "cpu")) if cpu is not None else None,
        Said(int(memory), one.spot(*path, key)) if memory is not None else None,
    )
