"""Answers of engines are kept, and only for the same question."""

from __future__ import annotations

import pytest

from llmlint.catalog import Catalogue
from llmlint.engines import registry
from llmlint.engines.request import Card, Request


def request(**changed: object) -> Request:
    """Llama 3.1 8B on an L40S, changed."""
    model = Catalogue().model("meta-llama/Llama-3.1-8B-Instruct").row
    assert model is not None
    row = Catalogue().accelerator("L40S").row
    assert row is not None
    cards = (Card("L40S", 1, row.usable_bytes, row.usable_basis, row.memory_bytes, row),)
    asked = Request(model, "catalogue", "bf16", cards=cards, version=(0, 33, 0), flags={"max-model-len": "8192"})
    return asked._replace(**changed)  # type: ignore[arg-type]  # the tests name its own fields


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": "fp8"},
        {"context": 4096},
        {"concurrency": 9},
        {"version": (0, 10, 0)},
        {"newest": True, "version": None},
        {"flags": {"max-model-len": "4096"}},
        {"flags": {"max-model-len": "8192", "enforce-eager": True}},
        {"flags": {"max-model-len": "8192", "compilation-config": {"level": 0}}},
        {"flags": {"max-model-len": "8192", "kv-cache-dtype": "fp8"}},
        {"cards": None},
        {"cards": ()},
        {"cards": (Card("L4", 1, 20 << 30, "declared", 24 << 30),)},
        {"unified": True, "working_set": 10 << 30},
    ],
)
def test_whatever_changes_is_asked_anew(changed: dict[str, object]) -> None:
    first, other = request(), request(**changed)
    asked = registry.engine("vllm")
    assert asked is not None
    assert registry.outcome("vllm", first) == asked.outcome(first)
    assert registry.outcome("vllm", other) == asked.outcome(other)
    assert registry.outcome("vllm", first) == asked.outcome(first)


def test_the_same_question_is_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request()
    known = registry.outcome("vllm", asked)
    monkeypatch.setattr(registry.engine("vllm"), "outcome", lambda _: pytest.fail("asked again"))
    assert registry.outcome("vllm", asked._replace()) is known
    assert registry.outcome("nobody", asked) is None


def test_few_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MOST_ANSWERS", 3)
    for tokens in range(10):
        registry.outcome("vllm", request(context=1000 + tokens))
        assert len(registry._answers) <= 3
