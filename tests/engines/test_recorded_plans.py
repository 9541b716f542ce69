"""No estimate of these deployments changes unseen; `python tools/generate.py` writes today's, for the diff."""

from __future__ import annotations

import json
from typing import Any

import pytest
from generation.recorded_plans import FILE, deployments, figures

from benchmarks.accuracy.rows import Deployment
from llmlint.resources import CHECKOUT

with open(f"{CHECKOUT}/{FILE}", encoding="utf-8") as file:
    RECORDED = {line["id"]: line for line in map(json.loads, file)}


@pytest.mark.parametrize(("name", "deployment"), [pytest.param(*one, id=one[0]) for one in deployments()])
def test_figures_are_those_that_were_judged(name: str, deployment: Deployment) -> None:
    assert told(figures(name, deployment)) == RECORDED[name]


def told(found: dict[str, Any]) -> Any:
    return json.loads(json.dumps(found))
