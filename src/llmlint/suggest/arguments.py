"""One argument of an engine set to another value, in whatever form `engine.args` is written: list, mapping or text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from llmlint.edit import Change
from llmlint.engines.flag_reader import Reader
from llmlint.engines.flag_table import Table, table
from llmlint.engines.flag_words import plain
from llmlint.engines.flags import Args, parse
from llmlint.engines.versions import parsed
from llmlint.facts import Facts
from llmlint.suggest.step import Argument

Version: TypeAlias = "tuple[int, ...] | None"

WHERE = ("engine", "args")
OPTION = re.compile(r"(?<!\S)(-{1,2}[^\s=]+|\w+(?==))(=|\s+)(\S+)")
"""An option with its value in a command line."""


def resolved(facts: Facts, changes: Sequence[Change | Argument]) -> list[Change] | None:
    """Changes of the file in which arguments are changes too; None where one cannot be set."""
    engine = facts.deployment.engine
    args: Args = engine.args if engine is not None else None
    found: list[Change] = []
    for change in changes:
        if isinstance(change, Change):
            found.append(change)
            continue
        if engine is None:
            return None
        setting = argument(engine.name, args, engine.version, change.name, change.value)
        if setting is None:
            return None
        found += setting
        args = _after(args, setting)
    return found


def argument(engine: str, args: Args, version: str | None, name: str, value: str) -> list[Change] | None:
    """The changes that give an argument, named as in the engine's table, a value; None where there is no such thing."""
    known = table(engine)
    if known is None or not known.options(known.written(name)):
        return None
    setting = _Setting(known, parsed(version), name, value)
    if isinstance(args, Mapping):
        changes = setting.in_mapping(args)
    elif isinstance(args, str):
        changes = setting.in_text(args)
    else:
        changes = setting.in_list(args or ())
    return changes if _means(engine, _after(args, changes), setting) else None


def _after(args: Args, changes: Sequence[Change]) -> Args:
    """The arguments with the changes made."""
    if isinstance(args, Mapping):
        return {**args, **{str(change.path[-1]): change.value for change in changes}}
    items = [] if args is None or isinstance(args, str) else list(args)
    for change in changes:
        if change.path == WHERE:
            whole = change.value
            return whole if isinstance(whole, (str, list)) else None
        at = int(change.path[-1])
        items[at : at + 1] = [change.value]
    return items


def _means(engine: str, args: Args, setting: _Setting) -> bool:
    return parse(engine, args, setting.version).words().get(setting.name) == setting.value


class _Setting:
    """An option of an engine, and the value that it is to have."""

    def __init__(self, known: Table, version: Version, name: str, value: str) -> None:
        self.table, self.version, self.name, self.value = known, version, name, value

    def _is(self, spelling: str) -> bool:
        found = Reader(self.table, self.version).find(spelling, None)
        return found is not None and found.option.name == self.name

    def in_mapping(self, args: Mapping[str, object]) -> list[Change]:
        """Under the key that is there, else a new one in the style of the others."""
        for key in args:
            bare = (
                key if self.table.grammar.bare or (key.startswith("-") and key[1:2] != "-") else "--" + key.lstrip("-")
            )
            if self._is(bare.replace("_", "-") if bare.startswith("--") else bare):
                return [Change((*WHERE, key), self._number())]
        key = self.name
        if any("_" in other for other in args) and not any("-" in other.lstrip("-") for other in args):
            key = key.replace("-", "_")
        dashes = "--" if any(other.startswith("--") for other in args) else ""
        return [Change((*WHERE, dashes + key), self._number())]

    def in_text(self, args: str) -> list[Change]:
        """In place of the value that is there, else behind the last word."""
        found = [match for match in OPTION.finditer(args) if self._is(match[1])]
        if found:
            start, end = found[-1].span(3)
            head = found[-1][1] + found[-1][2]
            return [Change(WHERE, args[:start] + self.value + args[end:], (found[-1][0], head + self.value))]
        words = args.split()
        new = f"{self._written()}{self._joint(words)}{self.value}"
        if not words:
            return [Change(WHERE, new)]
        end = args.rfind(words[-1]) + len(words[-1])
        return [Change(WHERE, f"{args[:end]} {new}{args[end:]}", (words[-1], f"{words[-1]} {new}"))]

    def in_list(self, args: Sequence[object]) -> list[Change]:
        """In the item that holds the value, else in new ones behind the last."""
        for at in reversed(range(len(args))):
            changes = self._in_item(args, at)
            if changes is not None:
                return changes
        joint = self._joint([plain(item) for item in args])
        end = len(args)
        if joint == "=":
            items: list[str | int | float] = [f"{self._written()}={self.value}"]
        else:
            items = [self._written(), self._number()]
        if not args:
            return [Change(WHERE, items)]
        return [Change((*WHERE, end + position), item) for position, item in enumerate(items)]

    def _in_item(self, args: Sequence[object], at: int) -> list[Change] | None:
        text = plain(args[at])
        found = [match for match in OPTION.finditer(text) if self._is(match[1])]
        if found:
            start, end = found[-1].span(3)
            return [Change((*WHERE, at), text[:start] + self.value + text[end:])]
        if at + 1 < len(args) and text.startswith("-") and self._is(text):
            old = args[at + 1]
            return [Change((*WHERE, at + 1), self.value if isinstance(old, str) else self._number())]
        return None

    def _written(self) -> str:
        return self.table.written(self.name)

    def _joint(self, words: Sequence[str]) -> str:
        """What stands between name and value: as in the other arguments, where the engine allows it."""
        if self.table.grammar.bare:
            return "="
        apart = any(not word.startswith("-") for word in words) and not any("=" in word for word in words)
        return " " if apart or not self.table.grammar.equals else "="

    def _number(self) -> str | int | float:
        """The value as a number, where it is one."""
        for kind in (int, float):
            try:
                return kind(self.value)
            except ValueError:
                continue
        return self.value
