"""Capacity over lengths: each point is what the engine says of a deployment that is written so."""

from __future__ import annotations

import pytest

from llmlint.capacity import Capacity, capacity, lengths
from llmlint.catalog import Catalogue
from llmlint.facts import Facts
from llmlint.linting import all_facts, read_plans

VLLM = """\
model: meta-llama/Llama-3.1-8B-Instruct
precision: fp16
workload: {context: CONTEXT, concurrency: 6}
engine: {name: vllm, version: 0.11.0, args: [--max-model-len=CONTEXT]}
machine: {gpus: RTX 4090}
"""
LLAMACPP = """\
model: meta-llama/Llama-3.1-8B-Instruct
precision: q4_k_m
workload: {context: CONTEXT, concurrency: 4}
engine: {name: llama.cpp, args: "-c 32768 -np 4 -ngl 99"}
machine: {gpus: RTX 4090}
"""


def facts(text: str) -> Facts:
    read = read_plans(text.encode(), "deploy.yaml")
    assert not read.findings
    (one,) = all_facts(read.plans, Catalogue(), "deploy.yaml")
    return one


def of(text: str) -> Capacity:
    found = capacity(facts(text))
    assert found is not None
    return found


@pytest.mark.parametrize("text", [VLLM, LLAMACPP])
def test_every_point_is_what_a_file_of_that_length_is_told(text: str) -> None:
    found = of(text.replace("CONTEXT", "8192"))
    assert len(found.points) > 6
    assert {point.requests is None for point in found.points} == {True, False}
    for point in found.points:
        engine = facts(text.replace("CONTEXT", str(point.context))).engine
        longest = engine.max_context or 0
        served = not engine.refusal and point.context <= longest
        assert (point.requests is not None) == served, point
        if served:
            assert point.requests == engine.max_concurrency


def test_lengths_go_up_to_the_model_s_context_and_hold_the_planned_one() -> None:
    contexts = [point.context for point in of(VLLM.replace("CONTEXT", "5000")).points]
    assert contexts == [1024, 2048, 4096, 5000, 8192, 16384, 32768, 65536, 131072]


def test_longer_requests_are_never_more() -> None:
    held = [point.requests or 0 for point in of(VLLM.replace("CONTEXT", "8192")).points]
    assert held == sorted(held, reverse=True)


@pytest.mark.parametrize(("context", "suffices"), [(4096, True), (8192, False), (131072, False)])
def test_the_planned_point(context: int, suffices: bool) -> None:
    found = of(VLLM.replace("CONTEXT", str(context)))
    assert (found.context, found.concurrency, found.suffices) == (context, 6, suffices)
    assert (found.held is None) == (context == 131072)


def test_without_a_plan_nothing_is_said_of_it() -> None:
    found = of(VLLM.replace("workload: {context: CONTEXT, concurrency: 6}\n", "").replace("CONTEXT", "8192"))
    assert (found.context, found.concurrency, found.held, found.suffices) == (None, None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "model: meta-llama/Llama-3.1-8B-Instruct\nprecision: fp16\n",
        "model: nobody/knows\nengine: vllm\nmachine: {gpus: L4}\n",
        "model: meta-llama/Llama-3.1-8B-Instruct\nengine: vllm\n",
        "model: meta-llama/Llama-3.1-70B-Instruct\nprecision: fp16\nengine: vllm\nmachine: {gpus: L4}\n",
    ],
)
def test_what_cannot_be_told_is_none(text: str) -> None:
    assert capacity(facts(text)) is None


def test_a_context_beyond_reason_is_not_followed() -> None:
    text = "model: {parameters: 8B, architecture: {max_ctx: 999999999999}}\nengine: vllm\nmachine: {gpus: H100 SXM}\n"
    found = capacity(facts(text))
    assert found is None or len(found.points) < 20


LENGTHS = [
    # the model's context, what is served, what is planned
    ((8192, None, None), [1024, 2048, 4096, 8192]),
    ((8193, None, None), [1024, 2048, 4096, 8192, 8193]),
    ((1024, None, None), [1024]),
    ((1000, None, None), [1000]),
    ((4096, 3000, 100), [100, 1024, 2048, 3000, 4096]),
    ((None, 4096, 100), [100, 1024, 2048, 4096]),
    ((None, None, 3000), [1024, 2048, 3000]),
    ((None, None, None), [1024]),
    ((2048, 0, 1), [1, 1024, 2048]),
    ((2**25, 2**24, 2**24 + 1), [2**power for power in range(10, 25)]),
]


@pytest.mark.parametrize(("known", "asked"), LENGTHS)
def test_lengths(known: tuple[int | None, int | None, int | None], asked: list[int]) -> None:
    assert lengths(*known) == asked


@pytest.mark.parametrize(
    ("context", "concurrency", "held", "suffices"),
    [
        (4096, 6, 6.0, True),
        (4096, 6, 5.9, False),
        (4096, 6, None, False),
        (None, 6, 9.0, None),
        (4096, None, 9.0, None),
    ],
)
def test_what_suffices(context: int | None, concurrency: int | None, held: float | None, suffices: bool | None) -> None:
    assert Capacity((), context, concurrency, held).suffices is suffices


def test_lengths_that_are_served_are_told_from_those_that_are_refused() -> None:
    found = {point.context: point.requests for point in of(LLAMACPP.replace("CONTEXT", "8192")).points}
    assert found[8192] == 4  # 32,768 cells in 4 slots: a request of 8,192 fits each, a longer one none
    assert found[16384] is None
