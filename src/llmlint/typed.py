"""What classes say to type checkers alone, for modules that a lint loads: importing typing is a tenth of a cold start.

Whoever only annotates imports typing where `TYPE_CHECKING` is true, which it never is when the program runs, and writes
aliases of its forms as strings.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Generic, Protocol, TypeVar, cast, dataclass_transform, overload
else:

    class Generic:
        """A base without parameters."""

        def __class_getitem__(cls, parameters):
            return cls

    Protocol = object

    def TypeVar(name, *constraints, bound=None):  # noqa: N802 – as in typing
        """A name."""
        return name

    def cast(kind, value):
        """The value."""
        return value

    def dataclass_transform(**parameters):
        """The class as it is."""
        return lambda decorated: decorated

    def overload(function):
        """One of several signatures; the last definition is what runs."""
        return function


__all__ = ["Generic", "Protocol", "TypeVar", "cast", "dataclass_transform", "overload"]
