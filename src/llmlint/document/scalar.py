"""What an unquoted word means: the core schema of YAML 1.2 (10.3.2), which is also what JSON means."""

from __future__ import annotations

from llmlint.document.limits import MAX_DIGITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

NULLS = ("", "~", "null", "Null", "NULL")
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_OF_NUMBERS = "+-.0123456789eE"
_ENDLESS = {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")} | {".nan", ".NaN", ".NAN"}
_BASES = {"0x": 16, "0o": 8}
_INFINITY = float("inf")


class NumberRefused(ValueError):
    """A number that no arithmetic should be given: too long, or not finite. The message says which."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar; raises NumberRefused."""
    return number(text) if text < ":" else WORDS.get(text, text)


def number(text: str) -> Scalar:
    """The same for what may be a number: digits, signs and the point come before the colon."""
    if text.strip(_OF_NUMBERS):  # no pattern: compiling one is what would take longest in the whole package
        return _other_base(text)
    if text.isdecimal():
        return int(_short(text))
    if text[1:].isdecimal() and text[0] in "+-":
        return int(_short(text))
    try:
        value = float(text)
    except ValueError:
        return WORDS.get(text, text)
    if abs(value) == _INFINITY:
        raise NumberRefused("is too large for a number")
    _short(text)
    return value


def _other_base(text: str) -> Scalar:
    if text in _ENDLESS:
        raise NumberRefused("is not a finite number")
    base = _BASES.get(text[:2])
    if base is None or not (text.isascii() and text.isalnum()):
        return text
    try:
        return int(_short(text[2:]), base)
    except NumberRefused:
        raise
    except ValueError:
        return text


def _short(text: str) -> str:
    if len(text) > MAX_DIGITS and sum(map(str.isalnum, text)) > MAX_DIGITS:
        raise NumberRefused(f"has more than {MAX_DIGITS} digits")
    return text
