"""Arguments of vLLM that switch something off or leave it to the engine, by the words that it knows."""

from __future__ import annotations

from typing import Any

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.engines.cards import smallest
from llmlint.engines.request import Card, Flag, Request
from llmlint.engines.vllm.encoders import encodes
from llmlint.engines.vllm.settings import settings

CATALOGUE = Catalogue()


def request(flags: dict[str, Flag], model: str = "Qwen/Qwen2.5-VL-7B-Instruct") -> Request:
    row, card = CATALOGUE.model(model).row, CATALOGUE.accelerator("L40S").row
    assert row is not None
    assert card is not None
    cards = (Card("L40S", 1, card.usable_bytes, card.usable_basis, card.memory_bytes, card),)
    return Request(row, "catalogue", "bf16", True, flags=flags, cards=cards)


SETTINGS: list[tuple[dict[str, Flag], str, Any]] = [
    ({}, "fitted", False),
    ({"max-model-len": "auto"}, "fitted", True),
    ({"max-model-len": -1}, "fitted", True),
    ({"max-model-len": 4096}, "fitted", False),
    ({"max-model-len": 4096}, "context", 4096),
    ({"speculative-config": {"method": "mtp", "num_speculative_tokens": 1}}, "speculated", 1),
    ({"speculative-config": {"method": "mtp", "num_speculative_tokens": 0}}, "speculated", 0),
    ({"speculative-config": {"method": "mtp", "num_speculative_tokens": True}}, "speculated", 0),
    ({"speculative-config": {"method": "deepseek_mtp"}}, "predicts", True),
    ({"speculative-config": {"method": "ngram"}}, "drafts", False),
    ({"speculative-config": {"method": "eagle3"}}, "drafts", True),
    ({"enforce-eager": True}, "eager", True),
    ({"optimization-level": 0}, "eager", True),
    ({"compilation-config": {"cudagraph_mode": "NONE"}}, "eager", True),
    ({"compilation-config": {"cudagraph_mode": "FULL"}}, "eager", False),
    ({"mamba-ssm-cache-dtype": "float32"}, "recurrent_width", 4),
    ({"mamba-ssm-cache-dtype": "float16"}, "recurrent_width", 2),
    ({"mamba-ssm-cache-dtype": "auto"}, "recurrent_width", 2),
    ({"cpu-offload-gb": 1.5}, "offload", 1_610_612_736),
    ({"kv-cache-memory-bytes": 7}, "cache_bytes", 7),
    ({"block-size": 32}, "block", 32),
    ({}, "block", 16),
    ({"no-enable-prefix-caching": True}, "prefixes", False),
    ({"enable-prefix-caching": True}, "prefixes", True),
    ({"enable-prefix-caching": False}, "prefixes", False),
]


@pytest.mark.parametrize(("flags", "name", "value"), SETTINGS)
def test_settings(flags: dict[str, Flag], name: str, value: Any) -> None:
    asked = request(flags)
    device = smallest(asked)
    assert device is not None
    assert getattr(settings(asked, device), name) == value


@pytest.mark.parametrize(
    ("flags", "profiled"),
    [
        ({}, True),
        ({"language-model-only": True}, False),
        ({"limit-mm-per-prompt": {"image": 0, "video": 0}}, False),
        ({"limit-mm-per-prompt": {"image": 0, "video": 1}}, True),
        ({"limit-mm-per-prompt": {}}, True),
    ],
)
def test_encoders_that_are_profiled(flags: dict[str, Flag], profiled: bool) -> None:
    assert encodes(request(flags)) == profiled
    assert not encodes(request(flags, "meta-llama/Llama-3.1-8B-Instruct"))
