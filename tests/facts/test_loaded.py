"""Checkpoints of 32 bits are loaded in 16, unless somebody says otherwise."""

from __future__ import annotations

import pytest

from tests.facts.asked import facts_of


@pytest.mark.parametrize(
    ("rest", "loaded"),
    [
        ("engine: vllm", "fp16"),
        ("engine: {name: vllm, args: [--dtype=auto]}", "fp16"),
        ("engine: {name: vllm, args: [--dtype=float32]}", "fp32"),
        ("engine: sglang", "fp16"),
        ("engine: transformers", "fp32"),
        ("engine: vllm\nprecision: fp32", "fp32"),
    ],
)
def test_in_which_format_a_checkpoint_is_loaded(rest: str, loaded: str) -> None:
    facts = facts_of(f"model: google/gemma-2-9b\n{rest}\n")
    assert facts.precision.weights == "fp32"
    assert facts.engine.request is not None
    assert facts.engine.request.weights == loaded
