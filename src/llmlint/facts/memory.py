"""Facts about the memory of accelerators, and about memory that CPU and GPU share."""

from __future__ import annotations

import math

from llmlint.facts.estimate import round_up_memory
from llmlint.facts.fact import Group, Memory, Number, Text, fact
from llmlint.quantity import binary_size, decimal_size

SYSTEM_RESERVE = 8 * 2**30
"""Bytes of a shared memory that the system and its page cache keep, where nothing better is known: the lower end of the
8 to 16 GiB that unified NVIDIA and AMD machines needed to stay alive in public reports (rule of thumb)."""


class VramFacts(Group):
    """The memory of the accelerators, as sold or as the file states it."""

    @fact("machine.gpus")
    def total(self) -> Memory | None:
        """Sum over all cards; 0 without any."""
        cards = self.facts.gpu.cards
        if cards is None or any(card.memory is None for card in cards):
            return None
        return sum(card.count * (card.memory or 0) for card in cards)

    @fact("machine.gpus", "model.parameters")
    def left(self) -> Memory | None:
        """What the model leaves free; negative where it does not fit."""
        needed = self.facts.estimate.needed
        return None if self.total is None or needed is None else self.total - needed

    @fact()
    def offer(self) -> Text:
        """The cards and their memory, for the caret: 2 × 24 GiB."""
        cards = self.facts.gpu.cards or ()
        return " + ".join(f"{card.count} × {binary_size(card.memory)}" for card in cards if card.memory)

    @fact()
    def smallest_card(self) -> Memory | None:
        """Memory of the smallest card: what a tier's floor is held against."""
        cards = self.facts.gpu.cards
        if not cards or any(card.memory is None for card in cards):
            return None
        return min(card.memory or 0 for card in cards)

    @property
    def more_cards(self) -> str | None:
        """How many cards of the present kind would hold the model; None where kinds are mixed or it would be silly."""
        cards = self.facts.gpu.cards or ()
        needed = self.facts.estimate.needed
        if len(cards) != 1 or needed is None or not cards[0].memory:
            return None
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
        if total is None:
            return None
        if self.fraction is not None:
            return int(total * self.fraction)
        return max(total - SYSTEM_RESERVE, 0)

    @fact("machine.cpu", "machine.ram")
    def fraction(self) -> Number | None:
        """Apple: the fraction of RAM that the GPU may use by default (recommendedMaxWorkingSetSize), of newer macOS
        where it was seen for that size, else of older; None for other machines."""
        total = self.facts.ram.total
        if total is None or not self.facts.machine.is_apple:
            return None
        return self.facts.catalogue.apple_fraction(total)

    @fact()
    def arithmetic(self) -> Text:
        """How the share was worked out."""
        total = self.facts.ram.total
        if total is None or self.share is None:
            return "the share is unknown"
        if self.fraction is not None:
            return f"macOS lets the GPU use {self.fraction:.0%} of {binary_size(total)} by default = {binary_size(self.share)}"
        return f"{binary_size(total)} − {binary_size(SYSTEM_RESERVE)} for the system = {binary_size(self.share)}"

    @property
    def enough_ram(self) -> str | None:
        """The next size of shared memory that would do."""
        needed, total, share = self.facts.estimate.needed, self.facts.ram.total, self.share
        if needed is None or not total or not share:
            return None
        text = round_up_memory(int(needed * total / share))
        return f"ram {text} ({decimal_size(needed)} for the model)"
