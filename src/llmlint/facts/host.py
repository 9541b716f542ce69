"""Facts about system memory and storage: as the file says, else as the instance type has them."""

from __future__ import annotations

from llmlint.facts.fact import Group, Memory, Number, Size, Words, asked, fact
from llmlint.facts.sold import NO_ESTIMATE, at_least, duration, round_up_memory
from llmlint.quantity import count, decimal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

INTERFACES = {
    "hdd": (0.25e9, "at the 250 MB/s of a fast hard disk"),
    "ssd": (0.6e9, "at the 600 MB/s of SATA"),
    "network": (0.125e9, "at the 125 MB/s of gigabit Ethernet"),
}
"""The most bytes a second that slow storage reads: the limit of interface (SATA 3, 1000BASE-T) or platters."""


class RamFacts(Group):
    """System memory."""

    @fact("machine.ram")
    def total(self) -> Memory | None:
        """As the file says, else as the instance type has it, else the memory of a chip that CPU and GPU share."""
        return self.facts.on_machine(lambda facts: facts.ram.own)

    @property
    def own(self) -> int | None:
        """What this deployment says of it."""
        machine = self.facts.deployment.machine
        if machine is None:
            return None
        if machine.ram is not None:
            return machine.ram
        row = self.facts.machine.row
        if row is not None:
            return row.ram_bytes
        sizes = [card.memory for card in self.facts.gpu.named if card.row is not None and card.row.unified]
        return sizes[0] if sizes and self.facts.machine.says_unified else None

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
    def arithmetic(self) -> Words:
        """How what is kept in system memory was worked out."""
        on_gpu = self.facts.estimate.memory == "vram"
        return self.facts.offload.arithmetic if on_gpu else self.facts.estimate.arithmetic

    @fact()
    def purpose(self) -> Words:
        """What large use is made of system memory, in words: offloading, or running a model on the CPU."""
        if self.facts.offload.bytes:
            return f"offloading {decimal_size(self.facts.offload.bytes)} to {self.facts.offload.destination}"
        size = self.facts.model.parameters
        return f"running {'a model of ' + count(size) if size else self.facts.model.name} on the CPU"

    @asked
    def enough(self, minimum: Size) -> Words:
        """The next size sold that holds what is kept in system memory, and at least so much."""
        return self.wanted(max(self.needed or 0, minimum))

    def wanted(self, needed: int, key: str = "ram:") -> str:
        """What to write for so many bytes: the next size sold, or the instance type that has it."""
        machine = self.facts.deployment.machine
        if machine is None or machine.ram is None:
            from llmlint.facts.instances import with_ram

            other = with_ram(self.facts, needed)
            if other is not None:
                return other
        return f"{key} {round_up_memory(needed)}"

    @asked
    def relief(self, billions: Number) -> Words:
        """What would make do with less RAM: a precision at which nothing is offloaded, or a model of no more billions
        of parameters."""
        if not self.facts.offload.bytes:
            return f", or a model of at most {billions:g} B parameters"
        lower = self.facts.estimate.lower_precision(self.facts.vram.total)
        return f", or {lower}, at which nothing is offloaded" if lower else ""

    @fact()
    def change(self) -> Words:
        """The smallest changes that make it fit, computed: a lower precision, or more memory."""
        room = self.total
        if self.facts.estimate.memory == "vram" and room is not None:
            room += self.facts.vram.total or 0
        found = [
            self.facts.estimate.lower_precision(room),
            self.wanted(self.needed, "ram") if self.needed else None,
        ]
        return ", or ".join(filter(None, found)) or "more RAM"


class StorageFacts(Group):
    """The storage that holds the model."""

    @fact("machine.storage.free")
    def free(self) -> Size | None:
        """Free space as the file says, else the capacity, else the local disk of the instance type."""
        return self.facts.on_machine(lambda facts: facts.storage.own)

    @property
    def own(self) -> int | None:
        """What this deployment says of it."""
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
        """What the storage is made of: as the file says, else the local disk of the instance type."""
        machine = self.facts.deployment.machine
        storage = machine.storage if machine is not None else None
        if storage is not None:
            return storage.kind
        row = self.facts.machine.row
        return row.disk_kind if row is not None and row.disk_kind != "none" else None

    @fact("model.parameters")
    def needed(self) -> Size | None:
        """The checkpoint: the weights in their precision; 0 where they already lie on the machine."""
        if self.facts.model.is_local:
            return 0
        weights = self.facts.estimate.weights
        return weights.bytes if weights is not None else None

    @fact()
    def arithmetic(self) -> Words:
        """How the size of the checkpoint was worked out."""
        weights = self.facts.estimate.weights
        return f"{weights.because} = {decimal_size(weights.bytes)}" if weights is not None else NO_ESTIMATE

    @fact()
    def loading(self) -> Words:
        """How long the checkpoint takes to be read at best; empty words where its size or the speed is not known."""
        weights, speed = self.facts.estimate.weights, INTERFACES.get(self.kind or "")
        if weights is None or speed is None:
            return "every start reads the whole checkpoint"
        seconds = weights.bytes / speed[0]
        return f"reading {decimal_size(weights.bytes)} takes {duration(seconds)} or more {speed[1]}"

    @asked
    def change(self, spare: Size) -> Words:
        """The smallest changes that make the checkpoint fit with so much to spare: more space, or a lower precision."""
        if self.needed is None or self.free is None:
            return "more free storage"
        found = [f"another {at_least(self.needed + spare - self.free)} of free storage"]
        for name in self.facts.precision.lower:
            weights = self.facts.estimate.weights_at(name)
            if weights is not None and weights.bytes + spare <= self.free:
                found.append(f"precision {name} ({decimal_size(weights.bytes)})")
                break
        return ", or ".join(found)
