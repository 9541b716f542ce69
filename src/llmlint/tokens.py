"""Cuts a condition into tokens; a number and its unit are one. Slow path: rules are read with it, not run.

Columns count code points from 1 and never leave the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

from llmlint.tuples import NamedTuple

LONGEST = 1000
"""Characters of a condition, checked before anything else."""
BLANKS = str.maketrans("\n\r\t", "   ")

Measure: TypeAlias = tuple[int, int]
"""Exponents of byte and second."""
PLAIN: Measure = (0, 0)
SIZE: Measure = (1, 0)
RATE: Measure = (1, -1)
DURATION: Measure = (0, 1)

_BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12} | {
    f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", 1)
}
UNITS: dict[str, tuple[int, int, Measure]] = (
    {unit: (factor, 1, SIZE) for unit, factor in _BYTES.items()}
    | {f"{unit}/s": (factor, 1, RATE) for unit, factor in _BYTES.items()}
    | {"ms": (1, 1000, DURATION), "s": (1, 1, DURATION), "min": (60, 1, DURATION), "h": (3600, 1, DURATION)}
)
"""Numerator, denominator and measure of each unit."""

KEYWORDS = frozenset({"and", "or", "not", "in", "known"})
MISSPELT_WORDS = {
    "is": "write == or !=",
    "AND": "write and",
    "OR": "write or",
    "NOT": "write not",
    "IN": "write in",
} | dict.fromkeys(
    ("True", "False", "None", "true", "false", "null"),
    "there is no such constant: a flag stands bare (offload, not offload), and known(fact) asks whether one is known",
)
MISSPELT_SIGNS = (
    dict.fromkeys(("===", "="), "write == to compare")
    | dict.fromkeys(("&&", "&"), "write and")
    | dict.fromkeys(("||", "|"), "write or")
    | dict.fromkeys(("!", "~"), "write not")
    | dict.fromkeys(("<>", "≠"), "write !=")
    | dict.fromkeys(("=>", "≥"), "write >=")
    | dict.fromkeys(("=<", "≤"), "write <=")
    | dict.fromkeys(("×", "·"), "write * to multiply")
    | dict.fromkeys(("÷", "//"), "write / to divide; whole division is a fact's work")
    | dict.fromkeys(("−", "–"), "write an ordinary minus sign: -")
    | dict.fromkeys(("“", "”", "„", "‘", "’", "`"), "write straight quotes around text")
    | dict.fromkeys(("<<", ">>", "**", "^"), "there are no shifts and no powers: such arithmetic is a fact's work")
    | {
        ":=": "nothing can be assigned",
        "\\": "no backslashes",
        "#": "no comments inside a condition",
        "{": "a fact stands without braces here",
        "}": "a fact stands without braces here",
        ".": "write a digit on each side of the decimal point, and a name on each side of a fact's",
    }
)

_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<text>\"[^\"\\]*\"|'[^'\\]*')"
    r"|(?P<misspelt>"
    + "|".join(map(re.escape, sorted(MISSPELT_SIGNS.keys() - {"=", "!"}, key=len, reverse=True)))
    + ")"
    r"|(?P<sign>[=!<>]=|[-+*/%<>()\[\],])"
)
_WORD = re.compile(r" *([A-Za-z_][A-Za-z0-9_]*)")
_PER_SECOND = re.compile(r"/s(?![A-Za-z0-9_.(])")


class InvalidExpression(Exception):
    """A condition or template that cannot be used: what is wrong, and its column in the text, from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


class Token(NamedTuple):
    """A number with its unit, a name, a keyword or sign (its own kind), a text, or the end."""

    kind: Literal["number", "name", "text", "sign", "end"]
    text: str
    """As it is written."""
    column: int
    value: int | float | str = ""
    measure: Measure = PLAIN


def tokens(text: str) -> list[Token]:
    """The tokens of a condition and an end; raises `InvalidExpression`."""
    if len(text) > LONGEST:
        raise InvalidExpression(f"a condition has at most {LONGEST} characters", LONGEST + 1)
    text = text.translate(BLANKS)
    found: list[Token] = []
    place = _after_blanks(text, 0)
    while place < len(text):
        token, place = _token(text, place)
        found.append(token)
        place = _after_blanks(text, place)
    last = max(len(text.rstrip(" ")), 1)
    return [*found, Token("end", "", last)]


def _after_blanks(text: str, place: int) -> int:
    while text.startswith(" ", place):
        place += 1
    return place


def _token(text: str, place: int) -> tuple[Token, int]:
    match = _TOKEN.match(text, place)
    if match is None:
        raise InvalidExpression(_why_not(text[place]), place + 1)
    kind, written = match.lastgroup, match[0]
    if kind == "number":
        return _number(text, match)
    if kind == "text":
        return Token("text", written, place + 1, written[1:-1]), match.end()
    if kind == "misspelt":
        raise InvalidExpression(MISSPELT_SIGNS[written], place + 1)
    if kind == "name":
        return _name(text, match)
    return Token("sign", written, place + 1), match.end()


def _why_not(character: str) -> str:
    if character in "\"'":
        return "this text is not closed, or has a backslash in it"
    if character in MISSPELT_SIGNS:
        return MISSPELT_SIGNS[character]
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"{shown} has no meaning in a condition"


def _name(text: str, match: re.Match[str]) -> tuple[Token, int]:
    word, column = match[0], match.start() + 1
    if word in MISSPELT_WORDS:
        raise InvalidExpression(MISSPELT_WORDS[word], column)
    if text[match.end() : match.end() + 1] in {'"', "'"} and word not in KEYWORDS:
        raise InvalidExpression("text has no prefix", column)
    return Token("sign" if word in KEYWORDS else "name", word, column), match.end()


def _number(text: str, match: re.Match[str]) -> tuple[Token, int]:
    digits, column = match[0], match.start() + 1
    whole, _, part = digits.partition(".")
    if max(len(whole), len(part)) > 15:
        raise InvalidExpression("a number has at most 15 digits before and after the point", column)
    unit, end = _unit(text, match.end())
    top, bottom, measure = UNITS.get(unit, (1, 1, PLAIN))
    numerator, denominator = int(whole + part) * top, 10 ** len(part) * bottom
    value = numerator / denominator if numerator % denominator else numerator // denominator
    return Token("number", text[match.start() : end], column, value, measure), end


def _unit(text: str, place: int) -> tuple[str, int]:
    """The unit that follows a number, and where it ends; no unit if a keyword or sign follows."""
    if text.startswith(".", place):
        raise InvalidExpression("write plain decimals: 0.5, 12, 1.25", place + 1)
    match = _WORD.match(text, place)
    if match is None or match[1] in KEYWORDS or match[1] in MISSPELT_WORDS:
        return "", place
    word = match[1]
    if match.start(1) == place and re.fullmatch(r"[eE][0-9]*|[xXoO_].*|b[01].*", word):
        raise InvalidExpression(
            "write the number out in plain decimals, without exponent, prefix or underscore", place + 1
        )
    if word not in UNITS:
        raise InvalidExpression(_no_such_unit(word), match.start(1) + 1)
    per_second = _PER_SECOND.match(text, match.end())
    if per_second and f"{word}/s" in UNITS:
        return f"{word}/s", per_second.end()
    return word, match.end()


def _no_such_unit(word: str) -> str:
    shown = clipped(word)
    near = [unit for unit in UNITS if unit.lower() == word.lower()] or close(word, UNITS)
    return (
        f"no such unit: {shown}; did you mean {near[0]}?"
        if near
        else f"no such unit: {shown}; known are {_KNOWN_UNITS}"
    )


_KNOWN_UNITS = ", ".join(unit for unit in UNITS if not unit.endswith("/s")) + ", and GB/s and the like"


def close(word: str, known: Iterable[str]) -> list[str]:
    """The one that `word` was probably meant to be, or none."""
    from difflib import get_close_matches

    return get_close_matches(word, list(known), n=1, cutoff=0.6) if len(word) <= 100 else []


def clipped(word: str) -> str:
    """A word of the user's for a message."""
    return word if len(word) <= 60 else word[:59] + "…"
