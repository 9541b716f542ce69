"""The functions that compiled conditions call: small, total, three-valued after Kleene; None is unknown.

`expression.py` writes lambdas over these names. Nothing here raises for finite facts of the kinds that the expression
was checked against, and nothing has side effects, so no short circuit is needed. Light: rules run on the hot path.
"""

from __future__ import annotations

from llmlint.typed import TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final, TypeAlias

__all__ = [
    "among",
    "at_least",
    "at_most",
    "both",
    "chosen",
    "either",
    "equal",
    "less",
    "minus",
    "more",
    "negative",
    "opposite",
    "over",
    "plus",
    "remainder",
    "times",
    "told",
    "unequal",
]

Entry = TypeVar("Entry")
Truth: TypeAlias = bool | None
Number: TypeAlias = int | float | None
Value: TypeAlias = int | float | str | None

LARGEST: Final = 1e300
"""Beyond it arithmetic says unknown, so that no infinity and no NaN arises."""


def both(left: Truth, right: Truth) -> Truth:
    """`and`: false if either is false, whatever the other."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: Truth, right: Truth) -> Truth:
    """`or`: true if either is true, whatever the other."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def opposite(operand: Truth) -> Truth:
    """`not`."""
    return None if operand is None else not operand


def told(value: object) -> bool:
    """`known(…)`: whether a fact could be told; the one way to speak of ignorance itself."""
    return value is not None


def equal(left: Value, right: Value) -> Truth:
    """`==`."""
    return None if left is None or right is None else left == right


def unequal(left: Value, right: Value) -> Truth:
    """`!=`."""
    return None if left is None or right is None else left != right


def less(left: Number, right: Number) -> Truth:
    """`<`."""
    return None if left is None or right is None else left < right


def at_most(left: Number, right: Number) -> Truth:
    """`<=`."""
    return None if left is None or right is None else left <= right


def more(left: Number, right: Number) -> Truth:
    """`>`."""
    return None if left is None or right is None else left > right


def at_least(left: Number, right: Number) -> Truth:
    """`>=`."""
    return None if left is None or right is None else left >= right


def among(value: Value, choices: tuple[int | float | str, ...]) -> Truth:
    """`in`."""
    return None if value is None else value in choices


def chosen(table: Mapping[str, Entry], key: Value) -> Entry | None:
    """A parameter that depends on a fact: unknown where the fact is, or where nothing is written for its value."""
    return table.get(key) if isinstance(key, str) else None


def plus(left: Number, right: Number) -> Number:
    """`+`."""
    if left is None or right is None:
        return None
    try:
        return _finite(left + right)
    except ArithmeticError:
        return None


def minus(left: Number, right: Number) -> Number:
    """`-` between two."""
    if left is None or right is None:
        return None
    try:
        return _finite(left - right)
    except ArithmeticError:
        return None


def times(left: Number, right: Number) -> Number:
    """`*`."""
    if left is None or right is None:
        return None
    try:
        return _finite(left * right)
    except ArithmeticError:
        return None


def over(left: Number, right: Number) -> Number:
    """`/`: unknown by zero."""
    if left is None or right is None:
        return None
    try:
        return _finite(left / right)
    except ArithmeticError:
        return None


def remainder(left: Number, right: Number) -> Number:
    """`%`: unknown by zero, the divisor's sign otherwise."""
    if left is None or right is None:
        return None
    try:
        return _finite(left % right)
    except ArithmeticError:
        return None


def negative(operand: Number) -> Number:
    """`-` before one."""
    return None if operand is None else -operand


def _finite(result: int | float) -> Number:
    return result if -LARGEST < result < LARGEST else None
