"""Tables of sines and cosines that engines keep beside the weights: positions × rotary width, 16 bits an element.

vllm/model_executor/layers/rotary_embedding (0.33.0) makes one table for each kind of rotation a model has; its bytes
are part of what the engine logs as weights. Some tables are longer than the context: those of rotations in three
dimensions fourfold (mrope.py), those of linear scaling by the factor (linear_scaling_rope.py).
"""

from __future__ import annotations

from llmlint.catalog.rows import LayerGroup, Model

ELEMENT = 2
FOURFOLD = frozenset(
    (
        "qwen2_vl",
        "qwen2_5_vl",
        "qwen2_5_omni",
        "qwen3_vl",
        "qwen3_vl_moe",
        "qwen3_omni_moe",
        "qwen3_5",
        "qwen3_5_moe",
        "glm4v",
        "glm4v_moe",
    )
)
SHARE = {
    **dict.fromkeys(("qwen3_next", "qwen3_5", "qwen3_5_moe", "stablelm", "gpt_neox"), 4),
    **dict.fromkeys(("glm", "glm4", "glm4_moe", "chatglm", "minimax_m2", "nemotron", "phi"), 2),
}
"""Architectures that rotate only the first half or quarter of a head."""
GEMMA_SCALING = 8
"""Gemma 3 with vision scales the positions of its full layers linearly by 8; its windows have a table of their own."""


def tables(model: Model) -> int:
    """Bytes on each rank."""
    found = {_table(model, group) for group in model.groups or () if group.mixer.kind in ("gqa", "mla")}
    return sum(ELEMENT * positions * width for positions, width in found)


def _table(model: Model, group: LayerGroup) -> tuple[int, int]:
    """Positions and rotary width of a layer's table."""
    mixer, arch = group.mixer, model.arch or ""
    width = mixer.rope if mixer.kind == "mla" else mixer.head_dim // SHARE.get(arch, 1)
    positions = (model.max_ctx or 0) * (4 if arch in FOURFOLD else 1)
    if arch == "gemma3" and not mixer.window:
        positions *= GEMMA_SCALING
    return positions, width
