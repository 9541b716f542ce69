"""KServe's InferenceService, joined with its ServingRuntime; a runtime by itself is only a part."""

from __future__ import annotations

import re
from typing import Any

from llmlint.finding import Path
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import container_unit, fill, in_pod, running
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.kubernetes.overlay import lay_over
from llmlint.readers.programs import SHELLS
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.unit import Said, Supplied, Unit, Word

RUNTIMES = ("ServingRuntime", "ClusterServingRuntime")
MOUNT = r"/mnt/models(?:/.*)?"
"""Where the storage initialiser puts the model."""
SERVER = r"hugging-?face-?server"
"""KServe's own server, vLLM beneath, in images."""
OWN_OPTIONS = frozenset(
    {
        "--model_name",
        "--model_id",
        "--model_dir",
        "--model_revision",
        "--backend",
        "--task",
        "--http_port",
        "--grpc_port",
        "--workers",
        "--max_length",
        "--disable_lower_case",
        "--disable_special_tokens",
        "--return_offsets_mapping",
        "--return_raw_logits",
        "--protocol",
        "--predictor_use_ssl",
        "--predictor_request_timeout_seconds",
        "--predictor_request_retries",
        "--enable_predictor_health_check",
        "--grpc_max_send_message_length",
        "--grpc_max_receive_message_length",
        "--return_token_type_ids",
        "--return_probabilities",
        "--enable_docs_url",
        "--enable_grpc",
        "--enable_latency_logging",
        "--predictor_protocol",
        "--predictor_host",
        "--tensor_input_names",
        "--log_config_file",
        "--access_log_format",
        "--max_threads",
        "--max_asyncio_workers",
        "--configure_logging",
    }
)
"""Options of KServe's server that are not vLLM's: huggingfaceserver/__main__.py and kserve/model_server.py, in
`python` of kserve/kserve at aaac4e2."""
FORMATS = {"vllm": "vllm", "sglang": "sglang", "huggingface": "vllm", "tgi": "tgi"}
"""Engines by the name of a model format, in small letters."""
NIM = r"(?:nvidia-)?nim-(.+)"
WITHOUT_RUNTIME: frozenset[Supplied] = frozenset({"image", "model", "token", "probes", "shared-memory", "arguments"})


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The units of a service, or of a runtime that no service of the file uses."""
    if one.kind in RUNTIMES:
        return [] if _is_used(one, cluster) else _runtime_alone(one, cluster)
    predictor = mapping(one.data, "spec", "predictor")
    if isinstance(predictor.get("model"), dict):
        return [_service(one, cluster)]
    pod = Pod(one, cluster, ("spec", "predictor"), predictor)
    found = []
    for key, index, _ in running(predictor):
        unit = container_unit(pod, ("spec", "predictor", key, index), format="kserve")
        _replicas(unit, one)
        found.append(unit)
    return found


def _runtime_alone(one: Object, cluster: Cluster) -> list[Unit]:
    spec = mapping(one.data, "spec")
    found = []
    for key, index, container in running(spec):
        unit = container_unit(Pod(one, cluster, ("spec",), spec), ("spec", key, index), format="kserve")
        unit.fragment = True
        unit.supplies = frozenset({"model", "gpus", "storage", "token"})
        _server(unit, text(container, "image") or "")
        _mounted(unit)
        found.append(unit)
    return found


def _is_used(runtime: Object, cluster: Cluster) -> bool:
    return any(
        other.kind == "InferenceService" and other.group == runtime.group and _runtime(other, cluster) is runtime
        for other in cluster.objects
    )


def _runtime(service: Object, cluster: Cluster) -> Object | None:
    """The runtime that a service names, else the one that serves its format by itself."""
    name = text(service.data, "spec", "predictor", "model", "runtime")
    if name is not None:
        spot = service.spot("spec", "predictor", "model", "runtime")
        found = (cluster.found(kind, name, service.namespace, spot, service.group) for kind in RUNTIMES)
        return next((one for one in found if one is not None), None)
    written = text(service.data, "spec", "predictor", "model", "modelFormat", "name")
    for one in cluster.objects:
        if one.kind in RUNTIMES and written is not None:
            for served in items(one.data, "spec", "supportedModelFormats"):
                if text(served, "name") == written and at(served, "autoSelect") is True:
                    return one
    return None


def _service(one: Object, cluster: Cluster) -> Unit:
    path: Path = ("spec", "predictor", "model")
    model = mapping(one.data, *path)
    unit = Unit(f"{one.kind}/{one.name}", "kserve", one.spot(*path))
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    unit.supplies = frozenset({"model", "storage"})
    runtime = _runtime(one, cluster)
    beneath = _container(runtime) if runtime is not None else None
    if runtime is not None and beneath is not None:
        where, container = beneath
        fill(unit, runtime, cluster, where, container)
        in_pod(unit, Pod(runtime, cluster, ("spec",), mapping(runtime.data, "spec")), where, container)
    else:
        unit.supplies |= WITHOUT_RUNTIME
        unit.environment_complete = False
    lay_over(unit, one, cluster, path, model)
    predictor = mapping(one.data, "spec", "predictor")
    below = unit.volumes, unit.shared_memory, unit.shared_memory_volume, unit.gpu_names, unit.host_ipc
    in_pod(unit, Pod(one, cluster, ("spec", "predictor"), predictor), path, model)
    _keep(unit, below)
    if runtime is not None and cluster.covers(runtime):
        there = cluster.as_there(runtime)
        unit.apart = [each for other in there.objects if other.kind in RUNTIMES for each in units(other, there)]
    _engine(unit, one, runtime, model)
    _model(unit, one, model)
    _workers(unit, one, predictor)
    _replicas(unit, one)
    if beneath is None:
        unit.environment_complete = False
    return unit


def _keep(unit: Unit, below: tuple[Any, ...]) -> None:
    """What the runtime's pod says holds where the service's says nothing."""
    unit.volumes = [*below[0], *unit.volumes]
    unit.shared_memory = unit.shared_memory or below[1]
    unit.shared_memory_volume = unit.shared_memory_volume or below[2]
    unit.gpu_names = unit.gpu_names or below[3]
    unit.host_ipc = unit.host_ipc or below[4]


def _container(runtime: Object) -> tuple[Path, dict[str, Any]] | None:
    """The container of a runtime that serves: the one of KServe's name, else the first."""
    found = [
        (index, one) for index, one in enumerate(items(runtime.data, "spec", "containers")) if isinstance(one, dict)
    ]
    if not found:
        return None
    index, container = next((one for one in found if text(one[1], "name") == "kserve-container"), found[0])
    return ("spec", "containers", index), container


def _engine(unit: Unit, one: Object, runtime: Object | None, model: dict[str, Any]) -> None:
    image = unit.image.value if unit.image is not None else ""
    named = (text(model, "modelFormat", "name") or "").lower()
    if re.search(SERVER, image) or (runtime is None and named in FORMATS):
        engine = "vllm" if re.search(SERVER, image) else FORMATS[named]
        unit.engine = Said(engine, one.spot("spec", "predictor", "model", "modelFormat", "name"))
    _server(unit, image if runtime is not None else "huggingfaceserver" if named == "huggingface" else image)


def _server(unit: Unit, image: str) -> None:
    """KServe's own server: the model is its `--model_id`, and its own options are not vLLM's."""
    if not re.search(SERVER, image):
        return
    unit.engine = unit.engine or Said("vllm", unit.home)
    if unit.entrypoint and re.fullmatch(SHELLS, unit.entrypoint[0].text):
        unit.arguments = None  # those of a script, which passes on what it likes
        return
    unit.entrypoint = None
    kept: list[Word] = []
    words = iter(unit.arguments or ())
    for word in words:
        name, equals, value = word.text.partition("=")
        if name.replace("-", "_").replace("__", "--", 1) not in OWN_OPTIONS:
            kept.append(word)
            continue
        given = word._replace(text=value) if equals else next(words, None)
        if given is not None and name.endswith(("model_id", "model-id")):
            unit.model = Said(given.text, given.spot)
    unit.arguments = tuple(kept)


def _model(unit: Unit, one: Object, model: dict[str, Any]) -> None:
    """`storageUri`, a path in the storage, or the name of a NIM in the format."""
    path = ("spec", "predictor", "model")
    uri = text(model, "storageUri")
    _mounted(unit)
    if uri is not None and (unit.model is None or uri.startswith("hf://")):
        unit.model = Said(uri, one.spot(*path, "storageUri"))
    stored = text(model, "storage", "path")
    if unit.model is None and stored is not None:
        unit.model = Said(f"/{stored.lstrip('/')}", one.spot(*path, "storage", "path"))
    nim = re.fullmatch(NIM, text(model, "modelFormat", "name") or "")
    if nim is not None:
        unit.model = Said(nim[1], one.spot(*path, "modelFormat", "name"))


def _mounted(unit: Unit) -> None:
    """Words that name the mounted folder as the model tell nothing of it."""
    for word in unit.arguments or ():
        if re.fullmatch(MOUNT, word.text.rpartition("=")[2]) and unit.model is None:
            unit.notes["model-folder"] = Said(word.text, word.spot)


def _workers(unit: Unit, one: Object, predictor: dict[str, Any]) -> None:
    """`workerSpec`: a copy over several machines, with the sizes of its division."""
    path = ("spec", "predictor", "workerSpec")
    for key, option in (
        ("tensorParallelSize", "--tensor-parallel-size"),
        ("pipelineParallelSize", "--pipeline-parallel-size"),
    ):
        size = whole(predictor, "workerSpec", key)
        if size is not None:
            unit.settings.append((option, Said(str(size), one.spot(*path, key))))
            if key == "pipelineParallelSize":
                unit.nodes = max(size, 1)


def _replicas(unit: Unit, one: Object) -> None:
    least, most = (whole(one.data, "spec", "predictor", key) for key in ("minReplicas", "maxReplicas"))
    if least is not None:
        unit.replicas = Said(least, one.spot("spec", "predictor", "minReplicas"))
    if most is not None:
        unit.notes["most-replicas"] = Said(str(most), one.spot("spec", "predictor", "maxReplicas"))
