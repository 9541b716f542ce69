"""What an unquoted word means: the core schema of YAML 1.2 (10.3.2), which is also what JSON means."""

from __future__ import annotations

import re
from typing import TypeAlias

from llmlint.document.limits import MAX_DIGITS

Scalar: TypeAlias = str | int | float | bool | None

NULLS = ("", "~", "null", "Null", "NULL")
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)"
    r"|(?P<real>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|0o(?P<octal>[0-7]+)"
    r"|(?P<endless>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_BASES = {"whole": 10, "hexadecimal": 16, "octal": 8}
_INFINITY = float("inf")


class NumberRefused(ValueError):  # noqa: N818 – named for what it says
    """A number that no arithmetic should be given: too long, or not finite. The message says which."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar; raises NumberRefused."""
    return number(text) if text < ":" else WORDS.get(text, text)


def number(text: str) -> Scalar:
    """The same for what may be a number: digits, signs and the point come before the colon."""
    if len(text) < MAX_DIGITS and text.isdecimal() and text.isascii():
        return int(text)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return WORDS.get(text, text)
    form = str(found.lastgroup)
    if form == "endless":
        raise NumberRefused("is not a finite number")
    if len(text) > MAX_DIGITS and sum(map(str.isalnum, found.group(form))) > MAX_DIGITS:
        raise NumberRefused(f"has more than {MAX_DIGITS} digits")
    if form in _BASES:
        return int(found.group(form), _BASES[form])
    value = float(text)
    if abs(value) == _INFINITY:
        raise NumberRefused("is too large for a number")
    return value
