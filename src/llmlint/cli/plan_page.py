"""`llmlint plan --format html`: a page of every deployment, with what there is to suggest for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from llmlint.capacity import capacity
from llmlint.cli.options import Options
from llmlint.cli.plan import outcome
from llmlint.cli.problems import tell, tell_placed
from llmlint.facts import Facts
from llmlint.finding import Finding
from llmlint.ledger import plan_entry
from llmlint.linting import all_facts, read_plans
from llmlint.reading import Text, from_here, texts
from llmlint.reports.html.plan import View, plan_page
from llmlint.suggest import Answer, suggest


def show_page(options: Options) -> int:
    """The exit code, as for the other formats."""
    views: list[View] = []
    broken: list[tuple[str, Finding]] = []
    unusable = False
    for text in texts(options):
        if text.unreadable:
            unusable = True
            tell(f"{text.path}: {text.unreadable}")
        elif not text.passed_over:
            found, faults = views_of(text)
            views += found
            broken += [(text.path, one) for one in faults]
            tell_placed(text.path, faults)
    sys.stdout.write(plan_page(views, broken))
    return outcome(bool(views), bool(broken), unusable)


def views_of(text: Text) -> tuple[list[View], list[Finding]]:
    """The deployments of a file, and what keeps others from being read."""
    settings = text.checking.settings
    read = read_plans(text.data, text.path, named=text.named, around=settings.around)
    if read.passed_over:
        return [], []
    answers = {one.document: one for one in suggest(text.data, from_here(text.path), settings, named=text.named)}
    together = all_facts(read.plans, settings.catalogue, text.path)
    return list(_views(together, answers, text.path)), read.findings


def _views(together: list[Facts], answers: dict[int, Answer], file: str) -> Iterator[View]:
    for facts in together:
        gpus = facts.gpu.label if facts.gpu.cards is not None else ""
        answer = answers.get(facts.plan.document.index)
        yield View(plan_entry(facts, file), gpus, facts.engine.fills_budget, capacity(facts), answer)
