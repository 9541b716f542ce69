"""Facts about how a Deployment replaces its pods, each of which holds GPUs."""

from __future__ import annotations

import math

from llmlint.facts import where
from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact

DEFAULT = "25%"
"""maxSurge and maxUnavailable of a Deployment that does not write them (Kubernetes, apps/v1)."""


class RolloutFacts(Group):
    """The rollout of a new version."""

    @fact()
    def holds_gpus(self) -> Flag:
        """Whether it replaces pods of a Deployment that hold whole GPUs."""
        unit = self.facts.plan.unit
        if unit is None or unit.fragment or unit.kind != "Deployment" or unit.gpus is None or unit.gpus.fraction:
            return False
        stopped = unit.replicas is not None and unit.replicas.value == 0 and "most-replicas" not in unit.notes
        return unit.gpus.number != 0 and not stopped

    @fact()
    def frees_first(self) -> Flag:
        """Whether it stops an old pod before it needs the GPUs of a new one."""
        unit = self.facts.plan.unit
        if unit is None or (unit.strategy is not None and unit.strategy.value == "recreate"):
            return True
        return self.unavailable is None or self.unavailable >= 1

    @property
    def unavailable(self) -> int | None:
        """Pods that may be stopped before their successors run: maxUnavailable of the replicas, rounded down."""
        unit = self.facts.plan.unit
        if unit is None:
            return None
        return _pods(unit.surge[1], max(unit.replicas.value, 1) if unit.replicas is not None else 1)

    @fact()
    def needed(self) -> Words:
        """The GPUs of one more pod."""
        unit = self.facts.plan.unit
        number = unit.gpus.number if unit is not None and unit.gpus is not None else None
        return "the GPUs of one more pod" if number is None else f"{number} more GPU{'s' if number != 1 else ''}"

    @fact()
    def place(self) -> Places:
        """The strategy, else the kind of the object. Where findings point."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        spot = unit.strategy.spot if unit.strategy is not None else where.kind(unit)
        return (Place(("container", "strategy"), "", spot),)


def _pods(written: int | str | None, replicas: int) -> int | None:
    """A number of pods, or a share of them, rounded down."""
    text = str(DEFAULT if written is None else written).strip()
    number = text.removesuffix("%")
    if not number.isdigit():
        return None
    return math.floor(replicas * int(number) / 100) if text.endswith("%") else int(number)
