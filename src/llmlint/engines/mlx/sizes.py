"""Bytes of a model's weights in MLX's own quantisation: groups along a row with a 16-bit scale and a 16-bit bias.

mlx-lm 0.32.0, mlx_lm/utils.py: quantize_model and its defaults by mode. Embedding and head are quantised like the rest.
"""

from __future__ import annotations

from llmlint.catalog.rows import Model
from llmlint.engines.estimate import Item
from llmlint.quantity import count

BITS = {
    "fp32": 32.0,
    "fp16": 16.0,
    "bf16": 16.0,
    "int8": 8 + 32 / 64,
    "int4": 4 + 32 / 64,
    "mxfp4": 4 + 8 / 32,
    "nvfp4": 4 + 8 / 16,
    "awq": 4 + 32 / 128,
    "gptq": 4 + 32 / 128,
}
"""Bits of a weight: int8 and int4 are MLX's affine mode in groups of 64; checkpoints of AWQ and GPTQ are repacked in
their own groups of 128."""
SPREAD = (0.98, 1.08)
"""Layers that converters leave at more bits (dynamic and mixed recipes)."""


def weights(model: Model, precision: str) -> Item | None:
    """All the weights that mlx_lm loads, which is the text model alone; None where they are not known."""
    if model.checkpoint_bytes is not None:
        exact = model.checkpoint_bytes
        return Item("weights", exact, "exact", "the tensors of the local files", exact, exact)
    parameters, bits = model.text or model.parameters, BITS.get(precision)
    if parameters is None or bits is None:
        return None
    size = round(parameters * bits / 8)
    low, high = (1.0, 1.0) if bits >= 16 else SPREAD
    because = f"{count(parameters)} parameters × {bits:g} bits, scales counted"
    return Item(
        "weights", size, "engine" if model.text else "rule-of-thumb", because, *(round(size * e) for e in (low, high))
    )
