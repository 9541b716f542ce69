"""What a condition's parts are and which go together: the checks, and their messages. Slow path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NoReturn, TypeAlias

from llmlint.tokens import DURATION, PLAIN, RATE, SIZE, InvalidExpression, Measure, Token, clipped, close
from llmlint.tuples import NamedTuple

Dimension: TypeAlias = Literal["number", "size", "rate", "duration", "flag", "text"]
MEASURES: dict[str, Measure] = {"number": PLAIN, "size": SIZE, "rate": RATE, "duration": DURATION}
PHRASES = {PLAIN: "a plain number", SIZE: "a size", RATE: "a rate", DURATION: "a duration"}
USUAL_UNITS = {SIZE: "GB", RATE: "GB/s", DURATION: "s"}
MOST_LISTED = 8
"""Names that a message lists."""


class Kind(NamedTuple):
    """What a fact is: its dimension, and the only values that a text may have, if they are few."""

    dimension: Dimension
    choices: tuple[str, ...] = ()


class Term(NamedTuple):
    """A part of a condition that was read: its code and what it gives."""

    code: str
    gives: Measure | Literal["flag", "text"]
    token: Token
    """The token that messages point at."""
    choices: tuple[str, ...] = ()
    constant: bool = False


def refuse(message: str, token: Token) -> NoReturn:
    """Raise `InvalidExpression` at the token's place."""
    raise InvalidExpression(message, token.column)


def constant(token: Token) -> Term:
    """A number or text as it stands."""
    gives: Measure | Literal["text"] = "text" if token.kind == "text" else token.measure
    return Term(ascii(token.value), gives, token, constant=True)


def fact(name: str, kind: Kind, token: Token) -> Term:
    """A fact, called `name` in the code."""
    dimension = kind.dimension
    gives = dimension if dimension == "flag" or dimension == "text" else MEASURES[dimension]  # noqa: PLR1714 (narrows)
    return Term(name, gives, token, kind.choices)


def truth(term: Term) -> str:
    """The code of what must be true or false."""
    if term.gives != "flag":
        refuse(f"{phrase(term)} is no condition: compare it with something", term.token)
    return term.code


def measure(term: Term) -> Measure:
    """The measure of what must be a number."""
    if term.gives == "text" or term.gives == "flag":  # noqa: PLR1714 (narrows)
        refuse(f"arithmetic is for numbers, this is {phrase(term)}", term.token)
    return term.gives


def combined(left: Term, sign: str, right: Term) -> Measure:
    """What arithmetic gives; `*` and `/` add and subtract the exponents, the others want equal measures."""
    (bytes_left, seconds_left), (bytes_right, seconds_right) = measure(left), measure(right)
    if sign == "*":
        return bytes_left + bytes_right, seconds_left + seconds_right
    if sign == "/":
        return bytes_left - bytes_right, seconds_left - seconds_right
    agree(left, right)
    return measure(right) if is_zero(left) else measure(left)


def compared(left: Term, sign: str, right: Term) -> None:
    """Refuse a comparison of what does not compare."""
    for term in (left, right):
        if term.gives == "flag":
            refuse("a flag or condition is not compared: it stands bare, or after not", term.token)
    if left.gives != "text" and right.gives != "text":
        agree(left, right)
        return
    if left.gives != right.gives:
        mismatch(left, right)
    if sign not in {"==", "!=", "in"}:
        refuse("order is for numbers: text is compared by ==, != and in", right.token)
    one_of(left, right)
    one_of(right, left)


def agree(left: Term, right: Term) -> None:
    """Refuse numbers of different measures; a plain 0 is 0 of anything."""
    if left.gives != right.gives and not is_zero(left) and not is_zero(right):
        mismatch(left, right)


def is_zero(term: Term) -> bool:
    """Whether it is the constant 0 without a unit."""
    return term.constant and term.gives == PLAIN and term.token.value == 0


def mismatch(left: Term, right: Term) -> NoReturn:
    """Say what stands against what, the fact first, and what to write instead."""
    if left.constant and not right.constant:
        left, right = right, left
    message = f"{phrase(left)} against {phrase(right)}"
    if right.constant:
        message += instead(left, right.token)
    refuse(message, right.token)


def instead(left: Term, token: Token) -> str:
    """The constant as it should be beside `left`, where that can be told."""
    if token.kind != "number" or isinstance(left.gives, str):
        return ""
    if token.measure == PLAIN:
        unit = USUAL_UNITS.get(left.gives)
        return f": say {token.text} {unit}" if unit else ""
    if left.gives == PLAIN and token.text.endswith("B") and isinstance(token.value, int | float):
        digits = token.text.rstrip("BkMGTi ")
        if token.text.removeprefix(digits).strip() == "B":
            return f": B is bytes, {digits} billion is {token.value * 10**9:.0f}"
    return ""


def one_of(term: Term, other: Term) -> None:
    """Refuse a constant that is none of the values that `term` may have."""
    if not term.choices or not other.constant or other.token.value in term.choices:
        return
    near = close(str(other.token.value), term.choices)
    listed = listing(term.choices)
    refuse(f"not one of {listed}" + (f"; did you mean {near[0]}?" if near else ""), other.token)


def phrase(term: Term) -> str:
    """What a term is, in words."""
    if isinstance(term.gives, str):
        return "text" if term.gives == "text" else "a flag or condition"
    return PHRASES.get(term.gives, f"bytes^{term.gives[0]} × seconds^{term.gives[1]}")


def listing(words: Iterable[str]) -> str:
    """The first few words."""
    found = list(words)
    return ", ".join(found[:MOST_LISTED]) + (", …" if len(found) > MOST_LISTED else "")


def no_such_fact(name: str, kinds: Mapping[str, Kind]) -> str:
    """The message for a name that is no fact's."""
    members: Sequence[str] = [known for known in kinds if known.startswith(f"{name}.")]
    if members:
        return f"{name} is a group of facts: {listing(members)}"
    near = close(name, kinds)
    if near:
        return f"no such fact: {clipped(name)}; did you mean {near[0]}?"
    return f"no such fact: {clipped(name)}" + ("" if "." in name else f'; text is written "{clipped(name)}"')


def out_of_place(token: Token, before: Token) -> str:
    """The message for a token that cannot follow what was read."""
    if token.kind == "text" and before.kind == "text":
        return "a comma is missing between two texts"
    if token.text == "[":
        return "nothing can be indexed: looking into lists is a fact's work"
    if token.text == ",":
        return "a comma stands only in a list: [1, 2]"
    if token.text in {")", "]"}:
        return f"this {token.text} closes nothing"
    return f"{clipped(token.text)} is out of place: a sign, and or or is missing before it"
