"""Tries changes: each is made in the text, and the text linted again."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from llmlint.document import Source
from llmlint.edit import Change, edited_source
from llmlint.facts import Facts
from llmlint.finding import Finding
from llmlint.ledger import Verdict, verdict
from llmlint.linting import Plans, Settings, all_facts, judged, read_plans, without_words
from llmlint.rule import mute
from llmlint.rulebook import check
from llmlint.suggest.arguments import resolved
from llmlint.suggest.step import Argument
from llmlint.tuples import NamedTuple

MOST_TOGETHER = 20
"""Deployments of a file up to which those on the same machine are linted too."""


class OutOfBudget(Exception):
    """As many texts have been linted as may be."""


class Judgement(NamedTuple):
    """What is said of one deployment of a text."""

    text: str
    source: Source
    facts: Facts
    errors: tuple[Finding, ...]
    elsewhere: int
    """Errors of the file that are not this deployment's."""
    undecided: frozenset[str]
    """Rules that could not be checked."""
    verdict: Verdict

    @property
    def passes(self) -> bool:
        """No rule of severity error is broken, and the plan is not known to fail."""
        return not self.errors and self.verdict != "does-not-fit"

    @property
    def lacks_storage(self) -> bool:
        """Whether the plan fails for its storage, whatever is known of the memory."""
        storage = self.facts.storage
        return bool(storage.needed and storage.free is not None and storage.needed > storage.free)

    @property
    def serves(self) -> bool:
        """Whether requests of the length that the workload names are not known to be refused."""
        workload, longest = self.facts.deployment.workload, self.facts.engine.max_context
        planned = workload.context if workload is not None else None
        return planned is None or longest is None or planned <= longest


class Trials:
    """Lints changed texts of one file, for one of its deployments, within a budget."""

    def __init__(self, file: str, index: int, settings: Settings, most: int, *, named: bool = True) -> None:
        self.file, self.index, self.most, self._named = file, index, most, named
        self.settings = settings._replace(rules=[rule for rule in settings.rules if rule.severity == "error"])
        self._mute = without_words(self.settings)
        self._warning_rules = [mute(rule) for rule in settings.rules if rule.severity == "warning"]
        self._warned: dict[str, frozenset[str]] = {}
        self._always: frozenset[str] | None = None
        self._judged: dict[str, Judgement] = {}
        self.strict = True
        """Whether requests as the workload names them must be served."""
        self.dearest = inf
        """The cost from which on a way is of no interest."""
        self.exhausted = False
        self.lints = 0

    def suffices(self, judgement: Judgement) -> bool:
        """Whether nothing more is wanted."""
        return judgement.passes and (judgement.serves or not self.strict)

    def start(self, read: Plans, facts: Facts) -> Judgement:
        """What is said of the text as it is, in words."""
        return self._judge(read, facts, self.settings)

    def judge(self, text: str) -> Judgement | None:
        """What is said of another text; None where the deployment cannot be read. Raises OutOfBudget."""
        if text in self._judged:
            return self._judged[text]
        if self.lints >= self.most:
            self.exhausted = True
            raise OutOfBudget
        read = read_plans(
            text.encode("utf-8", "surrogatepass"), self.file, named=self._named, around=self.settings.around
        )
        together = all_facts(read.plans, self._mute.catalogue, self.file)
        facts = next((one for one in together if one.plan.document.index == self.index), None)
        return self._judge(read, facts, self._mute) if facts is not None else None

    def _judge(self, read: Plans, facts: Facts, settings: Settings) -> Judgement:
        self.lints += 1
        # Nothing that is tried here has to do with the file's other deployments, unless they run on the same machine.
        concerned = facts.residents if len(read.plans) <= MOST_TOGETHER else [facts]
        result = judged(read, concerned, self.file, settings)
        errors = [finding for finding in result.findings if finding.severity == "error"]
        own = tuple(finding for finding in errors if finding.document == self.index)
        rules = frozenset(finding.rule for finding in own)
        self._always = rules if self._always is None else self._always & rules
        undecided = frozenset(one.rule for one in result.not_checked if one.document == self.index)
        text, elsewhere = read.source.text, len(errors) - len(own)
        self._judged[text] = Judgement(text, read.source, facts, own, elsewhere, undecided, _verdict(facts))
        return self._judged[text]

    def after(self, start: Judgement, changes: Sequence[Change | Argument]) -> Judgement | None:
        """What is said once changes are made; None where they cannot be made, or nothing is gained for certain.

        Nothing is where the verdict is no longer known, or a rule that was broken cannot be checked any more.
        """
        settled = resolved(start.facts, changes)
        source = edited_source(start.source, self.index, settled) if settled else None
        found = self.judge(source.text) if source is not None and source.text != start.text else None
        if found is None or found.elsewhere > start.elsewhere:
            return None
        if start.verdict != "unknown" and found.verdict == "unknown" and not start.lacks_storage:
            return None
        return found if found.undecided.isdisjoint(error.rule for error in start.errors) else None

    @property
    def always(self) -> frozenset[str]:
        """Rules that were broken whatever was tried."""
        return self._always or frozenset()

    @property
    def stuck(self) -> str:
        """Why nothing was found: what was wrong whatever was tried."""
        if self.exhausted:
            return f"the search ended after {self.lints} changes, none of which makes it pass"
        named = " and ".join(sorted(self.always))
        tried = f"none of the {self.lints - 1} changes that were tried" if self.lints > 1 else "nothing known here"
        return f"{tried} mends {named}" if named else f"{tried} makes it pass"

    def new_warnings(self, start: Judgement, there: Judgement) -> tuple[str, ...]:
        """Rules of severity warning that are broken only after the change."""
        before, after = (self._warnings(one) for one in (start, there))
        return tuple(sorted(after - before))

    def _warnings(self, judgement: Judgement) -> frozenset[str]:
        if judgement.text not in self._warned:
            checked = check(self._warning_rules, judgement.facts, self.file)
            self._warned[judgement.text] = frozenset(finding.rule for finding in checked.findings)
        return self._warned[judgement.text]


def _verdict(facts: Facts) -> Verdict:
    return facts.engine.verdict if facts.engine.known else verdict(facts)
