"""Facts about accelerators, processor and power: as the file names them, else as the instance type has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmlint.facts.fact import Count, Group, Number, Text, Words, fact
from llmlint.quantity import power_text
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator, Cpu, Match


class Cards(NamedTuple):
    """Accelerators of one kind."""

    label: str
    """Their name for messages."""
    number: int
    memory: int | None
    """Bytes of one, as sold or as the file states it; None where nobody knows."""
    row: Accelerator | None
    match: Match[Accelerator] | None
    position: int | None
    """Index in the file's list; None where the instance type brings them."""


class GpuFacts(Group):
    """The accelerators."""

    @fact()
    def named(self) -> tuple[Cards, ...]:
        """Those that the file lists. Not for rules."""
        machine = self.facts.deployment.machine
        written = (machine.gpus if machine is not None else None) or []
        return tuple(self._written(position) for position in range(len(written)))

    def _written(self, position: int) -> Cards:
        machine = self.facts.deployment.machine
        assert machine is not None
        assert machine.gpus is not None
        gpu = machine.gpus[position]
        match = self._match(gpu.name, gpu.memory) if gpu.name is not None else None
        row = match.row if match is not None else None
        memory = gpu.memory if gpu.memory is not None else (row.memory_bytes if row is not None else None)
        return Cards(gpu.name or "GPU", gpu.count, memory, row, match, position)

    def _match(self, name: str, memory: int | None) -> Match[Accelerator]:
        """What the catalogue says of a name; where it fits several, the memory that the file states narrows them."""
        found = self.facts.catalogue.accelerator(name)
        fitting = [row for row in found.candidates if row.memory_bytes == memory]
        if not fitting or len(fitting) == len(found.candidates):
            return found
        named = self.facts.catalogue.accelerator(f"{name} {memory // 2**30}GB") if memory else found
        return named if named.row is not None else found

    @fact("machine.gpus")
    def cards(self) -> tuple[Cards, ...] | None:
        """All accelerators by kind, as this deployment or one that shares the machine has them. Not for rules."""
        return self.facts.on_machine(lambda facts: facts.gpu.own)

    @property
    def own(self) -> tuple[Cards, ...] | None:
        """Those of this deployment: the list, else the instance type's; None if unknown."""
        machine = self.facts.deployment.machine
        if machine is None:
            return None
        if machine.gpus is not None:
            return self.named
        if machine.instance is not None:
            return self._of_instance()
        # Absent means none only where the file says that there is no discrete GPU in other words.
        return () if machine.tier == "entry" or self.facts.machine.says_unified else None

    def _of_instance(self) -> tuple[Cards, ...] | None:
        row = self.facts.machine.row
        if row is None:
            return None
        match = self.facts.catalogue.accelerator(row.accelerator)
        if match.row is None or match.row.memory_bytes is None:
            return None
        # A fraction of a GPU is metered by the provider; its share of the memory is an upper bound.
        memory = int(match.row.memory_bytes * row.partition)
        return (Cards(match.row.name, row.count, memory, match.row, match, None),)

    @fact("machine.gpus")
    def count(self) -> Count | None:
        """How many cards there are; 0 for none."""
        return None if self.cards is None else sum(card.number for card in self.cards)

    @fact()
    def label(self) -> Text:
        """The cards for messages."""
        return ", ".join(f"{card.number} × {card.label}" for card in self.cards or ()) or "no GPU"

    @fact("machine.gpus")
    def hottest_watts(self) -> Number | None:
        """Rated power of the hungriest card that this deployment names; None where no card's is known."""
        return self._hottest[0] or None

    @fact()
    def hottest(self) -> Text:
        """The name of that card."""
        return self._hottest[1]

    @property
    def _hottest(self) -> tuple[int, str]:
        rated = [(card.row.tdp_w, card.label) for card in self.own or () if card.row and card.row.tdp_w]
        return max(rated, default=(0, "no card"))


class CpuFacts(Group):
    """The processor."""

    @fact("machine.cpu")
    def name(self) -> Text | None:
        """The processor as the file names it."""
        machine = self.facts.deployment.machine
        return machine.cpu if machine is not None else None

    @fact("machine.cpu")
    def row(self) -> Cpu | None:
        """Its series, class and generation, read off the name. Not for rules."""
        return self.facts.catalogue.cpu(self.name) if self.name is not None else None


class PowerFacts(Group):
    """What the parts draw and the supply gives, in watts."""

    @fact()
    def parts(self) -> tuple[tuple[str, int, int], ...]:
        """Name, count and rated watts of the parts whose rating is known. Not for rules."""
        cards = [
            (card.label, card.number, card.row.tdp_w)
            for card in self.facts.gpu.cards or ()
            if card.row and card.row.tdp_w
        ]
        cpu = self.facts.cpu.row
        return (*cards, (cpu.name, 1, cpu.tdp_w)) if cpu is not None and cpu.tdp_w else tuple(cards)

    @fact()
    def drawn(self) -> Number:
        """Rated power of the known parts: a lower bound, since unknown parts count as nothing."""
        return sum(number * watts for _, number, watts in self.parts)

    @fact("machine.psu")
    def supply(self) -> Number | None:
        """What the power supply can give."""
        machine = self.facts.deployment.machine
        return machine.psu if machine is not None else None

    @fact()
    def arithmetic(self) -> Words:
        """The sum over the known parts."""
        if not self.parts:
            return "no part's rated power is known"
        terms = " + ".join(f"{number} × {watts} W ({name})" for name, number, watts in self.parts)
        return f"{terms} = {power_text(int(self.drawn))}"

    @fact()
    def enough(self) -> Words:
        """The next size of supply that gives it, with nothing to spare for what is unknown."""
        for size in (450, 550, 650, 750, 850, 1000, 1200, 1300, 1500, 1600, 2000, 2400, 3000, 4000, 6000, 8000):
            if self.drawn <= size:
                return power_text(size)
        return power_text(int(self.drawn))
