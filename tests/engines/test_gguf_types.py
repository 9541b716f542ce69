"""Which type llama.cpp gives each tensor, label by label: llama_tensor_get_type in src/llama-quant.cpp as tables."""

from __future__ import annotations

import pytest

from llmlint.engines.weights import mixtures
from llmlint.engines.weights.mixtures import Facts, Place

PLAIN = Facts(layers=32, values=32, shared=1, experts=0, seventy=False, falcon=False, tied=False)
GROUPED, EIGHT, SEVENTY, FALCON = (
    PLAIN._replace(shared=4),
    PLAIN._replace(experts=8),
    PLAIN._replace(seventy=True),
    PLAIN._replace(falcon=True),
)
EIGHTH = range(4)
MORE = {*range(4), *range(28, 32), 6, 9, 12, 15, 18, 21, 24, 27}
"""Layers that get more bits of 32: the first and the last eighth, and of the others each third."""


def over_layers(label: str, facts: Facts, tensor: str) -> list[str]:
    return [mixtures.tensor_type(label, facts, tensor, 4096, Place(number, number)) for number in range(32)]


def some(layers: set[int] | range, kind: str, other: str) -> list[str]:
    return [kind if number in layers else other for number in range(32)]


VALUES = [
    *((label, PLAIN, kind) for label, kind in (("q2_k", "q3_k"), ("q2_k_s", "q2_k"), ("iq3_xs", "iq3_s"))),
    *((label, PLAIN, kind) for label, kind in (("iq3_xxs", "iq3_xxs"), ("iq3_m", "q4_k"), ("q3_k_l", "q5_k"))),
    *((label, PLAIN, kind) for label, kind in (("q3_k_s", "q3_k"), ("iq4_xs", "iq4_xs"), ("q5_k_s", "q5_k"))),
    *((label, GROUPED, "q4_k") for label in ("q2_k", "q2_k_s", "iq3_xxs", "iq3_xs", "iq3_s", "iq3_m")),
    *((label, GROUPED, "q5_k") for label in ("iq4_nl", "iq4_xs", "q3_k_l")),
    *((label, PLAIN._replace(shared=3), kind) for label, kind in (("q2_k", "q3_k"), ("iq4_nl", "iq4_nl"))),
    *((label, EIGHT, "q8_0") for label in ("q2_k", "q4_k_m", "q5_k_m", "iq4_xs", "q6_k")),
    *((label, SEVENTY, "q5_k") for label in ("q3_k_s", "q3_k_m", "iq3_m")),
    ("q2_k", SEVENTY, "q5_k"),
    ("q6_k", SEVENTY, "q6_k"),
    *((label, PLAIN, kind) for label, kind in (("iq2_s", "iq3_s"), ("iq2_m", "iq3_s"), ("iq2_xs", "q2_k"))),
    *((label, PLAIN, "q2_k") for label in ("iq2_xxs", "iq1_s", "iq1_m")),
    *((label, GROUPED, "q4_k") for label in ("iq2_s", "iq2_xxs", "iq1_m")),
    ("iq2_s", PLAIN._replace(experts=4), "q4_k"),
    ("iq2_s", PLAIN._replace(experts=3), "iq3_s"),
]


@pytest.mark.parametrize(("label", "facts", "kind"), VALUES)
@pytest.mark.parametrize("tensor", ["attn_v", "attn_qkv", "attn_kv_b"])
def test_values_in_every_layer(tensor: str, label: str, facts: Facts, kind: str) -> None:
    assert over_layers(label, facts, tensor) == [kind] * 32


VARYING = [
    ("attn_v", "q3_k_m", PLAIN, some(range(2), "q5_k", "q4_k")),
    ("attn_v", "q4_k_m", PLAIN, some(MORE, "q6_k", "q4_k")),
    ("attn_v", "q4_k_m", SEVENTY, some(MORE, "q6_k", "q5_k")),
    ("attn_v", "q5_k_m", PLAIN, some(MORE, "q6_k", "q5_k")),
    ("attn_v", "q4_k_s", PLAIN, some(range(4), "q5_k", "q4_k")),
    ("ffn_down", "q2_k", PLAIN, ["q3_k"] * 32),
    ("ffn_down", "q2_k_s", PLAIN, some(EIGHTH, "q4_k", "q2_k")),
    ("ffn_down", "q3_k_m", PLAIN, some(range(2), "q5_k", "q4_k")),
    ("ffn_down", "q3_k_m", FALCON, ["q5_k", "q5_k", *some(MORE, "q4_k", "q3_k")[2:]]),
    ("ffn_down", "iq3_m", PLAIN, some(EIGHTH, "q4_k", "iq3_s")),
    ("ffn_down", "iq3_m", EIGHT, some(MORE, "q4_k", "iq3_s")),
    ("ffn_down", "q3_k_l", PLAIN, ["q5_k"] * 32),
    ("ffn_down", "q3_k_l", FALCON, ["q4_k"] * 32),
    ("ffn_down", "q4_k_m", PLAIN, some(MORE, "q6_k", "q4_k")),
    ("ffn_down", "q4_k_m", FALCON, ["q6_k", "q6_k", *some(MORE, "q5_k", "q4_k")[2:]]),
    ("ffn_down", "iq4_nl", PLAIN, some(EIGHTH, "q5_k", "iq4_nl")),
    ("ffn_down", "iq4_xs", PLAIN, some(EIGHTH, "q5_k", "iq4_xs")),
    ("ffn_down", "q5_k_m", PLAIN, some(MORE, "q6_k", "q5_k")),
    ("ffn_down", "q4_k_s", PLAIN, some(EIGHTH, "q5_k", "q4_k")),
    ("ffn_down", "q4_k_s", FALCON, ["q4_k"] * 32),
    ("ffn_down_exps", "q4_k_m", PLAIN, some(MORE, "q6_k", "q4_k")),
    ("ffn_down_shexp", "q4_k_m", PLAIN, some(MORE, "q6_k", "q4_k")),
    ("ffn_down", "iq2_s", PLAIN, some(EIGHTH, "iq3_s", "iq2_xs")),
    ("ffn_down", "iq2_xxs", PLAIN, some(EIGHTH, "q2_k", "iq2_xxs")),
    ("ffn_gate", "iq3_xs", PLAIN, some(set(range(4, 28)), "iq3_xxs", "iq3_s")),
    ("ffn_up_exps", "iq3_xs", PLAIN, some(set(range(4, 28)), "iq3_xxs", "iq3_s")),
    ("ffn_up", "q4_k_m", PLAIN, ["q4_k"] * 32),
]


@pytest.mark.parametrize(("tensor", "label", "facts", "kinds"), VARYING)
def test_types_that_vary_with_the_layer(tensor: str, label: str, facts: Facts, kinds: list[str]) -> None:
    assert over_layers(label, facts, tensor) == kinds


FIXED = [
    ("attn_k", "iq3_xs", PLAIN, "iq3_xxs"),
    ("attn_k", "iq3_xxs", PLAIN, "iq2_s"),
    ("attn_k", "q4_k_m", PLAIN, "q4_k"),
    ("attn_k", "q4_k_m", EIGHT, "q8_0"),
    ("attn_k", "iq2_xs", EIGHT, "q4_k"),
    ("attn_k", "iq2_xs", PLAIN, "iq2_xs"),
    ("attn_q", "iq3_xs", EIGHT, "iq3_xxs"),
    ("attn_q", "iq3_xxs", PLAIN, "iq2_s"),
    ("attn_q", "q2_k", PLAIN, "q2_k"),
    *(("attn_output", label, PLAIN, kind) for label, kind in (("q2_k", "q3_k"), ("iq3_xxs", "iq3_s"))),
    *(("attn_output", label, PLAIN, kind) for label, kind in (("q3_k_m", "q4_k"), ("q3_k_l", "q5_k"))),
    *(("attn_output", label, PLAIN, kind) for label, kind in (("iq3_m", "q4_k"), ("q4_k_m", "q4_k"))),
    *(("attn_output", label, EIGHT, "q5_k") for label in ("q2_k", "iq3_xs", "iq3_xxs", "q3_k_s", "q3_k_m", "iq4_nl")),
    *(("attn_output", label, EIGHT, "q5_k") for label in ("q4_k_s", "q4_k_m", "iq3_s", "iq3_m", "iq4_xs")),
    ("attn_output", "q6_k", EIGHT, "q6_k"),
    ("attn_output", "q3_k_l", FALCON, "q4_k"),
    ("attn_output", "q3_k_m", FALCON, "q3_k"),
    ("attn_output", "iq1_s", EIGHT, "q5_k"),
    *(("attn_output", label, PLAIN, "iq2_xxs") for label in ("iq1_s", "iq1_m", "iq2_xxs")),
    *(("attn_output", label, PLAIN, "iq3_s") for label in ("iq2_s", "iq2_m")),
    ("ffn_up", "mxfp4_moe", PLAIN, "q8_0"),
    ("ffn_up_exps", "mxfp4_moe", PLAIN, "mxfp4"),
    ("attn_k_b", "mxfp4_moe", PLAIN, "mxfp4"),
    ("attn_v_b", "mxfp4_moe", PLAIN, "mxfp4"),
    *(("ffn_up", label, PLAIN, label) for label in ("f32", "f16", "bf16", "q8_0", "q5_1", "q6_k", "iq4_nl")),
    ("ffn_up", "iq2_m", PLAIN, "iq2_s"),
    ("ffn_up", "iq3_m", PLAIN, "iq3_s"),
]


@pytest.mark.parametrize(("tensor", "label", "facts", "kind"), FIXED)
def test_types_of_other_tensors(tensor: str, label: str, facts: Facts, kind: str) -> None:
    assert over_layers(label, facts, tensor) == [kind] * 32


HEADS = [
    ("q4_k_m", PLAIN, 4096, "q6_k", "q4_k"),
    ("q2_k_s", PLAIN, 4096, "q6_k", "q2_k"),
    ("q8_0", PLAIN, 4096, "q8_0", "q8_0"),
    ("f16", PLAIN, 100, "f16", "f16"),
    ("bf16", PLAIN, 4096, "bf16", "bf16"),
    ("f32", PLAIN, 4096, "f32", "f32"),
    ("mxfp4_moe", PLAIN, 4096, "q8_0", "q8_0"),
    ("q4_k_m", FALCON, 4096, "q8_0", "q4_k"),
    ("q4_k_m", PLAIN, 4128, "q8_0", "q5_0"),
    ("q4_k_m", PLAIN, 4100, "f16", "f16"),
    ("q4_k_m", PLAIN._replace(tied=True), 4096, "q6_k", "q6_k"),
    *((label, PLAIN, 4096, "q5_k", "q2_k") for label in ("iq2_xxs", "iq2_xs", "iq1_s", "iq1_m")),
    *((label, PLAIN, 4096, "q5_k", "iq3_s") for label in ("iq2_s", "iq2_m", "iq3_xxs")),
    *((label, PLAIN, 4096, "q6_k", "q4_k") for label in ("tq1_0", "tq2_0", "q2_0")),
    ("iq3_xs", PLAIN, 4096, "q6_k", "iq3_s"),
]


@pytest.mark.parametrize(("label", "facts", "width", "head", "embedding"), HEADS)
def test_types_of_head_and_embedding(label: str, facts: Facts, width: int, head: str, embedding: str) -> None:
    assert mixtures.head_type(label, facts, width) == head
    assert mixtures.embedding_type(label, facts, width) == embedding


@pytest.mark.parametrize(
    ("kind", "stand_in"),
    [
        *((kind, "iq4_nl") for kind in ("iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs", "iq3_s", "iq4_xs")),
        *((kind, "q4_0") for kind in ("q2_k", "q3_k", "tq1_0", "tq2_0")),
        *(("q4_k", "q5_0"), ("q5_k", "q5_1"), ("q6_k", "q8_0")),
    ],
)
def test_what_stands_in_where_rows_are_no_multiple_of_the_block(kind: str, stand_in: str) -> None:
    assert mixtures.fitting(kind, 512) == kind
    assert mixtures.fitting(kind, 96) == stand_in
    assert mixtures.fitting(kind, 100) == "f16"


def test_rows_of_64_weights() -> None:
    assert [mixtures.fitting("q2_0", width) for width in (64, 96, 100)] == ["q2_0", "q4_0", "f16"]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        *(("q2_k_m", "q2_k"), ("q3_k", "q3_k_m"), ("q4_k", "q4_k_m"), ("q5_k", "q5_k_m"), ("mxfp4", "mxfp4_moe")),
        *(("fp32", "f32"), ("fp16", "f16"), ("int8", "q8_0"), ("int4", "q4_k_m"), ("awq", None), ("q4_k_xl", None)),
        *(
            (name, name)
            for name in ("q2_k", "q2_k_s", "q3_k_s", "q3_k_l", "q4_k_s", "q5_k_s", "q5_k_m", "q6_k", "q8_0")
        ),
        *((name, name) for name in ("iq2_s", "iq2_m", "iq3_xs", "iq3_m", "iq4_xs", "bf16", "mxfp4_moe")),
    ],
)
def test_labels(written: str, label: str | None) -> None:
    assert mixtures.label(written) == label
