"""SGLang: its computed share, its pool, its refusal."""

from __future__ import annotations

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.engines import registry
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request
from llmlint.engines.sglang import share

GIB = 2**30
CATALOGUE = Catalogue()


def _request(model: str, gpu: str, flags: dict[str, Flag], count: int = 1) -> Request:
    row, card = CATALOGUE.model(model).row, CATALOGUE.accelerator(gpu).row
    assert row is not None
    assert card is not None
    cards = (Card(gpu, count, card.usable_bytes, card.usable_basis, card.memory_bytes, card),)
    return Request(row, "catalogue", "bf16", True, flags=flags, cards=cards)


def _outcome(request: Request) -> Outcome:
    engine = registry.engine("sglang")
    assert engine is not None
    return engine.outcome(request)


@pytest.mark.parametrize(
    ("total", "fraction"),
    [(15360, 0.735), (23034, 0.684), (24564, 0.704), (32607, 0.777), (40960, 0.823), (46068, 0.843), (143771, 0.903)],
)
def test_the_share_is_computed_from_the_gpu(total: int, fraction: float) -> None:
    request = _request("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", {})
    assert share.computed(total, 1, 1, request) == pytest.approx(fraction, abs=0.0011)


def test_the_pool_is_what_the_share_leaves() -> None:
    request = _request("meta-llama/Meta-Llama-3-8B-Instruct", "H200", {"mem-fraction-static": 0.8717961202189594})
    outcome = _outcome(request)
    assert outcome.verdict == "fits"
    assert outcome.cache is not None
    assert outcome.cache.bytes_per_token == 131072
    assert outcome.cache.capacity_tokens == pytest.approx(871371, rel=0.002)  # as a log printed


def test_a_share_below_the_weights_is_refused() -> None:
    outcome = _outcome(_request("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", {"mem-fraction-static": 0.5}))
    assert outcome.verdict == "does-not-fit"
    assert outcome.refusal.startswith(
        "Loaded weights leave no GPU memory for the KV cache under --mem-fraction-static=0.5."
    )


def test_two_pools_for_windows_and_states_beside_the_tokens() -> None:
    request = _request("google/gemma-3-12b-it", "H200", {})
    whole = _outcome(request._replace(flags={"disable-hybrid-swa-memory": True})).cache
    hybrid = _outcome(request).cache
    assert whole is not None
    assert hybrid is not None
    assert (hybrid.capacity_tokens or 0) > (whole.capacity_tokens or 0)


def test_without_a_gpu_the_verdict_is_open() -> None:
    request = _request("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", {})._replace(cards=None)
    outcome = _outcome(request)
    assert (outcome.verdict, outcome.unknown) == ("unknown", ("machine.gpus",))


def test_what_loading_leaves_behind_counts_as_weights() -> None:
    outcome = _outcome(_request("Qwen/Qwen2.5-1.5B-Instruct", "GB10", {"mem-fraction-static": "0.4"}))
    item = next(item for item in outcome.gpu if item.name == "weights")
    assert item.bytes / GIB == pytest.approx(3.25, abs=0.05)
    assert item.low is not None
    assert item.low / GIB == pytest.approx(2.91, abs=0.01)
