"""From config.json to layers: against counts and caches that were checked with published checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.catalog.huggingface import structure
from llmlint.catalog.quantisation import quantisation
from llmlint.catalog.reconcile import described_row
from llmlint.catalog.rows import Cache, Mixer, Model, Quantisation
from tests.catalog.checkpoints import LLAMA

CASES = [json.loads(line) for line in (Path(__file__).parent / "configs.jsonl").read_text().splitlines()]
"""Settings that decide on the layers of published models, and the catalogue's figures for them (November 2026)."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published_models(case: dict[str, Any]) -> None:
    row = described_row(Model(case["id"]), structure(case["config"]))
    assert row.notes == ()
    assert (row.parameters, row.active, row.state32) == (case["parameters"], case["active"], case["state"])
    if case["full"] is not None:  # null where the catalogue does not commit itself
        assert row.kv16 == Cache(case["full"], case["sliding"], case["window"])


def windows(**settings: object) -> list[int | None]:
    layers = structure(LLAMA | {"num_hidden_layers": 6} | settings).layers
    assert layers is not None
    return [layer.mixer.window for layer in layers]


def test_sliding_windows() -> None:
    assert windows(model_type="mistral", sliding_window=100) == [100] * 6
    assert windows(model_type="mistral", sliding_window=None) == [None] * 6
    assert windows(model_type="phi3", sliding_window=4096) == [None] * 6  # as wide as the context
    assert windows(model_type="qwen2", sliding_window=64, use_sliding_window=False) == [None] * 6
    assert windows(model_type="qwen2", sliding_window=64, use_sliding_window=True, max_window_layers=4) == [
        *[None] * 4,
        64,
        64,
    ]
    assert windows(model_type="gemma2", sliding_window=64) == [64, None] * 3
    assert windows(model_type="gemma3_text", sliding_window=64) == [64] * 5 + [None]
    assert windows(model_type="gemma3_text", sliding_window=64, sliding_window_pattern=3) == [64, 64, None] * 2
    assert windows(model_type="exaone4", sliding_window=64, sliding_window_pattern="LG") == [64, None] * 3
    kinds = ["full_attention", "sliding_attention"] * 3
    assert windows(model_type="llama", sliding_window=64, layer_types=kinds) == [None, 64] * 3
    assert windows(model_type="llama", sliding_window=64, layer_types=kinds[:5]) == [None] * 6  # a list too short


def test_shared_indexers() -> None:
    config = next(case["config"] for case in CASES if case["id"] == "deepseek-ai/DeepSeek-V3.2")
    kinds = ["full", *["shared"] * 60]
    layers = structure(config | {"indexer_types": kinds}).layers
    assert layers is not None
    assert [layer.mixer.indexer_heads for layer in layers] == [64, *[0] * 60]
    assert "share indexers" in structure(config | {"index_topk_freq": 4}).notes[0]


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"model_type": "nova"}, "the layers of the model type 'nova' are not known"),
        ({"model_type": None}, "the layers of a model whose config.json names no type are not known"),
        ({"model_type": ["llama"]}, "the layers of a model whose config.json names no type are not known"),
        ({"num_hidden_layers": None}, "config.json states no usable num_hidden_layers"),
        ({"num_hidden_layers": 10**9}, "config.json states 1,000,000,000 layers"),
        ({"num_attention_heads": 0}, "config.json states no usable num_attention_heads"),
        ({"num_attention_heads": 7}, "config.json states no head_dim, and 7 heads do not share 256"),
        ({"intermediate_size": -5}, "config.json states no usable intermediate_size"),
        ({"intermediate_size": 2.5}, "config.json states no usable intermediate_size"),
        ({"hidden_size": True}, "config.json states no usable hidden_size"),
        ({"hidden_size": 10**30}, "config.json states no usable hidden_size"),
    ],
)
def test_what_is_not_known_is_a_note_and_no_guess(changed: dict[str, object], note: str) -> None:
    found = structure(LLAMA | changed)
    assert found.layers is None
    assert found.notes == (f"{note}: no estimate of the KV cache",)


def test_nested_text_parts() -> None:
    inner = {key: value for key, value in LLAMA.items() if key != "tie_word_embeddings"}
    found = structure({"model_type": "outer", "tie_word_embeddings": True, "text_config": inner})
    assert (found.arch, found.hidden, found.tied) == ("llama", 256, True)
    assert found.layers == structure(LLAMA).layers
    assert structure({"thinker_config": {"text_config": inner}}).layers == found.layers


COMPRESSED = {"quant_method": "compressed-tensors"}


def scheme(kind: str, bits: int, group: object = None, **more: object) -> dict[str, object]:
    return (
        COMPRESSED | {"config_groups": {"g": {"weights": {"type": kind, "num_bits": bits, "group_size": group}}}} | more
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, Quantisation("awq", "awq", 4, (128,))),
        ({"quant_method": "AWQ", "w_bit": 4}, Quantisation("awq", "awq", 4)),
        ({"quant_method": "gptq", "bits": 8, "group_size": -1}, Quantisation("gptq", "int8", 8)),
        ({"quant_method": "gptq", "bits": 3}, Quantisation("gptq", "gptq", 3)),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, Quantisation("fp8", "fp8", 8, (128, 128))),
        ({"quant_method": "fbgemm_fp8"}, Quantisation("fbgemm_fp8", "fp8", 8)),
        ({"quant_method": "mxfp4"}, Quantisation("mxfp4", "mxfp4", 4)),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, Quantisation("bitsandbytes", "int8", 8)),
        (
            {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "fp4"},
            Quantisation("bitsandbytes", "int4", 4),
        ),
        (scheme("int", 4, 32), Quantisation("compressed-tensors", "int4", 4, (32,))),
        (scheme("int", 8), Quantisation("compressed-tensors", "int8", 8)),
        (scheme("float", 8), Quantisation("compressed-tensors", "fp8", 8)),
        (scheme("float", 4, 16), Quantisation("compressed-tensors", "nvfp4", 4, (16,))),
        (scheme("float", 4, 32, format="mxfp4-pack-quantized"), Quantisation("compressed-tensors", "mxfp4", 4, (32,))),
        (COMPRESSED | {"config_groups": '{"as": "text"}'}, Quantisation("compressed-tensors")),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, Quantisation("modelopt", "nvfp4", 4)),
        ({"quant_algo": "FP8", "producer": {}}, Quantisation("modelopt", "fp8", 8)),
        ({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION"}, Quantisation("modelopt")),
        ({"quant_method": "auto-round", "bits": 4, "group_size": 128}, Quantisation("auto-round", "int4", 4, (128,))),
        ({"quant_method": "quanto", "bits": "4"}, Quantisation("quanto")),
        ({"quant_method": 7}, Quantisation("unnamed")),
    ],
)
def test_quantisation(stated: dict[str, object], expected: Quantisation) -> None:
    assert quantisation({"quantization_config": stated}, {}) == expected


def test_quantisation_outside_of_its_usual_place() -> None:
    assert quantisation({}, {}) is None
    assert quantisation({"quantization_config": "awq"}, {}) is None
    assert quantisation({}, {"quantization": {"quant_algo": "NVFP4", "group_size": 16}}) == Quantisation(
        "modelopt", "nvfp4", 4, (16,)
    )
    assert quantisation({"quantization": {"bits": 8, "group_size": 64}}, {}) == Quantisation("mlx", "int8", 8, (64,))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=6,
)


@given(st.sampled_from(CASES), st.data())
def test_no_config_json_breaks_the_reader(case: dict[str, Any], data: st.DataObject) -> None:
    config = case["config"].get("text_config", case["config"])
    changed = data.draw(st.dictionaries(st.sampled_from([*config, "quantization_config"]), values, max_size=4))
    found = described_row(Model("x"), structure(config | changed))
    assert found.groups is None or found.kv16 is not None
    quantisation(config | changed, changed)


def test_mixers_of_one_kind_are_one_group() -> None:
    row = described_row(Model("x"), structure(LLAMA))
    assert row.groups is not None
    assert [(group.n, group.mixer) for group in row.groups] == [(3, Mixer("gqa", 8, 2, 32))]
