"""The list of facts, derived from their definitions: kinds for conditions, documentation for people. Slow path only."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from llmlint.expression import Dimension, Kind
from llmlint.facts import Facts
from llmlint.facts.fact import Fact, Group
from llmlint.tuples import NamedTuple

DIMENSIONS: dict[str, Dimension] = {
    "Count": "number",
    "Number": "number",
    "Size": "size",
    "Memory": "size",
    "Flag": "flag",
    "Text": "text",
    "Words": "text",
}


TAKEN = {
    "Size": "size",
    "Memory": "size",
    "Number": "number",
    "Mapping[str, Size]": "sizes by fact",
    "Mapping[str, Number]": "numbers by fact",
}
"""What a method may be asked with, by the annotation of its argument."""


class FactEntry(NamedTuple):
    """One fact as rules and readers see it."""

    name: str
    kind: Kind | None
    """None for places, which conditions cannot compare."""
    shown: str
    """How messages show it: the name of its annotation, in small letters."""
    documentation: str
    keys: tuple[str, ...]
    takes: str = ""
    """What it is asked with, a parameter of the rule: number, size, numbers or sizes by fact; empty for plain facts."""


def kind_name(entry: FactEntry) -> str:
    """What it is, for lists."""
    if entry.kind is not None:
        return entry.kind.dimension
    return "text" if entry.takes and entry.shown != "places" else "places"


def shown_name(entry: FactEntry) -> str:
    """As lists have it: `ram.wanted(size)`."""
    return f"{entry.name}({entry.takes})" if entry.takes else entry.name


def registry() -> dict[str, FactEntry]:
    """Every fact that rules may name, in the order of definition."""
    entries = {}
    for group_name, group_fact in vars(Facts).items():
        if isinstance(group_fact, Fact):
            for entry in _group(group_name, _group_class(group_fact)):
                entries[entry.name] = entry
    return entries


def _group_class(group_fact: Fact[object]) -> type[Group]:
    """The class that a group's fact returns; those that only manifests ask for are imported where they are used."""
    import llmlint.facts

    name = group_fact.method.__annotations__["return"]
    module = next((one for one in _modules(group_fact) if hasattr(one, name)), llmlint.facts)
    found: type[Group] = getattr(module, name)
    return found


def _modules(group_fact: Fact[object]) -> Iterator[ModuleType]:
    """The modules that the method of a group imports."""
    for name in group_fact.method.__code__.co_names:
        if name.startswith("llmlint.facts."):
            yield import_module(name)


def _group(group_name: str, group: type[Group]) -> list[FactEntry]:
    entries = []
    for name, member in vars(group).items():
        if isinstance(member, Fact) and "Not for rules" not in (member.__doc__ or ""):
            annotation = member.method.__annotations__["return"]
            kind, shown = _kind(annotation, group)
            documentation = inspect.cleandoc(member.__doc__ or "")
            entries.append(FactEntry(f"{group_name}.{name}", kind, shown, documentation, member.keys))
        elif hasattr(member, "asked"):
            entries.append(_asked(f"{group_name}.{name}", member))
    return entries


def _asked(name: str, method: Any) -> FactEntry:
    """A method that messages ask with a parameter; conditions cannot."""
    written = dict(method.__annotations__)
    shown = str(written.pop("return")).lower()
    takes = TAKEN[next(iter(written.values()))]
    return FactEntry(name, None, shown, inspect.cleandoc(method.__doc__ or ""), (), takes)


def _kind(annotation: str, group: type[Group]) -> tuple[Kind | None, str]:
    plain = annotation.removesuffix(" | None")
    if plain == "Places":
        return None, "places"
    if plain in DIMENSIONS:
        return Kind(DIMENSIONS[plain]), plain.lower()
    module = inspect.getmodule(group)
    names = vars(typing) | vars(module)
    literal = eval(plain, names)  # our own annotations, e.g. Literal["none", "cpu"] or an alias of one
    if isinstance(literal, str):
        literal = eval(literal, names)
    return Kind("text", tuple(typing.get_args(literal))), "text"
