"""Gives rules the figures that a configuration sets for their parameters; loaded where it sets any."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from llmlint.config import Config, InvalidConfig
from llmlint.finding import Problem
from llmlint.linting import matches
from llmlint.parameters import NotAFigure, changed, with_parameters
from llmlint.rule import Parameter, Rule


def configured_parameters(rules: Sequence[Rule], config: Config) -> list[Rule]:
    """The rules with other figures; raises `InvalidConfig` with every figure that no rule can have, at its place."""
    problems: list[Problem] = []
    changes: dict[str, dict[str, Parameter]] = {}
    for selector, figures in config.parameters.items():
        chosen = [rule for rule in rules if matches(rule, (selector,))]
        for name, written in figures.items():
            place = ("parameters", selector, name)
            concerned = [rule for rule in chosen if any(one.name == name for one in rule.parameters)]
            if not concerned and chosen:
                problems.append(Problem(_no_such(selector, name, chosen), config.span(place)))
            for rule in concerned:
                mine = changes.setdefault(rule.id, {})
                now = mine.get(name) or next(one for one in rule.parameters if one.name == name)
                try:
                    mine[name] = changed(now, written)
                except NotAFigure as problem:
                    problems.append(Problem(f"{name} of {rule.id}: {problem}", config.span(place)))
                    break
    if problems:
        raise InvalidConfig(config.file or "", problems)
    return [_with(rule, changes[rule.id]) if rule.id in changes else rule for rule in rules]


def _with(rule: Rule, changes: dict[str, Parameter]) -> Rule:
    return with_parameters(rule, [changes.get(one.name, one) for one in rule.parameters])


def _no_such(selector: str, name: str, rules: Sequence[Rule]) -> str:
    known = sorted({one.name for rule in rules for one in rule.parameters})
    if not known:
        return f"{selector} has no parameters"
    near = get_close_matches(name, known, n=1)
    return f"{selector} has no parameter {name!r}; " + (
        f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
    )
