"""Facts about the three tiers of machines: the document's table of minimums, and where parts lie in it.

    tier           CPU from                          VRAM from                       RAM from (better)  storage from
    entry          i5 10th gen / Ryzen 5 3600        none, models of 1–3 B           8 GB (16 GB)       50 GB free, SSD
    mid            i7 12th gen / Ryzen 7 5800X       12 GB; 8 GB for models to 8 B   32 GB              200 GB, NVMe
    professional   i9 13th gen / Ryzen 9 7950X       24 GB                           64 GB (128 GB)     1 TB, NVMe

Floors are decimal bytes, so that a part sold as that size passes whichever way its bytes are counted (docs/source.md).
"""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Number, Place, Places, Size, Words, asked, fact
from llmlint.facts.sold import CARDS_SOLD, at_least
from llmlint.quantity import binary_size, both_sizes
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from llmlint.catalog.rows import Cpu

GB = 10**9


class Floor(NamedTuple):
    """What the document asks of one tier's parts, in bytes."""

    ram: int
    better_ram: int | None
    storage: int
    vram: int
    cpu: Literal["cpu-entry", "gpu-mid", "professional"]
    cpus: tuple[str, str]
    """Those that the document names: Intel's and AMD's."""


FLOORS = {
    "entry": Floor(8 * GB, 16 * GB, 50 * GB, 0, "cpu-entry", ("Core i5 10th generation", "Ryzen 5 3600")),
    "mid": Floor(32 * GB, None, 200 * GB, 12 * GB, "gpu-mid", ("Core i7 12th generation", "Ryzen 7 5800X")),
    "professional": Floor(
        64 * GB, 128 * GB, 1000 * GB, 24 * GB, "professional", ("Core i9 13th generation", "Ryzen 9 7950X")
    ),
}
RANKS = tuple(FLOORS)
SERVERS = ("intel.xeon", "amd.epyc", "arm.server")
"""Series that count for every tier."""
MISMATCH = 2
"""Tiers apart from which parts do not belong in one machine."""
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
        """RAM that the tier needs, as the document has it."""
        return self.floor.ram if self.floor else None

    @fact("machine.tier")
    def ram_recommended(self) -> Size | None:
        """RAM that the document recommends for the tier."""
        return self.floor.better_ram if self.floor else None

    @fact("machine.tier")
    def storage_minimum(self) -> Size | None:
        """Free storage that the tier needs, as the document has it."""
        return self.floor.storage if self.floor else None

    @asked
    def ram_change(self, minimum: Mapping[str, Size]) -> Words:
        """The RAM that the tier asks for by such a table, or the lower tier that this much reaches."""
        wanted = minimum.get(self.facts.machine.tier or "")
        change = self.facts.ram.wanted(wanted) if wanted else "more RAM"
        return change + self._or_declare(lambda tier: (self.facts.ram.total or 0) >= minimum.get(tier, 0))

    @asked
    def ram_improvement(self, recommended: Mapping[str, Size]) -> Words:
        """The RAM that such a table recommends for the tier."""
        better = recommended.get(self.facts.machine.tier or "")
        return self.facts.ram.wanted(better) if better else "more RAM"

    def _or_declare(self, reaches: Callable[[str], bool]) -> str:
        """The highest lower tier that is reached, as an alternative."""
        lower = RANKS[: RANKS.index(self.facts.machine.tier or RANKS[0])]
        found = next((name for name in reversed(lower) if reaches(name)), None)
        return f", or tier: {found}" if found else ""

    @asked
    def storage_change(self, minimum: Mapping[str, Size]) -> Words:
        """The free storage that the tier asks for by such a table, or the lower tier that this much reaches."""
        free = self.facts.storage.free or 0
        short = minimum.get(self.facts.machine.tier or "", 0) - free
        change = f"another {at_least(short)} of free storage"
        return change + self._or_declare(lambda tier: free >= minimum.get(tier, 0))

    @fact("machine.tier")
    def card_case(self) -> Literal["entry", "mid-small-model", "mid", "professional"] | None:
        """Which least VRAM counts for a card: the mid tier has one of its own for models of up to 8 B parameters."""
        tier = self.facts.machine.tier
        billions = self.facts.model.nominal_billions
        return "mid-small-model" if tier == "mid" and (billions is None or billions <= 8) else tier

    @fact("machine.tier")
    def card_minimum(self) -> Size | None:
        """VRAM that a card of the tier needs, as the document has it."""
        if self.floor is None:
            return None
        return SMALL_MODEL_VRAM if self.card_case == "mid-small-model" else self.floor.vram

    @fact()
    def card_reason(self) -> Words:
        """Why the mid tier's minimum is what it is for this model."""
        if self.facts.machine.tier != "mid" or self.floor is None:
            return ""
        small = self.card_case == "mid-small-model"
        return " for a model of up to 8 B parameters" if small else " for a model of more than 8 B parameters"

    @asked
    def card_change(self, minimum: Mapping[str, Size]) -> Words:
        """The card that the tier asks for by such a table, or the lower tier that the present ones reach."""
        smallest, wanted = self.facts.vram.smallest_card or 0, minimum.get(self.card_case or "", 0)
        needed = (self.facts.estimate.needed or 0) if not smallest else 0
        sizes = [size for size in CARDS_SOLD if size * GB >= wanted and size * 2**30 >= needed]
        change = f"a GPU of {sizes[0] if sizes else wanted // GB}GB or more"
        return change + self._or_declare(lambda tier: smallest >= minimum.get(tier, 0))

    @fact("machine.tier")
    def cpu_minimum(self) -> Words:
        """The processors that the document names for the tier."""
        return self._cpu_wanted(self.floor) if self.floor else ""

    def _cpu_wanted(self, floor: Floor) -> str:
        """The named processor of the same maker, else both."""
        cpu = self.facts.cpu.row
        maker = cpu.series.partition(".")[0] if cpu is not None else ""
        wanted = {"intel": floor.cpus[0], "amd": floor.cpus[1]}.get(maker, ", ".join(floor.cpus))
        return f"{wanted} or newer"

    @fact()
    def cpu_change(self) -> Words:
        """The processors that the tier asks for, or the lower tier that the present one reaches."""
        cpu = self.facts.cpu.row
        wanted = f"cpu: {self.cpu_minimum}" if self.floor else "a newer processor"
        return wanted + self._or_declare(lambda tier: bool(cpu and _meets(cpu, FLOORS[tier])))

    @asked
    def models(self, billions: Mapping[str, Number]) -> Words:
        """The models that the tier is for, by a table of the most billions of parameters."""
        most = billions.get(self.facts.machine.tier or "")
        if most is None:
            return "models of any size"
        entry = self.facts.machine.tier == "entry"
        return f"models of up to {most:g} B parameters" + (
            " on the CPU" if entry else ", larger ones as far as VRAM holds them"
        )

    @asked
    def model_change(self, billions: Mapping[str, Number]) -> Words:
        """What would make the model suit the tier by such a table: a smaller one, a GPU, less precision."""
        smaller = f"a model of at most {billions.get(self.facts.machine.tier or '', 0):g} B parameters"
        if self.facts.machine.tier == "entry" and self.facts.estimate.memory == "ram":
            return f"{smaller}, or {self.facts.estimate.card}"
        return f"{self.facts.estimate.change}, or {smaller}"

    @asked
    def small_cards(self, minimum: Mapping[str, Size]) -> Places:
        """The accelerators with less memory than the tier asks for by such a table, each at its place."""
        wanted = minimum.get(self.card_case or "", 0)
        small = [card for card in self.facts.gpu.cards or () if card.memory is not None and card.memory < wanted]
        return tuple(
            Place(
                ("machine", "instance") if card.position is None else ("machine", "gpus", card.position),
                f"{card.label} has {both_sizes(card.memory or 0)}",
            )
            for card in small
        )

    @fact("machine.cpu")
    def cpu_suffices(self) -> Flag | None:
        """Whether the processor reaches the tier's; unknown for one whose name says no series and generation."""
        cpu = self.facts.cpu.row
        return _meets(cpu, self.floor) if cpu is not None and self.floor is not None else None

    @fact("machine.storage.kind")
    def storage_suffices(self) -> Flag | None:
        """Whether the kind of storage is fast enough: SSD or better at entry, NVMe above."""
        kind = self.facts.storage.kind
        if kind is None or self.facts.machine.tier is None:
            return None
        return kind in (("nvme", "ssd") if self.facts.machine.tier == "entry" else ("nvme",))

    @fact("machine.tier")
    def storage_kind(self) -> Words:
        """The kind of storage that the tier asks for."""
        return "an SSD" if self.facts.machine.tier == "entry" else "NVMe"

    @fact("machine.gpus", "machine.gpus.memory")
    def of_gpu(self) -> Number | None:
        """The tier of the largest card that this deployment names: 3 from 24 GB, 2 from 8 GB, else 1."""
        sizes = [card.memory for card in self.facts.gpu.own or () if card.memory]
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
        reached = [_meets(cpu, floor) for floor in FLOORS.values()]
        return None if None in reached else sum(map(bool, reached))

    @fact("machine.gpus", "machine.ram")
    def gap(self) -> Number | None:
        """How many tiers the weaker of RAM and CPU lies below the largest card; unknown without a card.

        A processor that is not named, or whose tier its name does not tell, is left out; RAM is not.
        """
        others = [rank for rank in (self.of_ram, self.of_cpu) if rank is not None]
        if self.of_gpu is None or not others:
            return None
        gap = self.of_gpu - min(others)
        return gap if gap >= MISMATCH or self.of_ram is not None else None

    @fact()
    def weak_parts(self) -> Places:
        """The parts that lie two tiers or more below the largest card."""
        if self.of_gpu is None:
            return ()
        machine = self.facts.deployment.machine
        ram = "ram" if machine is not None and machine.ram is not None else "instance"
        size = f"{binary_size(self.facts.ram.total or 0)} of RAM"
        parts = ((ram, size, self.of_ram), ("cpu", self.facts.cpu.name or "", self.of_cpu))
        return tuple(
            Place(("machine", key), f"{name} ({_rank(rank)} tier)")
            for key, name, rank in parts
            if rank is not None and self.of_gpu - rank >= MISMATCH
        )

    @fact()
    def gpu_rank(self) -> Words:
        """The name of the tier that the largest card belongs to."""
        return _rank(self.of_gpu or 0)

    @fact()
    def balance(self) -> Words:
        """What would bring the weak parts within one tier of the largest card."""
        if self.of_gpu is None or self.of_gpu < MISMATCH:
            return "parts of one tier"
        floor = FLOORS[RANKS[int(self.of_gpu) - MISMATCH]]
        wanted = []
        if self.of_ram is not None and self.of_gpu - self.of_ram >= MISMATCH:
            wanted.append(self.facts.ram.wanted(floor.ram))
        if self.of_cpu is not None and self.of_gpu - self.of_cpu >= MISMATCH:
            wanted.append(f"cpu: {self._cpu_wanted(floor)}")
        return ", ".join(wanted)


def _meets(cpu: Cpu, floor: Floor) -> bool | None:
    """Whether a processor reaches a floor: those of servers do; unknown where its name does not tell."""
    return True if cpu.series.startswith(SERVERS) else cpu.meets(floor.cpu)


def _rank(rank: float) -> str:
    return RANKS[int(rank) - 1] if rank else "below entry"
