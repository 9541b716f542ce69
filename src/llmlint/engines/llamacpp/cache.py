"""The KV cache of llama.cpp, exact: cells × (keys + values) of every attention layer, and recurrent states.

Read from src/llama-kv-cache.cpp, llama-kv-cache-iswa.cpp, llama-context.cpp and llama-hparams.cpp as vendored in
llama-cpp-python 0.3.36; 453 recorded logs agree to the byte. Latent attention stores one compressed key and no values.
"""

from __future__ import annotations

from llmlint.catalog.rows import LayerGroup, Mixer, Model
from llmlint.engines.llamacpp.settings import Settings, known_type
from llmlint.engines.weights.mixtures import BLOCKS

WINDOW_PADDING = 256


def layer_bytes(model: Model, group: LayerGroup, settings: Settings, context: int) -> int | None:
    """The cache of one layer over all streams; 0 for one without, None where the cache type is not known."""
    key, value = known_type(settings.key_type), known_type(settings.value_type)
    if key is None or value is None:
        return None
    keys, values, indexed = _widths(group.mixer, settings)
    row = _row(key, keys) + _row(value, values) + _row(key, indexed)
    return settings.streams * _cells(group.mixer, settings, context) * row


def state_bytes(model: Model, settings: Settings) -> int:
    """Recurrent states of all layers: each slot has its own, at full precision."""
    return model.state32 * settings.slots


def total(model: Model, settings: Settings, context: int) -> int | None:
    """The cache of all layers for `context` tokens over all slots; None where it is not known."""
    sizes = [(group.n, layer_bytes(model, group, settings, context)) for group in model.groups or ()]
    if not sizes or model.encoder:
        return None
    return sum(count * size for count, size in sizes if size is not None) if None not in dict(sizes).values() else None


def per_token(model: Model, settings: Settings) -> int | None:
    """Bytes of one more token in the layers that keep all of them."""
    sizes = [
        group.n * size
        for group in model.groups or ()
        if not group.mixer.window and (size := layer_bytes(model, group, settings, settings.padding)) is not None
    ]
    return sum(sizes) // (settings.streams * settings.padding) if sizes else None


def _widths(mixer: Mixer, settings: Settings) -> tuple[int, int, int]:
    """Elements of a cell: keys, values, keys of the sparse-attention indexer."""
    if mixer.kind == "gqa":
        value_dim = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
        return mixer.kv_heads * mixer.head_dim, mixer.kv_heads * value_dim, 0
    if mixer.kind != "mla":
        return 0, 0, 0
    if settings.compressed:
        return mixer.kv_lora + mixer.rope, 0, mixer.indexer_dim
    return mixer.heads * (mixer.nope + mixer.rope), mixer.heads * mixer.v, 0


def _cells(mixer: Mixer, settings: Settings, context: int) -> int:
    cells = settings.cells(context)
    if not mixer.window or settings.whole_windows:
        return cells
    needed = mixer.window * (settings.slots if settings.unified else 1) + settings.micro
    return -(-min(cells, needed) // WINDOW_PADDING) * WINDOW_PADDING


def _row(kind: str, elements: int) -> int:
    per_block, block_bytes = BLOCKS[kind]
    return elements // per_block * block_bytes
