"""Accuracy does not worsen: bands around today's answers to recorded runs, and the figures that the project set itself.

`python benchmarks/accuracy/score.py --freeze` writes the bands anew after a change for the better.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy import page
from benchmarks.accuracy.figures import by_component, figures, matrix
from benchmarks.accuracy.measure import OURS, Answer, Judged
from benchmarks.accuracy.score import scored

FROZEN = [json.loads(line) for line in Path(__file__).with_name("accuracy.jsonl").read_text().splitlines()]


@functools.cache
def answered() -> tuple[dict[tuple[str, str], Answer], dict[str, Judged]]:
    answers, verdicts = scored()
    by_row = {(answer.row["id"], answer.component): answer for answer in answers}
    return by_row, {one.row["id"]: one for one in verdicts}


@pytest.mark.parametrize("band", FROZEN, ids=lambda band: f"{band['component']}-{band['id']}")
def test_no_answer_is_worse(band: dict[str, Any]) -> None:
    answers, verdicts = answered()
    if band["component"] == "verdict":
        said = verdicts[band["id"]].said[OURS]
        assert said != "unknown"
        assert (said != "does-not-fit") == band["fits"]
        return
    error = answers[band["id"], band["component"]].error
    assert error is not None
    assert abs(error) <= band["allowed"]


@pytest.mark.parametrize(
    ("component", "share", "median"),
    [
        ("weights", 0.90, 0.005),
        ("KV memory", 0.85, 0.03),
        ("KV tokens", 0.85, 0.03),
        ("KV cache", 0.85, 0.0),
        ("model file", 0.95, 0.005),
        ("decode speed", 0.95, 0.15),
    ],
)
def test_share_of_answers_and_median_error(component: str, share: float, median: float) -> None:
    found = figures(by_component(answered()[0].values())[component])
    assert found is not None
    assert found.answered >= share * found.asked
    assert found.median <= median


def test_intervals_and_exactness() -> None:
    parts = by_component(answered()[0].values())
    speed = [answer.within for answer in parts["decode speed"] if answer.within is not None]
    assert sum(speed) >= 0.8 * len(speed)
    files = [abs(answer.error) for answer in parts["model file"] if answer.error is not None]
    assert sum(error <= 0.01 for error in files) >= 0.85 * len(files)
    caches = [abs(answer.error) for answer in parts["KV cache"] if answer.error is not None]
    assert sum(error <= 0.001 for error in caches) >= 0.98 * len(caches)


def test_false_alarms() -> None:
    found = matrix(answered()[1].values())
    assert found.alarms <= 0.03 * (found.started + found.alarms)


def test_every_miss_is_explained() -> None:
    """A new miss is looked into, and its reason written down, before it is let in."""
    reasons, (answers, verdicts) = page.reasons(), answered()
    missed = {
        answer.row["id"] for answer in answers.values() if page.far(answer) and answer.component != "decode speed"
    }
    missed |= {row for row, one in verdicts.items() if not one.started and one.said[OURS] in ("fits", "tight")}
    assert missed - reasons.keys() == set()


def test_the_page_can_be_written() -> None:
    answers, verdicts = answered()
    text = page.page(list(answers.values()), list(verdicts.values()), {"engine": "### engine"})
    assert "| weights | llmlint |" in text
    assert "not explained" not in text
