"""One fault of a deployment with an engine gives one finding, and findings point at the argument that is wrong."""

from __future__ import annotations

import pytest

from llmlint.facts.places import index
from llmlint.facts.remedy import outcome, starts
from llmlint.linting import all_facts
from llmlint.rulebook import check
from tests.test_rules import CATALOGUE, RULES, literals, readable

MEMORY = (
    "vram-too-small",
    "vram-headroom-small",
    "unified-memory-overcommitted",
    "kv-cache-does-not-fit",
    "default-context-does-not-fit",
    "memory-fraction-too-low",
    "kv-cache-may-not-fit",
    "default-context-may-not-fit",
    "memory-fraction-may-be-too-low",
    "context-exceeds-engine",
    "draft-model-does-not-fit",
)
"""Rules of which a deployment meets one at most."""
DECIDED = [rule for rule in MEMORY if rule not in ("vram-headroom-small", "context-exceeds-engine", MEMORY[-1])]
EXAMPLES = [
    pytest.param(text, id=f"{rule}-{kind}-{number}")
    for rule in MEMORY
    for kind in ("pass", "fail")
    for number, text in enumerate(literals(RULES[rule], kind), 1)
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_one_fault_of_memory_gives_one_finding(text: str) -> None:
    for facts in all_facts(readable(text).plans, CATALOGUE, "example.yaml"):
        found = check([RULES[rule].rule for rule in MEMORY], facts, "example.yaml").findings
        assert len(found) <= 1, [finding.rule for finding in found]


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_the_engine_would_do_decides(text: str) -> None:
    """Where its verdict is known the rules agree with it: an error where it does not start, a warning where it is not
    sure, and nothing where it starts."""
    for facts in all_facts(readable(text).plans, CATALOGUE, "example.yaml"):
        found = check([loaded.rule for loaded in RULES.values()], facts, "example.yaml").findings
        told = {finding.rule: finding.severity for finding in found if finding.rule in DECIDED}
        if facts.engine.knows_gpu:
            assert bool(told) == (facts.engine.fault in ("weights", "share", "cache", "default-context"))
            if facts.engine.fault in ("share", "cache", "default-context"):
                assert list(told.values()) == ["error" if facts.engine.is_sure else "warning"]


def test_an_argument_is_found_in_a_list_a_mapping_and_not_in_a_string() -> None:
    args = ["--max-model-len", 8192, "--tensor-parallel-size=2", "-O3"]
    assert index("vllm", args, None, ["max-model-len"]) == 1
    assert index("vllm", args, None, ["tensor-parallel-size"]) == 2
    assert index("vllm", args, None, ["enforce-eager"]) is None
    assert index("vllm", {"max_model_len": 8192, "tp": 1}, None, ["max-model-len"]) == "max_model_len"
    assert index("vllm", "--max-model-len 8192", None, ["max-model-len"]) is None


def test_the_least_share_that_is_offered_is_the_least() -> None:
    text = """\
model: meta-llama/Llama-3.1-8B-Instruct
precision: fp16
engine: {name: vllm, args: [--max-model-len=8192, --gpu-memory-utilization=0.5]}
machine: {gpus: L4}
"""
    (facts,) = all_facts(readable(text).plans, CATALOGUE, "example.yaml")
    offered = facts.share.larger
    assert offered is not None
    assert starts(outcome(facts, {"gpu-memory-utilization": f"{offered:.2f}"}))
    assert not starts(outcome(facts, {"gpu-memory-utilization": f"{offered - 0.01:.2f}"}))


def test_engines_are_not_asked_about_machines_that_nobody_has() -> None:
    text = "model: meta-llama/Llama-3.1-70B-Instruct\nengine: llama.cpp\nmachine: {gpus: [{name: L4, count: 100000}]}\n"
    (facts,) = all_facts(readable(text).plans, CATALOGUE, "example.yaml")
    assert facts.engine.outcome is None
    assert not facts.engine.known
