"""The rule of thumb: memory = parameters × bytes per parameter × overhead factor.

The factors and the bytes per parameter are those of the document that the seed rules come from ("Foundation of AI
Hardware Requirements", VRAM calculation formula; docs/source.md). It leaves out the KV cache and knows no engine:
against 72 recorded llama.cpp runs the true need was 0.65 to 2.40 times it, in the median 1.07 (docs/decisions.md).
"""

from __future__ import annotations

from llmlint.engines.estimate import Item
from llmlint.once import once

OVERHEAD = {
    "text": 1.15,
    "coding": 1.15,
    "reasoning": 1.25,
    "audio": 1.30,
    "video": 1.40,
    # The document names no factor for these. Language models with an image encoder and embedders are text models of
    # ordinary build; image generators hold large activations, as video models do.
    "multimodal": 1.15,
    "embedding": 1.15,
    "image": 1.40,
}
"""By category of model: what activations, framework and fragmentation add."""


@once
def weights(parameters: int, bits: float, counted: str, precision: str) -> Item:
    """Bytes of all weights: every expert of a mixture is resident, whichever of them a token uses."""
    size = round(parameters * bits / 8)
    return Item(
        "weights",
        size,
        "rule-of-thumb",
        f"{counted} parameters × {bits / 8:g} {'byte' if bits == 8 else 'bytes'} ({precision})",
    )


@once
def overhead(weight: Item, category: str) -> Item:
    """Bytes beside the weights: the factor of the model's category less one."""
    factor = OVERHEAD[category]
    added = round(weight.bytes * factor) - weight.bytes
    return Item("overhead", added, "rule-of-thumb", f"× {factor:.2f} ({category})")


def four_bit_weights(parameters: int, embedding: int) -> int:
    """Bytes of AWQ checkpoints: half a byte, for each group of 128 a 16-bit scale and a 4-bit zero, embedding and head
    at 16 bits. Llama-3.1-70B comes to 39.77 GB, as the tensors of that layout add up to.

    """
    return round((parameters - embedding) * (0.5 + 2.5 / 128) + 2 * embedding)
