"""mlx_lm.server: MLX's own formats, the working set, caches that grow. Expected bytes are worked out by hand."""

from __future__ import annotations

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.engines import registry
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request

GIB = 2**30
CATALOGUE = Catalogue()
CELL = 32 * 8 * (128 + 128) * 2
FOUR_BIT = round(8_030_261_248 * 4.5 / 8)
"""mlx-community's 4-bit copy of Llama-3.1-8B is 4.52 GB."""
RUNTIME = round(0.3 * GIB)


def _request(precision: str, gib: int | None = 12, flags: dict[str, Flag] | None = None) -> Request:
    row = CATALOGUE.model("meta-llama/Llama-3.1-8B-Instruct").row
    assert row is not None
    share = gib * GIB if gib is not None else None
    return Request(row, "catalogue", precision, True, context=8192, flags=flags or {}, unified=True, working_set=share)


def _outcome(request: Request) -> Outcome:
    engine = registry.engine("mlx")
    assert engine is not None
    return engine.outcome(request)


def test_weights_and_the_longest_request_in_the_working_set() -> None:
    outcome = _outcome(_request("int4"))
    room = 12 * GIB - FOUR_BIT - RUNTIME - 2048 * 2 * (3 * 14_336 + 4 * 4096)
    assert outcome.verdict == "fits"
    assert outcome.gpu[0].bytes == FOUR_BIT
    assert outcome.cache is not None
    assert outcome.cache.needed_bytes == 8192 * CELL
    assert outcome.cache.max_context == room // CELL // 256 * 256


def test_beyond_the_working_set_it_fails() -> None:
    outcome = _outcome(_request("fp16"))
    assert outcome.verdict == "does-not-fit"
    assert "kIOGPUCommandBufferCallbackErrorOutOfMemory" in outcome.refusal


def test_close_to_it_mlx_lm_warns() -> None:
    outcome = _outcome(_request("fp16", 16))
    assert outcome.verdict == "tight"
    assert outcome.remarks[0].startswith("mlx_lm warns")


def test_caches_of_earlier_prompts_are_kept() -> None:
    assert any("10 earlier prompts" in remark for remark in _outcome(_request("int4")).remarks)
    limited = _outcome(_request("int4", flags={"prompt-cache-bytes": "2GB"}))
    assert not any("earlier prompts" in remark for remark in limited.remarks)


@pytest.mark.parametrize(("precision", "bits"), [("int8", 8.5), ("mxfp4", 4.25), ("bf16", 16)])
def test_bits_of_the_formats(precision: str, bits: float) -> None:
    assert _outcome(_request(precision, 64)).gpu[0].bytes == round(8_030_261_248 * bits / 8)


def test_other_formats_and_unknown_memory_leave_the_verdict_open() -> None:
    assert _outcome(_request("q4_k_m")).unknown == ("precision",)
    assert _outcome(_request("int4", None)).unknown == ("machine.ram",)


def test_a_card_of_its_own_memory() -> None:
    cards = (Card("GPU", 1, 24 * GIB, "measured", 24 * GIB),)
    request = _request("int4", None)._replace(unified=False, cards=cards)
    assert _outcome(request).usable == 24 * GIB
