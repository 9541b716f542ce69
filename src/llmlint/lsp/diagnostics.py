"""Findings as diagnostics: code and its page, severity, tags, and the values that caused them as related places."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path as FilePath

from lsprotocol import types

from llmlint import resources
from llmlint.facts import Facts
from llmlint.facts.registry import FactEntry
from llmlint.finding import Finding, Path, Problem, Span
from llmlint.lsp.analysis import Analysis
from llmlint.lsp.positions import Positions
from llmlint.lsp.session import Broken
from llmlint.rule import shown_value

SOURCE = "llmlint"
SEVERITY = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
TAGS = {
    "suppression-unused": types.DiagnosticTag.Unnecessary,
    "suppression-expired": types.DiagnosticTag.Unnecessary,
    "setting-given-twice": types.DiagnosticTag.Unnecessary,
    "deprecated-flag": types.DiagnosticTag.Deprecated,
    "deprecated-environment-name": types.DiagnosticTag.Deprecated,
    "removed-flag": types.DiagnosticTag.Deprecated,
}
MOST_RELATED = 5
NOT_WRITTEN = Span(1, 1, 1, 1)


def diagnostics(analysis: Analysis, uri: str) -> list[types.Diagnostic]:
    """Of all findings of a document."""
    return [diagnostic(finding, analysis, uri) for finding in analysis.result.findings]


def diagnostic(finding: Finding, analysis: Analysis, uri: str) -> types.Diagnostic:
    """Of one finding."""
    page = page_of(finding.rule)
    tag = TAGS.get(finding.rule)
    facts = next((one for one in analysis.facts if one.plan.document.index == finding.document), None)
    return types.Diagnostic(
        range=analysis.positions.range(finding.span),
        message=message(finding),
        severity=SEVERITY[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        tags=[tag] if tag is not None else None,
        related_information=list(_related(finding, facts, analysis.positions, uri)) if facts is not None else None,
    )


def message(finding: Finding) -> str:
    """What is wrong, the arithmetic, and the remedy, a line each."""
    return "\n".join(filter(None, (finding.message, *finding.notes, finding.help)))


def _related(
    finding: Finding, facts: Facts, positions: Positions, uri: str
) -> Iterator[types.DiagnosticRelatedInformation]:
    """Where the values are written of which the compared facts were made."""
    told: set[Span] = {finding.span}
    entries = known_facts()
    for name, value in finding.facts:
        entry = entries.get(name)
        for key in entry.keys if entry is not None else ():
            span = _written(facts, tuple(key.split(".")))
            if entry is None or span is None or span in told or value is None:
                continue
            told.add(span)
            location = types.Location(uri, positions.range(span))
            yield types.DiagnosticRelatedInformation(location, f"{name}: {shown_value(value, entry.shown)}")
            if len(told) > MOST_RELATED:
                return


def _written(facts: Facts, path: Path) -> Span | None:
    """Where a value of the deployment is written; None where it is not."""
    spot = facts.plan.origin(path)
    if spot is None or (spot.span is None and not spot.document.holds(spot.path)):
        return None
    return spot.placed().span


@cache
def known_facts() -> dict[str, FactEntry]:
    """Every fact by name, worked out once."""
    from llmlint.facts.registry import registry

    return registry()


@cache
def page_of(rule: str) -> str:
    """The address of a rule's own file, which tells all of it; empty for findings about the file itself."""
    for path in resources.rule_files():
        if os.path.basename(path) == f"{rule}.yaml":
            return FilePath(path).resolve().as_uri()
    return ""


def of_configuration(broken: Broken, positions: Positions) -> list[types.Diagnostic]:
    """What keeps a configuration, or a file that it names, from being used."""
    found = broken.problems or (Problem(broken.message, NOT_WRITTEN),)
    return [
        types.Diagnostic(
            range=positions.range(one.span),
            message="\n".join(filter(None, (one.message, one.help))),
            severity=types.DiagnosticSeverity.Error,
            code="configuration",
            source=SOURCE,
        )
        for one in found
    ]
