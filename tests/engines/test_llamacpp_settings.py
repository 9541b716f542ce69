"""What llama-server would run with, flag by flag and build by build, and its buffers by hand."""

from __future__ import annotations

from typing import Any

import pytest

from llmlint.catalog.rows import Ffn, LayerGroup, Mixer, Model
from llmlint.engines.llamacpp import buffers, cache
from llmlint.engines.llamacpp.settings import ALL, MIB, Settings, known_type, settings
from llmlint.engines.request import Flag, Request

DENSE = LayerGroup(2, Mixer("gqa", 4, 2, 16), Ffn("dense", 128))
MODEL = Model("x", hidden=64, vocab=2_000, tied=False, groups=(DENSE,))


def told(flags: dict[str, Flag], build: int | None = None, **more: Any) -> Settings:
    version = None if build is None else (build,)
    return settings(Request(MODEL, "catalogue", "q8_0", True, flags=flags, version=version, **more))


DEFAULTS: list[tuple[str, int, Any, Any]] = [
    # setting, the build that changed it, before, since
    ("compressed", 5130, False, True),
    ("whole_windows", 5440, True, False),
    ("flash", 6325, False, True),
    ("layers", 6325, 0, None),
    ("slots", 6900, 1, 4),
    ("unified", 6900, False, True),
    ("prompt_cache", 6900, 0, 8192 * MIB),
    ("fit", 7400, False, True),
]


@pytest.mark.parametrize(("name", "build", "before", "since"), DEFAULTS)
def test_defaults_by_build(name: str, build: int, before: Any, since: Any) -> None:
    assert getattr(told({}, build - 1), name) == before
    assert getattr(told({}, build), name) == since
    assert getattr(told({}), name) == since
    assert getattr(told({}, 999), name) == since  # no build has so small a number: taken as new


@pytest.mark.parametrize(
    ("build", "flags", "padding"),
    [(6324, {}, 32), (6325, {}, 256), (6999, {"flash-attn": "off"}, 32), (7000, {"flash-attn": "off"}, 256)],
)
def test_cells_are_padded(build: int, flags: dict[str, Flag], padding: int) -> None:
    assert told(flags, build).padding == padding


FLAGS: list[Any] = [
    # flags, setting, its value
    ({}, "context", None),
    ({"ctx-size": 0}, "context", None),
    ({"ctx-size": 1}, "context", 1),
    ({"parallel": 3}, "slots", 3),
    ({"parallel": 3}, "unified", False),
    ({"parallel": 3, "kv-unified": True}, "unified", True),
    ({"parallel": -1}, "slots", 4),
    ({"parallel": 0}, "slots", 1),
    ({"parallel": 0}, "unified", False),
    ({"kv-unified": False}, "unified", False),
    ({}, "micro", 512),
    ({"ubatch-size": 100}, "micro", 100),
    ({"batch-size": 300}, "micro", 300),
    ({"ubatch-size": 4096}, "micro", 2048),
    ({}, "key_type", "f16"),
    ({"cache-type-k": "Q8_0"}, "key_type", "q8_0"),
    ({"cache-type-k": "q8_0"}, "value_type", "f16"),
    ({"cache-type-v": "Q4_0"}, "value_type", "q4_0"),
    ({"cache-type-v": "q4_0"}, "key_type", "f16"),
    *(({"flash-attn": written}, "flash", True) for written in (True, "on", "AUTO", "1", "true", "enabled")),
    *(({"flash-attn": written}, "flash", False) for written in (False, "off", "0", "disabled")),
    *(
        ({"n-gpu-layers": written}, "layers", number)
        for written, number in (("auto", None), ("all", ALL), ("-1", None))
    ),
    *(
        ({"n-gpu-layers": written}, "layers", number)
        for written, number in (("0", 0), ("7", 7), ("-2", ALL), ("x", ALL))
    ),
    *(({"fit": written}, "fit", False) for written in ("off", "FALSE", "0")),
    ({"fit": "on"}, "fit", True),
    ({}, "margin", 1024 * MIB),
    ({"fit-target": "512"}, "margin", 512 * MIB),
    ({"fit-target": "512, 2048,x"}, "margin", 2048 * MIB),
    ({}, "least", 4096),
    ({"fit-ctx": 8192}, "least", 8192),
    ({"swa-full": True}, "whole_windows", True),
    ({}, "cache_on_device", True),
    ({"kv-offload": False}, "cache_on_device", False),
    ({}, "experts_on_host", 0),
    ({"n-cpu-moe": 3}, "experts_on_host", 3),
    ({"cpu-moe": True, "n-cpu-moe": 3}, "experts_on_host", ALL),
    ({}, "split", ()),
    ({"tensor-split": "3,1"}, "split", (3.0, 1.0)),
    ({"tensor-split": "3/1/,"}, "split", (3.0, 1.0)),
    ({"tensor-split": "3,x"}, "split", ()),
    ({}, "one_device", False),
    ({"split-mode": "none"}, "one_device", True),
    ({"split-mode": "row"}, "one_device", False),
    ({"cache-ram": 100}, "prompt_cache", 100 * MIB),
    ({"cache-ram": -1}, "prompt_cache", 0),
]


@pytest.mark.parametrize(("flags", "name", "value"), FLAGS)
def test_flags(flags: dict[str, Flag], name: str, value: Any) -> None:
    assert getattr(told(flags), name) == value


def test_the_deployment_s_cache_format_counts_where_no_flag_says_another() -> None:
    found = told({"cache-type-v": "q4_0"}, cache="Q8_0")
    assert (found.key_type, found.value_type) == ("q8_0", "q4_0")


@pytest.mark.parametrize(
    ("name", "known"), [("fp16", "f16"), ("fp32", "f32"), ("q8_0", "q8_0"), ("fp8", None), ("turbo3", None)]
)
def test_cache_types(name: str, known: str | None) -> None:
    assert known_type(name) == known


def test_streams_divide_the_context() -> None:
    unified, apart = told({}), told({"parallel": 3})
    assert (unified.streams, unified.cells(1_000)) == (1, 1_024)
    assert (apart.streams, apart.cells(1_000), apart.cells(768)) == (3, 512, 256)  # 1,024 // 3 = 341, and 256


def test_a_cache_by_hand() -> None:
    """Two layers of 2 × 16 keys and as many values at 16 bits: 256 bytes a token."""
    one = told({"parallel": 1})
    assert cache.total(MODEL, one, 1_000) == 1_024 * 256
    assert cache.total(MODEL, told({"parallel": 3}), 1_000) == 3 * 512 * 256
    assert cache.per_token(MODEL, one) == 256
    assert cache.per_token(MODEL, told({"parallel": 3})) == 256
    assert cache.total(MODEL, told({"cache-type-k": "q8_0", "parallel": 1}), 1_000) == 1_024 * 2 * (34 + 64)
    assert cache.total(MODEL, told({"cache-type-k": "fp8"}), 1_000) is None
    assert cache.total(MODEL._replace(encoder=True), one, 1_000) is None
    assert cache.total(MODEL._replace(groups=()), one, 1_000) is None
    assert cache.state_bytes(MODEL._replace(state32=10), told({})) == 40


WINDOWED = MODEL._replace(groups=(DENSE._replace(mixer=DENSE.mixer._replace(window=512)), DENSE))


def test_windows_keep_what_they_need_in_steps_of_256() -> None:
    """512 of the window for each of 4 slots and 512 of a pass: 2,560; of one slot 1,024."""
    assert cache.total(WINDOWED, told({}), 8_192) == (2_560 + 8_192) * 256
    assert cache.total(WINDOWED, told({"parallel": 1}), 8_192) == (1_024 + 8_192) * 256
    assert cache.total(WINDOWED, told({"parallel": 1, "ubatch-size": 100}), 8_192) == (768 + 8_192) * 256
    assert cache.total(WINDOWED, told({"parallel": 1}), 512) == 2 * 512 * 256
    assert cache.total(WINDOWED, told({"parallel": 1, "swa-full": True}), 8_192) == 2 * 8_192 * 256
    assert cache.per_token(WINDOWED, told({})) == 256


LATENT = MODEL._replace(
    groups=(LayerGroup(2, Mixer("mla", 4, 4, 0, nope=8, rope=32, kv_lora=32, v=6, indexer_dim=64), Ffn("dense", 128)),)
)


def test_latent_attention_keeps_one_key_and_the_indexer_s() -> None:
    one = told({"parallel": 1})
    assert cache.total(LATENT, one, 1_024) == 1_024 * 2 * (64 + 64) * 2
    assert cache.total(LATENT, told({"flash-attn": "on"}, 5129), 1_024) == 1_024 * 2 * (4 * 40 + 4 * 6) * 2


MICRO, CELLS = 512, 1_024
COMPUTED: list[tuple[Model, dict[str, Flag], int]] = [
    # what is alive with the logits: two hidden states, one more of a quantised cache, of delta nets, of sinks
    (MODEL, {}, 4 * MICRO * (2_000 + 2 * 64 + 1)),
    (MODEL, {"cache-type-v": "q8_0"}, 4 * MICRO * (2_000 + 3 * 64 + 1)),
    (
        MODEL._replace(groups=(DENSE._replace(mixer=DENSE.mixer._replace(sinks=True)),)),
        {},
        4 * MICRO * (2_000 + 3 * 64 + 1),
    ),
    (MODEL._replace(groups=(DENSE, LayerGroup(1, Mixer("gdn"), Ffn("none")))), {}, 4 * MICRO * (2_000 + 3 * 64 + 1)),
    (LATENT, {}, 4 * MICRO * (2_000 + 2 * 64 + 4 * 64 + 1)),
    # a small vocabulary: the feed-forward block, 3 × its width, 3 hidden states, queries, 28 bytes and the mask
    (MODEL._replace(vocab=10), {}, 4 * MICRO * (3 * 128 + 3 * 64 + 64) + 28 * MICRO + 2 * MICRO * CELLS),
    (
        MODEL._replace(vocab=10, groups=(DENSE._replace(ffn=Ffn("moe", 100, experts=8, active=2)),)),
        {},
        4 * MICRO * (3 * 200 + 3 * 64 + 64) + 28 * MICRO + 2 * MICRO * CELLS,
    ),
    (
        LATENT._replace(vocab=10, groups=(LATENT.groups[0]._replace(ffn=Ffn("moe", 100, experts=8, active=2)),)),  # type: ignore[index]
        {},
        4 * MICRO * (10 + 2 * 64 + 4 * 64 + 1),
    ),
    # without flash attention: the scores of all heads and the mask at 32 bits
    (
        MODEL,
        {"flash-attn": "off"},
        4 * MICRO * (CELLS * 5 + 2 * 64 + 3 * 64 + 2 * 32) + 20 * MICRO,
    ),
]


@pytest.mark.parametrize(("model", "flags", "size"), COMPUTED)
def test_compute_buffers_by_hand(model: Model, flags: dict[str, Flag], size: int) -> None:
    setting = told({"parallel": 1, **flags})
    assert buffers.compute(model, setting, 1_000) == size
    low, high = buffers.ends(model, setting, 1_000, 1)
    plain = all(group.mixer.kind == "gqa" and not group.mixer.sinks for group in model.groups or ())
    mask = 2 * MICRO * CELLS if model.groups and model.groups[0].mixer.kind == "mla" else 0
    assert (low, high) == (round(size * 0.93), round(size * (1.05 if plain else 1.15)) + mask)
    assert buffers.ends(model, setting, 1_000, 2)[1] == round(size * (1.05 if plain else 1.15) * 1.15) + mask


def test_buffers_of_the_host_by_hand() -> None:
    setting = told({"parallel": 1})
    assert buffers.on_host(MODEL, setting, 1_000) == 4 * MICRO * (CELLS + 64)
    assert buffers.on_host(MODEL, setting, 100) == 4 * 100 * (256 + 64)
    assert buffers.output(MODEL, told({})) == 4 * 2_000 * 4
