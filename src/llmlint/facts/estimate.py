"""Facts about what the model needs by the rule of thumb, where it goes, and what would make it fit."""

from __future__ import annotations

import math
from typing import Literal

from llmlint.engines import formula
from llmlint.engines.estimate import Item
from llmlint.facts.fact import Flag, Group, Memory, Size, Text, fact
from llmlint.precision import FORMATS
from llmlint.quantity import binary_size, count, decimal_size

LADDER = ("fp16", "int8", "int4")
"""Formats that a model is moved down to, the smallest loss first."""


class EstimateFacts(Group):
    """What the model needs in all, and where it goes."""

    @fact()
    def method(self) -> Text:
        """How the need was worked out: `formula` is the rule of thumb parameters × bytes × overhead."""
        return "formula"

    @fact("model.parameters")
    def weights(self) -> Item | None:
        """The item of the weights. Not for rules."""
        return self._weights(self.facts.precision.weights)

    @fact("model.parameters")
    def overhead(self) -> Item | None:
        """The item of the overhead. Not for rules."""
        return formula.overhead(self.weights, self.facts.model.category) if self.weights is not None else None

    @fact("model.parameters")
    def needed(self) -> Size | None:
        """Weights and overhead: parameters × bytes × factor."""
        if self.weights is None or self.overhead is None:
            return None
        return self.weights.bytes + self.overhead.bytes

    @fact("machine.gpus")
    def memory(self) -> Literal["vram", "unified", "ram"] | None:
        """Where the model lives: on the accelerators, in memory that CPU and GPU share, or in RAM for want of a GPU."""
        if self.facts.machine.unified_memory:
            return "unified"
        cards = self.facts.gpu.count
        return None if cards is None else ("vram" if cards else "ram")

    @fact("machine.gpus", "machine.ram")
    def offered(self) -> Memory | None:
        """The memory where the model lives."""
        if self.memory == "vram":
            return self.facts.vram.total
        if self.memory == "unified":
            return self.facts.unified.share
        return self.facts.ram.total if self.memory == "ram" else None

    @fact("model.parameters", "machine.gpus", "machine.ram")
    def fits(self) -> Flag | None:
        """Whether the memory where the model lives holds all of it."""
        if self.needed is None or self.offered is None:
            return None
        return self.needed <= self.offered

    @fact()
    def arithmetic(self) -> Text:
        """The formula with its numbers: parameters × bytes × factor = need."""
        if self.weights is None or self.overhead is None or self.needed is None:
            return "the need is unknown"
        return f"{self.weights.because} {self.overhead.because} = {decimal_size(self.needed)}"

    @fact()
    def change(self) -> Text:
        """The smallest changes that make the model fit where it lives, computed: another precision, or more memory."""
        found = [change for change in (self._lower_precision(), self._more_memory()) if change]
        return ", or ".join(found) if found else "a smaller model: no precision of this one fits"

    def _lower_precision(self) -> str | None:
        current = FORMATS[self.facts.precision.weights].bits
        for name in LADDER:
            needed = self.at_precision(name)
            if FORMATS[name].bits < current and needed is not None and self.offered and needed <= self.offered:
                return f"precision {name} ({decimal_size(needed)})"
        return None

    def _more_memory(self) -> str | None:
        if self.needed is None:
            return None
        if self.memory == "vram":
            return self.facts.vram.more_cards
        if self.memory == "unified":
            return self.facts.unified.enough_ram
        return f"ram {round_up_memory(self.needed)}"

    def at_precision(self, name: str) -> int | None:
        """Bytes that the model would need with its weights in another format."""
        weights = self._weights(name)
        return weights.bytes + formula.overhead(weights, self.facts.model.category).bytes if weights else None

    def _weights(self, precision: str) -> Item | None:
        parameters = self.facts.model.parameters
        row = self.facts.model.row
        if row is not None and row.checkpoint_bytes is not None and precision == self.facts.precision.weights:
            exact = row.checkpoint_bytes
            return Item("weights", exact, "exact", f"{decimal_size(exact)} of tensors in the local files", exact, exact)
        if parameters is None:
            return None
        shown = self.facts.precision.shown if precision == self.facts.precision.weights else precision
        return formula.weights(parameters, FORMATS[precision].bits, count(parameters), shown)


def round_up_memory(needed: int) -> str:
    """The next size that memory is sold in: powers of two of gibibytes, and the steps between that are sold."""
    gib = needed / 2**30
    for size in (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048):
        if gib <= size:
            return f"{size}GB"
    return f"{math.ceil(gib / 1024)}TB"


class OffloadFacts(Group):
    """What does not fit the accelerators and goes elsewhere."""

    @fact()
    def mode(self) -> Literal["none", "cpu", "disk"]:
        """Where the file lets layers go that do not fit: none if it does not say."""
        workload = self.facts.deployment.workload
        return workload.offload if workload is not None and workload.offload is not None else "none"

    @fact("model.parameters", "machine.gpus")
    def bytes(self) -> Size | None:
        """What does not fit the VRAM and is offloaded; 0 where nothing is, or where there is no VRAM to overflow."""
        memory = self.facts.estimate.memory
        if self.mode == "none" or memory in ("unified", "ram"):
            return 0
        needed, total = self.facts.estimate.needed, self.facts.vram.total
        if memory is None or needed is None or total is None:
            return None
        return max(needed - total, 0)

    @fact()
    def arithmetic(self) -> Text:
        """Need less VRAM, with the numbers."""
        total = self.facts.vram.total
        if self.bytes is None or total is None:
            return "the shortfall is unknown"
        return f"{decimal_size(self.facts.estimate.needed or 0)} − {binary_size(total)} of VRAM = {decimal_size(self.bytes)}"
