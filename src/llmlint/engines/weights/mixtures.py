"""Which GGUF type each tensor gets in a file with a given label: llama.cpp's rules for mixtures.

Read from llama_tensor_get_type_impl and tensor_type_fallback in src/llama-quant.cpp as vendored in llama-cpp-python
0.3.36. A label says nothing of importance matrices: types that need one are taken to have had one, the others not.
Mixtures of single publishers ("UD-…", "…_XL") follow no rule and are outside.
"""

from __future__ import annotations

from llmlint.catalog.ggml import TYPES
from llmlint.tuples import NamedTuple

BLOCKS = {kind.name: (kind.per_block, kind.block_bytes) for kind in TYPES.values()}
"""Elements and bytes of a block by type."""
ALIASES = {
    "q2_k_m": "q2_k",
    "q3_k": "q3_k_m",
    "q4_k": "q4_k_m",
    "q5_k": "q5_k_m",
    "mxfp4": "mxfp4_moe",
    "fp32": "f32",
    "fp16": "f16",
    "int8": "q8_0",
    "int4": "q4_k_m",
}
"""Other names of labels; the last are what people mean by a width where they run GGUF files."""
BASE = {
    "q2_k_s": "q2_k",
    "iq3_xs": "iq3_s",
    "q3_k_s": "q3_k",
    "q3_k_m": "q3_k",
    "q3_k_l": "q3_k",
    "q4_k_s": "q4_k",
    "q4_k_m": "q4_k",
    "q5_k_s": "q5_k",
    "q5_k_m": "q5_k",
    "iq2_s": "iq2_xs",
    "iq2_m": "iq2_s",
    "iq3_m": "iq3_s",
    "mxfp4_moe": "mxfp4",
}
"""The type that a tensor has unless a rule says otherwise; labels left out are their own."""
TINY = ("iq2_xxs", "iq2_xs", "iq1_s", "iq2_s", "iq2_m", "iq1_m")
TINY_HEAD = (*TINY, "iq3_xxs")
FALLBACK = {
    **dict.fromkeys(("iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs", "iq3_s", "iq4_xs"), "iq4_nl"),
    **dict.fromkeys(("q2_0", "q2_k", "q3_k", "tq1_0", "tq2_0"), "q4_0"),
    "q4_k": "q5_0",
    "q5_k": "q5_1",
    "q6_k": "q8_0",
}
"""Where a row is no multiple of the block."""
EMBEDDING = {
    **dict.fromkeys(("iq2_xxs", "iq2_xs", "iq1_s", "iq1_m"), "q2_k"),
    **dict.fromkeys(("iq2_s", "iq2_m", "iq3_xxs"), "iq3_s"),
    **dict.fromkeys(("tq1_0", "tq2_0", "q2_0"), "q4_k"),
}
VALUES = {"q2_k": "q3_k", "iq3_m": "q4_k", "q3_k_l": "q5_k"}
VALUES_GROUPED = {
    **dict.fromkeys(("q2_k", "q2_k_s", "iq3_xxs", "iq3_xs", "iq3_s"), "q4_k"),
    **dict.fromkeys(("iq4_nl", "iq4_xs"), "q5_k"),
}
"""Where four or more query heads share a value head."""
QUERIES = {"iq3_xs": "iq3_xxs", "iq3_xxs": "iq2_s"}
OUTPUT = {"q2_k": "q3_k", "iq3_xxs": "iq3_s", "q3_k_m": "q4_k", "q3_k_l": "q5_k", "iq3_m": "q4_k"}
OUTPUT_EIGHT = frozenset(
    ("q2_k", "iq3_xs", "iq3_xxs", "q3_k_s", "q3_k_m", "iq4_nl", "q4_k_s", "q4_k_m", "iq3_s", "iq3_m", "iq4_xs")
)
LAYERED = frozenset(("attn_v", "attn_qkv", "ffn_down", "ffn_gate", "ffn_up"))
"""Tensors whose type may depend on the layer."""


class Facts(NamedTuple):
    """What the rules ask of a model."""

    layers: int
    values: int
    """Tensors with value projections in the whole file."""
    shared: int
    """Query heads to a value head, in the first layer."""
    experts: int
    seventy: bool
    """One of llama.cpp's "70B" shapes."""
    falcon: bool
    tied: bool


class Place(NamedTuple):
    """Where a tensor is."""

    layer: int
    turn: int
    """Its number among the value projections of the file."""


def label(name: str) -> str | None:
    """The label as the rules know it, or None where it is not one of llama.cpp's."""
    known = ALIASES.get(name, name)
    return known if known in BASE or known in BLOCKS else None


def head_type(name: str, facts: Facts, width: int) -> str:
    """Type of the output head, and of embeddings that stand for it too; rows are `width` long."""
    base = BASE.get(name, name)
    if name in ("f32", "f16", "bf16"):
        return name
    if name == "mxfp4_moe" or facts.falcon or width % BLOCKS[base][0]:
        return fitting("q8_0", width)
    if name in TINY_HEAD:
        return fitting("q5_k", width)
    return fitting(base if base == "q8_0" else "q6_k", width)


def embedding_type(name: str, facts: Facts, width: int) -> str:
    """Type of the token embeddings."""
    if facts.tied:
        return head_type(name, facts, width)
    if name == "mxfp4_moe":
        return fitting("q8_0", width)
    return fitting(EMBEDDING.get(name, BASE.get(name, name)), width)


def tensor_type(name: str, facts: Facts, tensor: str, width: int, place: Place) -> str:
    """Type of a quantisable tensor whose rows are `width` long."""
    base = BASE.get(name, name)
    if name in ("f32", "f16", "bf16"):
        return name
    kind = tensor.removesuffix("_exps").removesuffix("_shexp")
    if name == "mxfp4_moe":
        chosen = base if tensor.endswith("_exps") or tensor in ("attn_k_b", "attn_v_b") else "q8_0"
    elif name in TINY:
        chosen = _tiny(name, facts, kind, place.layer) or base
    else:
        chosen = _ordinary(name, facts, kind, place) or base
    return fitting(chosen, width)


def fitting(kind: str, width: int) -> str:
    """The type, or what stands in for it where rows of `width` are no multiple of its block."""
    if width % BLOCKS[kind][0] == 0:
        return kind
    other = FALLBACK.get(kind, kind)
    return other if width % BLOCKS[other][0] == 0 else "f16"


def size(kind: str, elements: int) -> int:
    """Bytes of a tensor."""
    per_block, block_bytes = BLOCKS[kind]
    return elements // per_block * block_bytes


def _more_bits(layer: int, layers: int) -> bool:
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def _tiny(name: str, facts: Facts, kind: str, layer: int) -> str | None:
    """Two bits a weight and less."""
    two = "iq3_s" if name in ("iq2_s", "iq2_m") else "q2_k"
    if kind in ("attn_v", "attn_qkv", "attn_kv_b"):
        return "q4_k" if facts.shared >= 4 or facts.experts >= 4 else two
    if kind == "attn_k" and facts.experts == 8:
        return "q4_k"
    if kind == "ffn_down":
        return two if layer < facts.layers // 8 else None
    if kind == "attn_output":
        if facts.experts == 8:
            return "q5_k"
        return "iq2_xxs" if name in ("iq1_s", "iq1_m") else "iq3_s" if name in ("iq2_s", "iq2_m") else None
    return None


def _ordinary(name: str, facts: Facts, kind: str, place: Place) -> str | None:
    if kind in ("attn_v", "attn_qkv", "attn_kv_b"):
        return _value(name, facts, place.turn)
    if kind == "attn_k":
        return "q8_0" if facts.experts == 8 else QUERIES.get(name)
    if kind == "attn_q":
        return QUERIES.get(name)
    if kind == "ffn_down":
        return _down(name, facts, place.layer)
    if kind == "attn_output":
        return _attention_output(name, facts)
    if kind in ("ffn_gate", "ffn_up") and name == "iq3_xs":
        return "iq3_xxs" if facts.layers // 8 <= place.layer < 7 * facts.layers // 8 else None
    return None


def _value(name: str, facts: Facts, turn: int) -> str | None:
    chosen = VALUES.get(name)
    if facts.shared >= 4 and name in VALUES_GROUPED:
        chosen = VALUES_GROUPED[name]
    elif name == "q3_k_m":
        chosen = "q5_k" if turn < 2 else "q4_k"
    elif name in ("q4_k_m", "q5_k_m") and _more_bits(turn, facts.values):
        chosen = "q6_k"
    elif name == "q4_k_s" and turn < 4:
        chosen = "q5_k"
    if facts.seventy and (chosen or BASE.get(name, name)) in ("q3_k", "q4_k"):
        chosen = "q5_k"
    return "q8_0" if facts.experts == 8 else chosen


def _down(name: str, facts: Facts, layer: int) -> str | None:
    layers, falcon = facts.layers, facts.falcon
    first, more = layer < layers // 8, _more_bits(layer, layers)
    if name == "q2_k":
        return "q3_k"
    if name == "q2_k_s":
        return "q4_k" if first else None
    if name == "q3_k_m":
        return "q5_k" if layer < layers // 16 else "q4_k" if not falcon or more else None
    if name == "iq3_m":
        return "q4_k" if first or (facts.experts == 8 and more) else None
    if name == "q3_k_l":
        return "q4_k" if falcon else "q5_k"
    if name == "q4_k_m":
        if falcon:
            return "q6_k" if layer < layers // 16 else "q5_k" if more else None
        return "q6_k" if more else None
    if name in ("iq4_nl", "iq4_xs"):
        return "q5_k" if first else None
    if name == "q5_k_m":
        return "q6_k" if more else None
    return "q5_k" if name == "q4_k_s" and first and not falcon else None


def _attention_output(name: str, facts: Facts) -> str | None:
    if facts.falcon:
        return "q4_k" if name == "q3_k_l" else None
    if facts.experts == 8:
        return "q5_k" if name in OUTPUT_EIGHT else None
    return OUTPUT.get(name)
