"""Runs a rule's own examples: those that pass must be silent, those that fail are found on the marked lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from llmlint import document
from llmlint.catalog import Catalogue
from llmlint.document import comments
from llmlint.finding import Finding, NotChecked, Problem, Span
from llmlint.linting import all_facts, read_plans
from llmlint.rule import Rule
from llmlint.rule_file import Loaded
from llmlint.rulebook import check
from llmlint.tuples import NamedTuple

FILE = "example.yaml"


class _Told(NamedTuple):
    """What a rule says of one example."""

    unreadable: Sequence[Finding]
    findings: Sequence[Finding]
    not_checked: Sequence[NotChecked]


def number(loaded: Loaded) -> int:
    """How many examples a rule has."""
    return sum(len(texts) for _, texts in _examples(loaded))


def failures(loaded: Loaded, catalogue: Catalogue) -> list[Problem]:
    """What of a rule's examples is not as it says, each at its line of the rule file."""
    with open(loaded.file, "rb") as file:
        written = document.read(file.read(document.MAX_BYTES + 1)).documents[0]
    lines = {
        (kind, position): written.value_span(("examples", kind, position))
        for kind, texts in _examples(loaded)
        for position in range(len(texts))
    }
    found: list[Problem] = []
    undecided: list[tuple[Span, _Told]] = []
    for kind, texts in _examples(loaded):
        for position, text in enumerate(texts):
            span = lines[kind, position]
            told = _told(loaded.rule, text, catalogue)
            found += (_placed(problem, span, text) for problem in _wrong(kind, loaded.rule.id, text, told))
            if kind == "pass" and told.not_checked:
                undecided.append((span, told))
    passing = next(len(texts) for kind, texts in _examples(loaded) if kind == "pass")
    if len(undecided) == passing:
        found += _undecided(undecided[0])
    return sorted(found, key=lambda one: one.span)


def _examples(loaded: Loaded) -> list[tuple[str, list[str]]]:
    examples: Any = loaded.data["examples"]
    return [(kind, examples[kind]) for kind in ("pass", "fail")]


def _told(rule: Rule, text: str, catalogue: Catalogue) -> _Told:
    read = read_plans(text.encode(), FILE)
    findings: list[Finding] = []
    not_checked: list[NotChecked] = []
    for facts in all_facts(read.plans, catalogue, FILE):
        checked = check([rule], facts, FILE)
        findings += checked.findings
        not_checked += checked.not_checked
    unreadable = list(read.findings)
    if not read.plans and not unreadable:
        unreadable.append(Finding("schema", "error", read.passed_over or "no deployment", FILE, Span(1, 1, 1, 2)))
    return _Told(unreadable, findings, not_checked)


def _wrong(kind: str, rule: str, text: str, told: _Told) -> Iterator[Problem]:
    """What is wrong with one example, at lines of the example."""
    for one in told.unreadable:
        yield Problem(f"the example is no deployment: {one.message}", one.span)
    for one in told.findings:
        if one.rule == "internal-error":
            yield Problem(one.message, one.span)
    if told.unreadable:
        return
    marked = _marked(text, rule)
    said = {one.span.line: one for one in told.findings if one.rule == rule}
    if kind == "pass":
        yield from (Problem(f"an example that passes is reported: {one.message}", one.span) for one in said.values())
        yield from (Problem("an example that passes is marked", Span(line, 1, line, 2)) for line in marked)
        return
    for line in marked - said.keys():
        yield Problem(f"nothing is said of this line{_why(told)}", Span(line, 1, line, 2))
    for line in sorted(said.keys() - marked):
        yield Problem(f"said of this line, which is not marked: {said[line].message}", said[line].span, f"# {rule}")
    if not marked and not said:
        yield Problem(f"nothing is said of this example{_why(told)}", Span(1, 1, 1, 2), f"mark the line with # {rule}")


def _why(told: _Told) -> str:
    facts = sorted({fact for one in told.not_checked for fact in one.facts})
    return f": not checked, since {', '.join(facts)} is unknown" if facts else ""


def _marked(text: str, rule: str) -> set[int]:
    """Lines with a comment behind a value that is the rule's id."""
    found = comments(document.read(text.encode()), rule)
    return {one.line for one in found if not one.alone and one.text.lstrip("# ").rstrip() == rule}


def _undecided(first: tuple[Span, _Told]) -> Iterator[Problem]:
    span, told = first
    yield Problem(f"no example that passes is checked{_why(told)}", span, "state in one of them what the rule looks at")


def _placed(problem: Problem, example: Span, text: str) -> Problem:
    """A problem at its line of the rule file, where the example stands as a block; else at the example."""
    height = len(text.splitlines())
    first = example.line + 1
    if example.end_line - example.line < height or problem.span.line > height:
        return problem._replace(span=example)
    line = first + problem.span.line - 1
    return problem._replace(span=Span(line, 1, line, 2))
