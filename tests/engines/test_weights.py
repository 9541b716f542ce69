"""Bytes of weights: checkpoints, ranks and GGUF files against totals counted elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmlint.catalog import Catalogue
from llmlint.catalog.rows import Model, Quantisation
from llmlint.engines.estimate import Item
from llmlint.engines.weights import checkpoint, gguf, gguf_file, rank_weights
from llmlint.engines.weights.order import order
from llmlint.engines.weights.tensors import layer
from llmlint.precision import GGUF
from tests.engines.models import MODELS

GIB = 2**30
RECORDED = [json.loads(line) for line in (Path(__file__).parent / "rank_weights.jsonl").read_text().splitlines()]
MIXTURES = sorted(name for name in GGUF if name[:2] in ("q2", "q3", "q4", "q5", "q6", "q8", "iq", "f1") and "_" in name)
LATER = ("q3_k", "q3_k_m", "q4_0", "q4_1", "q5_0", "q5_1")
"""The README's table leaves these out; precision.GGUF has older figures or bare blocks for them."""


def _bytes(item: Item | None) -> int:
    assert item is not None
    return item.bytes


@pytest.mark.parametrize(
    ("name", "precision", "total"),
    [
        ("llama-3.2-1b", "bf16", 2_471_628_800),
        ("llama-3.1-8b", "bf16", 16_060_522_496),
        ("llama-3.1-8b", "fp8", 9_081_202_432),
        ("llama-3.1-70b", "awq", 39_767_785_472),
        ("llama-3.1-70b", "gptq", 39_792_689_152),
    ],
)
def test_checkpoints(name: str, precision: str, total: int) -> None:
    assert _bytes(checkpoint(MODELS[name], precision)) == total


@pytest.mark.parametrize(("name", "total"), [("llama-3.1-8b", 4_912_898_048), ("llama-3.1-70b", 42_512_531_456)])
def test_gguf_of_llama(name: str, total: int) -> None:
    assert _bytes(gguf_file(MODELS[name], "q4_k_m")) == total


@pytest.mark.parametrize("name", [name for name in MIXTURES if name not in LATER])
def test_every_mixture_has_the_bits_that_llamacpp_states(name: str) -> None:
    """tools/quantize/README.md states the bits a weight of Llama-3.1-8B in each."""
    model = MODELS["llama-3.1-8b"]
    bits = _bytes(gguf_file(model, name)) * 8 / (model.parameters or 1)
    assert bits == pytest.approx(GGUF[name].bits, abs=1e-4)


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row['model']}-{row['precision']}-tp{row['tp']}")
def test_ranks_as_vllm_logged_them(row: dict[str, str | float]) -> None:
    found = rank_weights(
        _catalogued(str(row["model"])),
        str(row["precision"]),
        tensor_parallel=int(row["tp"]),
        pipeline_parallel=int(row["pp"]),
    )
    assert _bytes(found) / GIB == pytest.approx(float(row["gib"]), rel=0.006)


def _catalogued(name: str) -> Model:
    row = Catalogue().model(name).row
    assert row is not None
    return row


def test_tensors_add_up_to_the_count() -> None:
    for model in (*MODELS.values(), _catalogued("deepseek-ai/DeepSeek-V3"), _catalogued("Qwen/Qwen3.5-27B")):
        assert model.groups is not None
        layers = sum(group.n * sum(t.elements for t in layer(model, group)) for group in model.groups)
        tables = (model.vocab or 0) * (model.hidden or 0) * (1 if model.tied else 2)
        assert layers + tables + (model.hidden or 0) == model.text


def test_kv_heads_are_copied_where_there_are_fewer_than_ranks() -> None:
    model = MODELS["qwen3-30b-a3b"]
    four, eight = (_bytes(rank_weights(model, "bf16", tensor_parallel=size)) for size in (4, 8))
    assert eight > four / 2


def test_tied_gguf_is_on_the_device_and_on_the_host() -> None:
    found = gguf.file(MODELS["llama-3.2-1b"], "q8_0")
    assert found is not None
    assert found.head == 0
    assert found.on_device == found.total


def test_order_of_layers() -> None:
    groups = MODELS["gemma-3-12b"].groups
    assert groups is not None
    assert order(groups)[:12] == [0, 0, 0, 0, 0, 1] * 2
    dense_first = _catalogued("deepseek-ai/DeepSeek-V3").groups
    assert dense_first is not None
    assert order(dense_first)[:4] == [0, 0, 0, 1]


def test_by_count_where_layers_are_unknown() -> None:
    model = Model("x")._replace(parameters=7_000_000_000)
    assert _bytes(rank_weights(model, "bf16", tensor_parallel=2)) == 7_000_000_000
    assert _bytes(gguf_file(model, "q8_0")) == pytest.approx(7e9 * 8.5 / 8, rel=0.01)
    assert rank_weights(Model("x"), "bf16") is None
    assert gguf_file(model, "awq") is None


def test_blocks_of_fp8_have_scales() -> None:
    model = MODELS["llama-3.1-8b"]._replace(quant=Quantisation("fp8", "fp8", 8, (128, 128)))
    assert _bytes(checkpoint(model, "fp8")) - _bytes(checkpoint(MODELS["llama-3.1-8b"], "fp8")) == 1_702_144


@pytest.mark.parametrize(
    ("name", "ranks", "measured"),
    [
        ("google/gemma-4-31B-it", 1, 31.04),  # attention at 16 bits
        ("Qwen/Qwen3.8-27B", 2, 10.64),  # attention and delta layers in fp8
    ],
)
def test_nvfp4_leaves_alone_what_publishers_do(name: str, ranks: int, measured: float) -> None:
    model = Catalogue().model(name).row
    assert model is not None
    item = rank_weights(model, "nvfp4", tensor_parallel=ranks)
    assert item is not None
    assert item.bytes / GIB == pytest.approx(measured, rel=0.02)
    assert item.low is not None
    assert item.high is not None
    assert item.low < 0.9 * item.bytes < 1.1 * item.bytes < item.high


def test_nvfp4_takes_all_of_a_plain_model() -> None:
    item = rank_weights(MODELS["llama-3.1-70b"], "nvfp4")
    assert item is not None
    assert item.bytes / 1e9 == pytest.approx(70.55 * 0.5625 + 2.1 * 1.4375, rel=0.01)
