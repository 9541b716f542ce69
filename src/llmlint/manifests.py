"""Reads files that are no deployments of the native format: manifests, by the reader of their format, and templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.finding import Finding
from llmlint.read import Plans, syntax
from llmlint.readers import registry

if TYPE_CHECKING:
    from llmlint.document import Source
    from llmlint.readers.registry import Read, Surroundings

TEMPLATE = "a template: lint what it renders (`helm template … | llmlint -`)"
LOOKS_TEMPLATED = (
    r"\{\{-?\s*(?:if|range|with|end|include|define|template|toYaml|\.Values|\.Release|\.Chart|\$|nindent|tpl|printf|quote)"
    r"|\{%-?\s*\w+"
)
"""Actions of Helm's and statements of Jinja's templates."""


def manifests(
    source: Source, data: bytes, file: str, *, named: bool, surroundings: Surroundings | None
) -> Plans | None:
    """The plans of a manifest; None where the file is none, so that it is judged as a native one or passed over."""
    if not named and not registry.mentions_engine(data):
        return None
    around = surroundings or registry.Surroundings(file)
    other = registry.read_text(source.text, around)
    if other is not None:
        found = other[0]
        return Plans(source, found.plans, [], len(found.plans), _nothing(found), _formats(found))
    if _is_template(source):
        return Plans(source, [], [], 0, TEMPLATE) if registry.mentions_engine(data) else None
    found = registry.read(source.documents, around)
    if not found.documents:
        return None
    findings: list[Finding] = [syntax(problem, file) for problem in source.problems] if found.plans else []
    passed_over = _nothing(found) if not findings else ""
    return Plans(source, found.plans, findings, len(found.plans), passed_over, _formats(found))


def _nothing(found: Read) -> str:
    return "" if found.plans else "no inference engine in it"


def _formats(found: Read) -> tuple[str, ...]:
    return tuple(plan.format for plan in found.plans)


def _is_template(source: Source) -> bool:
    """Whether it is a template's source: only what it renders is YAML, and only that is deployed."""
    return "{" in source.text and re.search(LOOKS_TEMPLATED, source.text) is not None and _unrendered(source)


def _unrendered(source: Source) -> bool:
    """Braces in a string of a rendered file (a chat template, a Grafana panel) make it no template."""
    return bool(source.problems) or not source.documents or any(one.templated for one in source.documents)
