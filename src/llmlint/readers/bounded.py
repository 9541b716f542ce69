"""The plans of a file's units, as many as one file may hold: what is beyond is left out, and said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from llmlint.plans import MOST_DEPLOYMENTS, Plan, Spot
from llmlint.readers.draft import launched, plan

if TYPE_CHECKING:
    from llmlint.unit import Unit

MOST_UNITS = 500
"""Containers of a file in which an engine is looked for."""
MOST_VALUES = 3_000
"""Arguments, variables and volumes of one engine."""
MOST_VALUES_OF_A_FILE = 4_000
"""The same of all engines of a file."""


def bounded(units: Iterable[Unit]) -> tuple[list[Plan], tuple[Spot, ...], Spot | None]:
    """The plans of units in order, the places of those that are too large, and of the first that is left out."""
    made: list[Plan] = []
    too_large: list[Spot] = []
    values = 0
    for number, unit in enumerate(units):
        if number >= MOST_UNITS:
            return made, tuple(too_large), unit.home
        for one in launched(unit):
            own = _values(one)
            if own > MOST_VALUES:
                too_large.append(unit.home)
                break
            if len(made) >= MOST_DEPLOYMENTS or values + own > MOST_VALUES_OF_A_FILE:
                return made, tuple(too_large), unit.home
            values += own
            made.append(plan(one))
    return made, tuple(too_large), None


def _values(unit: Unit) -> int:
    """How many values are looked at for an engine."""
    launched = len(unit.launch.words) if unit.launch is not None else 0
    words = max(launched, sum(len(command or ()) for command in (unit.entrypoint, unit.arguments)))
    others: tuple[Collection[object], ...] = (unit.environment, unit.volumes, unit.ports, unit.labels, unit.gpu_names)
    return words + sum(map(len, (*others, *unit.beside)))
