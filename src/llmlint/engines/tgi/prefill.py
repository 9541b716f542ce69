"""How many prompt tokens TGI takes in one pass where nobody says: by the GPU's speed, the model, and rough memory.

Read at v3.3.7, launcher/src/main.rs: compute_optimal, vram_maximum, Config. The launcher knows GPUs by what nvidia-smi
prints, and does not recognise all of those it means (a GeForce RTX 4090, a Tesla T4, an H100 PCIe are none of them).
"""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.catalog.rows import LayerGroup, Model
from llmlint.engines.cards import Device
from llmlint.engines.request import Request
from llmlint.tuples import NamedTuple

TERAFLOPS = {
    "l4": 121,
    "l40": 181,
    "l40s": 363,
    "a10g": 125,
    "a40": 149,
    "a100-40gb-sxm": 312,
    "a100-80gb-sxm": 312,
    "a100-80gb-pcie": 312,
    "h100-sxm": 900,
    "h100-nvl": 900,
    "h200": 989,
}
"""TFLOP/s of 16 bits that the launcher has for a GPU, by the catalogue's ids."""
UNKNOWN_GPU = 4096
BY_MODEL = {"qwen2_vl": 10_000, "qwen2_5_vl": 10_000, "gemma3": 8000}
"""Where the GPU is not recognised, or the model takes images."""
LEAST = 100
"""Tokens below which the launcher takes its sum for wrong."""
LAUNCHER_ROOM = 0.95
"""Part of the memory that the launcher's own sum takes, unless TGI_WIGGLE_ROOM says otherwise."""


class Shape(NamedTuple):
    """The numbers of a config.json that the launcher computes with."""

    layers: int
    heads: int
    kv_heads: int
    head: int
    inter: int
    experts: int
    active: int


def tokens(request: Request, device: Device, shards: int, fraction: float) -> int:
    """Prompt tokens of one pass that the launcher chooses."""
    model = request.model
    shape = _shape(model.groups or ())
    speed = TERAFLOPS.get(device.card.row.id, 0) if device.card.row is not None else 0
    chosen = BY_MODEL.get(model.arch or "", UNKNOWN_GPU)
    if shape is not None and speed and not model.vision:
        optimal = int(speed * 1e12 * shards / _operations(model, shape))
        chosen = optimal if optimal > LEAST else chosen
    room = _room(request, device, shards, fraction) if shape is not None else None
    return min(size for size in (chosen, model.max_ctx, room) if size is not None)


def _shape(groups: Sequence[LayerGroup]) -> Shape | None:
    first = next((group for group in groups if group.mixer.kind == "gqa"), None)
    if first is None:
        return None
    block, mixer = first.ffn, first.mixer
    layers = sum(group.n for group in groups)
    return Shape(
        layers, mixer.heads, mixer.kv_heads, mixer.head_dim, block.inter, max(block.experts, 1), max(block.active, 1)
    )


def _operations(model: Model, shape: Shape) -> int:
    """Of one token: five products of attention and three of the feed-forward block."""
    attention = 2 * (3 * shape.heads + 2 * shape.kv_heads) * shape.head * (model.hidden or 0)
    return shape.layers * (attention + 6 * (model.hidden or 0) * shape.inter * shape.active) or 1


def _room(request: Request, device: Device, shards: int, fraction: float) -> int | None:
    """Tokens that the launcher thinks memory allows; None where it does not ask: quantised, or too large a model."""
    model, shape = request.model, _shape(request.model.groups or ())
    if shape is None or model.quant is not None or not model.hidden or not model.vocab:
        return None
    total = (device.card.row.reported_bytes if device.card.row is not None else None) or device.usable
    block = 3 * shape.inter * shape.experts * model.hidden
    heads = (shape.heads + 2 * shape.kv_heads) * shape.head + shape.heads * shape.head * model.hidden
    weights = 2 * ((block + heads) * shape.layers + 2 * model.hidden * model.vocab)
    token = 4 * shape.kv_heads * shape.head * shape.layers + 6 * (shape.inter + shape.inter // 2) * shape.experts
    left = int(total * shards * fraction * LAUNCHER_ROOM) - weights
    return left // token if left >= 0 else None
