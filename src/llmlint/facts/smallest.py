"""Facts about the smallest machine of the catalogue that would serve a plan: for files that name no GPU. Slow path."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Text, Words, fact
from llmlint.facts.remedy import is_spent
from llmlint.quantity import binary_size
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmlint.catalog import Catalogue
    from llmlint.catalog.rows import Accelerator, Machine

VENDORS = ("nvidia", "amd")
MOST_TRIED = 40
"""Machines that are tried, the smallest first."""


class Offer(NamedTuple):
    """A machine type of the catalogue."""

    machine: Machine
    card: Accelerator
    total: int
    """Bytes of all its GPUs."""


class SmallestFacts(Group):
    """The smallest machine of the catalogue that would serve the plan."""

    @fact()
    def offer(self) -> Offer | None:
        """The machine. Not for rules."""
        return next(self.serving(), None)

    def serving(self) -> Iterator[Offer]:
        """Machines that would serve the plan, the smallest first."""
        if not self.facts.model.known:
            return iter(())
        wanted, least, vendors = self._wanted, self._least, self._vendors
        large = (
            one
            for one in _offers(self.facts.catalogue)
            if one.machine.count >= wanted and self._used(one, wanted) >= least and one.card.vendor in vendors
        )
        # What comes behind the last trial of a file is not judged by another rule: nobody would know by which it was.
        affordable = (one for one in islice(large, MOST_TRIED) if not is_spent(self.facts))
        return (one for one in affordable if self._serves(one, wanted) and not is_spent(self.facts))

    @property
    def _least(self) -> int:
        """Bytes that the GPUs have to have, whatever else is on them: the weights without what is told to stay off."""
        weights = self.facts.estimate.weights
        return max(weights.bytes - self.facts.limits.offloaded, 0) if weights is not None else 0

    def _used(self, offer: Offer, wanted: int) -> float:
        """Bytes of the GPUs that the engine uses there: as many as it is told, else all."""
        if not self.facts.parallel.is_set_by_flags:
            return offer.total
        return offer.total / offer.machine.count * wanted

    @property
    def _vendors(self) -> tuple[str, ...]:
        """Makers of GPUs that the file can run on: an engine's image is built for one."""
        unit = self.facts.plan.unit
        if unit is None:
            return VENDORS
        return (unit.gpus.vendor,) if unit.gpus is not None and unit.gpus.vendor in VENDORS else VENDORS[:1]

    @property
    def _wanted(self) -> int:
        """GPUs of one machine: as many as the file asks for, and the arguments use."""
        machine, unit = self.facts.deployment.machine, self.facts.plan.unit
        written = sum(gpu.count for gpu in machine.gpus) if machine is not None and machine.gpus else 0
        used = -(-(self.facts.parallel.ranks or 1) // (unit.nodes if unit is not None else 1))
        return max(written, used)

    def _serves(self, offer: Offer, wanted: int) -> bool:
        """Whether the plan would start there, on as many of its GPUs as the arguments use."""
        from llmlint.engines.request import Card
        from llmlint.facts.remedy import tried

        usable, basis = offer.card.usable_bytes, offer.card.usable_basis
        memory = offer.card.memory_bytes
        count = wanted if self.facts.parallel.is_set_by_flags else offer.machine.count
        card = Card(offer.card.name, count, usable or memory, basis, memory, offer.card)
        found = tried(self.facts, cards=(card,))
        if found is not None and found.verdict != "unknown":
            return found.verdict != "does-not-fit"
        needed = self.facts.estimate.needed
        return needed is not None and needed <= offer.total

    @fact("machine.gpus")
    def known(self) -> Flag:
        """Whether there is such a machine, as far as is known."""
        return self.offer is not None

    @fact("machine.gpus")
    def machine(self) -> Text | None:
        """Its instance type."""
        return self.offer.machine.id if self.offer is not None else None

    @fact()
    def shown(self) -> Words:
        """The machine in words."""
        if self.offer is None:
            if is_spent(self.facts):
                return "the smallest that serves it was not looked for, with so many in one file"
            return "no machine of the catalogue is known to serve it"
        row, card = self.offer.machine, self.offer.card
        memory = binary_size(card.memory_bytes or 0)
        return f"the smallest machine of the catalogue that serves it is {row.id} ({row.count} × {card.name}, {memory})"


@lru_cache(maxsize=4)
def _offers(catalogue: Catalogue) -> tuple[Offer, ...]:
    """Machine types with whole GPUs, one for each number and kind of GPU, the smallest first."""
    from llmlint.catalog.rows import Machine

    best: dict[tuple[str, int], Offer] = {}
    for row in catalogue.search("machine", []):
        card = catalogue.accelerator(row.accelerator).row if isinstance(row, Machine) else None
        if not isinstance(row, Machine) or card is None or card.memory_bytes is None:
            continue
        runs_images = not row.cpu_arch or "x86_64" in row.cpu_arch  # the engines' images are made for it
        if card.vendor in VENDORS and row.partition >= 1 and runs_images:
            offer = Offer(row, card, row.count * card.memory_bytes)
            if (card.id, row.count) not in best or _size(offer) < _size(best[card.id, row.count]):
                best[card.id, row.count] = offer
    return tuple(sorted(best.values(), key=_size))


def _size(offer: Offer) -> tuple[int, int, int, str]:
    return offer.total, offer.machine.count, offer.machine.ram_bytes or 0, offer.machine.id
