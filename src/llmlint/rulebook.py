"""Applies rules to facts. The loop is here, so that no rule can leave a deployment half checked."""

from __future__ import annotations

from operator import attrgetter

from llmlint.facts import Facts
from llmlint.facts.fact import Fact, Place
from llmlint.finding import Finding, Fix, NotChecked, Path, Span
from llmlint.once import once
from llmlint.rule import Condition, Parameter, Rule, render
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

START = Span(1, 1, 1, 2)
UNSURE = "a warning only: the name of the GPU fits larger ones too, with which this would not be said"
"""Of what holds for the smallest of several GPUs alone."""
MOST_FINDINGS = 10_000
"""From which on no more rules are asked: a thousand rules of a stranger with thousands of places each would not end."""
OF_MANIFESTS = frozenset({"manifest", "kubernetes", "security"})
"""Subjects whose rules are about manifests: nothing of a native file concerns them, and their facts are not loaded."""


class Checked(NamedTuple):
    """What the rules say of one deployment."""

    findings: list[Finding]
    not_checked: list[NotChecked]


def check(rules: Iterable[Rule], facts: Facts, file: str) -> Checked:
    """Every rule's outcome for one deployment. One that raises is a finding too, and the others go on."""
    checked = Checked([], [])
    native = facts.plan.unit is None
    for rule in rules:
        if len(checked.findings) > MOST_FINDINGS:
            break
        if native and rule.subject in OF_MANIFESTS:
            continue
        try:
            if not rule.passes(facts):
                _check(rule, facts, file, checked)
        except Exception as error:  # a bug of ours, which must neither hide what else is wrong nor look like silence
            checked.findings.append(_failed(rule, facts, file, error))
    return checked


def _check(rule: Rule, facts: Facts, file: str, checked: Checked) -> None:
    """`not when or require`; unknown is not checked."""
    concerned = _holds(rule.when, facts) if rule.when is not None else True
    if concerned is False:
        return
    required = _holds(rule.require, facts)
    if required is True:
        return
    if concerned is True and required is False:
        checked.findings.extend(_weighed(rule, facts, _findings(rule, facts, file)))
    else:
        checked.not_checked.append(_missing(rule, facts))


def _weighed(rule: Rule, facts: Facts, findings: list[Finding]) -> list[Finding]:
    """Errors as warnings where they hold for the smallest of the GPUs alone that a name fits."""
    if rule.severity != "error" or facts.is_largest or not facts.names.least_counts:
        return findings
    largest = facts.of_largest
    concerned = _holds(rule.when, largest) if rule.when is not None else True
    if concerned is False or _holds(rule.require, largest) is True:
        return [one._replace(severity="warning", notes=(*one.notes, UNSURE)) for one in findings]
    return findings


def _failed(rule: Rule, facts: Facts, file: str, error: Exception) -> Finding:
    document = facts.plan.document
    return internal_error(error, f"the rule {rule.id}", file, document.key_span(()), document.index)


def internal_error(error: Exception, what: str, file: str, span: Span = START, document: int = 0) -> Finding:
    """A finding that says what failed, and where in the program."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace is not None else "nowhere"
    return Finding(
        rule="internal-error",
        severity="error",
        message=f"{what} failed: {type(error).__name__}: {error}",
        file=file,
        span=span,
        document=document,
        notes=(f"raised in {where}",),
        help="this is a fault of llmlint, not of the file: please report it",
    )


@once
def _getter(names: tuple[str, ...]) -> Callable[[object], Any]:
    """What looks up the facts of a condition: made once, since a run asks for the same thousands of times."""
    return attrgetter(*names)


def _holds(condition: Condition, facts: Facts) -> bool | None:
    names = condition.facts
    if not names:
        return condition.function()
    values = _getter(names)(facts)
    return condition.function(*values) if len(names) > 1 else condition.function(values)


def _findings(rule: Rule, facts: Facts, file: str) -> list[Finding]:
    if not rule.each:
        return [_finding(rule, facts, file, rule.at)]
    places: Sequence[Place] = _value(rule, facts, rule.each)
    return [_finding(rule, facts, file, (place.path,), place) for place in places]


def _finding(rule: Rule, facts: Facts, file: str, at: tuple[Path, ...], of: Place | None = None) -> Finding:
    spot = of.spot if of is not None else None
    path, span, document, elsewhere = spot.placed() if spot is not None else facts.plan.place(at)
    place = of.text if of is not None else ""
    fix: Fix | None = None
    if rule.edit is not None:
        from llmlint.edit.mend import fix as mend

        fix = mend(rule.edit, facts, of if of is not None else _written_place(facts, at))

    def value(name: str) -> object:
        return _value(rule, facts, name)

    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=render(rule.message, value, place),
        file=file,
        span=span,
        document=document,
        path=path,
        label=render(rule.label, value, place),
        notes=(*(render(note, value, place) for note in rule.notes), *_elsewhere(elsewhere)),
        help=render(rule.fix, value, place).strip(),
        facts=tuple((name, _scalar(value(name))) for name in _quoted(rule)),
        fix=fix,
        aliases=rule.aliases,
        elsewhere=elsewhere,
    )


def _elsewhere(place: str) -> tuple[str, ...]:
    return (f"written in {place}",) if place else ()


def _value(rule: Rule, facts: Facts, name: str) -> Any:
    """What a message shows: a fact, a parameter (which has no dot), or what a fact answers to a parameter."""
    if "." not in name:
        return _parameter(rule, name).shown_for(lambda fact: attrgetter(fact)(facts))
    asked, _, parameter = name.partition("(")
    found = attrgetter(asked)(facts)
    return found(_parameter(rule, parameter[:-1]).value) if parameter else found


def _parameter(rule: Rule, name: str) -> Parameter:
    return next(one for one in rule.parameters if one.name == name)


def _written_place(facts: Facts, at: tuple[Path, ...]) -> Place:
    """The first of several paths that is written."""
    spots = ((path, facts.plan.origin(path)) for path in at)
    found = (path for path, spot in spots if spot is not None and (spot.span or spot.document.holds(spot.path)))
    return Place(next(found, at[0] if at else ()), "")


def _quoted(rule: Rule) -> list[str]:
    """Facts that the rule compares or shows in its message, each once."""
    compared = (*(rule.when.facts if rule.when else ()), *rule.require.facts)
    shown = tuple(name for _, name, _ in rule.message if name and name != "place" and "(" not in name)
    return list(dict.fromkeys((*compared, *shown)))


def _scalar(value: object) -> object:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _missing(rule: Rule, facts: Facts) -> NotChecked:
    named = (*(rule.when.facts if rule.when else ()), *rule.require.facts)
    unknown = tuple(dict.fromkeys(name for name in named if attrgetter(name)(facts) is None))
    keys = [key for name in unknown for key in _missing_keys(facts, name)]
    return NotChecked(rule.id, facts.plan.document.index, unknown, tuple(dict.fromkeys(keys)))


def _missing_keys(facts: Facts, name: str) -> list[str]:
    """Keys that are not written; those inside another of them say nothing while that one is not written either."""
    group_name, _, own = name.partition(".")
    group = getattr(facts, group_name)
    found = getattr(type(group), own)
    assert isinstance(found, Fact)
    missing = [key for key in found.keys_for(group) if not written(facts, key)]
    return [key for key in missing if not any(key.startswith(f"{other}.") for other in missing)]


def written(facts: Facts, key: str) -> bool:
    """Whether the deployment says something at a dotted key."""
    value: object = facts.deployment
    for part in key.split("."):
        items = value if isinstance(value, list) else [value]
        found = [getattr(item, part, None) for item in items]
        if not found or None in found:
            return False
        value = found[0]
    return True
