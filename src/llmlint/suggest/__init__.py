"""The smallest changes of a plan by which it passes all rules of severity error, each proven by linting it again.

Pure: text and settings in, suggestions out. The neighbourhood is searched along a few dimensions, cheapest first:
single steps, then pairs.
"""

from __future__ import annotations

from llmlint.edit import Change
from llmlint.finding import Finding
from llmlint.ledger import Verdict
from llmlint.linting import Plans, Settings, all_facts, read_plans
from llmlint.suggest.diff import unified
from llmlint.suggest.search import Found, search
from llmlint.suggest.step import Argument
from llmlint.suggest.trial import Judgement, Trials
from llmlint.tuples import NamedTuple

MOST = 5
"""Suggestions for one deployment."""
MOST_LINTS = 200
"""For one deployment."""
MOST_LINTS_OF_A_FILE = 3_000
"""Over the number of its deployments, each of which makes a lint longer, for all of them; those behind get the rest."""
LONGEST = 100_000
"""Characters of a file that is linted so often."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Suggestion(NamedTuple):
    """A change that has been proven."""

    title: str
    changes: tuple[Change | Argument, ...]
    text: str
    """The whole file with the change made."""
    diff: str
    verdict: Verdict
    buys: str
    """What the plan then is, in words."""
    max_context: int | None
    max_concurrency: float | None
    warnings: tuple[str, ...]
    """Rules of severity warning that say something of the changed plan, and nothing of the present one."""


class Answer(NamedTuple):
    """What there is to suggest for one deployment."""

    document: int
    """Which document of the file, from 0."""
    name: str | None
    errors: tuple[Finding, ...]
    verdict: Verdict
    refusal: str
    suggestions: tuple[Suggestion, ...]
    lints: int
    """How many texts were linted."""
    why: str = ""
    """Why there is no suggestion; empty where there is one, or nothing to mend."""

    @property
    def nothing_to_mend(self) -> bool:
        """The plan passes as it is."""
        return not self.errors and self.verdict != "does-not-fit"


def suggest(  # noqa: PLR0913 – the last two are bounds
    data: bytes, file: str, settings: Settings, *, named: bool = True, most: int = MOST, lints: int = MOST_LINTS
) -> list[Answer]:
    """What there is to suggest for each deployment of a file that can be read. `named`: as for `lint`."""
    read = read_plans(data, file, named=named, around=settings.around)
    mark = "\ufeff" if data.startswith(BYTE_ORDER_MARK) else ""
    text = read.source.text
    editable = can_be_edited(data, read)
    answers: list[Answer] = []
    for facts in all_facts(read.plans, settings.catalogue, file):
        plan = facts.plan
        left = MOST_LINTS_OF_A_FILE // len(read.plans) - sum(answer.lints for answer in answers)
        trials = Trials(file, plan.document.index, settings, min(lints, max(left, 1)), named=named)
        start = trials.start(read, facts)
        wanted = editable and len(text) <= LONGEST and plan.origins is None and not start.passes
        found = search(trials, start, most) if wanted else []
        shown = tuple(_suggestion(trials, start, one, mark) for one in found)
        answers.append(_answer(trials, start, shown, editable))
    return answers


def can_be_edited(data: bytes, read: Plans) -> bool:
    """Whether a file's bytes are those of its text, and the text has no faults of its own."""
    whole = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace") == read.source.text
    return whole and not read.source.problems


def _answer(trials: Trials, start: Judgement, found: tuple[Suggestion, ...], editable: bool) -> Answer:
    facts = start.facts
    why = ""
    if not found and not start.passes:
        why = trials.stuck if editable else "the file is not UTF-8, or has faults of its own"
        if facts.plan.origins is not None:
            why = "changes of manifests are not searched for yet; the findings say what would mend each"
        if len(start.text) > LONGEST:
            why = f"the file has more than {LONGEST:,} characters"
    return Answer(
        document=facts.plan.document.index,
        name=facts.deployment.name,
        errors=start.errors,
        verdict=start.verdict,
        refusal=facts.engine.refusal,
        suggestions=found,
        lints=trials.lints,
        why=why,
    )


def _suggestion(trials: Trials, start: Judgement, found: Found, mark: str) -> Suggestion:
    there, engine = found.judgement, found.judgement.facts.engine
    return Suggestion(
        title=", and ".join(step.title for step in found.steps),
        changes=tuple(change for step in found.steps for change in step.changes),
        text=mark + there.text,
        diff=unified(mark + start.text, mark + there.text, trials.file),
        verdict=there.verdict,
        buys=_buys(there),
        max_context=engine.max_context,
        max_concurrency=engine.max_concurrency,
        warnings=trials.new_warnings(start, there),
    )


VERDICTS = {"fits": "fits", "tight": "fits, with little to spare", "unknown": "passes; whether it fits is unknown"}


def _buys(there: Judgement) -> str:
    """What the plan then is."""
    engine = there.facts.engine
    words = [VERDICTS.get(there.verdict, there.verdict)]
    if engine.known and engine.max_concurrency is not None:
        words.append(f"{engine.max_concurrency:.1f} requests of the full context at once{_of_planned(there)}")
    if engine.known and engine.max_context is not None:
        words.append(f"contexts up to {engine.max_context} tokens")
    return ", ".join(words)


def _of_planned(there: Judgement) -> str:
    """What the workload asks for, where that is more."""
    workload = there.facts.deployment.workload
    planned = workload.concurrency if workload is not None else None
    held = there.facts.engine.max_concurrency
    return f" (of {planned} that are planned)" if planned is not None and held is not None and held < planned else ""
