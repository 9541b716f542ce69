"""What an estimate is made of: items with their bytes, how sure they are, and why."""

from __future__ import annotations

from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Basis: TypeAlias = 'Literal["exact", "engine", "fitted", "rule-of-thumb"]'
"""exact: tensor shapes or headers; engine: read from its source; fitted: to recorded runs; rule-of-thumb: a factor."""


class Item(NamedTuple):
    """One summand of a need for memory or storage."""

    name: str
    bytes: int
    basis: Basis
    because: str
    """The arithmetic in words."""
    low: int | None = None
    high: int | None = None
    """The interval that the true value lies in; None where nobody has measured it."""

    def share(self, parts: int) -> Item:
        """The same item split evenly over `parts` devices."""
        low, high = (None if end is None else -(-end // parts) for end in (self.low, self.high))
        return self._replace(bytes=-(-self.bytes // parts), low=low, high=high)
