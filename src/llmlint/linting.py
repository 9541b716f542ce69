"""Lints one text: documents, plans, facts, rules, suppression. Pure: it reads no files but the models a plan names."""

from __future__ import annotations

import os

from llmlint import rulebook
from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.facts import Facts
from llmlint.finding import FileResult, Finding, NotChecked
from llmlint.plans import Plan
from llmlint.read import NOTHING_AROUND, Around, Plans, read_plans
from llmlint.rule import Rule
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Plans", "Settings", "all_facts", "configured", "judged", "lint", "matches", "read_plans", "without_words"]

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
    around: Around = NOTHING_AROUND
    """What the run knows beside the file that is linted."""


def without_words(settings: Settings) -> Settings:
    """The same for a trial, of which nobody reads what it says."""
    from llmlint.rule import mute

    return settings._replace(rules=[mute(rule) for rule in settings.rules])


def lint(data: bytes, file: str, settings: Settings, *, named: bool = True) -> FileResult:
    """All findings of one file. `named`: the user asked for it, so it is a deployment whatever it looks like."""
    read = read_plans(data, file, named=named, around=settings.around)
    if read.passed_over:
        return FileResult(file, read.source.text, passed_over=read.passed_over)
    return judged(read, all_facts(read.plans, settings.catalogue, file), file, settings)


def judged(read: Plans, together: Sequence[Facts], file: str, settings: Settings) -> FileResult:
    """What the rules say of the plans of a file, whose facts are `together`."""
    findings, not_checked = list(read.findings), []
    untold = _untold(together, file, settings)
    for facts in together:
        if len(findings) > rulebook.MOST_FINDINGS:
            break
        checked = rulebook.check(settings.rules, facts, file)
        findings += untold(checked.findings, facts)
        not_checked += checked.not_checked
    result = _result(read, _once(findings), not_checked, file, settings)
    return result._replace(untried=True) if _left_out(together) else result


def _left_out(together: Sequence[Facts]) -> bool:
    """Whether fixes were left out since there are so many."""
    if not together or not together[0].tries.fixes:
        return False
    from llmlint.edit.mend import MOST_FIXES

    return together[0].tries.fixes > MOST_FIXES


def _untold(
    together: Sequence[Facts], file: str, settings: Settings
) -> Callable[[list[Finding], Facts], Sequence[Finding]]:
    """Leaves out of a deployment's findings what other files of the run tell."""
    units = (facts.plan.unit for facts in together)
    if not any(unit is not None and (unit.apart or unit.told) for unit in units):
        return lambda findings, _: findings
    from llmlint import apart

    told = apart.Told(settings.catalogue, os.path.dirname(file), file)
    return lambda findings, facts: apart.untold(findings, facts, settings.rules, told)


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """What several deployments of a file share, such as a macro with an option, is found once."""
    return list({(one.rule, one.span, one.document, one.message): one for one in reversed(findings)}.values())[::-1]


def all_facts(plans: Sequence[Plan], catalogue: Catalogue, file: str) -> list[Facts]:
    """Facts of every plan of a file; they see one another, since deployments may share a machine."""
    catalogue.next_file()
    folder = os.path.dirname(file)
    together: list[Facts] = []
    for position, plan in enumerate(plans):
        together.append(Facts(plan, catalogue, folder, together, position))
    return together


def _result(
    read: Plans, findings: list[Finding], not_checked: list[NotChecked], file: str, settings: Settings
) -> FileResult:
    suppressed = 0
    if "llmlint:" in read.source.text or "llmlint.dev/" in read.source.text:
        from llmlint import suppression

        undecided = {one.rule for one in not_checked}
        ran = (frozenset(rule.id for rule in settings.rules) | frozenset(BUILT_IN)) - undecided
        applied = suppression.apply(
            read.source, findings, ran=ran, known=settings.known, file=file, today=settings.today
        )
        findings, suppressed = _weighed(applied.findings, settings.remarks), applied.suppressed
    if "# Source: " in read.source.text:
        from llmlint.rendered import with_templates

        findings = with_templates(findings, read.source.text)
    findings.sort(key=lambda one: (one.span, one.document, one.rule, one.message))
    if len(findings) > MOST_FINDINGS:
        findings[MOST_FINDINGS:] = [_too_many_findings(findings[MOST_FINDINGS], len(findings))]
    return FileResult(
        file,
        read.source.text,
        tuple(findings),
        tuple(dict.fromkeys(not_checked)),
        read.recognised,
        suppressed,
        formats=read.formats,
    )


def _weighed(findings: Sequence[Finding], severity: Mapping[str, str]) -> list[Finding]:
    """Findings with other severities for some rules, without those that are off."""
    levels = [(finding, severity.get(finding.rule, finding.severity)) for finding in findings]
    return [finding._replace(severity=level) for finding, level in levels if level != "off"]  # type: ignore[arg-type]


def _too_many_findings(next_one: Finding, all_of_them: int) -> Finding:
    number = f"{all_of_them}" if all_of_them <= rulebook.MOST_FINDINGS else f"more than {rulebook.MOST_FINDINGS}"
    message = f"there are {number} findings in this file; those from here on are not listed"
    return Finding("schema", "error", message, next_one.file, next_one.span, next_one.document)


def configured(
    rules: Sequence[Rule], severity: Mapping[str, str], select: Sequence[str], ignore: Sequence[str]
) -> list[Rule]:
    """The rules that are checked, with their severities: selected, not ignored, and not set to off."""
    chosen = []
    ids = {rule.id for rule in rules}
    for rule in rules:
        if (select and not matches(rule, select)) or matches(rule, ignore):
            continue
        level = rule.severity
        for selector, wanted in severity.items():
            if matches(rule, (selector,)) and (wanted == "off" or not _is_weighed_apart(rule, selector, ids)):
                level = wanted  # type: ignore[assignment]  # "off" is sorted out below
        if str(level) != "off":
            chosen.append(rule if level == rule.severity else rule._replace(severity=level))
    return chosen


def _is_weighed_apart(rule: Rule, selector: str, ids: set[str]) -> bool:
    """Whether a selector is the id of the rule that finds the usual cases of the same fault."""
    return selector != rule.id and selector in ids


def matches(rule: Rule, selectors: Sequence[str]) -> bool:
    """Whether one of the selectors means a rule: its id, another of its names, its subject, or all."""
    return any(selector in ("all", rule.id, f"{rule.subject}/", *rule.aliases) for selector in selectors)
