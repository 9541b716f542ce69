"""Memory that vLLM takes at start for what comes beside the model: LoRA slots and layers for multi-token prediction."""

from __future__ import annotations

from llmlint.catalog.rows import LayerGroup, Model
from llmlint.engines import options
from llmlint.engines.estimate import Item
from llmlint.engines.request import Request
from llmlint.engines.vllm.settings import Settings

RANK, SLOTS = 16, 1
"""Defaults of --max-lora-rank and --max-loras (0.33.0)."""
WIDTH = 2
"""Bytes of an element."""


def adapters(request: Request, setting: Settings) -> Item | None:
    """LoRA slots: rank × in + out × rank for each linear of attention and dense feed-forward blocks.

    vllm/lora/layers/base_linear.py:112-152 (0.33.0). With tensor parallelism one of the two matrices of a linear is
    divided. Experts are left out, and some versions keep one slot more: the upper end says so.
    """
    model = request.model
    if not options.given(request.flags, "enable-lora") or model.groups is None or model.hidden is None:
        return None
    rank = options.positive(request.flags, "max-lora-rank") or RANK
    slots = options.positive(request.flags, "max-loras") or SLOTS
    each = sum(group.n * _rows(group, model.hidden, setting.tensor) for group in model.groups) * rank * WIDTH
    return Item(
        "adapters", each * slots, "engine", f"{slots} LoRA slots of rank {rank}", each * slots, each * (slots + 1)
    )


def _rows(group: LayerGroup, hidden: int, ranks: int) -> int:
    """Rows of both LoRA matrices of one layer, for rank 1."""
    mixer, ffn = group.mixer, group.ffn
    queries, keys = mixer.heads * mixer.head_dim, mixer.kv_heads * mixer.head_dim
    total = 0
    if mixer.kind == "gqa":
        total += 3 * hidden + (queries + 2 * keys) // ranks + queries // ranks + hidden
    if ffn.kind == "dense":
        matrices = 2 if ffn.gated else 1
        total += matrices * (hidden + ffn.inter // ranks) + ffn.inter // ranks + hidden
    return total


def predictor(model: Model, setting: Settings) -> int:
    """Bytes of the layers for multi-token prediction on one rank, at 16 bits; 0 unless the engine speculates."""
    return WIDTH * (model.mtp or 0) // setting.tensor if setting.predicts else 0
