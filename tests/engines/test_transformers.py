"""transformers serve: layers placed on GPUs and host, a cache that grows. Expected bytes are worked out by hand."""

from __future__ import annotations

from llmlint.catalog.catalogue import Catalogue
from llmlint.engines import registry
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request

GIB = 2**30
CATALOGUE = Catalogue()
WEIGHTS = 16_060_522_496 + 131_072 * 128 * 2
CELL = 32 * 8 * (128 + 128) * 2


def _request(flags: dict[str, Flag], gib: int = 20, count: int = 1, ram: int | None = 64) -> Request:
    row = CATALOGUE.model("meta-llama/Llama-3.1-8B-Instruct").row
    assert row is not None
    cards = (Card("GPU", count, gib * GIB, "measured", gib * GIB),) if count else ()
    memory = ram * GIB if ram is not None else None
    return Request(row, "catalogue", "bf16", True, context=4096, flags=flags, cards=cards, ram=memory)


def _outcome(request: Request) -> Outcome:
    engine = registry.engine("transformers")
    assert engine is not None
    return engine.outcome(request)


def test_the_longest_request_is_what_the_weights_leave() -> None:
    outcome = _outcome(_request({}))
    room = 20 * GIB - WEIGHTS - 3 * GIB // 4 - 4096 * 2 * (3 * 14_336 + 4 * 4096)
    assert outcome.verdict == "fits"
    assert outcome.cache is not None
    assert outcome.cache.max_context == room // CELL == 31_195
    assert outcome.cache.needed_bytes == 4096 * CELL


def test_what_a_tenth_of_the_gpu_is_kept_free_for_goes_to_the_host() -> None:
    outcome = _outcome(_request({}, gib=16))
    limit = int((16 * GIB - 3 * GIB // 4) * 0.9)
    assert outcome.verdict == "tight"
    assert [item.bytes for item in outcome.host] == [WEIGHTS - limit]
    assert _outcome(_request({}, gib=16, ram=None)).unknown == ("machine.ram",)


def test_a_device_by_name_must_hold_all_of_it() -> None:
    assert _outcome(_request({"device": "cuda"}, gib=12)).refusal.startswith("CUDA out of memory")
    assert _outcome(_request({"device": "cuda"}, gib=17)).verdict in ("fits", "tight")


def test_layers_are_divided_among_the_gpus() -> None:
    outcome = _outcome(_request({}, gib=12, count=2))
    assert outcome.verdict == "fits"
    assert next(item.bytes for item in outcome.gpu if item.name == "weights") == WEIGHTS // 2


def test_bitsandbytes_takes_no_layers_on_the_host() -> None:
    assert _outcome(_request({"quantization": "bnb-4bit"}, gib=12)).verdict == "fits"
    refused = _outcome(_request({"quantization": "bnb-4bit"}, gib=6))
    assert refused.refusal.startswith("Some modules are dispatched on the CPU or the disk.")


def test_without_a_gpu_all_of_it_is_in_system_memory() -> None:
    assert _outcome(_request({}, count=0)).verdict == "fits"
    assert _outcome(_request({}, count=0, ram=16)).verdict == "does-not-fit"
    assert _outcome(_request({}, count=0, ram=None)).unknown == ("machine.ram",)


def test_latent_attention_keeps_the_keys_and_values_of_every_head() -> None:
    row = CATALOGUE.model("deepseek-ai/DeepSeek-V3").row
    assert row is not None
    cards = (Card("GPU", 16, 141 * GIB, "measured", 141 * GIB),)
    cache = _outcome(Request(row, "catalogue", "fp8", True, flags={}, cards=cards)).cache
    assert cache is not None
    assert cache.bytes_per_token == -(-61 * 128 * (128 + 64 + 128) * 2 // 16)
