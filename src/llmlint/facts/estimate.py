"""Facts about what the model needs by the rule of thumb, where it goes, and what would make it fit."""

from __future__ import annotations

import math

from llmlint.engines import formula
from llmlint.engines.estimate import Item
from llmlint.facts.fact import Flag, Group, Memory, Number, OneOf, Size, Text, Words, asked, fact
from llmlint.facts.sold import CARDS_SOLD, NO_ESTIMATE, duration, round_up_memory
from llmlint.precision import FORMATS, GGUF
from llmlint.quantity import binary_size, count, decimal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

DDR4_BANDWIDTH = 51.2e9
"""Bytes a second of two channels of DDR4-3200: 2 × 8 bytes × 3200 million transfers."""

WHERE_IT_LIVES = OneOf(
    lambda group: {"vram": "machine.gpus.memory", None: "machine.gpus"}.get(group.facts.estimate.memory, "machine.ram"),
    ("machine.gpus", "machine.gpus.memory", "machine.ram"),
)


class EstimateFacts(Group):
    """What the model needs in all, and where it goes."""

    @fact()
    def method(self) -> Text:
        """How the need was worked out: `formula` is the rule of thumb parameters × bytes × overhead."""
        return "formula"

    @fact("model.parameters")
    def weights(self) -> Item | None:
        """The item of the weights. Not for rules."""
        return self.weights_at(self.facts.precision.weights)

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

    @fact(WHERE_IT_LIVES)
    def offered(self) -> Memory | None:
        """The memory where the model lives."""
        if self.memory == "vram":
            return self.facts.vram.total
        if self.memory == "unified":
            return self.facts.unified.share
        return self.facts.ram.total if self.memory == "ram" else None

    @fact("model.parameters", WHERE_IT_LIVES)
    def fits(self) -> Flag | None:
        """Whether the memory where the model lives holds all of it."""
        if self.needed is None or self.offered is None:
            return None
        return self.needed <= self.offered

    @fact()
    def arithmetic(self) -> Words:
        """The formula with its numbers: parameters × bytes × factor = need."""
        if self.weights is None or self.overhead is None or self.needed is None:
            return NO_ESTIMATE
        total = f"{self.weights.because} {self.overhead.because} = {decimal_size(self.needed)}"
        match = self.facts.model.match
        if match is None or match.basis != "derived-from-name" or match.row is None:
            return total
        return f"{total}, as {match.row.id}, whose copy it is by its name"

    @fact()
    def change(self) -> Words:
        """The smallest changes that make the model fit where it lives, computed: another precision, or more memory."""
        return self._changes(1)

    @asked
    def roomier(self, headroom: Number) -> Words:
        """The smallest changes that leave this share of the memory free, computed as `change` is."""
        return self._changes(1 - headroom)

    def _changes(self, share: float) -> str:
        """What would make the model fit into a share of the memory where it lives."""
        room = int(self.offered * share) if self.offered is not None else None
        found = [change for change in (self.lower_precision(room), self._more_memory(share)) if change]
        return ", or ".join(found) if found else "a smaller model: no precision of this one fits"

    def lower_precision(self, room: int | None) -> str | None:
        """The first lower precision at which the model fits into `room` bytes."""
        for name in self.facts.precision.lower:
            needed = self.at_precision(name)
            if needed is not None and room is not None and needed <= room:
                return f"precision {name} ({decimal_size(needed)})"
        return None

    def _more_memory(self, share: float) -> str | None:
        if self.needed is None:
            return None
        wanted = math.ceil(self.needed / share)
        if self.memory == "vram":
            return self.facts.vram.more_cards(wanted)
        if self.memory == "unified":
            return self.facts.unified.enough_ram(wanted)
        return self.facts.ram.wanted(wanted, "ram")

    @fact()
    def card(self) -> Words:
        """The smallest GPU, of the sizes that are sold, that holds the model."""
        if self.needed is None:
            return "a GPU that holds the model"
        size = next((size for size in CARDS_SOLD if self.needed <= size * 2**30), None)
        return f"a GPU of {size}GB" if size is not None else f"GPUs of {round_up_memory(self.needed)} in all"

    @fact()
    def room(self) -> Words:
        """How large a model the machine holds, at 16 and at 4 bits; empty where its memory is not known."""
        if not self.offered:
            return ""
        factor = formula.OVERHEAD["text"]
        half, quarter = (count(self.offered / width / factor) for width in (2, 0.5))
        return f": this machine holds up to {half} parameters at fp16, {quarter} at int4"

    @fact()
    def training(self) -> Words:
        """What the estimate is of, for those who train."""
        if self.needed is None:
            return "what is estimated here is inference alone"
        return f"inference alone takes {decimal_size(self.needed)}, training several times as much"

    @fact()
    def pace(self) -> Words:
        """How long tokens take at best from system memory: their active weights over the bandwidth of DDR4-3200."""
        weights, parameters = self.weights, self.facts.model.parameters
        if weights is None or not parameters:
            return "every token reads all active weights from RAM"
        size = weights.bytes * min((self.facts.model.active_parameters or parameters) / parameters, 1)
        took = duration(100 * size / DDR4_BANDWIDTH)
        return (
            f"every token reads {decimal_size(size)} of weights from RAM: 100 tokens take {took} or more at 51.2 GB/s "
            "(two channels of DDR4-3200)"
        )

    @fact()
    def caveat(self) -> Words:
        """The method by its name and what it leaves out; more where engines would refuse what it lets pass."""
        return self.refusal or "rule of thumb, without the KV cache, which grows with context × concurrency"

    def at_precision(self, name: str) -> int | None:
        """Bytes that the model would need with its weights in another format."""
        weights = self.weights_at(name)
        return weights.bytes + formula.overhead(weights, self.facts.model.category).bytes if weights else None

    @property
    def gpu_items(self) -> list[Item]:
        """What is put on one accelerator; for shared memory, on the one GPU."""
        if self.memory not in ("vram", "unified"):
            return []
        cards = self.facts.gpu.count or 1 if self.memory == "vram" else 1
        return [item.share(cards) for item in self._kept]

    @property
    def host_items(self) -> list[Item]:
        """What is kept in system memory."""
        if self.memory == "ram":
            return self._kept
        if self.facts.offload.bytes and self.facts.offload.mode == "cpu":
            return [Item("offloaded", self.facts.offload.bytes, "rule-of-thumb", self.facts.offload.arithmetic)]
        return []

    @property
    def _kept(self) -> list[Item]:
        """Weights and overhead, less the part of the weights that is offloaded."""
        if self.weights is None or self.overhead is None:
            return []
        away = min(self.facts.offload.bytes or 0, self.weights.bytes)
        kept = self.weights._replace(bytes=self.weights.bytes - away, low=None, high=None) if away else self.weights
        return [kept, self.overhead]

    @property
    def storage_items(self) -> list[Item]:
        """What is put on the storage."""
        return [self.weights] if self.weights is not None and not self.facts.model.is_local else []

    @fact()
    def refusal(self) -> Words:
        """Why the engines would refuse what the rule of thumb lets pass; empty where it refuses too, or nobody knows.

        Weights of four bits come with scales, and embedding and head stay at 16 bits: the rule of thumb forgets both.
        vLLM takes 0.92 of what the driver reports (0.33.0, vllm/config/cache.py).
        """
        if self.memory != "vram" or not self.fits or FORMATS[self.facts.precision.weights].bits != 4:
            return ""
        real, share = self._four_bit_weights(), self.facts.vram.vllm_share
        if real is None or share is None or real <= share:
            return ""
        return (
            f"no engine is likely to start this: with scales and a 16-bit embedding the 4-bit weights alone take about "
            f"{binary_size(real)}, and vLLM's default share of the VRAM is {binary_size(share)}"
        )

    def _four_bit_weights(self) -> int | None:
        row, parameters = self.facts.model.row, self.facts.model.parameters
        if row is None or parameters is None or row.hidden is None or row.vocab is None:
            return None
        return formula.four_bit_weights(parameters, row.vocab * row.hidden * (1 if row.tied else 2))

    def _is_on_disk(self, precision: str) -> bool:
        """Whether the local files hold the weights as they are loaded, in the format asked about."""
        match = self.facts.model.match
        own = match.precision if match is not None else None
        if not self.facts.model.agrees:
            return False
        if own is None or own in GGUF:
            return precision == self.facts.precision.weights
        return FORMATS[precision].bits == FORMATS[own].bits

    def weights_at(self, precision: str) -> Item | None:
        """The item of the weights in some format."""
        parameters = self.facts.model.parameters
        row = self.facts.model.row
        if row is not None and row.checkpoint_bytes is not None and self._is_on_disk(precision):
            exact = row.checkpoint_bytes
            return Item("weights", exact, "exact", f"{decimal_size(exact)} of tensors in the local files", exact, exact)
        if parameters is None:
            return None
        shown = self.facts.precision.shown if precision == self.facts.precision.weights else precision
        return formula.weights(parameters, FORMATS[precision].bits, count(parameters), shown)
