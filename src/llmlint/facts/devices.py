"""Facts about accelerators, processor and power: as the file names them, else as the instance type has them."""

from __future__ import annotations

import math

from llmlint.facts.fact import Count, Group, Number, Text, Words, asked, fact
from llmlint.quantity import power_text
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator, Cpu, Match
    from llmlint.unit import Unit


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
    of: int = 1
    """How many kinds the file names any of which would do; these are those of the least memory."""


class GpuFacts(Group):
    """The accelerators."""

    @fact()
    def named(self) -> tuple[Cards, ...]:
        """Those that the file lists. Not for rules."""
        machine = self.facts.deployment.machine
        written = (machine.gpus if machine is not None else None) or []
        cards = tuple(self._written(position) for position in range(len(written)))
        unit = self.facts.plan.unit
        alternatives = unit.gpu_names if unit is not None else ()
        if unit is not None and len(cards) == 1 and len(alternatives) > 1 and cards[0].label == alternatives[0].value:
            return (self._least(unit, cards[0]),)
        return cards

    def _least(self, unit: Unit, first: Cards) -> Cards:
        """The alternative with the least memory in all: the platform may give that one."""
        numbers = unit.gpu_numbers or (first.number,) * len(unit.gpu_names)
        found = [
            self._kind(said.value, number * max(unit.nodes, 1) if unit.gpu_numbers else number, 0)
            for said, number in zip(unit.gpu_names, numbers, strict=True)
        ]
        known = [cards for cards in found if cards.memory is not None]
        if not known:
            return first
        least = min(known, key=lambda cards: (cards.memory or 0) * cards.number)
        return least._replace(of=len({cards.label for cards in found}))

    def _kind(self, name: str, number: int, position: int) -> Cards:
        machine = self.facts.deployment.machine
        stated = machine.gpus[position].memory if machine is not None and machine.gpus else None
        match = self._match(name, stated)
        memory = stated if stated is not None else match.row.memory_bytes if match.row is not None else None
        return Cards(name, number, memory, match.row, match, position)

    def _written(self, position: int) -> Cards:
        machine = self.facts.deployment.machine
        assert machine is not None
        assert machine.gpus is not None
        gpu = machine.gpus[position]
        if gpu.name is not None:
            return self._kind(gpu.name, gpu.count, position)
        return Cards("GPU", gpu.count, gpu.memory, None, None, position)

    def _match(self, name: str, memory: int | None) -> Match[Accelerator]:
        """What the catalogue says of a name; where it fits several, the memory that the file states narrows them."""
        found = self.facts.catalogue.accelerator(name)
        if self.facts.is_largest and memory is None and found.status == "ambiguous":
            return found._replace(row=max(found.candidates, key=lambda row: row.memory_bytes or 0))
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
        number = self._asked_of(row.count)
        return (Cards(match.row.name, number, memory, match.row, match, None, self.facts.machine.alternatives),)

    def _asked_of(self, present: int) -> int:
        """How many GPUs of the instance type a container gets: those that it asks for, else all."""
        unit = self.facts.plan.unit
        request = unit.gpus if unit is not None else None
        if unit is None or request is None or not request.number or request.fraction or request.vendor == "other":
            return present * max(unit.nodes, 1) if unit is not None else present
        return request.number * max(unit.nodes, 1)

    @fact("machine.gpus")
    def count(self) -> Count | None:
        """How many cards there are; 0 for none."""
        return None if self.cards is None else sum(card.number for card in self.cards)

    @fact()
    def label(self) -> Text:
        """The cards for messages."""
        return ", ".join(map(_shown, self.cards or ())) or "no GPU"

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


def _shown(cards: Cards) -> str:
    alternatives = f" (the smallest of the {cards.of} kinds named)" if cards.of > 1 else ""
    return f"{cards.number} × {cards.label}{alternatives}"


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

    @asked
    def enough(self, spare: Number) -> Words:
        """The next size of supply that gives it and this share more, for what is unknown."""
        wanted = self.drawn * (1 + spare)
        for size in (450, 550, 650, 750, 850, 1000, 1200, 1300, 1500, 1600, 2000, 2400, 3000, 4000, 6000, 8000):
            if wanted <= size:
                return power_text(size)
        return power_text(math.ceil(wanted))
