"""Parameters of rules: figures with a name and a default, which a configuration may change. Loaded where one does.

A figure is written as in conditions, `32 GB`, `90 s`, `1.2`, or as a share, `10 %`; a text or yes and no are figures
too. Where it depends on a fact of few values, such as the tier, it is a mapping of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from llmlint.expression import PREFIX, Given
from llmlint.kinds import PHRASES, USUAL_UNITS
from llmlint.rule import Condition, Constant, Parameter, Rule
from llmlint.tokens import PLAIN, InvalidExpression, Measure, tokens
from llmlint.tuples import NamedTuple

LONGEST = 100
"""Characters of a figure."""
_NUMBER = re.compile(r"[0-9]")
_SHARE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?%")
_UNIT = re.compile(r"(?<=[0-9])(?=[A-Za-z])")


class NotAFigure(ValueError):
    """What is written is no value for a parameter; the message says what to write."""


class Figure(NamedTuple):
    """One value, understood."""

    value: Constant
    gives: Measure | str
    """Its measure, `text` or `flag`."""
    shown: str


def figure(written: object) -> Figure:
    """The value of what stands in a file; raises `NotAFigure`."""
    if isinstance(written, bool):
        return Figure(written, "flag", "yes" if written else "no")
    if isinstance(written, int | float):
        if not math.isfinite(written) or not 0 <= written <= 10**15:
            raise NotAFigure("a figure lies between 0 and 10¹⁵")
        return Figure(written, PLAIN, f"{written:g}" if isinstance(written, float) else str(written))
    if not isinstance(written, str) or not 0 < len(written) <= LONGEST:
        raise NotAFigure(f"a figure is a number with its unit, or a text of at most {LONGEST} characters")
    if _NUMBER.match(written) is None:
        return Figure(written, "text", written)
    share = _SHARE.fullmatch(written)
    if share is not None:
        return Figure(float(share[1]) / 100, PLAIN, f"{share[1]} %")
    return _measured(written)


def _measured(written: str) -> Figure:
    try:
        found = tokens(written)
    except InvalidExpression as problem:
        raise NotAFigure(problem.message) from None
    if len(found) != 2 or found[0].kind != "number":
        raise NotAFigure(f"{written!r} is no figure: write a number with its unit, such as 32 GB, 90 s, 1.2 or 10 %")
    return Figure(found[0].value, found[0].measure, _UNIT.sub(" ", found[0].text, count=1))


def declared(name: str, data: Mapping[str, Any], keys: Sequence[str]) -> Parameter:
    """A parameter as a rule file has it, its shape checked before; `keys` are the values of the fact in `by`.

    Raises `NotAFigure`.
    """
    default, by = data["default"], str(data.get("by") or "")
    if bool(by) != isinstance(default, dict):
        raise NotAFigure("with `by` the default is a mapping from that fact's values, without it one figure")
    found = {key: figure(value) for key, value in (default.items() if isinstance(default, dict) else [("", default)])}
    gives = {one.gives for one in found.values()}
    if len(gives) != 1:
        raise NotAFigure("the figures of one parameter are of one kind")
    bounds = [None if data.get(key) is None else figure(data[key]) for key in ("least", "most")]
    if any(bound is not None and (bound.gives not in gives or isinstance(bound.value, bool)) for bound in bounds):
        raise NotAFigure("`least` and `most` are numbers of the default's kind")
    least, most = (bound.value if bound is not None else None for bound in bounds)
    whole = Parameter(
        name,
        {key: one.value for key, one in found.items()},
        {key: one.shown for key, one in found.items()},
        by=by,
        what=str(data["what"]),
        gives=next(iter(gives)),
        keys=tuple(keys),
        least=least,  # type: ignore[arg-type]  # no flag, and text has no bounds
        most=most,  # type: ignore[arg-type]
    )
    for key, one in found.items():
        _check(whole, key, one)
    return whole if by else whole._replace(value=found[""].value, shown=found[""].shown)


def given(parameter: Parameter) -> Given:
    """A parameter as conditions see it."""
    return Given(parameter.gives, parameter.value, parameter.by)  # type: ignore[arg-type]  # text, flag or a measure


def changed(parameter: Parameter, written: object) -> Parameter:
    """A parameter with what a configuration says of it; raises `NotAFigure`.

    Of a parameter by a fact's values one figure stands for all of them, and those that are not named keep theirs.
    """
    if not parameter.by:
        one = _figure_of(parameter, "", written)
        return parameter._replace(value=one.value, shown=one.shown)
    assert isinstance(parameter.value, Mapping)
    assert isinstance(parameter.shown, Mapping)
    entries = written if isinstance(written, dict) else dict.fromkeys(parameter.keys, written)
    if not entries:
        raise NotAFigure(f"by {parameter.by}: {', '.join(parameter.keys)}")
    found = {str(key): _figure_of(parameter, str(key), value) for key, value in entries.items()}
    return parameter._replace(
        value={**parameter.value, **{key: one.value for key, one in found.items()}},
        shown={**parameter.shown, **{key: one.shown for key, one in found.items()}},
    )


def _figure_of(parameter: Parameter, key: str, written: object) -> Figure:
    one = figure(written)
    if one.gives == PLAIN and _is_share(parameter) and "%" not in one.shown and not isinstance(one.value, str):
        one = one._replace(shown=f"{one.value * 100:.4g} %")
    _check(parameter, key, one)
    return one


def _is_share(parameter: Parameter) -> bool:
    shown = parameter.shown if isinstance(parameter.shown, str) else next(iter(parameter.shown.values()), "")
    return parameter.gives == PLAIN and shown.endswith("%")


def _check(parameter: Parameter, key: str, one: Figure) -> None:
    """That a figure may stand for a parameter, under that key of its mapping."""
    if parameter.by and key not in parameter.keys:
        near = get_close_matches(key, parameter.keys, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(parameter.keys)}"
        raise NotAFigure(f"{parameter.by} is never {key!r}; {hint}")
    if one.gives != parameter.gives:
        raise NotAFigure(f"{_phrase(one.gives)}, where {_phrase(parameter.gives)}{_example(parameter)} is wanted")
    if isinstance(one.value, str):
        return
    if parameter.least is not None and one.value < parameter.least:
        raise NotAFigure(f"{one.shown} is less than {parameter.name} may be")
    if parameter.most is not None and one.value > parameter.most:
        raise NotAFigure(f"{one.shown} is more than {parameter.name} may be")


def _phrase(gives: Any) -> str:
    if isinstance(gives, str):
        return "a text" if gives == "text" else "yes or no"
    return PHRASES.get(gives, "another quantity")


def _example(parameter: Parameter) -> str:
    unit = USUAL_UNITS.get(parameter.gives) if not isinstance(parameter.gives, str) else None
    return f" with its unit ({unit})" if unit else ""


def with_parameters(rule: Rule, parameters: Sequence[Parameter]) -> Rule:
    """A rule whose conditions and messages use other values."""
    values = {PREFIX + one.name: one.value for one in parameters}
    return rule._replace(
        parameters=tuple(parameters),
        when=_bound(rule.when, values) if rule.when is not None else None,
        require=_bound(rule.require, values),
        passes=_with_defaults(rule.passes, values),
    )


def _bound(condition: Condition, values: Mapping[str, object]) -> Condition:
    return condition._replace(function=_with_defaults(condition.function, values))


def _with_defaults(function: Callable[..., Any], values: Mapping[str, object]) -> Callable[..., Any]:
    """The function as if these were its defaults."""
    function = getattr(function, "func", function)  # what an earlier configuration had bound
    code = function.__code__
    used = {name: values[name] for name in code.co_varnames[: code.co_argcount] if name in values}
    return partial(function, **used) if used else function
