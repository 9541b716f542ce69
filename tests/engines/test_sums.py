"""Sums of engines by hand: the formula, what is left of a budget, a pass, a growing cache, formats, speed."""

from __future__ import annotations

from typing import Any

import pytest

from llmlint.catalog.rows import Accelerator, Ffn, LayerGroup, Mixer, Model
from llmlint.engines import formula, grown, interval, loaded, passes, speed
from llmlint.engines.estimate import Item
from llmlint.engines.grown import Form
from llmlint.engines.interval import Left
from llmlint.engines.request import Flag, Request
from llmlint.engines.speed import Rate, Work

DENSE, MIXTURE = Ffn("dense", 128), Ffn("moe", 100, experts=8, active=2, shared=1, shared_inter=30, dense_inter=7)
GQA = LayerGroup(3, Mixer("gqa", 4, 2, 16), DENSE)
WINDOW = LayerGroup(5, Mixer("gqa", 4, 2, 16, window=512), DENSE)
MLA = LayerGroup(2, Mixer("mla", 4, 4, 0, nope=8, rope=12, kv_lora=32, v=6), DENSE)
DELTA = LayerGroup(2, Mixer("gdn"), DENSE)


def item(size: int, low: int | None = None, high: int | None = None) -> Item:
    return Item("x", size, "engine", "", low, high)


@pytest.mark.parametrize(
    ("category", "added"),
    [
        *(("text", 1500), ("coding", 1500), ("multimodal", 1500), ("embedding", 1500), ("reasoning", 2500)),
        *(("audio", 3000), ("video", 4000), ("image", 4000)),
    ],
)
def test_the_formula(category: str, added: int) -> None:
    weight = formula.weights(10_000, 8, "10 K", "fp8")
    assert weight == Item("weights", 10_000, "rule-of-thumb", "10 K parameters × 1 byte (fp8)")
    assert formula.weights(10_001, 4.5, "10 K", "q4").because == "10 K parameters × 0.5625 bytes (q4)"
    assert formula.weights(10_001, 4.5, "10 K", "q4").bytes == 5_626
    over = formula.overhead(weight, category)
    assert (over.bytes, over.because) == (added, f"× {1 + added / 10_000:.2f} ({category})")


def test_four_bits_with_their_scales() -> None:
    assert formula.four_bit_weights(12_800 + 100, 100) == 6_400 + 250 + 200


def test_errors_add_up_as_independent_ones() -> None:
    assert interval.left(100, [item(10), item(20, 16, 23), item(5, 2, 9)]) == Left(65, 60, 70)
    assert interval.left(100, [item(10, 12, 8)]) == Left(90, 90, 90)
    assert interval.left(100, [item(10)], below=3, above=4) == Left(90, 87, 94)
    assert interval.left(10, [item(30, 26, 33)], below=4, above=3) == Left(-20, -25, -15)


HULLS = [
    *(((5, 9), (3, 8), (3, 9)), ((5, 9), (6, 12), (5, 12)), ((None, 9), (3, 8), (None, 9))),
    *(((5, None), (3, 8), (5, None)), ((5, 9), (None, 12), (5, 9)), ((5, 9), (3, None), (5, 9))),
]


@pytest.mark.parametrize(("one", "other", "ends"), HULLS)
def test_an_interval_holds_another(one: Any, other: Any, ends: Any) -> None:
    assert interval.hull(item(7, *one), item(1, *other)) == item(7, *ends)


def test_a_pass_of_the_prompt() -> None:
    model = Model("x", hidden=64, groups=(GQA,))
    found = passes.peak(model, 10)
    assert found == Item(
        "activations",
        10 * 2 * (384 + 256),
        "rule-of-thumb",
        "10 prompt tokens in one pass: three widths of 128 and 4 of 64",
        10 * (384 + 256),
        10 * 4 * (384 + 256),
    )
    split = passes.peak(model, 10, 5)
    assert split is not None
    assert split.bytes == 20 * (77 + 256)
    mixture = passes.peak(model._replace(groups=(GQA, GQA._replace(ffn=MIXTURE), DELTA._replace(ffn=Ffn("none")))), 1)
    assert mixture is not None
    assert mixture.bytes == 2 * (3 * 237 + 256)
    assert passes.peak(model._replace(hidden=None), 1) is None
    assert passes.peak(model._replace(groups=None), 1) is None


@pytest.mark.parametrize(
    ("mixer", "form", "size"),
    [
        (GQA.mixer, Form(), 128),
        (GQA.mixer, Form(ranks=2), 64),
        (GQA.mixer, Form(ranks=3), 64),
        (GQA.mixer, Form(width=0.5), 32),
        (GQA.mixer._replace(v_head_dim=8), Form(), 96),
        (MLA.mixer, Form(), 88),
        (MLA.mixer, Form(ranks=4), 88),
        (MLA.mixer, Form(expanded=True), 4 * 26 * 2),
        (MLA.mixer, Form(expanded=True, ranks=3), 2 * 26 * 2),
        (DELTA.mixer, Form(), 0),
    ],
)
def test_a_token_of_a_cache(mixer: Mixer, form: Form, size: int) -> None:
    assert grown.of_token(mixer, form) == size


def test_requests_of_a_cache_that_grows() -> None:
    groups = (GQA, WINDOW, MLA, DELTA)
    assert grown.per_token(groups, Form()) == 3 * 128 + 2 * 88
    assert grown.per_token(groups, Form(windowed=False)) == 8 * 128 + 2 * 88
    assert grown.of_request(groups, 1_000, Form()) == 560 * 1_000 + 5 * 128 * 512
    assert grown.of_request(groups, 500, Form()) == (560 + 640) * 500
    assert grown.of_request(groups, 1_000, Form(windowed=False)) == 1_200 * 1_000
    assert grown.of_request(groups, 500, Form(step=256)) == 1_200 * 512
    assert grown.of_request(groups, 600, Form(step=256)) == 560 * 768 + 640 * 512
    assert grown.longest((GQA,), 384 * 100, Form()) == 100
    assert grown.longest((GQA,), 384 * 100 - 1, Form()) == 99
    assert grown.longest((GQA,), 384 * 100, Form(), 7) == 7
    assert grown.longest((GQA,), -1, Form()) == 0
    assert grown.longest((DELTA,), 0, Form()) == 2**24


def request(flags: dict[str, Flag], weights: str = "bf16", stated: bool = True, **more: Any) -> Request:
    return Request(Model("x"), "catalogue", weights, stated, flags=flags, **more)


FORMATS = [
    *((name, "fp8") for name in ("fp8", "w8a8_fp8")),
    *(("w8a8_int8", "int8"), ("bitsandbytes", "bnb-nf4"), ("mxfp4", "mxfp4"), ("modelopt_fp4", "nvfp4")),
    *((name, name.removesuffix("_marlin")) for name in ("awq", "awq_marlin", "gptq", "gptq_marlin")),
    ("another", "bf16"),
]


@pytest.mark.parametrize(("asked", "found"), FORMATS)
def test_what_is_quantised_while_it_loads(asked: str, found: str) -> None:
    assert loaded.precision(request({"quantization": asked})) == found
    assert loaded.precision(request({"quantization": asked}, "int4")) == "int4"


@pytest.mark.parametrize(
    ("flags", "weights", "stated", "found"),
    [
        ({}, "fp32", False, "fp16"),
        ({}, "fp32", True, "fp32"),
        ({}, "bf16", False, "bf16"),
        *(({"dtype": word}, "fp16", True, "fp32") for word in ("float32", "float")),
        ({"dtype": "float16"}, "bf16", True, "bf16"),
        ({"dtype": "float32"}, "awq", True, "awq"),
        ({"dtype": "float32", "quantization": "fp8"}, "fp16", True, "fp8"),
    ],
)
def test_formats_of_weights(flags: dict[str, Flag], weights: str, stated: bool, found: str) -> None:
    assert loaded.precision(request(flags, weights, stated)) == found


WIDTHS = [
    *((name, 0.5625) for name in ("nvfp4", "fp4_e2m1", "fp4_mx_block16")),
    *((name, 1) for name in ("fp8", "fp8_e4m3", "fp8_e5m2", "fp8_inc", "fp8_ds_mla", "int8")),
    *((name, 2) for name in ("auto", "fp16", "bf16", "bfloat16", "float16", "half")),
    *((name, 4) for name in ("fp32", "float32")),
    ("turboquant", None),
]


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_widths_of_the_cache(name: str, width: float | None) -> None:
    assert loaded.cache_width(request({"kv-cache-dtype": name})) == width
    assert loaded.cache_width(request({}, cache=name)) == width
    assert loaded.cache_width(request({"kv-cache-dtype": name}, cache="fp32")) == width


def test_the_cache_of_32_bit_models_and_long_names() -> None:
    assert loaded.cache_width(request({"dtype": "float32"})) == 4
    assert loaded.cache_width(request({"dtype": "float32", "kv-cache-dtype": "half"})) == 2
    assert loaded.cache_format(request({"kv-cache-dtype": "x" * 61})) == "x" * 60


ENDS = [
    *(("turbo_k8v4", (0.75, 0.9)), ("k3v4_nc", (0.44, 0.6)), ("turboquant_3bit_nc", (0.375, 0.5))),
    *((f"a_{name}_b", (0.5, 0.7)) for name in ("4bit", "int4", "nvfp4", "mxfp4")),
    *((f"a_{name}_b", (1.0, 1.15)) for name in ("fp8", "int8", "mxfp8")),
    ("anything", (0.375, 2.0)),
]


@pytest.mark.parametrize(("name", "ends"), ENDS)
def test_ends_of_caches_that_are_not_modelled(name: str, ends: tuple[float, float]) -> None:
    assert tuple(loaded.cache_ends(request({"kv-cache-dtype": name}))) == ends


CARD = Accelerator("x", vendor="nvidia", cc="8.9", bandwidth=1_000_000_000_000, dense_tflops=(("bf16", 100.0),))
CLASSES = [
    *(({"cc": cc}, "nvidia-hbm") for cc in ("6.0", "7.0", "8.0", "9.0", "10.0", "10.3")),
    *(({"cc": cc}, "nvidia-unified") for cc in ("8.7", "12.1")),
    *(({"cc": "6.1"}, "nvidia-pascal"), ({"cc": "8.9"}, "nvidia-gddr"), ({"unified": True}, "nvidia-unified")),
    *(({"vendor": "apple", "arch": f"Apple M{name}"}, kind) for name, kind in (("1 Max", "apple-1"), ("2", "apple-2"))),
    *(({"vendor": "apple", "arch": arch}, "apple") for arch in ("Apple M3 Ultra", "Apple M4", None)),
    *(({"vendor": "amd", "arch": "RDNA 3"}, "amd"), ({"vendor": "amd", "arch": "CDNA 3"}, None)),
    ({"vendor": "amd", "arch": "RDNA 3.5", "unified": True}, "amd-unified"),
    *(({"vendor": "intel", "arch": "Xe2"}, "intel"), ({"vendor": "intel", "arch": "Gaudi 3"}, None)),
    ({"vendor": "others"}, None),
]


@pytest.mark.parametrize(("changes", "name"), CLASSES)
def test_classes_of_devices(changes: dict[str, Any], name: str | None) -> None:
    assert speed.class_of(CARD._replace(**changes)) == name


PLAIN = Work("llama.cpp", 10_000_000_000, 16, 5_000_000_000, layers=10, cache=100_000, depth=2_000)
STEPS: list[tuple[dict[str, Any], float, float]] = [
    # seconds without the cache, seconds that the whole cache of one request takes: 0.93 and 0.5 of 10¹² bytes a second
    ({}, 0.01 / 0.93 + 10 * 75e-6, 2e8 / 0.5e12),
    ({"bits": 4.5}, 0.01 * (1 / 0.93 + 0.065) + 10 * 75e-6, 2e8 / 0.5e12),
    ({"bits": 7}, 0.01 * (1 / 0.93 + 0.3 * 0.065) + 10 * 75e-6, 2e8 / 0.5e12),
    ({"bits": 12}, 0.01 / 0.93 + 10 * 75e-6, 2e8 / 0.5e12),
    ({"requests": 4}, 0.01 / 0.93 + 10 * 75e-6, 8e8 / 0.5e12),
    ({"engine": "vllm"}, 0.01 / 0.93 + 10 * 20e-6, 2e8 / 0.7e12),
    ({"devices": 2}, 0.005 / 0.93 + 10 * 75e-6 + 20 * 15e-6, 2e8 / 1e12),
    ({"host": 4_000_000_000, "host_bandwidth": 1e11}, 0.006 / 0.93 + 0.04 / 0.8 + 10 * 75e-6, 2e8 / 0.5e12),
    ({"mixture": True}, (0.01 / 0.93 + 10 * 75e-6) / 0.78, 2e8 / 0.5e12 / 0.78),
    (
        {"mixture": True, "whole": 40_000_000_000, "requests": 2},
        (0.04 * (1 - 0.75**2) / 0.93 + 10 * 75e-6) / 0.78,
        4e8 / 0.5e12 / 0.78,
    ),
    ({"layers": None, "parameters": 8_000_000_000}, 0.01 / 0.93 + 32 * 75e-6, 2e8 / 0.5e12),
    ({"cache": None}, 0.01 / 0.93 + 10 * 75e-6, 2_000 * 4096 * 10 / 0.5e12),
]


@pytest.mark.parametrize(("changes", "fixed", "cached"), STEPS)
def test_seconds_of_a_step(changes: dict[str, Any], fixed: float, cached: float) -> None:
    work = PLAIN._replace(**changes)
    found = speed.speed(CARD, work)
    assert found is not None
    graphs, mixture = work.engine == "vllm", work.mixture
    low = 0.80 * (0.85 if graphs else 1) * (0.75 if mixture else 1)
    high = 1.10 * (1.15 if graphs else 1) * (1.35 if mixture else 1)
    rate = Rate(low / (fixed + cached), 1 / (fixed + cached / 2), high / (fixed + cached / 2))
    assert found.decode == pytest.approx(rate)
    assert found.total == pytest.approx([each * work.requests for each in rate])
    assert found.basis == "NVIDIA, GDDR memory: 93% of 1000 GB/s for weights, measured"
    part = (0.15, 0.36, 0.55) if graphs else (0.10, 0.25, 0.40)
    assert found.prefill == pytest.approx([each * 1e14 * work.devices / (2 * work.parameters) for each in part])


def test_arithmetic_bounds_a_step_of_many_requests() -> None:
    found = speed.speed(CARD, PLAIN._replace(requests=1_000, cache=0, devices=2))
    assert found is not None
    assert found.decode.likely == pytest.approx(1 / (2 * 5e9 * 1_000 / 2e14))


def test_what_no_speed_is_told_of() -> None:
    unspoken: list[tuple[Accelerator, dict[str, Any]]] = [
        (CARD._replace(vendor="others"), {}),
        (CARD._replace(bandwidth=None), {}),
        (CARD, {"weights": 0}),
        (CARD, {"host": 1}),
    ]
    for card, changes in unspoken:
        assert speed.speed(card, PLAIN._replace(**changes)) is None
    stated = speed.speed(CARD._replace(bandwidth=None), PLAIN, 2e12)
    assert stated is not None
    assert stated.basis.endswith("of 2000 GB/s for weights, measured")
    silent = speed.speed(CARD._replace(dense_tflops=()), PLAIN)
    assert silent is not None
    assert silent.prefill is None


@pytest.mark.parametrize(
    ("active", "parameters", "read"),
    [(None, 100, 1_000), (25, 100, 250), (100, 100, 1_000), (120, 100, 1_000), (25, None, 1_000)],
)
def test_what_one_token_reads(active: int | None, parameters: int | None, read: int) -> None:
    assert speed.read_per_token(Model("x", active=active, parameters=parameters), 1_000) == read


@pytest.mark.parametrize(("parameters", "layers"), [(8_000_000_000, 32), (70_000_000_000, 79.6), (0, 0.0022)])
def test_layers_that_a_size_suggests(parameters: int, layers: float) -> None:
    assert speed.layers_of(parameters) == pytest.approx(layers, rel=0.05)
