"""Which engines are modelled, and where: a module is imported only when a plan names its engine."""

from __future__ import annotations

from importlib import import_module

from llmlint.engines.outcome import Engine
from llmlint.typed import cast

MODULES = {
    "vllm": "llmlint.engines.vllm",
    "sglang": "llmlint.engines.sglang",
    "llama.cpp": "llmlint.engines.llamacpp",
    "ollama": "llmlint.engines.ollama",
    "tgi": "llmlint.engines.tgi",
    "tensorrt-llm": "llmlint.engines.tensorrtllm",
    "transformers": "llmlint.engines.transformers",
    "mlx": "llmlint.engines.mlx",
}
"""By the names that a deployment file uses; the others are left to the rule of thumb."""


def engine(name: str) -> Engine | None:
    """The engine of this name; None where nobody has modelled it."""
    module = MODULES.get(name)
    return cast(Engine, import_module(module)) if module is not None else None
