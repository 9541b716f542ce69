"""How options are written where the engine accepts it: abbreviated, written twice, on their way out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from llmlint.engines.flag_reader import Known, Place, Reader
from llmlint.engines.flag_table import DATA, table, version_of
from llmlint.engines.flag_words import has_placeholder, words
from llmlint.engines.flags import Args
from llmlint.engines.versions import Version
from llmlint.tuples import NamedTuple

COMMON = frozenset({"--tp", "--dp", "--pp", "--ep"})
"""Beginnings that SGLang's own documentation writes throughout."""


class Given(NamedTuple):
    """An option as it is written once."""

    name: str
    """The canonical one."""
    spelling: str
    values: tuple[str, ...]
    place: Place
    opposite: bool
    repeatable: bool
    """The engine collects all of them; otherwise the last one counts."""
    whole: str
    """The full spelling, where this one only begins it."""


class Deprecated(NamedTuple):
    """An option whose end is announced."""

    since: str
    until: str
    instead: str


class Observer(Reader):
    """Reads a command line as the engine does, and keeps every option with how it is written."""

    def __init__(self, engine: str, version: Version | None) -> None:
        known = table(engine)
        assert known is not None
        super().__init__(known, version)
        self.given: list[Given] = []

    def put(self, known: Known, spelling: str, given: list[str], place: Place) -> None:
        """Keeps it, and goes on."""
        option = known.option
        repeatable = option.kind[-1] in "*+" or option.kind.startswith("json") or "." in spelling
        whole = self._whole(known, spelling)
        values = tuple(given)
        self.given.append(Given(option.name, spelling, values, place, known.opposite, repeatable, whole))
        super().put(known, spelling, given, place)

    def _whole(self, known: Known, spelling: str) -> str:
        spelled = self._spelled(spelling)
        if not self.grammar.abbreviations or not spelled.startswith("--") or self.table.options(spelled):
            return ""
        if spelled in COMMON or self._named(spelled) is not None or self._beginning(spelled) is None:
            return ""
        return self.table.written(("no-" if known.opposite else "") + known.option.name)


def observed(engine: str, args: Args, version: Version | None) -> tuple[Given, ...]:
    """Every option of a command line, in order; empty where the engine has no table."""
    if table(engine) is None or not args or isinstance(args, Mapping):
        return ()
    observer = Observer(engine, version)
    observer.line(words(args))
    return tuple(observer.given)


def twice(given: tuple[Given, ...]) -> list[tuple[Given, Given]]:
    """Options with two values that differ, each with the one that counts; nothing where one of them is not known."""
    last = {one.name: one for one in given}
    pairs = [(one, last[one.name]) for one in given if one is not last[one.name] and not one.repeatable]
    return [pair for pair in pairs if _differ(*pair)]


def _differ(one: Given, other: Given) -> bool:
    if any(map(has_placeholder, (*one.values, *other.values))):
        return False
    return (one.values, one.opposite) != (other.values, other.opposite)


def deprecated(engine: str, name: str, version: Version | None) -> Deprecated | None:
    """What is known of an option's end at a version; None where it has none, or the version is from before."""
    found = _deprecated().get((engine, name))
    if found is None or version is None:
        return found
    early = found.since and version < version_of(found.since)
    late = found.until and version > version_of(found.until)
    return None if early or late else found


@cache
def _deprecated() -> dict[tuple[str, str], Deprecated]:
    with open(os.path.join(DATA, "flags-deprecated.tsv"), encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {(engine, name): Deprecated(since, until, instead) for engine, name, since, until, instead, _ in rows}
