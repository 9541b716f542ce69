"""Facts about what does not fit the accelerators and goes elsewhere."""

from __future__ import annotations

from typing import Literal

from llmlint.facts.fact import Group, Size, Words, fact
from llmlint.facts.sold import NO_ESTIMATE
from llmlint.quantity import decimal_size

LARGE_USE = 32 * 10**9
"""Bytes of system memory for offloading, or for a large model on the CPU (docs/source.md)."""


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
    def destination(self) -> Words:
        """Where layers go, in words."""
        return "disk" if self.mode == "disk" else "system memory"

    @fact()
    def arithmetic(self) -> Words:
        """Need less VRAM, with the numbers."""
        total = self.facts.vram.total
        if self.bytes is None or total is None:
            return NO_ESTIMATE
        needed = decimal_size(self.facts.estimate.needed or 0)
        return f"{needed} − {decimal_size(total)} of VRAM = {decimal_size(self.bytes)}"

    @fact()
    def offer(self) -> Words:
        """Offloading as a remedy, with what it would take; empty where the RAM does not hold it."""
        needed, total, ram = self.facts.estimate.needed, self.facts.vram.total, self.facts.ram.total
        if needed is None or total is None or (ram is not None and needed - total > ram):
            return ""
        return f"; or workload.offload: cpu, {decimal_size(needed - total)} in system memory and much slower"
