"""What one pass of prompt tokens through a model holds for a moment, by rule of thumb.

The widest moment of a layer is its feed-forward block: gate, up and their product beside the hidden states and their
normalised copy. What kernels keep besides is not known, hence the wide interval. No recorded run stands behind it.
"""

from __future__ import annotations

from llmlint.catalog.rows import Ffn, Model
from llmlint.engines.estimate import Item

STATES = 4
"""Copies of the hidden states that are alive at once: the residual, its norm, the block's input and output."""
SIXTEEN = 2
"""Bytes of an element of the activations."""
SPREAD = (0.5, 2.0)
"""Low and high end of the interval against the likely size."""


def peak(model: Model, tokens: int, ranks: int = 1) -> Item | None:
    """Activations of a pass of so many tokens on one rank; None where the layers are not known."""
    if not model.groups or not model.hidden:
        return None
    width = max(_width(group.ffn) for group in model.groups)
    size = tokens * SIXTEEN * (-(-3 * width // ranks) + STATES * model.hidden)
    low, high = (round(size * end) for end in SPREAD)
    because = f"{tokens} prompt tokens in one pass: three widths of {width} and {STATES} of {model.hidden}"
    return Item("activations", size, "rule-of-thumb", because, low, high)


def _width(block: Ffn) -> int:
    """Elements that a token's feed-forward block works on at once, over all the experts it is routed to."""
    if block.kind == "moe":
        return block.active * block.inter + block.shared * block.shared_inter + block.dense_inter
    return block.inter if block.kind == "dense" else 0
