"""Fills in variables whose values are known: `$(NAME)` of Kubernetes, `${NAME:-default}` of shells and Compose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TypeAlias

MOST_ROUNDS = 8
"""Of filling in, so that values that name one another end."""
MOST_LENGTH = 100_000
"""Characters of a value; beyond it nothing more is filled in."""
KUBERNETES = r"\$\$|\$\(([A-Za-z_][\w.-]*)\)"
SHELL = r"\$\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+?=])((?:[^{}]|\$\{[^{}]*\}|\{[^{}]*\})*))?\})"

ARITHMETIC = r"\$\(\(\s*\$?\{?(\w+)\}?\s*([*+/-])\s*\$?\{?(\w+)\}?\s*\)\)"
"""One operation on two numbers or variables: `$(($GPUS * $NODES))`."""

MOST_FILLED = 1_000_000
"""Characters of values that are filled in over a whole file; behind them references stay as they are written.

A dozen variables of two references each to the one before would be a billion characters else.
"""


class Room:
    """How much may yet be filled in."""

    __slots__ = ("left",)

    def __init__(self, left: int = MOST_FILLED) -> None:
        self.left = left

    def take(self, value: str, written: str) -> str:
        """A value in place of the reference that is written, while there is room for it."""
        if len(value) > self.left:
            return written
        self.left -= len(value)
        return value


_room: ContextVar[Room] = ContextVar("room")


def room() -> Room:
    """That of the file which is read."""
    return _room.get(None) or Room()


def next_file() -> None:
    """A file begins: it has all of its room, whatever was read before it."""
    _room.set(Room())


Lookup: TypeAlias = Callable[[str], "str | None"]
"""The value of a variable; None where it is unknown."""


def lookup(values: Mapping[str, str | None]) -> Lookup:
    """A look-up in a mapping."""
    return values.get


def kubernetes(text: str, known: Lookup) -> str:
    """`$(NAME)` with its value; what is not known stays as it is, and `$$(NAME)` means itself."""
    if "$(" not in text:
        return text

    left = room()

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$$"
        found = known(match[1])
        return match[0] if found is None else left.take(found, match[0])

    return re.sub(KUBERNETES, value, text)


def shell(text: str, known: Lookup, *, unset_is_known: bool = False, dollars: bool = False) -> str:
    """`$NAME` and `${NAME…}` with their values or defaults; what has neither stays as it is written.

    `unset_is_known`: a variable that the look-up does not have is unset, and `${NAME+word}` nothing. `dollars`: `$$` is
    one dollar, as Compose reads it.
    """
    left = room()

    def value(match: re.Match[str]) -> str:
        return left.take(_shell(match, known, unset_is_known, dollars), match[0])

    for _ in range(MOST_ROUNDS):
        if "$" not in text or len(text) > MOST_LENGTH:
            break
        if "$((" in text and not dollars:
            text = re.sub(ARITHMETIC, lambda match: _arithmetic(match, known), text)
        filled = re.sub(SHELL, value, text)
        if filled == text or dollars:
            return filled
        text = filled
    return text


def _arithmetic(match: re.Match[str], known: Lookup) -> str:
    """What a shell would calculate; as it is written where a number is not known."""
    left, right = (_whole(name if name.isdecimal() else known(name)) for name in (match[1], match[3]))
    if left is None or right is None or (match[2] == "/" and not right):
        return match[0]
    results = {"*": left * right, "+": left + right, "-": left - right}
    return str(left // right if match[2] == "/" else results[match[2]])


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,12}", text) else None


def _shell(match: re.Match[str], known: Lookup, unset_is_known: bool, dollars: bool) -> str:
    if match[0] == "$$":
        return "$" if dollars else "$$"
    name, operator, word = match[1] or match[2], match[3] or "", match[4] or ""
    found = known(name)
    if dollars and "$" in word:  # one round only, in which a default may hold another variable
        word = shell(word, known, unset_is_known=unset_is_known, dollars=True)
    if operator[-1:] in ("-", "="):
        empty_too = operator[0] == ":"
        return word if found is None or (empty_too and not found) else found
    if operator[-1:] == "+":
        return word if found else "" if found is not None or unset_is_known else match[0]
    return match[0] if found is None else found


def is_filled(text: str) -> bool:
    """Whether no variable or blank to be filled in is left."""
    from llmlint.engines.flag_words import has_placeholder

    return not has_placeholder(text) and "$(" not in text and "`" not in text
