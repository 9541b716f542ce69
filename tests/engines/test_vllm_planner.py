"""The planner against vLLM's own: answers of vllm 0.33.0's planner to catalogue models, numbers and words only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmlint.catalog.rows import Ffn, LayerGroup, Mixer
from llmlint.engines.vllm import layers, planner

CASES = [json.loads(line) for line in Path(__file__).with_name("vllm_planner.jsonl").read_text().splitlines()]
IN_FLIGHT = 2 * 2048


def _plan(case: dict[str, Any], **options: bool) -> planner.Plan:
    groups = [LayerGroup(number, Mixer(**mixer), Ffn("none")) for number, mixer in case["groups"]]
    form = layers.Format(ranks=case["ranks"], width=case["width"])
    specs = layers.specs(groups, case["hidden"], form)
    return planner.plan(specs, case["available"], case["context"], IN_FLIGHT, **options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['model']}/{case['ranks']}/{case['context']}")
def test_the_plan_is_the_engines(case: dict[str, Any]) -> None:
    plan = _plan(case)
    answer = case["engine"]
    if "refusal" in answer:
        assert plan.refusal == answer["refusal"]
    else:
        printed = int(plan.concurrency * case["context"])
        found = (plan.refusal, plan.block_bytes, plan.blocks, plan.request_bytes, printed)
        assert found == ("", *(answer[key] for key in ("block_bytes", "blocks", "request_bytes", "printed_tokens")))


def _windowed(full: int, sliding: int) -> list[tuple[planner.Spec, int]]:
    return [
        (planner.Spec("full", 16, 32768, (8, 64)), full),
        (planner.Spec("sliding", 16, 32768, (8, 64), 128), sliding),
    ]


def test_without_the_hybrid_manager_all_layers_keep_everything() -> None:
    plan = planner.plan(_windowed(4, 12), 2**30, 32768, IN_FLIGHT, hybrid=False)
    assert (plan.groups, plan.block_bytes, plan.request_blocks) == (1, 16 * 32768, 2048)


def test_groups_take_the_larger_number_where_kinds_are_nearly_even() -> None:
    assert planner.plan(_windowed(13, 12), 2**30, 4096, IN_FLIGHT).groups == 2
    assert planner.plan(_windowed(4, 12), 2**30, 4096, IN_FLIGHT).groups == 4


def test_states_without_the_hybrid_manager_are_refused() -> None:
    mixed = [(planner.Spec("full", 16, 4096), 1), (planner.Spec("state", 0, 4096), 3)]
    with pytest.raises(planner.Unplannable):
        planner.plan(mixed, 2**30, 4096, IN_FLIGHT, hybrid=False)
