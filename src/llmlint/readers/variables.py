"""Fills in variables whose values are known: `$(NAME)` of Kubernetes, `${NAME:-default}` of shells and Compose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

MOST_ROUNDS = 8
"""Of filling in, so that values that name one another end."""
MOST_LENGTH = 100_000
"""Characters of a value; beyond it nothing more is filled in."""
KUBERNETES = r"\$\$|\$\(([A-Za-z_][\w.-]*)\)"
SHELL = r"\$\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+?=])((?:[^{}]|\$\{[^{}]*\}|\{[^{}]*\})*))?\})"

ARITHMETIC = r"\$\(\(\s*\$?\{?(\w+)\}?\s*([*+/-])\s*\$?\{?(\w+)\}?\s*\)\)"
"""One operation on two numbers or variables: `$(($GPUS * $NODES))`."""

Lookup: TypeAlias = Callable[[str], "str | None"]
"""The value of a variable; None where it is unknown."""


def lookup(values: Mapping[str, str | None]) -> Lookup:
    """A look-up in a mapping."""
    return values.get


def kubernetes(text: str, known: Lookup) -> str:
    """`$(NAME)` with its value; what is not known stays as it is, and `$$(NAME)` means itself."""
    if "$(" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$$"
        found = known(match[1])
        return match[0] if found is None else found

    return re.sub(KUBERNETES, value, text)


def shell(text: str, known: Lookup, *, unset_is_known: bool = False, dollars: bool = False) -> str:
    """`$NAME` and `${NAME…}` with their values or defaults; what has neither stays as it is written.

    `unset_is_known`: a variable that the look-up does not have is unset, and `${NAME+word}` nothing. `dollars`: `$$` is
    one dollar, as Compose reads it.
    """
    for _ in range(MOST_ROUNDS):
        if "$" not in text or len(text) > MOST_LENGTH:
            break
        if "$((" in text and not dollars:
            text = re.sub(ARITHMETIC, lambda match: _arithmetic(match, known), text)
        filled = re.sub(SHELL, lambda match: _shell(match, known, unset_is_known, dollars), text)
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
