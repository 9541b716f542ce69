"""Facts about the memory of accelerators, and about memory that CPU and GPU share."""

from __future__ import annotations

import math

from llmlint.facts.fact import Group, Memory, Number, Words, fact
from llmlint.facts.faults import size
from llmlint.facts.sold import SIZES_SOLD
from llmlint.quantity import binary_size, both_sizes, decimal_size

SYSTEM_RESERVE = 8 * 2**30
"""Bytes of a shared memory that the system and its page cache keep, where nothing better is known: the lower end of the
8 to 16 GiB that unified NVIDIA and AMD machines needed to stay alive in public reports (rule of thumb)."""

LEAST_LEFT = 4 * 2**30
"""Bytes without which macOS itself does not work well (rule of thumb)."""


class VramFacts(Group):
    """The memory of the accelerators, as sold or as the file states it."""

    @fact("machine.gpus", "machine.gpus.memory")
    def total(self) -> Memory | None:
        """Sum over all cards; 0 without any."""
        cards = self.facts.gpu.cards
        if cards is None or any(card.memory is None for card in cards):
            return None
        return sum(card.number * (card.memory or 0) for card in cards)

    @fact()
    def shortage(self) -> Words:
        """What is needed and what there is: by the engine's own sums where they are known, else by the formula."""
        outcome = self.facts.engine.outcome
        if self.facts.engine.fault != "weights" or outcome is None or outcome.usable is None:
            needed, total = self.facts.estimate.needed, self.total
            if needed is None or total is None:
                return "the need is not known"
            return f"needs {decimal_size(needed)}, the machine offers {both_sizes(total)}"
        weights, seen = both_sizes(size(outcome, "weights")), binary_size(outcome.usable)
        return f"{self.facts.engine.shown} loads {weights} of weights on {self._where}, of which programs see {seen}"

    @property
    def _where(self) -> str:
        """The GPUs that an engine uses, in words."""
        count, used = self.facts.gpu.count or 1, self.facts.parallel.ranks or 1
        if count == 1:
            return "the GPU"
        if not self.facts.parallel.is_set_by_flags:  # llama.cpp and its like divide a model among all of them
            return f"the fullest of {count} GPUs"
        return f"one GPU of {count}" if used == 1 else f"each of {used} GPUs"

    @fact()
    def workings(self) -> Words:
        """How the shortage was worked out."""
        if self.facts.engine.fault != "weights":
            return self.facts.estimate.arithmetic
        outcome = self.facts.engine.outcome
        items = outcome.gpu if outcome is not None else ()
        return next((item.because for item in items if item.name == "weights"), self.facts.estimate.arithmetic)

    @fact()
    def method(self) -> Words:
        """How it was worked out by name, and what that leaves out."""
        if self.facts.engine.fault != "weights":
            return self.facts.estimate.caveat
        return f"as {self.facts.engine.shown} loads them, without its cache and whatever else it needs"

    @fact()
    def change(self) -> Words:
        """The smallest changes that make it fit, by the same method."""
        if self.facts.engine.fault != "weights":
            return self.facts.estimate.change + self.facts.offload.offer
        return self.facts.engine.change

    @fact("machine.gpus", "machine.gpus.memory", "model.parameters")
    def left(self) -> Memory | None:
        """What the model leaves free; negative where it does not fit."""
        needed = self.facts.estimate.needed
        return None if self.total is None or needed is None else self.total - needed

    @fact()
    def offer(self) -> Words:
        """The cards and their memory, for the caret: 2 × 24 GiB."""
        cards = self.facts.gpu.cards or ()
        return " + ".join(f"{card.number} × {binary_size(card.memory)}" for card in cards if card.memory)

    @fact("machine.gpus", "machine.gpus.memory")
    def smallest_card(self) -> Memory | None:
        """Memory of the smallest card: what a tier's floor is held against."""
        cards = self.facts.gpu.cards
        if not cards or any(card.memory is None for card in cards):
            return None
        return min(card.memory or 0 for card in cards)

    @property
    def vllm_share(self) -> int | None:
        """What vLLM takes of all cards by default: 0.92 of what the driver reports, where that is known."""
        cards = self.facts.gpu.cards or ()
        reported = [card.row.usable_bytes for card in cards if card.row is not None and card.row.usable_bytes]
        if not cards or len(reported) != len(cards):
            return None
        return int(0.92 * sum(card.number * usable for card, usable in zip(cards, reported, strict=True)))

    def more_cards(self, needed: int) -> str | None:
        """How many cards of the present kind hold so many bytes; None where kinds are mixed or it would be silly.

        Where an instance type brings the cards, another one that holds them.
        """
        cards = self.facts.gpu.cards or ()
        if len(cards) != 1 or not cards[0].memory:
            return None
        if cards[0].position is None:
            from llmlint.facts.instances import with_vram

            return with_vram(self.facts, needed)
        number = math.ceil(needed / cards[0].memory)
        if number > 16:  # no single machine holds more
            return None
        total = number * cards[0].memory
        return f"{number} × {cards[0].label} ({binary_size(total)})"


class UnifiedFacts(Group):
    """Memory that CPU and GPU share."""

    @fact("machine.ram")
    def share(self) -> Memory | None:
        """What the GPU may use of the shared memory: Apple's default working set, else all but 8 GiB for the system."""
        total = self.facts.ram.total
        return None if total is None else self._share_of(total)

    @property
    def ends(self) -> tuple[int, int] | None:
        """The shares of the least and the most memory that the chip is sold with; None where the memory is stated, or
        nobody knows the chip."""
        sizes = self._sizes if self.facts.ram.total is None and self.facts.machine.is_apple else ()
        if not sizes or sizes is SIZES_SOLD:
            return None
        return self._share_of(min(sizes) * 2**30), self._share_of(max(sizes) * 2**30)

    def _share_of(self, total: int) -> int:
        fraction = self.facts.catalogue.apple_fraction(total) if self.facts.machine.is_apple else None
        return int(total * fraction) if fraction is not None else max(total - SYSTEM_RESERVE, 0)

    @fact("machine.cpu", "machine.ram")
    def fraction(self) -> Number | None:
        """Apple: the fraction of RAM that the GPU may use by default (recommendedMaxWorkingSetSize), of newer macOS
        where it was seen for that size, else of older; None for other machines."""
        total = self.facts.ram.total
        if total is None or not self.facts.machine.is_apple:
            return None
        return self.facts.catalogue.apple_fraction(total)

    @fact()
    def arithmetic(self) -> Words:
        """How the share was worked out."""
        total = self.facts.ram.total
        if total is None or self.share is None:
            return "no share is known without the RAM"
        if self.fraction is not None:
            part = f"{self.fraction:.0%} of {binary_size(total)}"
            return f"macOS lets the GPU use {part} by default = {binary_size(self.share)}"
        return f"{binary_size(total)} − {binary_size(SYSTEM_RESERVE)} for the system = {binary_size(self.share)}"

    @fact()
    def override(self) -> Words:
        """How macOS is told to give the GPU more, where that leaves the system 4 GiB; empty elsewhere."""
        needed, total = self.facts.estimate.needed, self.facts.ram.total
        if not self.facts.machine.is_apple or needed is None or total is None or needed + LEAST_LEFT > total:
            return ""
        return f"; or sudo sysctl iogpu.wired_limit_mb={math.ceil(needed / 2**20)}, which leaves the system the rest"

    def enough_ram(self, needed: int) -> str | None:
        """The next size of shared memory whose share for the GPU holds so many bytes."""
        if not self.facts.ram.total:
            return None
        return next((f"ram {size}GB" for size in self._sizes if self._share_of(size * 2**30) >= needed), None)

    @property
    def _sizes(self) -> tuple[int, ...]:
        """The sizes in GiB that the chip is sold with; none to choose where it has but one."""
        rows = [card.row for card in self.facts.gpu.named]
        if not rows and self.facts.cpu.name is not None:
            rows = [self.facts.catalogue.accelerator(self.facts.cpu.name).row]
        chips = [row for row in rows if row is not None and row.unified]
        if not chips:
            return SIZES_SOLD
        return chips[0].ram_options_gb or (() if chips[0].memory_bytes is not None else SIZES_SOLD)
