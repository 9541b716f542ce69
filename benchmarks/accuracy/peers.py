"""What other tools would say of the recorded rows: their published formulas in our words, given the same facts.

Each formula gets the model's facts from our catalogue, as the tool itself would read them from the hub, so that only
the arithmetic is compared. A tool that gives no figure for something is left out of that table.

    plain formula   parameters × bytes × factor of the category (the document that the seed rules come from)
    accelerate      `accelerate estimate-memory`: parameters × bytes of the dtype; its documentation says to add 20 %
    hf-mem          tensors of the checkpoint + 2 × layers with full attention × heads × width × tokens × bytes
                    (alvarobartt/hf-mem: safetensors/kv_cache.py, gguf/kv_cache.py)
    gguf-parser     cells × (keys + values) of every layer (gpustack/gguf-parser-go: file_estimate__llamacpp.go)
    GPUStack        1.2 × the checkpoint + 2 GiB against the engine's share of the cards (its selector for vLLM)
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.accuracy.rows import Row
from llmlint.catalog.rows import Mixer, Model
from llmlint.engines import weights as layouts
from llmlint.engines.formula import OVERHEAD
from llmlint.engines.weights.mixtures import BLOCKS
from llmlint.facts import Facts
from llmlint.precision import FORMATS

GIB = 2**30
PLAIN, ACCELERATE, HF_MEM, GGUF_PARSER, GPUSTACK = "plain formula", "accelerate", "hf-mem", "gguf-parser", "GPUStack"
INFERENCE = 1.2
"""What accelerate's documentation adds for inference, after EleutherAI."""
GPUSTACK_FACTOR, GPUSTACK_FIXED, SHARE = 1.2, 2 * GIB, 0.9
WINDOWED = ("gemma2", "gemma3", "gpt-oss", "cohere2", "llama4")
"""Architectures whose windows gguf-parser knows."""


class Asked(NamedTuple):
    """What a tool is told of a deployment."""

    model: Model
    precision: str
    cards: int
    memory: int | None
    """Of one card, as sold or stated."""
    share: float
    """The part of it that the engine takes."""
    tokens: int | None
    """Of one request."""
    width: int
    """Bytes of an element of the cache."""

    @property
    def bits(self) -> float:
        """A parameter's, as the plain formula has it."""
        return FORMATS[self.precision].bits


def asked(facts: Facts, row: Row) -> Asked | None:
    """What a tool would be told; None where the model is not known, so that nobody has an answer."""
    request = facts.engine.request
    if request is None or request.model.parameters is None:
        return None
    cards = request.cards or ()
    number = sum(card.count for card in cards)
    memory = min((card.sold or card.usable or 0 for card in cards), default=0) or None
    width = 1 if str(row.get("kv_cache_dtype", "")).startswith("fp8") else 2
    share = float(row.get("utilization") or row.get("static_fraction") or SHARE)
    tokens = row.get("max_model_len") or request.model.max_ctx
    return Asked(request.model, request.weights, max(number, 1), memory, share, tokens, width)


def weights(case: Asked | None) -> dict[str, float]:
    """Weights on one GPU: all of them, over the GPUs."""
    if case is None:
        return {}
    count = case.model.parameters or 0
    found = {PLAIN: count * case.bits / 8, ACCELERATE: count * _accelerate_bytes(case)}
    stored = layouts.checkpoint(case.model, case.precision)
    if stored is not None:
        found[HF_MEM] = found[GPUSTACK] = stored.bytes
    return {who: size / case.cards for who, size in found.items()}


def verdicts(case: Asked | None) -> dict[str, str]:
    """Whether it fits, by each tool's own comparison."""
    if case is None or case.memory is None:
        return dict.fromkeys((PLAIN, ACCELERATE, HF_MEM, GPUSTACK), "unknown")
    offered, size = case.memory * case.cards, weights(case)
    needed = {
        PLAIN: size[PLAIN] * case.cards * OVERHEAD[case.model.category],
        ACCELERATE: size[ACCELERATE] * case.cards * INFERENCE,
    }
    if HF_MEM in size:
        cache = request_cache(case, case.tokens or 0).get(HF_MEM, 0)
        needed[HF_MEM] = size[HF_MEM] * case.cards + cache
        needed[GPUSTACK] = (size[GPUSTACK] * case.cards * GPUSTACK_FACTOR + GPUSTACK_FIXED) / case.share
    found = dict.fromkeys((PLAIN, ACCELERATE, HF_MEM, GPUSTACK), "unknown")
    return found | {who: "fits" if need <= offered else "does-not-fit" for who, need in needed.items()}


def request_cache(case: Asked | None, tokens: int) -> dict[str, float]:
    """The cache of one request of so many tokens, over all GPUs."""
    if case is None or case.model.groups is None:
        return {}
    each = sum(group.n * sum(_hf_widths(group.mixer, case.model)) for group in case.model.groups)
    return {HF_MEM: float(each * tokens * case.width)}


def _hf_widths(mixer: Mixer, model: Model) -> tuple[int, int]:
    """Keys and values of one token; latent attention counts as plain attention with the heads of its config."""
    if mixer.window or mixer.kind not in ("gqa", "mla"):
        return 0, 0
    if mixer.kind == "mla":
        width = mixer.heads * ((model.hidden or 0) // mixer.heads)
        return width, width
    return (mixer.kv_heads * mixer.head_dim,) * 2


def llamacpp_cache(case: Asked | None, row: Row) -> dict[str, float]:
    """The cache of llama.cpp for a context."""
    if case is None or case.model.groups is None:
        return {}
    padding = 256 if row.get("flash") else 32
    cells = -(-row["context"] // padding) * padding
    key, value = _row_bytes(row.get("cache_k", "f16")), _row_bytes(row.get("cache_v", "f16"))
    if key is None or value is None:
        return {}
    first = next(group.mixer for group in case.model.groups if group.mixer.kind in ("gqa", "mla"))
    layers = sum(group.n for group in case.model.groups)
    windowed = sum(group.n for group in case.model.groups if group.mixer.window)
    small = min(cells, -(-((first.window or 0) + row.get("batch", 2048)) // padding) * padding)
    held = (layers - windowed) * cells + windowed * (small if row["arch"].get("name") in WINDOWED else cells)
    width = first.kv_heads * first.head_dim
    narrow = first.kv_heads * ((case.model.hidden or 0) // first.heads)
    # Both count the attention layers of hybrids as if all layers were such; states are left out on both sides.
    return {
        GGUF_PARSER: held * width * (key + value),
        HF_MEM: layers * row["context"] * narrow * (key + value),
    }


def _row_bytes(kind: str) -> float | None:
    """Bytes of an element of a cache type."""
    block = BLOCKS.get({"fp16": "f16", "fp32": "f32"}.get(kind, kind))
    return block[1] / block[0] if block is not None else None


def file(case: Asked | None, row: Row) -> dict[str, float]:
    """The GGUF file. hf-mem and gguf-parser read it, so that theirs is what was measured, and are left out."""
    if case is None:
        return {}
    count = case.model.parameters or 0
    return {PLAIN: count * case.bits / 8, ACCELERATE: count * _accelerate_bytes(case)}


def _accelerate_bytes(case: Asked) -> float:
    """Bytes of a parameter: accelerate knows float32, float16, int8 and int4."""
    bits = case.bits
    return 4.0 if bits >= 32 else 2.0 if bits >= 16 else 1.0 if bits >= 7 else 0.5
