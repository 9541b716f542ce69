"""Reads LocalAI's configurations of models, and those that its gallery holds as a string."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.nested import nested
from llmlint.readers.values import at, items, text
from llmlint.unit import Said, Unit

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.plans import Written
    from llmlint.readers.registry import Surroundings

BACKENDS: Mapping[str, str] = {
    "llama-cpp": "llama.cpp",
    "llama": "llama.cpp",
    "llama.cpp": "llama.cpp",
    "vllm": "vllm",
    "sglang": "sglang",
    "mlx": "mlx",
}
"""Engines by the names of LocalAI's backends, as far as a backend takes the options of an engine that we know. A build
may be named behind it (`cuda12-llama-cpp`)."""
BUILDS = ("cpu-", "cuda11-", "cuda12-", "cuda13-", "rocm-", "vulkan-", "metal-", "intel-sycl-f16-", "intel-sycl-f32-")
LLAMACPP: Mapping[str, str] = {
    "context_size": "--ctx-size",
    "gpu_layers": "--n-gpu-layers",
    "threads": "--threads",
    "cache_type_k": "--cache-type-k",
    "cache_type_v": "--cache-type-v",
    "flash_attention": "--flash-attn",
    "tensor_split": "--tensor-split",
    "main_gpu": "--main-gpu",
    "mmproj": "--mmproj",
    "rope_scaling": "--rope-scaling",
    "draft_model": "--model-draft",
    "n_draft": "--spec-draft-n-max",
    "no_kv_offloading": "--no-kv-offload",
}
OF_OPTIONS: Mapping[str, str] = {
    "parallel": "--parallel",
    "n_parallel": "--parallel",
    "kv_unified": "--kv-unified",
    "cache_ram": "--cache-ram",
    "n_cpu_moe": "--n-cpu-moe",
}
"""Entries `name:value` of the list `options` of a llama.cpp model."""
VLLM: Mapping[str, str] = {
    "max_model_len": "--max-model-len",
    "context_size": "--max-model-len",
    "gpu_memory_utilization": "--gpu-memory-utilization",
    "tensor_parallel_size": "--tensor-parallel-size",
    "quantization": "--quantization",
    "dtype": "--dtype",
    "enforce_eager": "--enforce-eager",
    "trust_remote_code": "--trust-remote-code",
    "swap_space": "--swap-space",
    "load_format": "--load-format",
}
KEYS: Mapping[str, Mapping[str, str]] = {"llama.cpp": LLAMACPP, "vllm": VLLM}
"""Which key is which option (LLMConfig, core/config/model_config.go of mudler/LocalAI at 82c191a)."""
OF_LOCALAI = frozenset(
    ["context_size", "f16", "mmap", "gpu_layers", "template", "known_usecases", "stopwords", "roles", "download_files"]
)
"""Keys of which one tells a configuration of LocalAI that names no backend."""


def recognises(data: Any) -> bool:
    """Whether it is a model of LocalAI, or an entry of its gallery."""
    if isinstance(at(data, "config_file"), str):
        return _is_text_of_one(data["config_file"])
    if not isinstance(at(data, "parameters", "model"), str) or "model" in data or "services" in data:
        return False
    return isinstance(at(data, "backend"), str) or not OF_LOCALAI.isdisjoint(data)


def _is_text_of_one(config: str) -> bool:
    """By its lines, since it is parsed later."""
    return any(line.lstrip().startswith(("backend:", "parameters:", "context_size:")) for line in config.splitlines())


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The unit of every model whose backend serves texts."""
    return [unit for document in documents for unit in _units(document)]


def _units(document: Document) -> Iterator[Unit]:
    written = text(document.data, "config_file")
    inner = nested(Said(written, Spot(document, ("config_file",)))) if written is not None else None
    if inner is not None:
        yield from _model(inner, ("config_file",), inner.content, document.data)
    elif "config_file" not in document.data:
        yield from _model(document, (), document.data, {})


def _model(document: Written, path: Path, data: Any, outer: Mapping[str, Any]) -> Iterator[Unit]:
    engine = _engine(data)
    if engine is None:
        return
    name = text(outer, "name") or text(data, "name") or "model"
    named = next((key for key in ("backend", "parameters") if key in data), "")
    home = Spot(document, (*path, named)) if named == "backend" else Spot(document, (*path, named), key=True)
    unit = Unit(name, "LocalAI", home)
    unit.kind = "model"
    unit.supplies = frozenset({"image", "token", "probes", "shared-memory", "gpus", "storage", "arguments"})
    unit.engine = Said(engine, home)
    unit.fragment = bool(outer)
    model = text(data, "parameters", "model")
    if model:
        unit.model = Said(model, Spot(document, (*path, "parameters", "model")))
    _options(unit, document, path, data, engine)
    batch = text(data, "parameters", "batch")
    if batch is not None and engine == "llama.cpp":
        unit.settings.append(("--batch-size", Said(batch, Spot(document, (*path, "parameters", "batch")))))
    yield unit


def _engine(data: Any) -> str | None:
    """The engine of a model; None for speech, pictures and what is not known."""
    backend = text(data, "backend")
    if backend is None:
        model = text(data, "parameters", "model") or ""
        return "llama.cpp" if model.lower().endswith(".gguf") else None
    backend = backend.lower()
    for build in BUILDS:
        backend = backend.removeprefix(build)
    return BACKENDS.get(backend)


def _options(unit: Unit, document: Written, path: Path, data: Any, engine: str) -> None:
    keys = KEYS.get(engine, {})
    for key, option in keys.items():
        value = at(data, key)
        if key == "context_size" and at(data, "max_model_len") is not None and engine == "vllm":
            continue
        if isinstance(value, bool):
            unit.settings.append((option, Said("true" if value else "false", Spot(document, (*path, key)))))
        elif (said := text(data, key)) is not None:
            unit.settings.append((option, Said(said, Spot(document, (*path, key)))))
    if engine != "llama.cpp":
        return
    if at(data, "mmap") is False:
        unit.settings.append(("--no-mmap", Said("true", Spot(document, (*path, "mmap")))))
    if at(data, "mmlock") is True:
        unit.settings.append(("--mlock", Said("true", Spot(document, (*path, "mmlock")))))
    for index, entry in enumerate(items(data, "options")[:100]):
        name, _, value = (entry if isinstance(entry, str) else "").partition(":")
        if name in OF_OPTIONS and value:
            unit.settings.append((OF_OPTIONS[name], Said(value, Spot(document, (*path, "options", index)))))
