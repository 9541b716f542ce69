"""Facts: documented values that are worked out when a rule first asks for them, and once only.

A fact is a method marked with `@fact(…)`. Its return annotation gives its kind, its docstring is the user's
documentation, and the keys beside `@fact` say where in the deployment file one would write what it lacks.
None means unknown: never zero, never false.
"""

from __future__ import annotations

from llmlint.finding import Path
from llmlint.tuples import NamedTuple
from llmlint.typed import Generic, TypeVar, overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from llmlint.facts import Facts
    from llmlint.plans import Spot

Count: TypeAlias = int
"""A plain number of things: parameters, cards, tokens."""
Number: TypeAlias = float
"""A plain number: a factor, bytes per parameter, watts."""
Size: TypeAlias = int
"""Bytes, shown decimal (161.0 GB): weights, storage."""
Memory: TypeAlias = int
"""Bytes, shown binary with the decimal reading beside it: VRAM and RAM."""
Flag: TypeAlias = bool
"""Yes or no."""
Text: TypeAlias = str
"""A name or a choice."""
Words: TypeAlias = str
"""Part of a sentence for messages, worked out for the case that they speak of."""


class Place(NamedTuple):
    """A place in the deployment and what is to be said of it."""

    path: Path
    text: str
    spot: Spot | None = None
    """The place in a manifest itself, where the deployment has no path for it."""
    written: str = ""
    """The option, name or word that an edit expects there; only where it stands in so many letters is it edited."""
    replacement: str | float | tuple[str, ...] | list[str] | dict[str, Any] | None = None
    """What an edit puts there, several words as a tuple; an empty text takes it away; a list or mapping is a value;
    None: nothing is certain."""
    more: int = 0
    """How many words behind it belong to it: the values of an option."""
    edited: Path | Spot = ()
    """Where the edit is made, if not at the place itself: in the deployment, or in the manifest."""
    others: tuple[tuple[Spot, str], ...] = ()
    """Words elsewhere that go with it, each as it has to be written there."""


Places: TypeAlias = tuple[Place, ...]
"""Places, one finding each."""

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class OneOf(NamedTuple):
    """Keys of which only one matters, depending on the rest of the deployment."""

    pick: Callable[[Any], str]
    """Which one, for a group."""
    keys: tuple[str, ...]


class Fact(Generic[Value]):
    """A method's result, kept in the instance after the first call: `functools.cached_property` without its lock."""

    def __init__(self, method: Callable[[Any], Value], keys: tuple[str | OneOf, ...]) -> None:
        self.method = method
        self.wanted = keys
        self.name = method.__name__
        self.__doc__ = method.__doc__

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that may make it known."""
        return tuple(key for wanted in self.wanted for key in ([wanted] if isinstance(wanted, str) else wanted.keys))

    def keys_for(self, group: Group) -> tuple[str, ...]:
        """The keys that make it known in the case at hand."""
        return tuple(wanted if isinstance(wanted, str) else wanted.pick(group) for wanted in self.wanted)

    @overload
    def __get__(self, instance: None, owner: type) -> Fact[Value]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Fact[Value] | Value:
        """Work it out on first use; later uses find it in the instance and never come here."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.method(instance)
        return value


def fact(*keys: str | OneOf) -> Callable[[Callable[[Any], Value]], Fact[Value]]:
    """Mark a method as a fact; `keys` of the deployment file make it known where it is not."""
    return lambda method: Fact(method, keys)


Method = TypeVar("Method", bound="Callable[..., Any]")


def asked(method: Method) -> Method:
    """Mark a method that messages ask with a parameter of their rule, `{ram.wanted(minimum)}`: it shapes a remedy."""
    method.asked = True  # type: ignore[attr-defined]  # a mark for the registry
    return method


class Tries:
    """Counts what is tried and made for the remedies of a file, whichever of its deployments they are for."""

    __slots__ = ("fixes", "number")

    def __init__(self) -> None:
        self.number = self.fixes = 0


class Group:
    """Facts of one subject; they may look at those of the others through `facts`."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
