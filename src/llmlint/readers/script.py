"""Follows a shell script as far as words and variables go: what each of its commands is once these are filled in.

Conditions are not evaluated: what is assigned in a branch is no longer known behind it, and a command in a branch is as
good as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from llmlint.plans import Spot
from llmlint.readers import shell, variables
from llmlint.readers.programs import ASSIGNMENT
from llmlint.readers.wording import MOST_TEXT, Places, inside
from llmlint.unit import Variable, Word

EXPORTS = frozenset({"export", "declare", "typeset", "readonly", "local"})
ALL_ITEMS = r"\$\{(\w+)\[[@*]\]\}|\$([@*])|\$\{([@*])\}"
"""`${NAME[@]}`, `$@`: each item a word."""
MOST_WORDS = 20_000
"""That the arrays of a script come to, so that those which hold themselves twice end."""
MOST_EXPORTED = 1_000
"""Variables that a script exports."""
WITH_DEFAULT = r"\$\{(\w+):?=([^{}]*)\}"


def set_to(name: str, value: str | None, spot: Spot) -> Variable:
    """A variable as a script sets it; what it is set to is unknown where a part is filled in elsewhere."""
    if value is None or not variables.is_filled(value):
        return Variable(name, None, spot, "caller")
    return Variable(name, value, spot)


class Script:
    """The variables of a shell while its commands are gone through."""

    def __init__(self, known: Mapping[str, str | None], parameters: tuple[Word, ...] | None = None) -> None:
        self.known: dict[str, str | None] = dict(known)
        self.exported: dict[str, Variable] = {}
        """Those that programs see, as set here."""
        self.arrays: dict[str, tuple[Word, ...]] = {}
        if parameters is not None:
            self.arrays["@"] = self.arrays["*"] = parameters
        self.depth = 0
        self.left = MOST_WORDS

    def commands(self, spot: Spot, text: str) -> Iterator[tuple[Word, ...]]:
        """The commands of a script that is written at a spot, without those that only set variables."""
        text = text[:MOST_TEXT]
        places = inside(spot, text)
        for command, self.depth in shell.commands(text):
            if self._sets(command, places, text):
                continue
            expanded = tuple(word for token in command for word in self._expanded(token, places, text))
            if expanded and expanded[0].text == "eval":
                expanded = tuple(part for word in expanded[1:] for part in _again(word))
            yield expanded

    def _sets(self, command: list[shell.Token], places: Places, text: str) -> bool:
        """Takes a command that only sets variables; whether it was one."""
        if command[0].text == ":":
            for name, value in re.findall(WITH_DEFAULT, text[command[0].start : command[-1].end]):
                if not self.known.get(name):
                    self.known[name] = value
            return True
        exports = command[0].text in EXPORTS
        rest = command[1:] if exports else command
        if not exports and not all(token.items or re.fullmatch(ASSIGNMENT, token.text, re.DOTALL) for token in rest):
            return False
        for token in rest:
            self._set(token, exports, places, text)
        return True

    def _set(self, token: shell.Token, exports: bool, places: Places, text: str) -> None:
        match = re.fullmatch(ASSIGNMENT, token.text, re.DOTALL)
        if match is None:
            name = token.text
            if exports and len(self.exported) < MOST_EXPORTED and name in self.known and re.fullmatch(r"\w+", name):
                self.exported[name] = set_to(name, self.known[name], places.word(token, text).spot)
            return
        name, adds = match[1], bool(match[2])
        if token.items or self._is_array(token, text):
            if self.depth == 0:
                items = tuple(word for item in token.items for word in self._expanded(item, places, text))
                self.arrays[name] = (*(self.arrays.get(name, ()) if adds else ()), *items)
            return
        value: str | None = match[3] if token.literal else variables.shell(match[3], self.known.get)
        if adds:
            before = self.known.get(name, "")
            room = before is not None and (not before or variables.room().take(before, "") == before)
            value = (before or "") + value if room and value is not None else None
        if self.depth > 0 and self.known.get(name, value) != value:
            value = None  # in a branch: whether it is set is not known
        self.known[name] = value
        if (exports and len(self.exported) < MOST_EXPORTED) or name in self.exported:
            self.exported[name] = set_to(name, value, places.word(token, text).spot)

    @staticmethod
    def _is_array(token: shell.Token, text: str) -> bool:
        """`NAME=()`, which has no items."""
        return token.text.endswith("=") and text[token.end - 1 : token.end] == ")"

    def _expanded(self, token: shell.Token, places: Places, text: str) -> Iterator[Word]:
        """The words that a word becomes."""
        word = places.word(token, text)
        if token.literal or "$" not in token.text:
            yield word
            return
        items = re.fullmatch(ALL_ITEMS, token.text)
        name = next(filter(None, items.groups()), "") if items is not None else ""
        if name in self.arrays:
            self.left -= len(self.arrays[name])
            if self.left >= 0:
                yield from self.arrays[name]
            return
        filled = variables.shell(token.text, self.known.get)
        if token.quoted or filled == token.text or "$(" in filled or "`" in filled:
            yield word._replace(text=filled)
            return
        yield from _again(word._replace(text=filled))


def _again(word: Word) -> list[Word]:
    """A text that a shell splits once more, each part at the place of the whole."""
    return [word._replace(text=token.text, item=False) for token in shell.words(word.text)]
