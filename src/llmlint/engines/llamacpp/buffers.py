"""Compute, output and host buffers of llama.cpp: what a pass through the graph needs beside weights and cache.

The laws reproduce the engine's own reservation to the byte for dense, mixture and sliding-window models with grouped
attention (36 of 40 cases on its CPU backend, 3 more within 28 bytes), within 2.5 per cent for delta nets (16 cases),
8 for attention with sinks (8) and 7 for latent attention (16, masks aside); recorded CUDA runs fit within a few per
cent. Several devices are wider: see `ends`.
"""

from __future__ import annotations

from llmlint.catalog.rows import Ffn, Model
from llmlint.engines.llamacpp.settings import Settings

PLAIN = ("f16", "f32", "bf16", "fp16", "fp32")
PIPELINE = 1.15
"""Copies that several devices keep to work in turn: 640 for 560 MiB were seen."""


def compute(model: Model, settings: Settings, context: int) -> int:
    """Bytes on the device with the output head."""
    micro, cells = min(settings.micro, context), settings.cells(context)
    hidden, vocab = model.hidden or 0, model.vocab or 0
    quantised = settings.flash and settings.value_type not in PLAIN
    alive = 2 + _kept_residual(model) + quantised
    logits = 4 * micro * (vocab + alive * hidden + _absorbed(model)) + 4 * micro
    inner = _block(model, micro, cells) if settings.flash else _scores(model, micro, cells)
    return max(logits, inner)


def ends(model: Model, settings: Settings, context: int, devices: int) -> tuple[int, int]:
    """The interval that the compute buffer of one device lies in."""
    size, groups = compute(model, settings, context), model.groups or ()
    grouped = all(group.mixer.kind == "gqa" and not group.mixer.sinks for group in groups)
    high = size * (1.05 if grouped else 1.15) * (PIPELINE if devices > 1 else 1.0)
    mask = 2 * min(settings.micro, context) * settings.cells(context) if _absorbed(model) else 0
    return round(size * 0.93), round(high) + mask


def _kept_residual(model: Model) -> bool:
    """Delta nets and attention with sinks hold one more state of the model's width beside the logits."""
    return any(group.mixer.kind == "gdn" or group.mixer.sinks for group in model.groups or ())


def _absorbed(model: Model) -> int:
    """Elements a token of queries that latent attention has moved into the compressed space."""
    mixers = [group.mixer for group in model.groups or () if group.mixer.kind == "mla"]
    return max((mixer.heads * (mixer.kv_lora + mixer.rope) for mixer in mixers), default=0)


def on_host(model: Model, settings: Settings, context: int) -> int:
    """Bytes of the inputs that the host prepares: masks and embedded tokens of a pass."""
    return 4 * min(settings.micro, context) * (settings.cells(context) + (model.hidden or 0))


def output(model: Model, settings: Settings) -> int:
    """Bytes of the logits that the host keeps, one row a slot."""
    return 4 * (model.vocab or 0) * settings.slots


def _block(model: Model, micro: int, cells: int) -> int:
    """One layer's feed-forward block while the 16-bit mask lives; of a mixture the experts that a token is routed to.

    Mixtures with latent attention stay below their logits.
    """
    groups = model.groups or ()
    if any(group.ffn.kind == "moe" for group in groups) and _absorbed(model):
        return 0
    width = max((_width(group.ffn) for group in groups), default=0)
    return 4 * micro * (3 * width + 3 * (model.hidden or 0) + _queries(model)) + 28 * micro + 2 * micro * cells


def _width(block: Ffn) -> int:
    """Elements a token of the feed-forward block, over all the experts that work on it."""
    return block.active * block.inter if block.kind == "moe" else block.inter


def _scores(model: Model, micro: int, cells: int) -> int:
    """One layer's attention scores while the 32-bit mask lives."""
    mixers = [group.mixer for group in model.groups or () if group.mixer.kind in ("gqa", "mla")]
    heads = max((mixer.heads for mixer in mixers), default=0)
    keys = max((mixer.kv_heads * mixer.head_dim for mixer in mixers), default=0)
    return 4 * micro * (cells * (heads + 1) + 2 * _queries(model) + 3 * (model.hidden or 0) + 2 * keys) + 20 * micro


def _queries(model: Model) -> int:
    """Elements a token of queries, those in compressed space counted too."""
    mixers = [group.mixer for group in model.groups or ()]
    return max((m.heads * (m.head_dim or m.nope + m.rope) for m in mixers), default=0) + _absorbed(model)
