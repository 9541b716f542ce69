"""Lints one text: documents, plans, facts, rules, suppression. Pure: it reads no files but the models a plan names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from llmlint import document, rulebook
from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.facts import Facts
from llmlint.finding import FileResult, Finding, NotChecked, Problem
from llmlint.plan import Plan
from llmlint.readers import native
from llmlint.rule import Rule
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.document import Document, Source

MOST_DEPLOYMENTS = 100
"""Of a file, so that none takes long."""
MOST_FINDINGS = 2_000
"""Of a file, likewise."""


class Settings(NamedTuple):
    """What one run checks with."""

    rules: Sequence[Rule]
    """Those that are checked, their severities as configured."""
    catalogue: Catalogue
    known: frozenset[str]
    """Ids of all rules, checked or not."""
    today: str = ""
    """ISO date that `until=` is held against; empty: the clock's."""
    remarks: Mapping[str, str] = {}
    """Other severities, or off, of findings about comments."""


class Plans(NamedTuple):
    """What was read of one file."""

    source: Source
    plans: list[Plan]
    findings: list[Finding]
    """About the file itself: syntax and schema."""
    recognised: int
    """Documents that are deployments, those that do not fit the schema included."""
    passed_over: str
    """Why nothing was recognised; empty where something was."""


def lint(data: bytes, file: str, settings: Settings, *, named: bool = True) -> FileResult:
    """All findings of one file. `named`: the user asked for it, so it is a deployment whatever it looks like."""
    read = read_plans(data, file, named=named)
    if read.passed_over:
        return FileResult(file, read.source.text, passed_over=read.passed_over)
    return judged(read, all_facts(read.plans, settings.catalogue, file), file, settings)


def judged(read: Plans, together: Sequence[Facts], file: str, settings: Settings) -> FileResult:
    """What the rules say of the plans of a file, whose facts are `together`."""
    findings, not_checked = list(read.findings), []
    for facts in together:
        checked = rulebook.check(settings.rules, facts, file)
        findings += checked.findings
        not_checked += checked.not_checked
    return _result(read, findings, not_checked, file, settings)


def all_facts(plans: Sequence[Plan], catalogue: Catalogue, file: str) -> list[Facts]:
    """Facts of every plan of a file; they see one another, since deployments may share a machine."""
    catalogue.next_file()
    folder = os.path.dirname(file)
    together: list[Facts] = []
    for position, plan in enumerate(plans):
        together.append(Facts(plan, catalogue, folder, together, position))
    return together


def read_plans(data: bytes, file: str, *, named: bool = True) -> Plans:
    """The plans in a file's bytes, and what is wrong with the file itself."""
    source = document.read(data)
    modeline = native.has_modeline(source.text)
    meant = [one for one in source.documents if named or modeline or native.recognises(one)]
    if source.problems and not (named or meant or native.resembles(source.text)):
        return Plans(source, [], [], 0, "not YAML")
    if not meant and not source.problems:
        return Plans(source, [], [], 0, "not a deployment" if source.documents else "empty")
    findings = [_syntax(problem, file) for problem in source.problems]
    faults = {problem.span for problem in source.problems}
    plans = []
    for one in meant[:MOST_DEPLOYMENTS]:
        plan = native.read(one)
        if plan is None:  # what is no value at all is not a wrong one besides
            findings += [finding for finding in _schema(one, file) if finding.span not in faults]
        else:
            plans.append(plan)
    if len(meant) > MOST_DEPLOYMENTS:
        findings.append(_too_many(meant, file))
    return Plans(source, plans, findings, len(meant), "")


def _syntax(problem: Problem, file: str) -> Finding:
    return Finding("syntax", "error", problem.message, file, problem.span, help=problem.help)


def _schema(one: Document, file: str) -> list[Finding]:
    from llmlint.mistakes import mistakes

    if native.is_too_large(one.data):
        message = f"holds more than {native.MOST_VALUES} values, and is not checked: no deployment needs so many"
        return [Finding("schema", "error", message, file, one.key_span(()), one.index)]
    findings = []
    for mistake in mistakes(native.SCHEMA, one.data):
        span = one.key_span(mistake.path) if mistake.at_key else one.value_span(mistake.path)
        findings.append(
            Finding("schema", "error", mistake.message, file, span, one.index, mistake.path, help=mistake.help)
        )
    return sorted(findings, key=lambda found: found.span)


def _too_many(meant: Sequence[Document], file: str) -> Finding:
    first = meant[MOST_DEPLOYMENTS]
    message = f"the file holds {len(meant)} deployments; this one and those after it are not checked"
    remedy = f"put at most {MOST_DEPLOYMENTS} in a file"
    return Finding("schema", "error", message, file, first.key_span(()), first.index, help=remedy)


def _result(
    read: Plans, findings: list[Finding], not_checked: list[NotChecked], file: str, settings: Settings
) -> FileResult:
    suppressed = 0
    if "llmlint:" in read.source.text:
        from llmlint import suppression

        undecided = {one.rule for one in not_checked}
        ran = (frozenset(rule.id for rule in settings.rules) | frozenset(BUILT_IN)) - undecided
        applied = suppression.apply(
            read.source, findings, ran=ran, known=settings.known, file=file, today=settings.today
        )
        findings, suppressed = _weighed(applied.findings, settings.remarks), applied.suppressed
    findings.sort(key=lambda one: (one.span, one.document, one.rule, one.message))
    if len(findings) > MOST_FINDINGS:
        findings[MOST_FINDINGS:] = [_too_many_findings(findings[MOST_FINDINGS], len(findings))]
    return FileResult(file, read.source.text, tuple(findings), tuple(not_checked), read.recognised, suppressed)


def _weighed(findings: Sequence[Finding], severity: Mapping[str, str]) -> list[Finding]:
    """Findings with other severities for some rules, without those that are off."""
    levels = [(finding, severity.get(finding.rule, finding.severity)) for finding in findings]
    return [finding._replace(severity=level) for finding, level in levels if level != "off"]  # type: ignore[arg-type]


def _too_many_findings(next_one: Finding, all_of_them: int) -> Finding:
    message = f"there are {all_of_them} findings in this file; those from here on are not listed"
    return Finding("schema", "error", message, next_one.file, next_one.span, next_one.document)


def configured(
    rules: Sequence[Rule], severity: Mapping[str, str], select: Sequence[str], ignore: Sequence[str]
) -> list[Rule]:
    """The rules that are checked, with their severities: selected, not ignored, and not set to off."""
    chosen = []
    for rule in rules:
        if (select and not _matches(rule, select)) or _matches(rule, ignore):
            continue
        level = rule.severity
        for selector, wanted in severity.items():
            if _matches(rule, (selector,)):
                level = wanted  # type: ignore[assignment]  # "off" is sorted out below
        if str(level) != "off":
            chosen.append(rule if level == rule.severity else rule._replace(severity=level))
    return chosen


def _matches(rule: Rule, selectors: Sequence[str]) -> bool:
    return any(selector in ("all", rule.id, f"{rule.subject}/") for selector in selectors)
