"""Reads truss's `config.yaml`: a container with a start command, or a build of TensorRT-LLM."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.kubernetes.objects import quantity
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.readers.wording import plain, split
from llmlint.unit import Amounts, GpuRequest, Probe, Said, Unit, Variable

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

OF_TRUSS = frozenset({"base_image", "docker_server", "trt_llm", "resources", "runtime", "model_metadata", "model_name"})
GPU_NAMES: Mapping[str, str] = {
    "T4": "T4",
    "L4": "L4",
    "A10G": "A10G",
    "V100": "V100",
    "A100": "A100-80GB",
    "A100_40GB": "A100-40GB",
    "H100": "H100-SXM",
    "H200": "H200",
    "B200": "B200",
    "L40S": "L40S",
    "RTX_PRO_6000": "RTX PRO 6000",
    "B300": "B300",
    "GB300": "GB300",
}
"""Accelerators of truss (basetenlabs/truss, truss/base/truss_config.py at 0bee989), as the catalogue may know them."""
TRT_LLM: Mapping[str, str] = {
    "max_seq_len": "--max-seq-len",
    "max_batch_size": "--max-batch-size",
    "max_num_tokens": "--max-num-tokens",
    "tensor_parallel_count": "--tensor-parallel-size",
}
PROBES = {"readiness_endpoint": "readiness", "liveness_endpoint": "liveness"}


def recognises(data: Any) -> bool:
    """Whether it is a truss that starts a server or builds an engine; one of Python code is none of ours."""
    has_server = isinstance(at(data, "docker_server", "start_command"), str)
    has_build = isinstance(at(data, "trt_llm", "build"), dict)
    return (has_server or has_build) and len(OF_TRUSS & data.keys()) > 1


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The unit of each."""
    return [_unit(document) for document in documents]


def _unit(document: Document) -> Unit:
    data = document.data
    name = text(data, "model_name") or "truss"
    image = text(data, "base_image", "image")
    named: Path = ("docker_server",) if "docker_server" in data else ("trt_llm",)
    home = Spot(document, ("base_image", "image")) if image is not None else Spot(document, named, key=True)
    unit = Unit(name, "truss", home)
    unit.kind = "truss"
    unit.supplies = frozenset({"image", "probes", "shared-memory", "storage", "gpus"})
    if image is not None:
        unit.image = Said(image, home)
    _environment(unit, document)
    _hardware(unit, document)
    _server(unit, document)
    _build(unit, document)
    return unit


def _environment(unit: Unit, document: Document) -> None:
    """Variables; a secret is a file, which the start command makes a variable of or not."""
    for name, value in mapping(document.data, "environment_variables").items():
        spot = Spot(document, ("environment_variables", name))
        known = value is not None and not isinstance(value, (dict, list))
        unit.environment[name] = Variable(name, plain(value) if known else None, spot, "literal" if known else "caller")
    secrets = mapping(document.data, "secrets")
    if secrets:
        unit.supplies |= {"token"}


def _hardware(unit: Unit, document: Document) -> None:
    """`H100:4`; `H100_40GB` is half of one."""
    accelerator = text(document.data, "resources", "accelerator")
    spot = Spot(document, ("resources", "accelerator"))
    if accelerator:
        name, _, number = accelerator.partition(":")
        half = name == "H100_40GB"
        count = int(number) if re.fullmatch(r"\d{1,3}", number) else 1 if not number else None
        unit.gpus = GpuRequest(count, "nvidia", spot, fraction=half)
        if not half and name:
            unit.gpu_names = (Said(GPU_NAMES.get(name.upper(), name), spot),)
    memory = quantity(document.data, "resources", "memory")
    if memory is not None:
        unit.requests = Amounts(memory=Said(int(memory), Spot(document, ("resources", "memory"))))


def _server(unit: Unit, document: Document) -> None:
    command = text(document.data, "docker_server", "start_command")
    if command is None:
        return
    unit.entrypoint = split(document, ("docker_server", "start_command"), command)
    port = whole(document.data, "docker_server", "server_port")
    if port is not None:
        unit.ports.append(Said(port, Spot(document, ("docker_server", "server_port"))))
    for key, kind in PROBES.items():
        path = text(document.data, "docker_server", key)
        if path is not None:
            unit.probes[kind] = Probe(Spot(document, ("docker_server", key)), "http", path, port)
    for index, pin in enumerate(items(document.data, "requirements")[:200]):
        found = re.fullmatch(r"(?:vllm|sglang)(?:\[[\w,-]*\])?==([\w.]+)", pin) if isinstance(pin, str) else None
        if found is not None:
            unit.version = Said(found[1], Spot(document, ("requirements", index)))


def _build(unit: Unit, document: Document) -> None:
    """A build of TensorRT-LLM: checkpoint and limits."""
    build = mapping(document.data, "trt_llm", "build")
    if not build or unit.entrypoint:
        return
    path = ("trt_llm", "build")
    unit.engine = Said("tensorrt-llm", Spot(document, path))
    model = text(build, "checkpoint_repository", "repo")
    if model is not None:
        unit.model = Said(model, Spot(document, (*path, "checkpoint_repository", "repo")))
    for key, option in TRT_LLM.items():
        value = text(build, key)
        if value is not None:
            unit.settings.append((option, Said(value, Spot(document, (*path, key)))))
