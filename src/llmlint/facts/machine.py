"""Facts about the machine and its parts: as the file says, else as its instance type has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from llmlint.facts.fact import Count, Flag, Group, Memory, Number, Size, Text, fact
from llmlint.quantity import decimal_size, power_text

if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator, Cpu, Match
    from llmlint.catalog.rows import Machine as MachineRow


class MachineFacts(Group):
    """The target machine."""

    @fact()
    def match(self) -> Match[MachineRow] | None:
        """What the catalogue says of the instance type. Not for rules."""
        machine = self.facts.deployment.machine
        if machine is None or machine.instance is None:
            return None
        return self.facts.catalogue.machine(machine.instance)

    @fact("machine.instance")
    def row(self) -> MachineRow | None:
        """The catalogue's row of the instance type. Not for rules."""
        return self.match.row if self.match is not None else None

    @fact("machine.instance")
    def instance(self) -> Text | None:
        """The cloud instance type."""
        machine = self.facts.deployment.machine
        return machine.instance if machine is not None else None

    @fact()
    def instance_known(self) -> Flag:
        """Whether the catalogue knows the instance type; yes where none is named."""
        return self.match is None or self.match.row is not None

    @fact()
    def instance_suggestions(self) -> Text:
        """Instance types that come near the one written."""
        near = self.facts.catalogue.suggest_machines(self.instance) if self.instance is not None else ()
        return f"did you mean {' or '.join(near)}? Else" if near else ""

    @fact("machine.tier")
    def tier(self) -> Literal["entry", "mid", "professional"] | None:
        """The tier that the file declares."""
        machine = self.facts.deployment.machine
        return machine.tier if machine is not None else None

    @fact()
    def unified_memory(self) -> Flag:
        """Whether CPU and GPU share one memory: as the file says, else as the named chip has it."""
        machine = self.facts.deployment.machine
        if machine is not None and machine.unified_memory is not None:
            return machine.unified_memory
        cards = self.facts.gpu.named
        return bool(cards) and all(card.row is not None and card.row.unified for card in cards)

    @fact()
    def is_apple(self) -> Flag:
        """Whether the chip is one of Apple's: by the CPU's name, or the GPU's."""
        cpu = self.facts.cpu.row
        if cpu is not None:
            return cpu.series == "apple.m"
        return any(card.row is not None and card.row.vendor == "apple" for card in self.facts.gpu.named)

    @fact("machine.network")
    def network(self) -> Literal["online", "isolated"] | None:
        """Whether the machine can reach the internet."""
        machine = self.facts.deployment.machine
        return machine.network if machine is not None else None

    @fact("machine.cooling")
    def cooling(self) -> Text | None:
        """How the machine is cooled."""
        machine = self.facts.deployment.machine
        return machine.cooling if machine is not None else None


class Cards(NamedTuple):
    """Accelerators of one kind."""

    label: str
    """Their name for messages."""
    count: int
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
        assert machine is not None and machine.gpus is not None
        gpu = machine.gpus[position]
        match = self.facts.catalogue.accelerator(gpu.name) if gpu.name is not None else None
        row = match.row if match is not None else None
        memory = gpu.memory if gpu.memory is not None else (row.memory_bytes if row is not None else None)
        return Cards(gpu.name or "GPU", gpu.count, memory, row, match, position)

    @fact("machine.gpus")
    def cards(self) -> tuple[Cards, ...] | None:
        """All accelerators by kind, the instance type's if the file lists none; None if unknown. Not for rules."""
        machine = self.facts.deployment.machine
        if machine is None:
            return None
        if machine.gpus is not None:
            return self.named
        if machine.instance is not None:
            return self._of_instance()
        # Absent means none only where the file says that there is no discrete GPU in other words.
        return () if machine.tier == "entry" or machine.unified_memory else None

    def _of_instance(self) -> tuple[Cards, ...] | None:
        row = self.facts.machine.row
        if row is None:
            return None
        match = self.facts.catalogue.accelerator(row.accelerator)
        if match.row is None:
            return None
        # A fraction of a GPU is metered by the provider; its share of the memory is an upper bound.
        memory = int(match.row.memory_bytes * row.partition)
        return (Cards(match.row.name, row.count, memory, match.row, match, None),)

    @fact("machine.gpus")
    def count(self) -> Count | None:
        """How many cards there are; 0 for none."""
        return None if self.cards is None else sum(card.count for card in self.cards)

    @fact()
    def label(self) -> Text:
        """The cards for messages."""
        return ", ".join(f"{card.count} × {card.label}" for card in self.cards or ()) or "no GPU"

    @fact()
    def hottest_watts(self) -> Number | None:
        """Rated power of the hungriest card; None where no card's is known."""
        return max((card.row.tdp_w for card in self.cards or () if card.row and card.row.tdp_w), default=None)


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


class RamFacts(Group):
    """System memory."""

    @fact("machine.ram")
    def total(self) -> Memory | None:
        """As the file says, else as the instance type has it."""
        machine = self.facts.deployment.machine
        if machine is None:
            return None
        if machine.ram is not None:
            return machine.ram
        row = self.facts.machine.row
        return row.ram_bytes if row is not None else None

    @fact("model.parameters", "machine.gpus")
    def needed(self) -> Size | None:
        """What of the model is kept in system memory: all of it without a GPU, the offloaded part with one, else 0."""
        memory = self.facts.estimate.memory
        if memory == "ram" and self.facts.offload.mode != "disk":
            return self.facts.estimate.needed
        if memory == "vram" and self.facts.offload.mode == "cpu":
            return self.facts.offload.bytes
        return None if memory is None else 0

    @fact()
    def arithmetic(self) -> Text:
        """How what is kept in system memory was worked out."""
        on_gpu = self.facts.estimate.memory == "vram"
        return self.facts.offload.arithmetic if on_gpu else self.facts.estimate.arithmetic


class StorageFacts(Group):
    """The storage that holds the model."""

    @fact("machine.storage.free")
    def free(self) -> Size | None:
        """Free space as the file says, else the capacity, else the local disk of the instance type."""
        machine = self.facts.deployment.machine
        storage = machine.storage if machine is not None else None
        if storage is not None and storage.free is not None:
            return storage.free
        if storage is not None and storage.capacity is not None:
            return storage.capacity
        row = self.facts.machine.row
        return row.disk_bytes or None if row is not None else None  # 0: network storage of a size nobody states

    @fact("machine.storage.kind")
    def kind(self) -> Literal["nvme", "ssd", "hdd", "network"] | None:
        """What the storage is made of."""
        machine = self.facts.deployment.machine
        storage = machine.storage if machine is not None else None
        return storage.kind if storage is not None else None

    @fact("model.parameters")
    def needed(self) -> Size | None:
        """The checkpoint: the weights in the precision that they are kept in; 0 where they already lie on the machine."""
        if self.facts.model.is_local:
            return 0
        weights = self.facts.estimate.weights
        return weights.bytes if weights is not None else None

    @fact()
    def arithmetic(self) -> Text:
        """How the size of the checkpoint was worked out."""
        weights = self.facts.estimate.weights
        return f"{weights.because} = {decimal_size(weights.bytes)}" if weights is not None else "the size is unknown"


class PowerFacts(Group):
    """What the parts draw and the supply gives, in watts."""

    @fact()
    def parts(self) -> tuple[tuple[str, int, int], ...]:
        """Name, count and rated watts of the parts whose rating is known. Not for rules."""
        cards = [(card.label, card.count, card.row.tdp_w) for card in self.facts.gpu.cards or () if card.row and card.row.tdp_w]
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
    def arithmetic(self) -> Text:
        """The sum over the known parts."""
        terms = " + ".join(f"{number} × {watts} W ({name})" for name, number, watts in self.parts)
        return f"{terms} = {power_text(int(self.drawn))}"

    @fact()
    def enough(self) -> Text:
        """The next size of supply that gives it, with nothing to spare for what is unknown."""
        for size in (450, 550, 650, 750, 850, 1000, 1200, 1300, 1500, 1600, 2000, 2400, 3000, 4000, 6000, 8000):
            if self.drawn <= size:
                return power_text(size)
        return power_text(int(self.drawn))
