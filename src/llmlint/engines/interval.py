"""Sums of items whose errors are independent."""

from __future__ import annotations

import math

from llmlint.engines.estimate import Item
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Left(NamedTuple):
    """What is left of a budget, in bytes; negative where the items exceed it."""

    likely: int
    low: int
    high: int


def left(budget: int, items: Iterable[Item], below: int = 0, above: int = 0) -> Left:
    """A budget less its items. `below` and `above`: how much less or more the budget itself may be.

    The errors of weights, activations and runtime have causes of their own, so they are added as independent ones are:
    the square root of the sum of their squares.
    """
    parts = list(items)
    likely = budget - sum(item.bytes for item in parts)
    more = [max((item.high if item.high is not None else item.bytes) - item.bytes, 0) for item in parts]
    less = [max(item.bytes - (item.low if item.low is not None else item.bytes), 0) for item in parts]
    return Left(likely, likely - round(math.hypot(below, *more)), likely + round(math.hypot(above, *less)))


def hull(one: Item, other: Item) -> Item:
    """The first item with an interval that holds that of the other, too."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return one
    return one._replace(low=min(one.low, other.low), high=max(one.high, other.high))
