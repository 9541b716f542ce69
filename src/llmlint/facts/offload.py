"""Facts about what does not fit the accelerators and goes elsewhere."""

from __future__ import annotations

from llmlint.facts.estimate import WHERE_IT_LIVES
from llmlint.facts.fact import Group, Size, Words, fact
from llmlint.facts.sold import NO_ESTIMATE
from llmlint.quantity import decimal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class OffloadFacts(Group):
    """What does not fit the accelerators and goes elsewhere."""

    @fact()
    def mode(self) -> Literal["none", "cpu", "disk"]:
        """Where the file lets layers go that do not fit: none if it does not say."""
        workload = self.facts.deployment.workload
        return workload.offload if workload is not None and workload.offload is not None else "none"

    @fact("model.parameters", WHERE_IT_LIVES)
    def bytes(self) -> Size | None:
        """What does not fit where the model lives and is offloaded; 0 where nothing is.

        VRAM overflows to system memory or disk, system memory to disk, shared memory nowhere.
        """
        memory = self.facts.estimate.memory
        if self.mode == "none" or memory == "unified" or (memory == "ram" and self.mode == "cpu"):
            return 0
        needed, offered = self.facts.estimate.needed, self.facts.estimate.offered
        if needed is None or offered is None:
            return None
        return max(needed - offered, 0)

    @fact()
    def destination(self) -> Words:
        """Where layers go, in words."""
        return "disk" if self.mode == "disk" else "system memory"

    @fact()
    def arithmetic(self) -> Words:
        """Need less the memory where the model lives, with the numbers."""
        total = self.facts.estimate.offered
        if self.bytes is None or total is None:
            return NO_ESTIMATE
        needed = decimal_size(self.facts.estimate.needed or 0)
        return f"{needed} − {decimal_size(total)} of {self.overflowing} = {decimal_size(self.bytes)}"

    @fact()
    def argument(self) -> Words:
        """How the engine is told to keep weights in system memory."""
        if self.facts.engine.name in ("vllm", "sglang"):
            return "pass --cpu-offload-gb with the gigabytes for each GPU that do not fit it, or to fit without"
        return f"{self.facts.engine.title} cannot keep these in system memory; to fit without"

    @fact()
    def overflowing(self) -> Words:
        """The memory that is too small, in words."""
        return "RAM" if self.facts.estimate.memory == "ram" else "VRAM"

    @fact()
    def offer(self) -> Words:
        """Offloading as a remedy, with what it would take; empty where the RAM does not hold it."""
        needed, total, ram = self.facts.estimate.needed, self.facts.vram.total, self.facts.ram.total
        if needed is None or total is None or (ram is not None and needed - total > ram):
            return ""
        return f"; or workload.offload: cpu, {decimal_size(needed - total)} in system memory and much slower"
