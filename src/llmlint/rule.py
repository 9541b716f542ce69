"""A rule as it runs: compiled conditions, and templates for what it says. `rule_file.py` makes it from YAML."""

from __future__ import annotations

from llmlint.finding import Path, Severity
from llmlint.quantity import both_sizes, count, decimal_size
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

LONGEST_VALUE, LONGEST_TEXT = 1_000, 4_000
"""Characters of a value in a message, and of a message: what a stranger's rule says of a stranger's file ends."""
Piece: TypeAlias = tuple[str, str, str]
"""Literal text, then the name of a fact (or empty) and how it is shown."""
Template: TypeAlias = tuple[Piece, ...]


class Condition(NamedTuple):
    """A condition's facts and the function of their values: true, false, or None for unknown."""

    facts: tuple[str, ...]
    function: Callable[..., bool | None]
    text: str


class Step(NamedTuple):
    """One change of a rule's `edit`."""

    action: str
    """replace, rename, remove, set, append."""
    base: str
    """What the path begins at: place, container, pod, object, service, document."""
    path: Path = ()
    value: object = None
    """Plain data; facts stand in its texts in braces."""


class RuleEdit(NamedTuple):
    """How a fault is mended in the file."""

    safe: bool
    steps: tuple[Step, ...]
    unsafe_where: str = ""
    """A flag: where it holds or is unknown, the fix is not safe."""


Constant: TypeAlias = int | float | str | bool
"""The value of a parameter: bytes, seconds, a plain number (10 % is 0.1), text, or yes and no."""


class Parameter(NamedTuple):
    """A figure of a rule that a configuration may change."""

    name: str
    value: Constant | Mapping[str, Constant]
    """A mapping where it depends on a fact, by that fact's values."""
    shown: str | Mapping[str, str]
    """As it is written, for messages."""
    by: str = ""
    """The fact that chooses among the values; empty where there is one value."""
    what: str = ""
    gives: tuple[int, int] | str = (0, 0)
    """Exponents of byte and second, or `text` or `flag`."""
    keys: tuple[str, ...] = ()
    """What the fact may be."""
    least: int | float | None = None
    most: int | float | None = None

    def shown_for(self, value: Callable[[str], object]) -> object:
        """What a message shows of it; `value` gives facts."""
        return self.shown if isinstance(self.shown, str) else self.shown.get(str(value(self.by)))


class Rule(NamedTuple):
    """One check: whom it concerns, what must hold, and what is said where it does not."""

    id: str
    severity: Severity
    subject: str
    """The folder of its file: memory, tier, model, …"""
    summary: str
    when: Condition | None
    require: Condition
    at: tuple[Path, ...]
    """Deployment paths, the first that is written counts."""
    each: str
    """A fact of kind places that gives one finding each, instead of `at`; empty if none."""
    message: Template
    label: Template
    notes: tuple[Template, ...]
    fix: Template
    aliases: tuple[str, ...] = ()
    """Other names that select it."""
    suggested: bool = False
    """Whether its help is the smallest change that mends the plan, where one is found; `fix` where none is."""
    edit: RuleEdit | None = None
    parameters: tuple[Parameter, ...] = ()
    """What conditions and messages name without a dot."""
    passes: Callable[..., bool] = lambda _: False
    """Whether facts pass it beyond doubt: `passing.py`. Where not, its conditions tell a finding from the unknown."""


def mute(rule: Rule) -> Rule:
    """The rule without its words: working out what to say takes most of the time where only broken or not counts."""
    return rule._replace(message=(), label=(), notes=(), fix=())


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


SHOWN: dict[str, Callable[[int], str]] = {"size": decimal_size, "memory": both_sizes, "count": count}
"""How a fact is shown, by the name of its annotation; others as plain text."""


def render(template: Template, value: Callable[[str], object], place: str = "") -> str:
    """Fill in a template; an unknown fact reads "unknown". `{place}` is the text of the place that a finding is for."""
    parts = []
    for literal, name, shown in template:
        parts.append(literal)
        if name == "place":
            parts.append(place)
        elif name:
            parts.append(shown_value(value(name), shown))
    text = "".join(parts)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def shown_value(value: object, shown: str) -> str:
    """A fact's value for people, by the name of its annotation."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if shown in SHOWN and isinstance(value, int):
        return SHOWN[shown](value)
    text = _plain(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
