"""TGI: limits in tokens, the warm-up, and the cache that it leaves. Expected bytes are worked out by hand."""

from __future__ import annotations

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.engines import cards, registry
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request
from llmlint.engines.tgi import prefill
from llmlint.engines.tgi.limits import conflict, limits

GIB = 2**30
CATALOGUE = Catalogue()
WEIGHTS = 16_060_522_496 + 131_072 * 128 * 2
"""Llama-3.1-8B in 16 bits, and its rotary tables."""
CELL = 32 * 8 * (128 + 128) * 2
"""Bytes of a token: layers × key and value heads × their widths × 16 bits."""


def _request(flags: dict[str, Flag], gib: int = 20, count: int = 1) -> Request:
    row = CATALOGUE.model("meta-llama/Llama-3.1-8B-Instruct").row
    assert row is not None
    card = Card("GPU", count, gib * GIB, "measured", gib * GIB)
    return Request(row, "catalogue", "bf16", True, flags=flags, cards=(card,))


def _outcome(request: Request) -> Outcome:
    engine = registry.engine("tgi")
    assert engine is not None
    return engine.outcome(request)


def test_the_cache_is_what_the_warm_up_leaves_of_the_share() -> None:
    outcome = _outcome(_request({"max-batch-prefill-tokens": 4096}))
    peak = 4096 * 2 * (3 * 14_336 + 4 * 4096)
    room = round(20 * GIB * 0.9) - WEIGHTS - GIB // 2 - peak
    assert outcome.cache is not None
    assert outcome.cache.bytes_per_token == CELL
    assert outcome.cache.capacity_tokens == room // CELL == 16_859
    assert outcome.cache.max_context == 16_859  # nobody chose a context: what fits is served
    assert outcome.verdict == "fits"


def test_older_versions_take_another_share() -> None:
    request = _request({"max-batch-prefill-tokens": 4096, "max-input-tokens": 4000, "max-total-tokens": 4096})
    old, new = (_outcome(request._replace(version=version)).budget for version in ((2, 3, 0), (3, 3, 0)))
    assert (old, new) == (round(20 * GIB * 0.95), round(20 * GIB * 0.9))


def test_the_warm_up_holds_one_request_in_full() -> None:
    into_the_tenth = _outcome(_request({"max-batch-prefill-tokens": 4096, "max-total-tokens": 20_000}))
    assert into_the_tenth.verdict == "tight"
    assert into_the_tenth.cache is not None
    assert into_the_tenth.cache.capacity_tokens == 20_000
    refused = _outcome(_request({"max-batch-prefill-tokens": 4096, "max-total-tokens": 60_000}))
    assert refused.refusal.startswith("Not enough memory to handle 4096 prefill tokens.")
    assert refused.cache is not None
    assert refused.cache.max_context == 16_859


def test_a_warm_up_that_does_not_fit_is_refused() -> None:
    outcome = _outcome(_request({"max-batch-prefill-tokens": 40_000}))
    assert outcome.refusal.startswith("Not enough memory to handle 40000 prefill tokens.")


def test_weights_beyond_the_gpu_run_out_of_memory() -> None:
    outcome = _outcome(_request({}, gib=12))
    assert outcome.verdict == "does-not-fit"
    assert outcome.refusal.startswith("CUDA out of memory")


def test_all_gpus_share_the_model_unless_told_otherwise() -> None:
    whole, halves = (_outcome(_request({"sharded": sharded}, count=2)) for sharded in ("false", "true"))
    sizes = [next(item.bytes for item in found.gpu if item.name == "weights") for found in (whole, halves)]
    assert sizes[0] == WEIGHTS
    assert sizes[1] < 0.52 * WEIGHTS
    assert halves.cache is not None
    assert halves.cache.bytes_per_token == CELL // 2


def test_shards_must_divide_the_heads() -> None:
    outcome = _outcome(_request({}, count=3))
    assert outcome.refusal.startswith("`num_heads` must be divisible by `num_shards` (got `num_heads`: 32")
    copies = _outcome(_request({}, count=16))
    assert copies.refusal.startswith("`num_key_value_heads` must be divisible")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"max-input-tokens": 4096, "max-total-tokens": 4096}, "`max_input_tokens`(4096) must be <"),
        ({"max-input-tokens": 10, "max-input-length": 10}, "Both `max_input_tokens` (10) and"),
        ({"max-total-tokens": 20, "max-batch-total-tokens": 10}, "`max_total_tokens` must be <= `max_batch"),
        ({"sharded": "true", "num-shard": 1}, "`sharded` is true but"),
    ],
)
def test_limits_that_contradict_each_other(flags: dict[str, Flag], words: str) -> None:
    assert conflict(flags).startswith(words)
    assert _outcome(_request(flags)).verdict == "does-not-fit"


def test_limits_by_version() -> None:
    request = _request({})
    assert limits(request) == (None, None, None, False)
    assert limits(request._replace(version=(2, 4, 0))) == (4095, 4096, 4145, False)
    assert limits(request._replace(version=(1, 4, 5))) == (1024, 2048, 4096, False)


@pytest.mark.parametrize(
    ("gpu", "tokens"),
    [
        # 32 × (2 × 112 × 128 × 4096 + 6 × 4096 × 14336) = 15,032,385,536 operations a token; the L4 is given 121e12.
        ("L4", 8049),
        ("H100 SXM", 59_870),
        ("RTX 4090", 4096),  # nvidia-smi says GeForce, which the launcher does not recognise
        # 0.95 × 15,360 MiB − 14,449,770,496 bytes, divided by 131,072 + 6 × 21,504
        ("T4", 3272),
    ],
)
def test_prompt_tokens_of_a_pass_by_the_gpu(gpu: str, tokens: int) -> None:
    row = CATALOGUE.accelerator(gpu).row
    assert row is not None
    card = Card(gpu, 1, row.usable_bytes, row.usable_basis, row.memory_bytes, row)
    request = _request({})._replace(cards=(card,))
    device = cards.smallest(request)
    assert device is not None
    assert prefill.tokens(request, device, 1, 1.0) == tokens


def test_what_is_not_known_leaves_the_verdict_open() -> None:
    request = _request({})
    assert _outcome(request._replace(cards=None)).unknown == ("machine.gpus",)
    assert _outcome(request._replace(cards=())).verdict == "unknown"
    assert _outcome(request._replace(unified=True)).verdict == "unknown"
