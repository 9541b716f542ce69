"""Compute, output and host buffers of llama.cpp: what a pass through the graph needs beside weights and cache.

The laws reproduce the engine's own reservation to the byte for dense, mixture and sliding-window models with grouped
attention (36 of 40 cases on its CPU backend, 3 more within 28 bytes); recorded CUDA runs fit within a few per cent.
Latent attention, recurrent layers and several devices are wider: see `spread`.
"""

from __future__ import annotations

from llmlint.catalog.rows import Model
from llmlint.engines.llamacpp.settings import Settings


def compute(model: Model, settings: Settings, context: int) -> int:
    """Bytes on the device with the output head."""
    micro, cells = min(settings.micro, context), settings.cells(context)
    hidden, vocab = model.hidden or 0, model.vocab or 0
    logits = 4 * micro * (vocab + 2 * hidden) + 4 * micro
    if not settings.flash:
        return max(logits, _scores(model, micro, cells))
    if settings.value_type not in ("f16", "f32", "bf16", "fp16", "fp32"):
        logits += 4 * micro * hidden
    return max(logits, _block(model, micro, cells))


def spread(model: Model, devices: int) -> tuple[float, float]:
    """Low and high end of the compute buffer as shares of it."""
    high = 1.6 if any(group.mixer.kind not in ("gqa", "none") for group in model.groups or ()) else 1.08
    return 0.95, high * (1.15 if devices > 1 else 1.0)


def on_host(model: Model, settings: Settings, context: int) -> int:
    """Bytes of the inputs that the host prepares: masks and embedded tokens of a pass."""
    return 4 * min(settings.micro, context) * (settings.cells(context) + (model.hidden or 0))


def output(model: Model, settings: Settings) -> int:
    """Bytes of the logits that the host keeps, one row a slot."""
    return 4 * (model.vocab or 0) * settings.slots


def _block(model: Model, micro: int, cells: int) -> int:
    """One layer's feed-forward block while the 16-bit mask lives; mixtures stay below their logits."""
    groups = model.groups or ()
    if any(group.ffn.kind == "moe" for group in groups):
        return 0
    width = max((group.ffn.inter for group in groups), default=0)
    return 4 * micro * (3 * width + 3 * (model.hidden or 0) + _queries(model)) + 28 * micro + 2 * micro * cells


def _scores(model: Model, micro: int, cells: int) -> int:
    """One layer's attention scores while the 32-bit mask lives."""
    mixers = [group.mixer for group in model.groups or () if group.mixer.kind in ("gqa", "mla")]
    heads = max((mixer.heads for mixer in mixers), default=0)
    keys = max((mixer.kv_heads * mixer.head_dim for mixer in mixers), default=0)
    return 4 * micro * (cells * (heads + 1) + 2 * _queries(model) + 3 * (model.hidden or 0) + 2 * keys) + 20 * micro


def _queries(model: Model) -> int:
    mixers = [group.mixer for group in model.groups or ()]
    return max((m.heads * (m.head_dim or m.nope + m.rope) for m in mixers), default=0)
