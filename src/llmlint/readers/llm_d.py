"""Reads values of llm-d's modelservice chart: decode and prefill pods of one model, GPUs by its parallelism."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.readers.charts.values import Values, container, of_document, on_nodes, replicas, size
from llmlint.readers.kubernetes.cluster import Pod
from llmlint.readers.kubernetes.nodes import gpu_name
from llmlint.readers.kubernetes.volumes import volumes
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.unit import GpuRequest, Said, Unit, Variable, Volume

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "llm-d"
ROLES = ("decode", "prefill")
OWN_NAME = "{{ .Values.modelArtifacts.name }}"
"""By which the chart's own examples repeat the model's name."""
VENDORS = {"nvidia": "nvidia", "amd": "amd", "intel-i915": "intel", "intel-xe": "intel"}
MOST_CONTAINERS = 20
MOST_NODES = 10_000


def recognises(data: Any) -> bool:
    """Whether they are values of this chart."""
    return bool(mapping(data, "modelArtifacts")) and any(items(data, role, "containers") for role in ROLES)


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The pods of all documents."""
    return [unit for document in documents for unit in of_values(of_document(document, surroundings, FORMAT))]


def of_values(values: Values) -> list[Unit]:
    """The pods of one release."""
    return [
        _unit(values, role, index, one)
        for role in ROLES
        if at(values.data, role, "create") is not False and whole(values.data, role, "replicas") != 0
        for index, one in enumerate(items(values.data, role, "containers")[:MOST_CONTAINERS])
        if isinstance(one, dict)
    ]


def _unit(values: Values, role: str, index: int, data: dict[str, Any]) -> Unit:
    one, path = values.one, (role, "containers", index)
    several = len(items(values.data, role, "containers")) > 1
    multinode = values.data.get("multinode") is True
    name = f"{role}/{text(data, 'name') or index}" if several else role
    home = one.spot(*path, "image") if "image" in data else one.spot(*path)
    unit = values.unit(name, "LeaderWorkerSet" if multinode else "Deployment", home)
    container(unit, values, path, data)
    if text(data, "modelCommand") == "vllmServe":
        unit.engine = Said("vllm", one.spot(*path, "modelCommand"))
        unit.settings = _settings(values, role)
        unit.model = _model(values)
    _gpus(unit, values, role)
    if multinode:
        unit.nodes = _workers(values, role)
    _pod(unit, values, role, path, data)
    return unit


def _settings(values: Values, role: str) -> list[tuple[str, Said[str]]]:
    """What the chart adds to `vllm serve`."""
    tensor = text(values.data, role, "parallelism", "tensor")
    if tensor is None:
        return []
    return [("--tensor-parallel-size", Said(tensor, values.one.spot(role, "parallelism", "tensor")))]


def _model(values: Values) -> Said[str] | None:
    """The model of the URI: a repository, or a path in a claim, with the repository in it where it is `pvc+hf`."""
    one, uri = values.one, text(values.data, "modelArtifacts", "uri")
    name = text(values.data, "modelArtifacts", "name")
    spot = one.spot("modelArtifacts", "uri" if uri else "name")
    if not uri:
        return Said(name, spot) if name else None
    if name is not None:
        uri = uri.replace(OWN_NAME, name)
    scheme, _, rest = uri.partition("://")
    if scheme == "pvc+hf":
        return Said("/".join(rest.split("/")[-2:]), spot)
    return Said(uri, spot)


def _gpus(unit: Unit, values: Values, role: str) -> None:
    """Those that the container limits itself to, else those that its part of the parallelism needs."""
    one, parallel = values.one, mapping(values.data, role, "parallelism")
    kind = text(values.data, "accelerator", "type") or "nvidia"
    if kind == "cpu" or unit.gpus is not None:
        return
    tensor, local, data = (whole(parallel, key) for key in ("tensor", "dataLocal", "data"))
    workers = whole(parallel, "workers") or 1
    if local is None and data is not None:
        local = data // workers if data % workers == 0 else None
    number = (tensor or 1) * (local or 1)
    spot = one.spot(role, "parallelism") if parallel else unit.home
    spot = one.spot(role, "parallelism", "tensor") if tensor is not None else spot
    if at(values.data, "accelerator", "dra") is True:
        unit.gpus = GpuRequest(number, VENDORS.get(kind, "other"), one.spot("accelerator", "dra"))
    else:
        unit.gpus = GpuRequest(number, VENDORS.get(kind, "other"), spot)


def _workers(values: Values, role: str) -> int:
    """Machines of one copy."""
    parallel = mapping(values.data, role, "parallelism")
    workers, data, local = (whole(parallel, key) for key in ("workers", "data", "dataLocal"))
    if workers is None and data is not None and local:
        workers = data // local
    return min(max(workers or 1, 1), MOST_NODES)


def _pod(unit: Unit, values: Values, role: str, path: Path, data: dict[str, Any]) -> None:
    one, section = values.one, mapping(values.data, role)
    unit.volumes, unit.shared_memory, unit.shared_memory_volume = volumes(
        Pod(one, values.cluster, (role,), section), path, data
    )
    unit.host_ipc = section.get("hostIPC") is True
    on_nodes(unit, values, ((role,), section), ((role, "extraConfig"), mapping(section, "extraConfig")))
    named = items(section, "acceleratorTypes", "labelValues")
    unit.gpu_names = unit.gpu_names or tuple(
        Said(gpu_name(name), one.spot(role, "acceleratorTypes", "labelValues", index))
        for index, name in enumerate(named)
        if isinstance(name, str)
    )
    replicas(unit, one, (role,), "replicas")
    if data.get("mountModelVolume") is True:
        volume = _model_volume(values)
        unit.volumes.append(volume)
        if (text(values.data, "modelArtifacts", "uri") or "").startswith("hf://"):
            unit.environment.setdefault("HF_HOME", Variable("HF_HOME", volume.mount, volume.spot, "default"))
    if text(values.data, "modelArtifacts", "authSecretName"):
        spot = one.spot("modelArtifacts", "authSecretName")
        unit.environment.setdefault("HF_TOKEN", Variable("HF_TOKEN", None, spot, "secret"))


def _model_volume(values: Values) -> Volume:
    """A folder of the pod to which the model is downloaded, or the claim of the URI."""
    uri = text(values.data, "modelArtifacts", "uri") or ""
    mount = text(values.data, "modelArtifacts", "mountPath") or "/model-cache"
    spot = values.one.spot("modelArtifacts", "uri")
    if uri.startswith("pvc"):
        claim = uri.partition("://")[2].split("/", 1)[0]
        return Volume(mount, "persistent", spot, read_only=uri.startswith("pvc://"), name=claim)
    limit = size(values.one, "modelArtifacts", "size") if uri.startswith("hf") else None
    volume = Volume(mount, "ephemeral" if uri.startswith("hf") else "host", spot)
    return volume._replace(size=limit.value, size_spot=limit.spot) if limit is not None else volume
