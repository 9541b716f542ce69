"""trtllm-serve: a share of what is free, and a context that is shortened. Expected bytes are worked out by hand."""

from __future__ import annotations

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.engines import registry
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request

GIB = 2**30
CATALOGUE = Catalogue()
WEIGHTS = 16_060_522_496 + 131_072 * 128 * 2
CELL = 32 * 8 * (128 + 128) * 2


def _request(flags: dict[str, Flag], gib: int = 20, count: int = 1) -> Request:
    row = CATALOGUE.model("meta-llama/Llama-3.1-8B-Instruct").row
    assert row is not None
    card = Card("GPU", count, gib * GIB, "measured", gib * GIB)
    return Request(row, "catalogue", "bf16", True, flags=flags, cards=(card,))


def _outcome(request: Request) -> Outcome:
    engine = registry.engine("tensorrt-llm")
    assert engine is not None
    return engine.outcome(request)


def test_the_cache_is_nine_tenths_of_what_is_free() -> None:
    outcome = _outcome(_request({}))
    free = 20 * GIB - WEIGHTS - 2 * 10 * 8192 * 4096 - GIB
    assert outcome.cache is not None
    assert outcome.cache.bytes_per_token == CELL
    assert outcome.cache.capacity_tokens == int(free * 0.9) // CELL // 32 * 32 == 24_960
    assert outcome.verdict == "fits"
    assert any("reduced to 24960" in remark for remark in outcome.remarks)


def test_a_stated_context_is_shortened_or_refused() -> None:
    stated: dict[str, Flag] = {"max-seq-len": 65_536}
    assert _outcome(_request(stated)).verdict == "tight"
    strict = _outcome(_request({**stated, "fail-fast-on-attention-window-too-large": True}))
    assert strict.verdict == "does-not-fit"
    assert strict.refusal.endswith("They are reduced to 24960")


def test_a_smaller_fraction_leaves_a_smaller_cache() -> None:
    half, whole = (_outcome(_request({"free-gpu-memory-fraction": part})).cache for part in (0.45, 0.9))
    assert half is not None
    assert whole is not None
    assert half.capacity_tokens == pytest.approx((whole.capacity_tokens or 0) / 2, abs=32)


def test_ranks_divide_heads_and_round_up_those_of_the_cache() -> None:
    assert _outcome(_request({"tensor-parallel-size": 3}, count=3)).refusal.startswith("AssertionError")
    cache = _outcome(_request({"tensor-parallel-size": 16}, count=16)).cache
    assert cache is not None
    assert cache.bytes_per_token == CELL // 8


@pytest.mark.parametrize("gib", [12, 16])
def test_weights_beyond_the_gpu_run_out_of_memory(gib: int) -> None:
    assert _outcome(_request({}, gib=gib)).refusal.startswith("CUDA out of memory")


def test_what_is_not_read_leaves_the_verdict_open() -> None:
    assert _outcome(_request({"backend": "tensorrt"})).verdict == "unknown"
    assert any("--config" in remark for remark in _outcome(_request({"config": "x.yaml"})).remarks)
    assert _outcome(_request({})._replace(cards=None)).unknown == ("machine.gpus",)
