"""What a local model's own files say of its shape, layer by layer, before equal layers are put together."""

from __future__ import annotations

from llmlint.catalog.rows import Ffn, LayerGroup, Mixer
from llmlint.tuples import NamedTuple


class Layer(NamedTuple):
    """One layer."""

    mixer: Mixer
    ffn: Ffn
    norms: int = 2
    extra: int = 0
    """Parameters that mixer, feed-forward block and norms do not explain."""


class Structure(NamedTuple):
    """A model's shape. None is unknown; what is unknown is never guessed."""

    arch: str | None = None
    hidden: int | None = None
    vocab: int | None = None
    tied: bool | None = None
    norm_bias: bool = False
    head_bias: bool = False
    final_norm: bool = True
    """Whether there are parameters in the norm before the head."""
    max_ctx: int | None = None
    layers: tuple[Layer, ...] | None = None
    notes: tuple[str, ...] = ()


def grouped(layers: tuple[Layer, ...]) -> tuple[LayerGroup, ...]:
    """Equal layers together, in the order in which they first appear."""
    counts: dict[Layer, int] = {}
    for layer in layers:
        counts[layer] = counts.get(layer, 0) + 1
    return tuple(LayerGroup(n, *layer) for layer, n in counts.items())
