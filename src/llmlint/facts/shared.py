"""Facts about a machine that several deployments of one file share: their needs are added up, in the order written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from llmlint.facts.fact import Count, Flag, Group, Text, fact
from llmlint.quantity import both_sizes, decimal_size

if TYPE_CHECKING:
    from llmlint.facts import Facts


class Resource(NamedTuple):
    """One kind of thing that the deployments of a machine divide among themselves."""

    name: str
    needed: Callable[[Facts], int | None]
    total: Callable[[Facts], int | None]


def _in_memory(facts: Facts, kind: str) -> int | None:
    return facts.estimate.needed if facts.estimate.memory == kind else 0


RESOURCES = (
    Resource("VRAM", lambda facts: _in_vram(facts), lambda facts: facts.vram.total),
    Resource("shared memory", lambda facts: _in_memory(facts, "unified"), lambda facts: facts.unified.share),
    Resource("RAM", lambda facts: facts.ram.needed, lambda facts: facts.ram.total),
    Resource("storage", lambda facts: facts.storage.needed, lambda facts: facts.storage.free),
)


def _in_vram(facts: Facts) -> int | None:
    needed, offloaded = _in_memory(facts, "vram"), facts.offload.bytes
    return None if needed is None or offloaded is None else needed - offloaded


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
        before = self.facts.siblings[: self.facts.position + 1]
        return [facts for facts in before if facts.shared.name == self.name] if self.name is not None else []

    @fact("machine.shared")
    def count(self) -> Count:
        """How many deployments run on the machine, from the first in the file to this one."""
        return len(self.together)

    @fact()
    def over(self) -> Text:
        """What this deployment is the first to overdraw, with the sums; empty if nothing."""
        if len(self.together) < 2:
            return ""
        found = [self._overdrawn(resource) for resource in RESOURCES]
        return "; ".join(filter(None, found))

    def _overdrawn(self, resource: Resource) -> str | None:
        total = next((size for facts in self.together if (size := resource.total(facts))), None)
        needs = [resource.needed(facts) or 0 for facts in self.together]  # unknown needs only make the sum a lower bound
        if total is None or sum(needs) <= total or sum(needs[:-1]) > total or not needs[-1]:
            return None
        if max(needs) > total:
            return None  # one alone is too much: that is its own finding
        terms = " + ".join(decimal_size(need) for need in needs if need)
        return f"{resource.name}: {terms} = {decimal_size(sum(needs))} of {both_sizes(total)}"

    @fact()
    def fits(self) -> Flag:
        """Whether the deployments up to this one fit the machine together."""
        return not self.over
