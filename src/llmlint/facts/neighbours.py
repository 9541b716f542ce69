"""Facts about other engines, of the same file or of one that is applied with it, that are given the same GPUs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from llmlint.facts import where
from llmlint.facts.fact import Flag, Group, Number, Place, Places, Words, fact

if TYPE_CHECKING:
    from llmlint.facts import Facts
    from llmlint.unit import Unit

DEFAULT = {"vllm": 0.9}
"""Shares of a GPU that engines take unless they are told otherwise, at least (vLLM: 0.9, since 0.16 0.92)."""
TIME_SLICED = ("nvidia.com/gpu", "nvidia.com/gpu.shared")
"""Resources that are a share of a GPU where its label ends with -SHARED, or by their name (NVIDIA, GPU Operator,
Time-Slicing GPUs: no isolation of memory)."""
LIMITED = ("nvidia.com/gpumem", "nvidia.com/gpucores")
"""Resources that give a pod a memory of its own (HAMi)."""
HOST = "kubernetes.io/hostname"
"""The label by which a pod is bound to one node."""
VISIBLE = "NVIDIA_VISIBLE_DEVICES"
HALF = 0.5
WHOLE = 1.005
"""The sum of shares from which they do not fit; what is written has two digits."""


class NeighbourFacts(Group):
    """Engines that run beside this one."""

    @property
    def _before(self) -> list[Facts]:
        """Those that stand before this one, in the file or in others, and have a GPU in common with it."""
        mine = _devices(self.facts)
        earlier = [*self._of_other_files, *self.facts.siblings[: self.facts.position]] if mine else []
        return [
            one for one in earlier if mine & _devices(one) and _share(one) is not None and _runs_with(one, self.facts)
        ]

    @cached_property
    def _of_other_files(self) -> list[Facts]:
        unit, facts = self.facts.plan.unit, type(self.facts)
        return [facts(plan, self.facts.catalogue) for plan in unit.before()] if unit is not None else []

    @fact()
    def share_gpus(self) -> Flag:
        """Whether engines that stand before it are given the same GPUs, by their numbers or by a claim."""
        return self.facts.plan.unit is not None and _share(self.facts) is not None and bool(self._before)

    @fact()
    def sum(self) -> Number:
        """The largest sum of shares on one GPU."""
        most = 0.0
        for device in _devices(self.facts):
            on_it = [_share(one) or 0.0 for one in (*self._before, self.facts) if device in _devices(one)]
            most = max(most, sum(on_it))
        return most

    @fact()
    def fit(self) -> Flag:
        """Whether the shares of the GPU that they take add up to no more than all of it."""
        return self.sum <= WHOLE

    @fact()
    def take_turns(self) -> Flag:
        """Whether the GPU is shared in time with other pods, each of which sees all of its memory."""
        unit = self.facts.plan.unit
        if unit is None or unit.gpus is None or not unit.gpus.fraction or _share(self.facts) is None:
            return False
        path = unit.gpus.spot.path
        beside = where.inside(unit.gpus.spot.document.data, path[:-1])
        limited = isinstance(beside, dict) and any(str(name).startswith(LIMITED) for name in beside)
        return bool(path) and path[-1] in TIME_SLICED and not limited

    @fact()
    def leave_half(self) -> Flag:
        """Whether the engine leaves half of the memory to whoever shares the GPU."""
        return (_share(self.facts) or 0.0) <= HALF

    @fact()
    def own_share(self) -> Words:
        """The share that the engine takes."""
        return f"{_share(self.facts) or 0.0:g}"

    @fact()
    def shown(self) -> Words:
        """Who they are, with their shares."""
        all_of_them = [*self._before, self.facts]
        named = [f"{_named(one)} {_share(one) or 0:.2f}" for one in all_of_them]
        return f"{', '.join(named)}: {self.sum:.2f} in all"

    @fact()
    def place(self) -> Places:
        """The share, else where the GPUs are asked for. Where findings point."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        if self.facts.share.written is not None:
            return self.facts.share.place
        variable = unit.environment.get(VISIBLE)
        spot = unit.gpus.spot if unit.gpus is not None else variable.spot if variable is not None else unit.home
        return (Place(("machine", "gpus"), "", spot),)


def _named(facts: Facts) -> str:
    unit = facts.plan.unit
    if unit is None:
        return "this"
    return f"{unit.name} of {unit.file}" if unit.file else unit.name


def _devices(facts: Facts) -> set[tuple[str, str]]:
    """GPUs that the file gives by number, with the machine that they are of; of several only those that are used."""
    unit = facts.plan.unit
    if unit is None or (unit.replicas is not None and unit.replicas.value == 0):
        return set()
    machine, numbers = ("", _of_project(unit)) if unit.format == "compose" else _of_claim(unit) or _of_node(unit)
    found = [device for device in numbers if "$" not in device and device != "all"]
    return {(machine, device) for device in (found[: facts.parallel.ranks] if facts.parallel.ranks else found)}


def _of_project(unit: Unit) -> Sequence[str]:
    """Numbers of GPUs of the machine on which a project of Compose runs."""
    return unit.gpus.devices if unit.gpus is not None and not unit.gpus.fraction else ()


def _of_claim(unit: Unit) -> tuple[str, Sequence[str]] | None:
    """The devices of a ResourceClaim, which all pods that name it are given; with the namespace that it is of."""
    if unit.gpus is None or unit.gpus.fraction or "claims" not in _asked_at(unit) or not unit.gpus.devices:
        return None
    return f"claims of {unit.namespace or 'default'}", unit.gpus.devices


def _of_node(unit: Unit) -> tuple[str, Sequence[str]]:
    """The node that a pod is bound to by its name, and the GPUs of it that the pod sees past Kubernetes.

    Without a request NVIDIA's runtime hands in those that NVIDIA_VISIBLE_DEVICES lists, by their numbers on the node.
    """
    node, variable = unit.labels.get(HOST, ""), unit.environment.get(VISIBLE)
    if not node or variable is None or not variable.value or "resources" in _asked_at(unit):
        return "", ()
    listed = re.fullmatch(r"\d+(?:,\d+)*", variable.value.replace(" ", ""))
    return (node, listed[0].split(",")) if listed is not None else ("", ())


def _asked_at(unit: Unit) -> Sequence[str | int]:
    return unit.gpus.spot.path if unit.gpus is not None else ()


def _share(facts: Facts) -> float | None:
    """The share of a GPU that an engine fills; None for those that take what they need."""
    written = facts.share.written
    return written if written is not None else DEFAULT.get(facts.engine.name or "")


def _runs_with(one: Facts, other: Facts) -> bool:
    """Whether both run whenever one does: they have no profiles, or the same."""
    return (
        one.plan.unit is not None and other.plan.unit is not None and one.plan.unit.profiles == other.plan.unit.profiles
    )
