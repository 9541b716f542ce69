"""What is answered to a text: findings, ledger, changes, machines. Pure, but for the package's own data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

from llmlint.capacity import capacity
from llmlint.catalog.rows import Machine
from llmlint.facts import Facts
from llmlint.facts.smallest import Offer
from llmlint.finding import Finding
from llmlint.fix import offered
from llmlint.ledger import plan_entry
from llmlint.linting import Settings, all_facts, lint, read_plans, without_words
from llmlint.quantity import binary_size
from llmlint.reports.html.bar import patterns
from llmlint.reports.html.changes import changes_card
from llmlint.reports.html.findings import finding_article
from llmlint.reports.html.markup import joined, tag
from llmlint.reports.html.plan import View, plan_section
from llmlint.reports.json import whole
from llmlint.reports.printable import printable
from llmlint.settings import checking
from llmlint.suggest import suggest
from llmlint.wanted import Request
from llmlint.web.machine import on_machine

Answer: TypeAlias = dict[str, Any]
FILE = "deploy.yaml"
"""What the text is called in messages and diffs."""
MOST_MACHINES = 20
MOST_PLANS = 10
MOST_SHOWN = 200
"""Machines and plans that are shown, and findings."""


@cache
def _settings() -> Settings:
    """The built-in rules and catalogue; no configuration, no neighbours, no models in files."""
    return checking(Request(isolated=True), None, reads_files=False).settings


def check(text: str) -> Answer:
    """Findings with their places, and the ledger of each deployment as markup."""
    data, settings = text.encode("utf-8", "surrogatepass"), _settings()
    mute = without_words(settings)
    result = offered(data, lint(data, FILE, settings), lambda text: lint(text, FILE, mute))
    read = read_plans(data, FILE, around=settings.around)
    together = all_facts(read.plans, settings.catalogue, FILE)
    shown = result.findings[:MOST_SHOWN]
    articles = [finding_article(one, f"finding-{at}", ()) for at, one in enumerate(shown, 1)]
    sections = [plan_section(_view(one), at, len(together) > 1) for at, one in enumerate(together[:MOST_PLANS], 1)]
    return {
        "marks": [_mark(one) for one in shown],
        "findings": joined(articles) or tag("p", {"class": "clear"}, _clear(result.passed_over)),
        "plans": joined([patterns(), *sections]) if sections else "",
        "counts": {
            level: sum(one.severity == level for one in result.findings) for level in ("error", "warning", "info")
        },
        "deployments": result.deployments,
        "not_checked": sorted({whole(one.rule) for one in result.not_checked}),
    }


def _clear(passed_over: str) -> str:
    return f"Nothing was recognised as a deployment: {passed_over}." if passed_over else "All clear."


def _view(facts: Facts) -> View:
    gpus = facts.gpu.label if facts.gpu.cards is not None else ""
    return View(plan_entry(facts, FILE), gpus, facts.engine.fills_budget, capacity(facts), None)


def _mark(finding: Finding) -> Answer:
    """Where a finding is marked in the editor, and what stands beside the mark."""
    span = finding.span
    return {
        "severity": finding.severity,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "words": printable(f"{finding.severity}: {finding.message}" + (f" ({finding.label})" if finding.label else "")),
    }


def suggestions(text: str) -> Answer:
    """The smallest changes for each deployment, as markup."""
    answers = suggest(text.encode("utf-8", "surrogatepass"), FILE, _settings())
    return {"changes": joined(changes_card(one) for one in answers[:MOST_PLANS])}


def fitting(text: str) -> Answer:
    """Machines of the catalogue that would serve the text's first deployment, the smallest first."""
    settings = _settings()
    read = read_plans(text.encode("utf-8", "surrogatepass"), FILE, around=settings.around)
    for facts in all_facts(read.plans, settings.catalogue, FILE):
        found = islice(facts.smallest.serving(), MOST_MACHINES)
        return {"deployment": True, "machines": [_offer(one) for one in found]}
    return {"deployment": False, "machines": []}


def _offer(offer: Offer) -> Answer:
    return _machine(offer.machine, offer.card.name, offer.card.memory_bytes)


def machines(words: str) -> Answer:
    """Machines of the catalogue that hold all words, best first."""
    catalogue = _settings().catalogue
    found = [row for row in catalogue.search("machine", words.split()[:8]) if isinstance(row, Machine)]
    cards = {row.accelerator: catalogue.accelerator(row.accelerator).row for row in found[:MOST_MACHINES]}
    rows = [(row, cards[row.accelerator]) for row in found[:MOST_MACHINES]]
    return {
        "machines": [_machine(row, card.name if card else row.accelerator, card.memory_bytes if card else None)
                     for row, card in rows],
    }  # fmt: skip


def _machine(row: Machine, card: str, memory: int | None) -> Answer:
    number = f"{row.count} × " if row.partition == 1 else f"{row.partition:g} of "
    gpus = f"{number}{card}" + (f", {binary_size(memory)}{' each' if row.count > 1 else ''}" if memory else "")
    return {"id": row.id, "gpus": gpus, "ram": binary_size(row.ram_bytes) if row.ram_bytes else ""}


def moved(text: str, machine: str) -> Answer:
    """The text with another machine."""
    settings = _settings()
    found = settings.catalogue.machine(machine)
    if found.row is None:
        return {"text": None, "why": "there is no such machine in the catalogue"}
    read = read_plans(text.encode("utf-8", "surrogatepass"), FILE, around=settings.around)
    after = on_machine(text, read, found.row.id)
    return {
        "text": after,
        "why": "" if after is not None else "the text cannot be changed safely: mend its faults first",
    }


KINDS: Mapping[str, tuple[Callable[..., Answer], tuple[str, ...]]] = {
    "check": (check, ("text",)),
    "suggest": (suggestions, ("text",)),
    "fits": (fitting, ("text",)),
    "machines": (machines, ("words",)),
    "move": (moved, ("text", "machine")),
}
"""What can be asked, and with which texts."""
