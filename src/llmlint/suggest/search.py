"""Searches the neighbourhood of a plan: single steps, then pairs, on the plan as it is and on the plan as it is meant.

A plan often fails for what nobody asked for: vLLM serves the model's whole context unless it is told otherwise. Telling
it what the workload says costs nothing, so everything else is tried beside that too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from llmlint.finding import Finding, Path
from llmlint.suggest import hardware, serving
from llmlint.suggest.step import Dimension, Step
from llmlint.suggest.trial import Judgement, OutOfBudget, Trials
from llmlint.tuples import NamedTuple

SHORT_LADDER = 2
"""Steps up to which they are tried in their order."""


class Found(NamedTuple):
    """Steps by which the plan passes, and what is then said of it."""

    steps: tuple[Step, ...]
    judgement: Judgement

    @property
    def cost(self) -> float:
        """The steps' cost in all."""
        return sum(step.cost for step in self.steps)


def search(trials: Trials, start: Judgement, most: int, *, pruned: bool = False) -> list[Found]:
    """At most so many ways, cheapest first; none of them holds another. Where the search is
    `pruned`, it goes on for cheaper ones once there are so many; else it ends then.

    The requests that the workload names must be served too, if there is a way to that.
    """
    found = _search(trials, start, most, pruned)
    if not found and trials.strict:
        trials.strict = False
        found = _search(trials, start, most, pruned)
    return found


def _search(trials: Trials, start: Judgement, most: int, pruned: bool) -> list[Found]:
    found: list[Found] = []
    try:
        for one in _ways(trials, start):
            if one.cost < trials.dearest and not any(_holds(one, other) for other in found):
                found.append(one)
            if len(found) >= most and not pruned:
                break
            if len(found) >= most:
                found = sorted(found, key=lambda way: way.cost)[:most]
                trials.dearest = found[-1].cost
    except OutOfBudget:
        pass
    return sorted(found, key=lambda one: one.cost)


def _holds(one: Found, other: Found) -> bool:
    """Whether the same is reached by a part of it."""
    return {step.title for step in other.steps} <= {step.title for step in one.steps}


def _ways(trials: Trials, start: Judgement) -> Iterator[Found]:
    base = _needs(trials, Found((), start))
    if trials.suffices(base.judgement):
        yield base
        return
    alone: dict[str, float] = {}
    failing = []
    for dimension in _dimensions(base):
        if dimension.name == "context" and "planned" in alone:
            continue  # a shorter one than is planned buys nothing more
        passing = _first(trials, base, dimension)
        if passing is not None:
            alone[dimension.name] = passing.steps[-1].cost
            yield passing
        else:
            failing.append(dimension.name)
    meant = _meant(trials, base, alone)
    if meant is not None:
        yield from _beside(trials, meant, alone)
    shorter = ("context",) if meant is not None and "planned" in failing else ()  # has been tried beside what is meant
    yield from _pairs(trials, base, [name for name in failing if name not in shorter], narrow=bool(alone))


def _dimensions(base: Found) -> list[Dimension]:
    facts = base.judgement.facts
    return [one for one in (*serving.dimensions(facts), *hardware.dimensions(facts)) if one.steps]


def _meant(trials: Trials, base: Found, alone: Mapping[str, float]) -> Found | None:
    """The plan with the context and the GPUs that it names, where the engine has not been told of them."""
    steps = [one.steps[-1] for one in _dimensions(base) if one.name in serving.MEANT and one.name not in alone]
    return _then(trials, base, steps) if steps else None


def _beside(trials: Trials, meant: Found, alone: Mapping[str, float]) -> Iterator[Found]:
    """The plan as it is meant; where that does not pass, single steps on it, then pairs."""
    if trials.suffices(meant.judgement):
        yield meant
        return
    failing = []
    for dimension in _dimensions(meant):
        if dimension.name in serving.MEANT:
            continue
        if dimension.name in alone:
            cheaper = tuple(step for step in dimension.steps if step.cost < alone[dimension.name])
            passing = _first(trials, meant, dimension._replace(steps=cheaper))
            if passing is not None:
                yield passing
            continue
        passing = _first(trials, meant, dimension)
        if passing is not None:
            yield passing
        else:
            failing.append(dimension.name)
    yield from _pairs(trials, meant, failing, narrow=True)


def _first(trials: Trials, base: Found, dimension: Dimension) -> Found | None:
    """The smallest step of a dimension by which the plan passes."""
    steps = [step for step in dimension.steps if base.cost + step.cost < trials.dearest]
    if dimension.ladder and len(steps) > SHORT_LADDER:
        farthest = _then(trials, base, steps[-1:])
        if farthest is None or not trials.suffices(farthest.judgement):
            return None
    for step in steps:
        there = _then(trials, base, [step])
        if there is not None and trials.suffices(there.judgement):
            return there
    return None


def _then(trials: Trials, base: Found, steps: Sequence[Step]) -> Found | None:
    """What is said after more steps; None where they cannot be taken, or gain nothing for certain."""
    changes = [change for step in steps for change in step.changes]
    there = trials.after(base.judgement, changes)
    if there is None:
        return None
    places = {change[0] for change in changes}
    kept = [step for step in base.steps if not places.issuperset(change[0] for change in step.changes)]
    return Found((*kept, *steps), there)  # what is set anew need not be set before


def _pairs(trials: Trials, base: Found, names: Sequence[str], *, narrow: bool) -> Iterator[Found]:
    """The cheapest pair of each two dimensions, if their farthest steps together suffice.

    `narrow`: other cards and machines are not joined with anything, since there is something to suggest already.
    """
    usable = [one for one in _dimensions(base) if one.name in names and (one.pairs or not narrow)]
    for one, other in combinations(usable, 2):
        if {one.name, other.name} <= hardware.NAMES:
            continue
        farthest = _both(trials, base, one.steps[-1], other.steps[-1])
        if farthest is None:
            continue
        yield min((farthest, *_cheaper(trials, base, one, other)), key=lambda found: found.cost)


def _cheaper(trials: Trials, base: Found, one: Dimension, other: Dimension) -> Iterator[Found]:
    """For each step of `other` the smallest of `one` that suffices beside it, while that is cheaper than before."""
    most = float("inf")
    for step in other.steps:
        if _both(trials, base, one.steps[-1], step) is None:
            continue
        for first in one.steps:
            if first.cost + step.cost >= most:
                break
            found = _both(trials, base, first, step)
            if found is not None:
                most = first.cost + step.cost
                yield found
                break


def _both(trials: Trials, base: Found, one: Step, other: Step) -> Found | None:
    """Both steps, if the plan then passes."""
    if _meet(one, other) or base.cost + one.cost + other.cost >= trials.dearest:
        return None
    found = _then(trials, base, [one, other])
    return found if found is not None and trials.suffices(found.judgement) else None


def _meet(one: Step, other: Step) -> bool:
    """Whether both change the same thing."""
    places = {change[0] for change in one.changes}
    return any(change[0] in places for change in other.changes)


def _needs(trials: Trials, here: Found) -> Found:
    """What has to be put right in any case: misspelt arguments, and the least memory and storage without findings."""
    facts, errors = here.judgement.facts, here.judgement.errors
    for dimension in (*serving.needs(facts), *hardware.needs(facts, errors)):
        for step in dimension.steps:
            there = _then(trials, here, [step])
            if there is not None and not _about(there.judgement.errors, dimension.at):
                here = there
                break
    return here


def _about(errors: Sequence[Finding], path: Path) -> bool:
    return any(error.path[: len(path)] == path for error in errors)
