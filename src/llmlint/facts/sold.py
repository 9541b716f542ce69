"""Sizes that memory is sold in, and other words that remedies share."""

from __future__ import annotations

import math

from llmlint.quantity import decimal_size

CARDS_SOLD = (8, 12, 16, 24, 32, 48, 80, 96, 141, 192)
"""Sizes of accelerators in GiB that a remedy names."""
NO_ESTIMATE = "no estimate without a parameter count"
SIZES_SOLD = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
"""Of system memory, in GiB: powers of two, and the steps between that are sold."""


def duration(seconds: float) -> str:
    """Seconds or minutes for people, in two digits."""
    if seconds >= 99.5:
        return f"{seconds / 60:.1f} min" if seconds < 570 else f"{seconds / 60:.0f} min"
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def at_least(size: int) -> str:
    """Decimal bytes in three digits, rounded up: what is added by it suffices."""
    step = 10 ** max(len(str(size)) - 3, 0)
    return decimal_size(-(-size // step) * step)


def round_up_memory(needed: int) -> str:
    """The next size that memory is sold in."""
    gib = needed / 2**30
    for size in SIZES_SOLD:
        if gib <= size:
            return f"{size}GB"
    return f"{math.ceil(gib / 1024)}TB"
