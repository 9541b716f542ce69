"""Facts about a machine that several deployments of one file share: their needs are added up, in the order written."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Text, Words, fact
from llmlint.facts.sold import at_least
from llmlint.quantity import both_sizes, decimal_size
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from llmlint.facts import Facts


class Resource(NamedTuple):
    """One kind of thing that the deployments of a machine divide among themselves."""

    name: str
    total: int | None
    needed: Callable[[Facts], int | None]
    needed_at: Callable[[Facts, str], int | None]
    """What is needed of it at another precision; None where that cannot be told."""


def _in_memory(facts: Facts, kind: str) -> int | None:
    return facts.estimate.needed if facts.estimate.memory == kind else 0


def _in_vram(facts: Facts) -> int | None:
    needed, offloaded = _in_memory(facts, "vram"), facts.offload.bytes
    return None if needed is None or offloaded is None else needed - offloaded


def _at_precision(facts: Facts, name: str) -> int | None:
    return facts.estimate.at_precision(name)


def _in_ram_at(facts: Facts, name: str) -> int | None:
    return facts.estimate.at_precision(name) if facts.estimate.memory == "ram" else None


def _on_storage_at(facts: Facts, name: str) -> int | None:
    weights = facts.estimate.weights_at(name)
    return weights.bytes if weights is not None else None


def _on_storage(facts: Facts) -> int | None:
    return facts.storage.needed


def _in_ram(facts: Facts) -> int | None:
    return facts.ram.needed


def _shared(facts: Facts) -> int | None:
    return _in_memory(facts, "unified")


def _resources(facts: Facts) -> tuple[Resource, ...]:
    """What the machine of these facts has to divide."""
    return (
        Resource("VRAM", facts.vram.total, _in_vram, _at_precision),
        Resource("shared memory", facts.unified.share, _shared, _at_precision),
        Resource("RAM", facts.ram.total, _in_ram, _in_ram_at),
        Resource("storage", facts.storage.free, _on_storage, _on_storage_at),
    )


class SharedFacts(Group):
    """The machine that several deployments of the file share."""

    @fact("machine.shared")
    def name(self) -> Text | None:
        """The name that the deployments give the machine."""
        machine = self.facts.deployment.machine
        return machine.shared if machine is not None else None

    @property
    def together(self) -> list[Facts]:
        """Those that run on the machine, from the first in the file to this one."""
        return sorted(
            (facts for facts in self.facts.residents if facts.position <= self.facts.position),
            key=lambda facts: facts.position,
        )

    @fact("machine.shared")
    def count(self) -> Count:
        """How many deployments run on the machine, from the first in the file to this one."""
        return len(self.together)

    @fact()
    def over(self) -> Words:
        """What this deployment is the first to overdraw, with the sums; empty if nothing."""
        if len(self.together) < 2:
            return ""
        found = [self._overdrawn(resource) for resource in _resources(self.facts)]
        return "; ".join(filter(None, found))

    def _overdrawn(self, resource: Resource) -> str | None:
        total = resource.total
        needs = [
            resource.needed(facts) or 0 for facts in self.together
        ]  # unknown needs only make the sum a lower bound
        if total is None or sum(needs) <= total or sum(needs[:-1]) > total or not needs[-1]:
            return None
        if max(needs) > total:
            return None  # one alone is too much: that is its own finding
        terms = " + ".join(decimal_size(need) for need in needs if need)
        shown = decimal_size(total) if resource.name == "storage" else both_sizes(total)
        return f"{resource.name}: {terms} = {decimal_size(sum(needs))} of {shown}"

    @fact()
    def change(self) -> Words:
        """The smallest changes that make all fit: a lower precision of this one, or more of what is short."""
        found = [self._remedy(resource) for resource in _resources(self.facts) if self._overdrawn(resource)]
        return "; ".join(found) or "a machine of its own for this one"

    def _remedy(self, resource: Resource) -> str:
        needs = [resource.needed(facts) or 0 for facts in self.together]
        total = resource.total or 0
        cards = self.facts.vram.more_cards(sum(needs)) if resource.name == "VRAM" else None
        more = cards or f"another {at_least(sum(needs) - total)} of {resource.name}"
        for name in self.facts.precision.lower:
            size = resource.needed_at(self.facts, name)
            if size is not None and size + sum(needs[:-1]) <= total:
                return f"precision {name} for this one ({decimal_size(size)}), or {more}"
        return more

    @fact()
    def fits(self) -> Flag:
        """Whether the deployments up to this one fit the machine together."""
        return not self.over
