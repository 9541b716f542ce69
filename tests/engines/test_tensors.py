"""The tensors of a layer as GGUF names them, shape by shape: what every estimate of weights starts from."""

from __future__ import annotations

import pytest

from llmlint.catalog.rows import Ffn, LayerGroup, Mixer, Model
from llmlint.engines.weights import gguf
from llmlint.engines.weights.tensors import Tensor, layer

HIDDEN = 64
NO_FFN, NO_MIXER = Ffn("none"), Mixer("none")
WIDE = Mixer("gqa", 4, 2, 16, v_head_dim=8, qkv_bias=True, o_bias=True, qk_norm="full", gate=True, sinks=True)
MLA = Mixer("mla", 4, 4, 0, nope=8, rope=12, kv_lora=32, v=6)


def vector(name: str, elements: int, split: str = "none") -> Tensor:
    return Tensor(name, elements, 0, 1, "vector", split)  # type: ignore[arg-type]  # one of its words


def split(name: str, outputs: int, inputs: int, how: str, role: str = "linear") -> Tensor:
    return Tensor(name, outputs, inputs, 1, role, how)  # type: ignore[arg-type]


LATENT = [
    split("attn_kv_a_mqa", 44, 64, "none"),
    split("attn_k_b", 128, 8, "out"),
    split("attn_v_b", 24, 32, "out"),
    split("attn_output", 64, 24, "in"),
]
MIXERS = [
    (
        Mixer("gqa", 4, 2, 16),
        [
            *(split("attn_q", 64, 64, "out"), split("attn_k", 32, 64, "kv"), split("attn_v", 32, 64, "kv")),
            split("attn_output", 64, 64, "in"),
        ],
    ),
    (
        WIDE,
        [
            *(split("attn_q", 128, 64, "out"), split("attn_k", 32, 64, "kv"), split("attn_v", 16, 64, "kv")),
            *(split("attn_output", 64, 32, "in"), vector("attn_q.bias", 64, "heads"), vector("attn_kv.bias", 48, "kv")),
            *(vector("attn_output.bias", 64), vector("attn_qk_norm", 96), vector("attn_sinks", 4, "heads")),
        ],
    ),
    (
        Mixer("gqa", 4, 2, 16, k_eq_v=True, qk_norm="head"),
        [
            *(split("attn_q", 64, 64, "out"), split("attn_k", 32, 64, "kv"), split("attn_output", 64, 64, "in")),
            vector("attn_qk_norm", 32),
        ],
    ),
    (MLA, [split("attn_q", 80, 64, "out"), *LATENT, vector("attn_a_norm", 32)]),
    (
        MLA._replace(q_lora=10, indexer_heads=2, indexer_dim=16),
        [
            *(split("attn_q_a", 10, 64, "none"), split("attn_q_b", 80, 10, "out"), *LATENT),
            *(vector("attn_a_norm", 42), split("indexer.attn_q_b", 32, 10, "none")),
            *(split("indexer.attn_k", 16, 64, "none"), split("indexer.proj", 2, 64, "none", "small")),
            vector("indexer.k_norm", 32),
        ],
    ),
    (
        MLA._replace(indexer_heads=2, indexer_dim=16),
        [
            *(split("attn_q", 80, 64, "out"), *LATENT, vector("attn_a_norm", 32)),
            *(split("indexer.attn_q_b", 32, 64, "none"), split("indexer.attn_k", 16, 64, "none")),
            *(split("indexer.proj", 2, 64, "none", "small"), vector("indexer.k_norm", 32)),
        ],
    ),
    (
        Mixer("gdn", k_heads=2, k_dim=16, v_heads=4, v_dim=8, conv=3),
        [
            *(split("attn_qkv", 96, 64, "out"), split("attn_gate", 32, 64, "out")),
            *(split("ssm_beta_alpha", 8, 64, "out"), split("ssm_conv1d", 96, 3, "out", "small")),
            *(vector("ssm_dt", 8, "heads"), vector("ssm_norm", 8), split("ssm_out", 64, 32, "in")),
        ],
    ),
    (
        Mixer("mamba2", 4, 0, 8, groups=2, state=16, conv=3),
        [
            *(split("ssm_in", 132, 64, "out"), split("ssm_conv1d", 96, 3, "out", "small")),
            *(vector("ssm_conv1d.bias", 96, "heads"), vector("ssm_dt", 12, "heads"), vector("ssm_norm", 32, "heads")),
            split("ssm_out", 64, 32, "in"),
        ],
    ),
    (
        Mixer("shortconv", conv=3),
        [
            *(split("shortconv.in_proj", 192, 64, "out"), split("shortconv.conv", 64, 3, "out", "small")),
            split("shortconv.out_proj", 64, 64, "in"),
        ],
    ),
    (NO_MIXER, []),
]


@pytest.mark.parametrize(("mixer", "expected"), MIXERS)
def test_tensors_of_each_mixer(mixer: Mixer, expected: list[Tensor]) -> None:
    assert layer(Model("x", hidden=HIDDEN), LayerGroup(1, mixer, NO_FFN, norms=0)) == expected


FFNS = [
    (Ffn("dense", 100), [("ffn_gate", 100, 64), ("ffn_up", 100, 64), ("ffn_down", 64, 100)], 3 * 6_400),
    (Ffn("dense", 100, gated=False), [("ffn_up", 100, 64), ("ffn_down", 64, 100)], 2 * 6_400),
    (
        Ffn("dense", 100, bias=True),
        [
            *(("ffn_gate", 100, 64), ("ffn_up", 100, 64), ("ffn_down", 64, 100)),
            *(("ffn_up.bias", 100, 0), ("ffn_down.bias", 64, 0)),
        ],
        3 * 6_400 + 164,
    ),
    (
        Ffn("moe", 100, experts=8, active=2),
        [("ffn_gate_inp", 8, 64), ("ffn_gate_exps", 100, 64), ("ffn_up_exps", 100, 64), ("ffn_down_exps", 64, 100)],
        512 + 8 * 3 * 6_400,
    ),
    (
        Ffn("moe", 100, experts=8, active=2, latent=32, gated=False, bias=True, router_bias=True),
        [
            *(("ffn_gate_inp", 8, 64), ("ffn_up_exps", 100, 32), ("ffn_down_exps", 32, 100)),
            *(
                ("ffn_latent_in", 32, 64),
                ("ffn_latent_out", 64, 32),
                ("ffn_exps.bias", 8 * 264, 0),
                ("exp_probs_b", 8, 0),
            ),
        ],
        512 + 8 * 2 * 3_200 + 2 * 2_048 + 8 * 264 + 8,
    ),
    (
        Ffn("moe", 100, experts=8, active=2, shared=2, shared_inter=50, shared_gate=True, dense_inter=30),
        [
            *(
                ("ffn_gate_inp", 8, 64),
                ("ffn_gate_exps", 100, 64),
                ("ffn_up_exps", 100, 64),
                ("ffn_down_exps", 64, 100),
            ),
            *(("ffn_gate_shexp", 100, 64), ("ffn_up_shexp", 100, 64), ("ffn_down_shexp", 64, 100)),
            *(("ffn_gate_inp_shexp", 64, 0), ("ffn_gate", 30, 64), ("ffn_up", 30, 64), ("ffn_down", 64, 30)),
        ],
        512 + 8 * 3 * 6_400 + 3 * 6_400 + 64 + 3 * 1_920,
    ),
]


@pytest.mark.parametrize(("ffn", "expected", "elements"), FFNS)
def test_tensors_of_each_feed_forward_block(ffn: Ffn, expected: list[tuple[str, int, int]], elements: int) -> None:
    found = layer(Model("x", hidden=HIDDEN), LayerGroup(1, NO_MIXER, ffn, norms=0))
    assert [(one.name, one.outputs, one.inputs) for one in found] == expected
    assert sum(one.elements for one in found) == elements
    for one in found:
        assert (one.role == "expert") == ("_exps" in one.name and one.inputs > 0)
        assert one.copies == (8 if one.role == "expert" else 1)
        assert (one.role == "router") == (one.name == "ffn_gate_inp")
        assert (one.split == "in") == ("ffn_down" in one.name and one.inputs > 0)
        assert (one.split == "heads") == (one.name in ("ffn_up.bias", "ffn_exps.bias"))


def test_norms_and_what_else_a_layer_has() -> None:
    group = LayerGroup(1, NO_MIXER, NO_FFN, norms=3, extra=7)
    expected = [vector("norms", 192), vector("others", 7)]
    assert layer(Model("x", hidden=HIDDEN), group) == expected
    assert layer(Model("x", hidden=HIDDEN, norm_bias=True), group) == [vector("norms", 384), expected[1]]


@pytest.mark.parametrize("arch", ["phi3", "falcon", "gpt_neox", "mpt", "bloom", "chatglm", "glm", "dbrx", "qwen"])
def test_queries_keys_and_values_are_one_tensor_in_some_files(arch: str) -> None:
    """As one tensor they get the type of values, which differs from that of queries and keys."""
    group = LayerGroup(1, Mixer("gqa", 16, 4, 16), Ffn("none"), norms=0)
    model = Model("x", hidden=256, vocab=256, tied=False, groups=(group,), arch=arch)
    fused, apart = gguf.file(model, "q2_k"), gguf.file(model._replace(arch="llama"), "q2_k")
    assert fused is not None
    assert apart is not None
    # 65,536 + 2 × 16,384 elements in q4_k, of which apart the values alone are; the output is q3_k in both but falcon's
    output = 65_536 // 256 * (84 if arch == "falcon" else 110)
    assert fused.layers == (98_304 // 256 * 144 + output,)
    assert apart.layers == (81_920 // 256 * 84 + 16_384 // 256 * 144 + 65_536 // 256 * 110,)


@pytest.mark.parametrize(
    ("arch", "kv_heads", "seventy"),
    [
        *(("llama", 2, True), ("llama", 16, False), (None, 2, True), ("mistral", 2, False)),
        *((arch, 16, True) for arch in ("qwen2", "deci", "olmo")),
    ],
)
def test_what_counts_as_seventy_billion(arch: str | None, kv_heads: int, seventy: bool) -> None:
    """80 layers of some architectures: their values get q5_k where others get q3_k."""
    group = LayerGroup(80, Mixer("gqa", 16, kv_heads, 16), Ffn("none"), norms=0)
    model = Model("x", hidden=256, vocab=256, tied=False, groups=(group,), arch=arch)
    found = gguf.file(model, "q3_k_s")
    assert found is not None
    values = kv_heads * 16 * 256 // 256
    rest = (2 * 256 * 256 + kv_heads * 16 * 256) // 256 * 110
    assert found.layers[0] == rest + values * (176 if seventy else 110)
    fewer = gguf.file(model._replace(groups=(group._replace(n=79),)), "q3_k_s")
    assert fewer is not None
    assert fewer.layers[0] == rest + values * 110
