"""The figures of the document that the seed rules come from, to the digit."""

from __future__ import annotations

import pytest

from llmlint.quantity import decimal_size
from tests.facts.asked import facts_of, model

GB = 10**9
GIB = 2**30


@pytest.mark.parametrize(
    ("parameters", "precision", "weights"),
    [("7B", "fp32", 28 * GB), ("7B", "fp16", 14 * GB), ("70B", "int4", 35 * GB), ("8B", "int4", 4 * GB)],
)
def test_weights(parameters: str, precision: str, weights: int) -> None:
    item = model(parameters, precision).estimate.weights
    assert item is not None
    assert item.bytes == weights


@pytest.mark.parametrize(("precision", "size"), [("fp32", 4), ("fp16", 2), ("int8", 1), ("int4", 0.5)])
def test_bytes_per_parameter(precision: str, size: float) -> None:
    facts = model("1B", precision)
    assert facts.precision.bits == size * 8
    assert facts.estimate.weights is not None
    assert facts.estimate.weights.bytes == size * GB


@pytest.mark.parametrize(
    ("category", "needed"),
    [("text", 115), ("coding", 115), ("reasoning", 125), ("audio", 130), ("video", 140)],
)
def test_overhead_factors(category: str, needed: int) -> None:
    assert model("100B", "int8", category).estimate.needed == needed * GB


@pytest.mark.parametrize(("category", "needed"), [("multimodal", 115), ("embedding", 115), ("image", 140)])
def test_kinds_without_a_factor_of_their_own(category: str, needed: int) -> None:
    assert model("100B", "int8", category).estimate.needed == needed * GB


@pytest.mark.parametrize("name", ["{parameters: 70B}", "LLaMA-70B", "llama-70b"])
def test_the_worked_example(name: str) -> None:
    facts = facts_of(f"model: {name}\nprecision: fp16\nmachine: {{}}\n")
    assert facts.estimate.needed == 161 * GB
    assert decimal_size(161 * GB) == "161.0 GB"
    assert facts.estimate.arithmetic == "70 B parameters × 2 bytes (fp16) × 1.15 (text) = 161.0 GB"


@pytest.mark.parametrize("gpu", ["RTX 6000 Ada", "A100 40GB"])
def test_at_int4_it_fits_a_48_gb_card_and_an_a100_of_40_gb(gpu: str) -> None:
    facts = model("70B", "int4", machine=f"{{gpus: [{gpu}]}}")
    assert facts.estimate.needed == 40_250_000_000
    assert facts.estimate.needed / GIB == pytest.approx(37.5, abs=0.05)
    assert facts.estimate.fits is True


def test_int4_takes_three_quarters_less_than_fp16() -> None:
    half, quarter = model("70B", "fp16").estimate.needed, model("70B", "int4").estimate.needed
    assert half is not None
    assert quarter == half / 4


@pytest.mark.parametrize(("precision", "fits"), [("int4", True), ("int8", False), ("fp16", False)])
def test_8_b_run_in_8_gb_of_vram_when_quantised(precision: str, fits: bool) -> None:
    assert model("8B", precision, machine="{gpus: [RTX 3060 8GB]}").estimate.fits is fits


@pytest.mark.parametrize(
    ("name", "parameters"), [("LLaMA-13B", 13_015_864_320), ("{id: gpt-4, parameters: 1.76T}", 1_760 * GB)]
)
def test_models_that_it_names(name: str, parameters: int) -> None:
    assert facts_of(f"model: {name}\nprecision: fp16\n").model.parameters == parameters


def test_deepseek_v2_67b_does_not_exist() -> None:
    facts = facts_of("model: DeepSeek-V2-67B\nprecision: fp16\n")
    assert (facts.model.status, facts.model.parameters, facts.model.stated_parameters) == ("ambiguous", None, 67 * GB)
    assert facts.model.disagreement is not None
    assert "deepseek-ai/DeepSeek-V2 has 236 B" in facts.model.disagreement
    assert "deepseek-ai/deepseek-llm-67b-base has 67.4 B" in facts.model.disagreement


def test_gpt_4_cannot_be_downloaded() -> None:
    facts = facts_of("model: GPT-4\nprecision: fp16\n")
    assert (facts.model.status, facts.model.parameters) == ("closed", None)


@pytest.mark.parametrize(
    ("tier", "ram", "better", "storage"),
    [("entry", 8, 16, 50), ("mid", 32, None, 200), ("professional", 64, 128, 1000)],
)
def test_minimums_of_the_tiers(tier: str, ram: int, better: int | None, storage: int) -> None:
    facts = model("8B", "int4", machine=f"{{tier: {tier}}}")
    assert facts.tier.ram_minimum == ram * GB
    assert facts.tier.ram_recommended == (better * GB if better is not None else None)
    assert facts.tier.storage_minimum == storage * GB


@pytest.mark.parametrize(
    ("tier", "parameters", "card"),
    [("mid", "8B", 8), ("mid", "7B", 8), ("mid", "13B", 12), ("professional", "8B", 24), ("entry", "1B", 0)],
)
def test_minimums_of_cards(tier: str, parameters: str, card: int) -> None:
    assert model(parameters, "int4", machine=f"{{tier: {tier}}}").tier.card_minimum == card * GB


@pytest.mark.parametrize(
    ("tier", "gpu"),
    [
        *(("mid", name) for name in ("RTX 3060 12GB", "RX 6800")),
        *(("professional", name) for name in ("RTX 4090", "A100 40GB", "A100 80GB", "MI250")),
    ],
)
def test_cards_that_it_names_reach_their_tier(tier: str, gpu: str) -> None:
    facts = model("13B", "int4", machine=f"{{tier: {tier}, gpus: [{gpu}]}}")
    assert facts.vram.smallest_card is not None
    assert facts.tier.card_minimum is not None
    assert facts.vram.smallest_card >= facts.tier.card_minimum


@pytest.mark.parametrize(
    ("tier", "cpu"),
    [
        *(("entry", name) for name in ("Core i5 10th generation", "Intel Core i5-10400", "AMD Ryzen 5 3600")),
        *(("mid", name) for name in ("Intel Core i7-12700K", "i7 12th gen", "AMD Ryzen 7 5800X")),
        *(("professional", name) for name in ("Intel Core i9-13900K", "AMD Ryzen 9 7950X", "AMD EPYC 9654")),
    ],
)
def test_processors_that_it_names_reach_their_tier(tier: str, cpu: str) -> None:
    assert model("1B", "int4", machine=f"{{tier: {tier}, cpu: {cpu}}}").tier.cpu_suffices is True


@pytest.mark.parametrize(
    ("tier", "cpu"),
    [("entry", "AMD Ryzen 5 2600"), ("mid", "Intel Core i5-12400"), ("professional", "AMD Ryzen 9 5950X")],
)
def test_processors_below_them_do_not(tier: str, cpu: str) -> None:
    assert model("1B", "int4", machine=f"{{tier: {tier}, cpu: {cpu}}}").tier.cpu_suffices is False
