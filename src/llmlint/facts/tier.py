"""Facts about the three tiers of machines: the document's table ("Hardware Requirements for AI Use"), and where parts lie.

    tier           CPU from                          VRAM from                       RAM from (better)  storage from
    entry          i5 10th gen / Ryzen 5 3600        none, models of 1–3 B           8 GB (16 GB)       50 GB free, SSD
    mid            i7 12th gen / Ryzen 7 5800X       12 GB; 8 GB for models to 8 B   32 GB              200 GB, NVMe
    professional   i9 13th gen / Ryzen 9 7950X       24 GB                           64 GB (128 GB)     1 TB, NVMe

Floors are decimal bytes, so that a part sold as that size passes whichever way its bytes are counted (docs/source.md).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from llmlint.facts.fact import Flag, Group, Number, Size, Text, fact
from llmlint.quantity import binary_size

GB = 10**9


class Floor(NamedTuple):
    """What the document asks of one tier's parts, in bytes."""

    ram: int
    better_ram: int | None
    storage: int
    vram: int
    cpu: Literal["cpu-entry", "gpu-mid", "professional"]
    cpu_text: str


FLOORS = {
    "entry": Floor(8 * GB, 16 * GB, 50 * GB, 0, "cpu-entry", "Core i5 10th generation or Ryzen 5 3600"),
    "mid": Floor(32 * GB, None, 200 * GB, 12 * GB, "gpu-mid", "Core i7 12th generation or Ryzen 7 5800X"),
    "professional": Floor(
        64 * GB, 128 * GB, 1000 * GB, 24 * GB, "professional", "Core i9 13th generation or Ryzen 9 7950X"
    ),
}
RANKS = tuple(FLOORS)
SMALL_MODEL_VRAM = 8 * GB
"""Mid tier: what suffices for models of up to 8 B parameters."""


class TierFacts(Group):
    """What the declared tier asks for, and which tier each part belongs to."""

    @property
    def floor(self) -> Floor | None:
        """The declared tier's row of the table."""
        return FLOORS[self.facts.machine.tier] if self.facts.machine.tier is not None else None

    @fact("machine.tier")
    def ram_minimum(self) -> Size | None:
        """RAM that the tier needs."""
        return self.floor.ram if self.floor else None

    @fact("machine.tier")
    def ram_recommended(self) -> Size | None:
        """RAM that the document recommends for the tier."""
        return self.floor.better_ram if self.floor else None

    @fact("machine.tier")
    def storage_minimum(self) -> Size | None:
        """Free storage that the tier needs."""
        return self.floor.storage if self.floor else None

    @fact("machine.tier")
    def card_minimum(self) -> Size | None:
        """VRAM that a card of the tier needs: in the mid tier 8 GB do for a model of up to 8 B parameters."""
        if self.floor is None:
            return None
        billions = self.facts.model.nominal_billions
        if self.facts.machine.tier == "mid" and (billions is None or billions <= 8):
            return SMALL_MODEL_VRAM
        return self.floor.vram

    @fact("machine.tier")
    def cpu_minimum(self) -> Text:
        """The processors that the document names for the tier."""
        return self.floor.cpu_text if self.floor else ""

    @fact("machine.cpu")
    def cpu_suffices(self) -> Flag | None:
        """Whether the processor reaches the tier's; unknown for one whose name says no series and generation."""
        cpu = self.facts.cpu.row
        return cpu.meets(self.floor.cpu) if cpu is not None and self.floor is not None else None

    @fact("machine.storage.kind")
    def storage_suffices(self) -> Flag | None:
        """Whether the kind of storage is fast enough: SSD or better at entry, NVMe above."""
        kind = self.facts.storage.kind
        if kind is None or self.facts.machine.tier is None:
            return None
        return kind in (("nvme", "ssd") if self.facts.machine.tier == "entry" else ("nvme",))

    @fact("machine.tier")
    def storage_kind(self) -> Text:
        """The kind of storage that the tier asks for."""
        return "an SSD" if self.facts.machine.tier == "entry" else "NVMe"

    @fact("machine.gpus")
    def of_gpu(self) -> Number | None:
        """The tier that the largest card belongs to: 3 from 24 GB, 2 from 8 GB, else 1; unknown without a card."""
        sizes = [card.memory for card in self.facts.gpu.cards or () if card.memory]
        if not sizes:
            return None
        return 3 if max(sizes) >= 24 * GB else 2 if max(sizes) >= SMALL_MODEL_VRAM else 1

    @fact("machine.ram")
    def of_ram(self) -> Number | None:
        """The highest tier whose minimum of RAM is reached: 1 to 3, or 0 for none."""
        total = self.facts.ram.total
        return None if total is None else sum(total >= floor.ram for floor in FLOORS.values())

    @fact("machine.cpu")
    def of_cpu(self) -> Number | None:
        """The highest tier whose processor is reached: 1 to 3, or 0 for none."""
        cpu = self.facts.cpu.row
        if cpu is None:
            return None
        reached = [cpu.meets(floor.cpu) for floor in FLOORS.values()]
        return None if None in reached else sum(map(bool, reached))

    @fact("machine.gpus", "machine.ram")
    def gap(self) -> Number | None:
        """How many tiers the weakest of RAM and CPU lies below the largest card; unknown without a card."""
        others = [rank for rank in (self.of_ram, self.of_cpu) if rank is not None]
        return None if self.of_gpu is None or not others else self.of_gpu - min(others)

    @fact()
    def unbalanced(self) -> Text:
        """Which parts belong to which tiers, in words."""
        parts = [(self.facts.gpu.label, self.of_gpu)]
        if self.facts.ram.total is not None:
            parts.append((f"{binary_size(self.facts.ram.total)} of RAM", self.of_ram))
        if self.of_cpu is not None:
            parts.append((self.facts.cpu.name or "the CPU", self.of_cpu))
        return ", ".join(f"{name}: {_rank(rank)}" for name, rank in parts if rank is not None)


def _rank(rank: float) -> str:
    return RANKS[int(rank) - 1] if rank else "below entry"
