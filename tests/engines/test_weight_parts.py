"""Weights worked out by hand: a tensor in each layout, the share of a rank, the order of layers, a GGUF file.

The divisions are vLLM's (vllm/model_executor/layers/linear.py, vllm/distributed/utils.py).
"""

from __future__ import annotations

import pytest

from llmlint.catalog.rows import Ffn, LayerGroup, Mixer, Model, Quantisation
from llmlint.engines.weights import checkpoint, gguf, gguf_file, rank_weights
from llmlint.engines.weights.layouts import Layout, layout
from llmlint.engines.weights.order import order
from llmlint.engines.weights.rotary import tables
from llmlint.engines.weights.tensors import Tensor

MATRIX = Tensor("ffn_up", 256, 300)
STORED = [
    # elements 76,800; 3 groups of 128 inputs, or 10 of 32
    ("fp32", (), "", False, 307_200),
    ("bf16", (), "", False, 153_600),
    ("awq", (), "", False, 38_400 + 3 * 256 * 2 + 3 * 256 // 2),
    ("awq", (32,), "", False, 38_400 + 10 * 256 * 2 + 10 * 256 // 2),
    ("gptq", (), "", False, 38_400 + 3 * 256 * 2 + 3 * 256 // 2 + 4 * 300),
    ("int4", (), "", False, 38_400 + 3 * 256 * 2),
    ("int4", (32,), "", False, 38_400 + 10 * 256 * 2),
    ("fp8", (), "", False, 76_800 + 8),
    ("fp8", (), "compressed-tensors", False, 76_800 + 4 * 256),
    ("fp8", (128, 100), "", False, 76_800 + 4 * 2 * 3),
    ("int8", (), "", False, 76_800 + 4 * 256),
    ("bnb-nf4", (), "", True, 38_400 + 4 * 1_200),
    ("bnb-nf4", (), "", False, 38_400 + 1_200 + 18),
    ("mxfp4", (), "", False, 38_400 + 2_400),
    ("nvfp4", (), "", False, 38_400 + 4_800 + 8),
]


@pytest.mark.parametrize(("precision", "group", "method", "loaded", "size"), STORED)
def test_a_matrix_in_each_layout(precision: str, group: tuple[int, ...], method: str, loaded: bool, size: int) -> None:
    quant = Quantisation(method or precision, precision, 4, group) if group or method else None
    form = layout(Model("x", quant=quant), precision, loaded=loaded)
    assert form is not None
    assert form.bytes(MATRIX) == size
    assert form.bytes(MATRIX._replace(copies=3)) == 3 * size
    for role in ("router", "small", "vector"):
        assert form.bytes(MATRIX._replace(role=role)) == (4 if precision == "fp32" else 2) * 76_800


def test_layouts_of_other_checkpoints_do_not_count() -> None:
    other = Model("x", quant=Quantisation("awq", "awq", 4, (32,)))
    assert layout(other, "int4", loaded=False) == layout(Model("x"), "int4", loaded=False)
    assert layout(Model("x"), "q4_k_m", loaded=False) is None
    assert layout(Model("x", dtype="float32"), "awq", loaded=False) == Layout("awq", 2, (), "", False, False)


ATTENTION, EXPERT = Tensor("attn_q", 64, 64), Tensor("ffn_up_exps", 64, 64, 2, "expert")
GDN = LayerGroup(3, Mixer("gdn", k_heads=2, k_dim=16, v_heads=4, v_dim=16, conv=4), Ffn("dense", 128))
DENSE = LayerGroup(5, Mixer("gqa", 4, 2, 16), Ffn("dense", 128))
MOE = LayerGroup(5, Mixer("gqa", 4, 2, 16), Ffn("moe", 128, experts=8, active=2))
KEPT = [
    # model's groups, architecture, precision, method → bytes of attention, of a gate of delta nets, of experts
    ((DENSE,), None, "nvfp4", "", (2_048 + 256 + 8, 8_192, 2 * 2_312)),
    ((DENSE,), "gemma4", "nvfp4", "", (8_192, 8_192, 2 * 2_312)),
    ((DENSE, GDN), None, "nvfp4", "", (4_096 + 8, 8_192, 2 * 2_312)),
    ((MOE, GDN), None, "nvfp4", "", (8_192, 8_192, 2 * 2_312)),
    ((MOE,), None, "mxfp4", "", (8_192, 8_192, 2 * 2_176)),
    ((DENSE,), None, "mxfp4", "", (2_176, 8_192, 2 * 2_176)),
    ((DENSE,), None, "fp8", "fbgemm_fp8", (8_192, 8_192, 2 * 4_104)),
]


@pytest.mark.parametrize(("groups", "arch", "precision", "method", "sizes"), KEPT)
def test_what_quantisers_leave_alone(
    groups: tuple[LayerGroup, ...], arch: str | None, precision: str, method: str, sizes: tuple[int, int, int]
) -> None:
    quant = Quantisation(method, precision) if method else None
    form = layout(Model("x", arch=arch, groups=groups, quant=quant), precision, loaded=True)
    assert form is not None
    gate = Tensor("ssm_beta_alpha", 64, 64)
    assert (form.bytes(ATTENTION), form.bytes(gate), form.bytes(EXPERT)) == sizes


SMALL = Model("small", hidden=64, vocab=100, tied=False, groups=(DENSE,), text=200_000, parameters=200_000)
LAYER = 2 * (4_096 + 2_048 + 2_048 + 4_096 + 3 * 8_192 + 128)
"""q, k, v, o, gate, up and down, two norms, at 16 bits."""
TABLE, NORM = 2 * 128 * 64, 2 * 64
"""Rows of the vocabulary are padded to 128."""
HELD = [
    ({}, 5 * LAYER + 2 * TABLE + NORM),
    ({"tensor_parallel": 0}, 5 * LAYER + 2 * TABLE + NORM),
    ({"tensor_parallel": 2}, 5 * 2 * (2_048 + 2 * 1_024 + 2_048 + 3 * 4_096 + 128) + TABLE + NORM),
    ({"tensor_parallel": 4}, 5 * 2 * (1_024 + 2 * 1_024 + 1_024 + 3 * 2_048 + 128) + TABLE // 2 + NORM),
    ({"pipeline_parallel": 2}, 3 * LAYER + TABLE),
    ({"pipeline_parallel": 3}, 2 * LAYER + TABLE),
    ({"pipeline_parallel": 4}, 2 * LAYER),
    ({"pipeline_parallel": 5}, LAYER + TABLE + NORM),
]


@pytest.mark.parametrize(("sizes", "held"), HELD)
def test_what_the_fullest_rank_holds(sizes: dict[str, int], held: int) -> None:
    item = rank_weights(SMALL, "bf16", **sizes)  # type: ignore[arg-type]  # sizes alone
    assert item is not None
    assert (item.bytes, item.low, item.high, item.basis) == (held, held, held, "exact")


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"tied": True}, 5 * LAYER + TABLE + NORM),
        ({"category": "embedding"}, 5 * LAYER + TABLE + NORM),
        ({"norm_bias": True}, 5 * (LAYER + 2 * 128) + 2 * TABLE + 2 * NORM),
        ({"vocab": 128}, 5 * LAYER + 2 * TABLE + NORM),
        ({"vocab": 129}, 5 * LAYER + 3 * TABLE + NORM),
        ({"max_ctx": 1_000}, 5 * LAYER + 2 * TABLE + NORM + 2 * 1_000 * 16),
    ],
)
def test_what_changes_the_weights_of_one_gpu(changes: dict[str, object], size: int) -> None:
    item = rank_weights(SMALL._replace(**changes), "bf16")
    assert item is not None
    assert item.bytes == size


def test_a_tied_table_is_on_the_first_and_on_the_last_stage() -> None:
    tied = SMALL._replace(tied=True, groups=(DENSE._replace(n=4),))
    item = rank_weights(tied, "bf16", pipeline_parallel=2)
    assert item is not None
    assert item.bytes == 2 * LAYER + TABLE + NORM


def test_experts_are_cut_or_dealt() -> None:
    model = SMALL._replace(groups=(MOE,))
    cut, dealt = (rank_weights(model, "bf16", tensor_parallel=3, expert_parallel=whole) for whole in (False, True))
    assert cut is not None
    assert dealt is not None
    # a third of 128, rounded up, is 43; 8 experts on 3 ranks make 3 on the fullest
    assert cut.bytes - dealt.bytes == 5 * 2 * (8 * 3 * 43 * 64 - 3 * 3 * 128 * 64)


@pytest.mark.parametrize(("rocm", "inter"), [(False, 128), (True, 256)])
def test_experts_in_mxfp4_are_padded_for_their_kernels(rocm: bool, inter: int) -> None:
    model = SMALL._replace(hidden=320, groups=(MOE._replace(n=1, ffn=Ffn("moe", 100, experts=8, active=2)),))
    plain, padded = rank_weights(model, "bf16"), rank_weights(model, "mxfp4", rocm=rocm)
    assert plain is not None
    assert padded is not None
    assert plain.bytes - padded.bytes == 8 * 3 * (2 * 100 * 320 - 512 * inter * 17 // 32)
    assert padded.basis == "engine"
    assert (padded.low, padded.high) == (round(0.93 * padded.bytes), round(1.06 * padded.bytes))


@pytest.mark.parametrize(("arch", "share"), [("llava", 667), ("mistral3", 2_000), ("pixtral", 2_000)])
def test_encoders_are_divided_or_copied_and_the_ends_say_so(arch: str, share: int) -> None:
    text = rank_weights(SMALL, "bf16", tensor_parallel=3)
    item = rank_weights(SMALL._replace(vision=1_000, arch=arch), "bf16", tensor_parallel=3)
    assert text is not None
    assert item is not None
    assert (item.bytes, item.low, item.high) == (text.bytes + share, text.bytes + 666, text.bytes + 2_000)
    assert item.because == "200 K parameters in bf16, tensor parallel 3, " + (
        "667 B of vision encoder at 16 bits" if share == 667 else "2.0 kB of vision encoder at 16 bits"
    )


def test_ends_of_formats_that_publishers_fill_differently() -> None:
    expected = {"awq": (1.0, 1.06), "int4": (0.98, 1.12), "fp8": (0.99, 1.08), "int8": (0.99, 1.08)}
    for precision, (low, high) in expected.items():
        item = rank_weights(SMALL, precision)
        assert item is not None
        assert (item.low, item.high, item.basis) == (round(item.bytes * low), round(item.bytes * high), "engine")
    stated = rank_weights(SMALL._replace(quant=Quantisation("awq", "awq", 4, (128,))), "awq")
    assert stated is not None
    assert stated.basis == "exact"


def test_the_first_and_the_last_layer_keep_16_bits_in_fbgemm() -> None:
    model = SMALL._replace(quant=Quantisation("fbgemm_fp8", "fp8"))
    item = rank_weights(model, "fp8")
    assert item is not None
    inner = 2 * (4_096 + 2_048 + 2_048 + 4_096 + 128) + 3 * (8_192 + 8)
    assert item.bytes == 2 * LAYER + 3 * inner + 2 * TABLE + NORM


def test_a_checkpoint_is_not_padded_and_has_all() -> None:
    item = checkpoint(SMALL._replace(vision=10, mtp=20, extra=30, stored=300_000), "bf16")
    assert item is not None
    text = 5 * LAYER + 2 * (2 * 100 * 64) + NORM
    assert item.bytes == text + 2 * 10 + round(20 * text / 200_000) + 2 * 30
    assert item.because == "the tensors of 300 K parameters in bf16"
    tied = checkpoint(SMALL._replace(tied=True), "bf16")
    assert tied is not None
    assert tied.bytes == 5 * LAYER + 2 * 100 * 64 + NORM


COUNTED = Model("counted", parameters=1_000_000, vocab=100, hidden=64)
BY_COUNT = [
    ("fp16", 1, 2_000_000, 0.97, 1.05, "1 M parameters in fp16"),
    ("fp16", 3, 666_667, 0.97, 1.05, "1 M parameters in fp16 over 3 GPUs"),
    ("fp32", 1, 4_000_000, 0.97, 1.05, "1 M parameters in fp32"),
    ("fp8", 1, 1_000_000 - 12_800 + 2 * 12_800, 0.97, 1.1, "1 M parameters in fp8"),
    ("awq", 1, round((1_000_000 - 12_800) * 0.5625) + 2 * 12_800, 0.9, 1.16, "1 M parameters in awq"),
    ("nvfp4", 2, (round((1_000_000 - 12_800) * 0.5625) + 2 * 12_800 + 1) // 2, 0.9, 1.16, None),
]


@pytest.mark.parametrize(("precision", "parts", "size", "low", "high", "because"), BY_COUNT)
def test_by_count(precision: str, parts: int, size: int, low: float, high: float, because: str | None) -> None:  # noqa: PLR0917
    item = rank_weights(COUNTED, precision, tensor_parallel=parts)
    assert item is not None
    assert (item.name, item.bytes, item.basis) == ("weights", size, "rule-of-thumb")
    assert (item.low, item.high) == (round(size * low), round(size * high))
    assert because is None or item.because == because


def test_what_is_not_known() -> None:
    assert rank_weights(COUNTED, "three-bits") is None
    tied = rank_weights(COUNTED._replace(tied=True), "fp8")
    assert tied is not None
    assert tied.bytes == 1_000_000 + 6_400
    for missing in ({"hidden": None}, {"vocab": None}, {"tied": None}, {"groups": None}):
        item = rank_weights(SMALL._replace(**missing), "bf16")
        assert item is not None
        assert item.basis == "rule-of-thumb"


def groups(*counts: int, moe: tuple[int, ...] = ()) -> list[LayerGroup]:
    return [(MOE if index in moe else DENSE)._replace(n=n) for index, n in enumerate(counts)]


ORDERS = [
    (groups(3), [0, 0, 0]),
    (groups(3, 1), [0, 0, 0, 1]),
    (groups(1, 3), [1, 1, 1, 0]),
    (groups(4, 2), [0, 0, 1, 0, 0, 1]),
    (groups(2, 2), [0, 1, 0, 1]),
    (groups(1, 3, moe=(1,)), [1, 1, 1, 0]),
    (groups(1, 4, moe=(1,)), [0, 1, 1, 1, 1]),
    (groups(4, 1, moe=(0,)), [1, 0, 0, 0, 0]),
    (groups(1, 4, 2, moe=(1, 2)), [0, 1, 1, 2, 1, 1, 2]),
    (groups(1, 1, 8, moe=(2,)), [0, 1, 2, 2, 2, 2, 2, 2, 2, 2]),
    (groups(3, 3, moe=(0, 1)), [0, 1, 0, 1, 0, 1]),
]


@pytest.mark.parametrize(("found", "places"), ORDERS)
def test_orders(found: list[LayerGroup], places: list[int]) -> None:
    assert order(found) == places


WINDOW = LayerGroup(3, Mixer("gqa", 4, 2, 16, window=512), Ffn("dense", 128))
MLA = LayerGroup(3, Mixer("mla", 4, 4, 0, nope=8, rope=12, kv_lora=32, v=8), Ffn("dense", 128))
ROTARY = [
    ((DENSE,), None, 2 * 1_000 * 16),
    ((DENSE, WINDOW), None, 2 * 1_000 * 16),
    ((GDN,), None, 0),
    ((MLA,), None, 2 * 1_000 * 12),
    ((DENSE, WINDOW), "gemma3", 2 * 1_000 * 16 * (1 + 8)),
    *(((DENSE,), name, 2 * 4_000 * 16) for name in ("qwen2_vl", "qwen2_5_vl", "qwen2_5_omni", "qwen3_vl", "glm4v")),
    *(((DENSE,), name, 2 * 4_000 * 16) for name in ("qwen3_vl_moe", "qwen3_omni_moe", "glm4v_moe")),
    *(((DENSE,), name, 2 * 4_000 * 4) for name in ("qwen3_5", "qwen3_5_moe")),
    *(((DENSE,), name, 2 * 1_000 * 4) for name in ("qwen3_next", "stablelm", "gpt_neox")),
    *(((DENSE,), name, 2 * 1_000 * 8) for name in ("glm", "glm4", "glm4_moe", "chatglm", "minimax_m2", "phi")),
    ((DENSE,), "nemotron", 2 * 1_000 * 8),
]


@pytest.mark.parametrize(("found", "arch", "size"), ROTARY)
def test_rotary_tables(found: tuple[LayerGroup, ...], arch: str | None, size: int) -> None:
    assert tables(Model("x", arch=arch, max_ctx=1_000, groups=found)) == size


def test_a_file_of_one_kind_by_hand() -> None:
    """8.5 bits a weight of matrices in q8_0, norms in 32, each tensor at a multiple of 32 bytes."""
    model = SMALL._replace(groups=(DENSE._replace(n=2),))
    found = gguf.file(model, "q8_0")
    assert found is not None
    matrices = (4_096 + 2_048 + 2_048 + 4_096 + 3 * 8_192) * 34 // 32
    assert found == gguf.File(6_400 * 34 // 32, 6_400 * 34 // 32, (matrices + 512,) * 2, (0, 0), 4 * 64)
    assert (found.total, found.on_device) == (
        2 * 6_800 + 2 * (matrices + 512) + 256,
        6_800 + 2 * (matrices + 512) + 256,
    )
    biased = gguf.file(model._replace(norm_bias=True, head_bias=True, tied=True), "q8_0")
    assert biased is not None
    assert (biased.head, biased.others) == (0, 8 * 64 + 4 * 100)
    assert biased.on_device == biased.total
    half = found.scaled(found.total // 2)
    assert (half.embedding, half.head, half.total) == (3_400, 3_400, found.total // 2)
    assert half.layers == (round((matrices + 512) / 2),) * 2


@pytest.mark.parametrize("missing", ["groups", "hidden", "vocab", "tied"])
def test_no_file_where_something_is_not_known(missing: str) -> None:
    assert gguf.file(SMALL._replace(**{missing: None}), "q8_0") is None
    assert gguf.file(SMALL, "awq") is None


def test_experts_of_a_file_are_told_apart() -> None:
    found = gguf.file(SMALL._replace(groups=(MOE._replace(n=1),)), "f16")
    assert found is not None
    assert found.experts == (2 * 8 * 3 * 8_192,)
    assert found.layers[0] - found.experts[0] == 2 * (4_096 + 2_048 + 2_048 + 4_096) + 4 * 8 * 64 + 512


@pytest.mark.parametrize(("label", "low", "high", "basis"), [
    ("q8_0", 1.0, 1.0, "exact"),
    ("f16", 1.0, 1.0, "exact"),
    ("bf16", 1.0, 1.0, "exact"),
    ("f32", 1.0, 1.0, "exact"),
    ("q4_k_m", 0.93, 1.08, "engine"),
])  # fmt: skip
def test_ends_of_files(label: str, low: float, high: float, basis: str) -> None:
    item = gguf_file(SMALL, label)
    assert item is not None
    assert (item.low, item.high, item.basis) == (round(item.bytes * low), round(item.bytes * high), basis)
    assert item.because == f"200 K parameters, each tensor as llama.cpp quantises it for {label}"


def test_what_local_files_say_counts() -> None:
    local = SMALL._replace(checkpoint_bytes=123)
    for item in (checkpoint(local, "bf16"), gguf_file(local, "q8_0")):
        assert item is not None
        assert (item.bytes, item.basis) == (123, "exact")
