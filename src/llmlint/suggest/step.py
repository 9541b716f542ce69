"""A step in the neighbourhood of a plan: one thing that could be otherwise, in words and as changes of the file."""

from __future__ import annotations

from llmlint.edit import Change
from llmlint.finding import Path
from llmlint.tuples import NamedTuple


class Argument(NamedTuple):
    """An argument of the engine, by its canonical name, and its value."""

    name: str
    value: str


class Step(NamedTuple):
    """One possible change."""

    title: str
    cost: float
    """How much it asks of people: arguments cost least, other machines most. Only the order means anything."""
    changes: tuple[Change | Argument, ...]


class Dimension(NamedTuple):
    """Steps along one line, the smallest first; the last one goes farthest."""

    name: str
    steps: tuple[Step, ...]
    at: Path = ()
    """For what has to be put right in any case: where its findings are."""
    pairs: bool = True
    """Whether a step of it may be joined with one of another dimension."""
    ladder: bool = False
    """Whether nothing suffices where the last step does not, so that the last one is tried first."""
