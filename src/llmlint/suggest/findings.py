"""The remedies of findings: for rules that ask for it, the smallest change that is found stands in place of `fix`.

Bounded by numbers of lints, never by time, so that a report is the same every time. Where nothing is found, or nothing
looked for any more, the rule's own words stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llmlint.edit import Change, edited_source, is_shorthand, value_at
from llmlint.edit.render import Value, rendered
from llmlint.engines.flag_table import table
from llmlint.facts import Facts
from llmlint.finding import Edit, FileResult, Finding, Remedy
from llmlint.linting import Plans, Settings, all_facts, read_plans
from llmlint.suggest import BYTE_ORDER_MARK, can_be_edited
from llmlint.suggest.arguments import resolved
from llmlint.suggest.search import Found, search
from llmlint.suggest.step import Argument
from llmlint.suggest.trial import Judgement, Trials
from llmlint.tuples import NamedTuple

MOST = 2
"""Changes that are shown for one deployment."""
MOST_PARTS = 3
"""Values up to which a change is shown beside the cheapest."""
MOST_LINTS = 40
"""For one deployment."""
MOST_LINTS_OF_A_RUN = 600
"""Over all its files, each lint counted once for each deployment of its file: two or three seconds."""
MOST_DEPLOYMENTS = 20
"""Of a file, beyond which each lint of it takes long."""
LONGEST = 20_000
"""Characters of a file, likewise."""

CLOSE = ", but little of the memory that CPU and GPU share is to spare"


class _Way(NamedTuple):
    """A remedy and the words that say it."""

    parts: tuple[str, ...]
    """What is set to what."""
    remedy: Remedy
    close: bool = False
    """Whether it fills a memory that CPU and GPU share, so that little of it is to spare."""


class Remedies:
    """Finds the remedies of a run, file by file, while lints are left."""

    def __init__(self, lints: int = MOST_LINTS_OF_A_RUN) -> None:
        self._left = lints

    @property
    def left(self) -> int:
        """Lints that are left."""
        return self._left

    def spend(self, lints: int) -> None:
        """Take for made what a search took that need not be made again."""
        self._left -= lints

    def bound(self, result: FileResult) -> int:
        """What a search in a file depends on of those that are left."""
        return min(self._left, MOST_LINTS) if result.deployments == 1 else self._left

    def found(
        self, result: FileResult, data: bytes, settings: Settings, *, named: bool = True, shown: str = ""
    ) -> FileResult:
        """The result of a file with the remedies of its findings. `shown`: its name in diffs, where that is another."""
        wanted = suggested(result.findings, settings)
        if not wanted:
            return result
        if self._left <= 0 or result.deployments > MOST_DEPLOYMENTS or len(result.text) > LONGEST:
            return result._replace(unsearched=True)
        read = read_plans(data, result.file, named=named, around=settings.around)
        if not can_be_edited(data, read):
            return result
        found: dict[Finding, list[_Way]] = {}
        for facts in all_facts(read.plans, settings.catalogue, result.file):
            own = [one for one in wanted if one.document == facts.plan.document.index]
            if own and facts.plan.origins is None:
                this = _Search(result.file, shown or result.file, settings, named, self._left // len(read.plans))
                ways = this.ways(read, facts, {one.rule for one in own}, data.startswith(BYTE_ORDER_MARK))
                self._left -= this.lints * len(read.plans)
                found |= {one: [way for way in ways if one.rule not in way.remedy.left] for one in own}
        return result._replace(findings=tuple(_helped(one, found.get(one)) for one in result.findings))


def suggested(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Those findings whose rules ask for the smallest change."""
    errors = [one for one in findings if one.severity == "error"]
    rules = {rule.id for rule in settings.rules if rule.suggested} if errors else set()
    return [one for one in errors if one.rule in rules]


def _helped(finding: Finding, ways: Sequence[_Way] | None) -> Finding:
    if not ways:
        return finding
    short = [
        ways[0],
        *(way for way in ways[1:] if len(way.parts) <= MOST_PARTS and way.remedy.left == ways[0].remedy.left),
    ]
    between = "; or set " if any(len(way.parts) > 1 for way in short) else ", or "
    words = "set " + between.join(
        " and ".join(filter(None, (", ".join(way.parts[:-1]), way.parts[-1]))) for way in short
    )
    return finding._replace(
        help=f"{words}: {_outcome(ways[0].remedy.left)}{CLOSE if ways[0].close else ''}",
        remedies=tuple(way.remedy for way in short),
    )


def _outcome(left: Sequence[str]) -> str:
    if not left:
        return "no error is left then"
    return f"this error is gone then, {' and '.join(left)} {'stays' if len(left) == 1 else 'stay'}"


class _Search:
    """Searches for one deployment: what mends all, else what mends all but rules that nothing mends."""

    def __init__(self, file: str, shown: str, settings: Settings, named: bool, left: int) -> None:
        self._file, self._shown, self._settings, self._named = file, shown, settings, named
        self._most = min(MOST_LINTS, max(left, 1))
        self.lints = 0

    def ways(self, read: Plans, facts: Facts, rules: set[str], marked: bool) -> list[_Way]:
        """The cheapest changes by which findings of the rules go."""
        trials, start, found = self._try(read, facts, self._settings)
        if not found and trials.always - rules:
            fewer = [rule for rule in self._settings.rules if rule.id not in trials.always - rules]
            _, start, found = self._try(read, facts, self._settings._replace(rules=fewer))
        ways = []
        for one in found:
            left = self._left(trials, one)
            way = _told(start, one, left, self._shown, marked) if left is not None else None
            if way is not None:
                close = facts.machine.unified_memory and one.judgement.verdict == "tight"
                ways.append(way._replace(close=close))
        return ways

    def _try(self, read: Plans, facts: Facts, settings: Settings) -> tuple[Trials, Judgement, list[Found]]:
        trials = Trials(self._file, facts.plan.document.index, settings, self._most, named=self._named)
        start = trials.start(read, facts)
        found = search(trials, start, MOST, pruned=True) if not start.passes else []
        self.lints += trials.lints
        return trials, start, found

    def _left(self, trials: Trials, found: Found) -> tuple[str, ...] | None:
        """Rules of severity error that are still broken, all of which nothing mends; None where others are."""
        stay = trials.always
        trials.most = trials.lints + 1
        there = trials.judge(found.judgement.text)
        if there is None:
            return None
        broken = {error.rule for error in there.errors}
        return tuple(sorted(broken)) if broken <= stay else None


def _told(start: Judgement, found: Found, left: tuple[str, ...], file: str, marked: bool) -> _Way | None:
    changes = [change for step in found.steps for change in step.changes]
    settled = resolved(start.facts, changes)
    after = edited_source(start.source, start.facts.plan.document.index, settled) if settled else None
    if settled is None or after is None or after.text != found.judgement.text:
        return None
    mark = "\ufeff" if marked else ""
    edits = tuple(_edit(start.facts, change) for change in settled)
    remedy = Remedy(edits, mark + start.text, mark + after.text, file, left)
    return _Way(_parts(start.facts, changes), remedy)


def _edit(facts: Facts, change: Change) -> Edit:
    old, start = value_at(facts.plan.document.data, change.path), facts.plan.document.key_span(())
    return Edit(change.path, old, change.value, _line(facts, change) or start.line)


def _parts(facts: Facts, changes: Sequence[Change | Argument]) -> tuple[str, ...]:
    """What is to be set, each name once, with the line where it stands."""
    parts: dict[str, str] = {}
    for change in changes:
        line = _line(facts, change)
        parts[_name(facts, change, changes)] = _value(change.value) + (f" (line {line})" if line else "")
    return tuple(f"{name} to {value}" for name, value in parts.items())


def _value(value: Value) -> str:
    return value if isinstance(value, str) else rendered(value)


def _name(facts: Facts, change: Change | Argument, beside: Sequence[Change | Argument]) -> str:
    """The name of what is changed: an argument as the engine's users type it, else the key that is written."""
    if isinstance(change, Argument):
        known = table(facts.engine.name or "")
        return known.written(change.name) if known is not None else change.name
    name, path = "", change.path
    others = [one.path for one in beside if isinstance(one, Change) and one.path != path]
    while path and is_shorthand(facts.plan.document.data, path):
        if any(other[: len(path) - 1] == path[:-1] for other in others):
            break  # the shorthand cannot say both
        path = path[:-1]
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}" if name else step
    return name


def _line(facts: Facts, change: Change | Argument) -> int:
    """Where it is written, or the part that it belongs to; 0 where neither is."""
    placed = facts.plan.place((("engine", "args") if isinstance(change, Argument) else change.path,))
    return placed.span.line if placed.path else 0
