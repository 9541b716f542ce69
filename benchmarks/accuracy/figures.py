"""Figures over answers: how many, how far off, by what."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchmarks.accuracy.measure import OURS, Answer, Judged


class Figures(NamedTuple):
    """The errors of one of the tools in one component."""

    asked: int
    answered: int
    median: float
    ninth: float
    """The 90th percentile."""
    bias: float
    """The median with its sign."""
    within: tuple[int, int]
    """Rows inside of the stated interval, and rows with one."""


class Matrix(NamedTuple):
    """Start or fail."""

    started: int
    """Foreseen rightly."""
    alarms: int
    """Would start and was said not to fit."""
    failed: int
    """Foreseen rightly."""
    missed: int
    """Failed and was said to fit."""
    unknown: int


def figures(answers: Sequence[Answer], who: str = OURS) -> Figures | None:
    """None where it answered nothing."""
    errors = [error for answer in answers if (error := answer.of(who)) is not None]
    if not errors:
        return None
    size = sorted(map(abs, errors))
    bounded = [answer.within for answer in answers if answer.within is not None]
    ninth = size[int(0.9 * (len(size) - 1))]
    median, bias = statistics.median(size), statistics.median(errors)
    return Figures(len(answers), len(errors), median, ninth, bias, (sum(bounded), len(bounded)))


def matrix(verdicts: Iterable[Judged], who: str = OURS) -> Matrix:
    """How one of the tools judged."""
    found = dict.fromkeys(Matrix._fields, 0)
    for one in verdicts:
        said = one.said.get(who, "unknown")
        if said == "unknown":
            found["unknown"] += 1
        elif one.started:
            found["alarms" if said == "does-not-fit" else "started"] += 1
        else:
            found["failed" if said == "does-not-fit" else "missed"] += 1
    return Matrix(**found)


def by_component(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """Answers of each component, in the order in which it first appears."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.component].append(answer)
    return dict(found)


def by_label(answers: Iterable[Answer], label: str) -> dict[str, list[Answer]]:
    """Answers by family, version or device, in alphabetical order."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.labels[label]].append(answer)
    return dict(sorted(found.items()))
