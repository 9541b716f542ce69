"""Facts about other engines of the same file that are given the same GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmlint.facts import where
from llmlint.facts.fact import Flag, Group, Number, Place, Places, Words, fact

if TYPE_CHECKING:
    from llmlint.facts import Facts

DEFAULT = {"vllm": 0.9}
"""Shares of a GPU that engines take unless they are told otherwise, at least (vLLM: 0.9, since 0.16 0.92)."""
TIME_SLICED = ("nvidia.com/gpu", "nvidia.com/gpu.shared")
"""Resources that are a share of a GPU where its label ends with -SHARED, or by their name (NVIDIA, GPU Operator,
Time-Slicing GPUs: no isolation of memory)."""
LIMITED = ("nvidia.com/gpumem", "nvidia.com/gpucores")
"""Resources that give a pod a memory of its own (HAMi)."""
HALF = 0.5
WHOLE = 1.005
"""The sum of shares from which they do not fit; what is written has two digits."""


class NeighbourFacts(Group):
    """Engines of the file that run beside this one."""

    @property
    def _before(self) -> list[Facts]:
        """Those that stand before this one in the file, and have a GPU in common with it."""
        mine = _devices(self.facts)
        earlier = self.facts.siblings[: self.facts.position]
        return [
            one for one in earlier if mine & _devices(one) and _share(one) is not None and _runs_with(one, self.facts)
        ]

    @fact()
    def share_gpus(self) -> Flag:
        """Whether engines that stand before it in the file are given the same GPUs, by their numbers."""
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
        named = [f"{one.plan.unit.name if one.plan.unit else 'this'} {_share(one) or 0:.2f}" for one in all_of_them]
        return f"{', '.join(named)}: {self.sum:.2f} in all"

    @fact()
    def place(self) -> Places:
        """The share, else where the GPUs are asked for. Where findings point."""
        unit = self.facts.plan.unit
        if unit is None or unit.gpus is None:
            return ()
        if self.facts.share.written is not None:
            return self.facts.share.place
        return (Place(("machine", "gpus"), "", unit.gpus.spot),)


def _devices(facts: Facts) -> set[str]:
    """GPUs that the file gives by number; of several only those that the engine uses."""
    unit = facts.plan.unit
    if unit is None or unit.gpus is None or unit.gpus.fraction or unit.format != "compose":
        return set()
    if unit.replicas is not None and unit.replicas.value == 0:
        return set()
    found = [device for device in unit.gpus.devices if "$" not in device and device != "all"]
    return set(found[: facts.parallel.ranks] if facts.parallel.ranks else found)


def _share(facts: Facts) -> float | None:
    """The share of a GPU that an engine fills; None for those that take what they need."""
    written = facts.share.written
    return written if written is not None else DEFAULT.get(facts.engine.name or "")


def _runs_with(one: Facts, other: Facts) -> bool:
    """Whether both run whenever one does: they have no profiles, or the same."""
    return (
        one.plan.unit is not None and other.plan.unit is not None and one.plan.unit.profiles == other.plan.unit.profiles
    )
