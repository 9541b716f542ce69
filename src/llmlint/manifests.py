"""Reads files that are no deployments of the native format: manifests, by the reader of their format, and templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.document import notes
from llmlint.finding import Finding, Span
from llmlint.plans import MOST_DEPLOYMENTS
from llmlint.read import Plans, syntax
from llmlint.readers import registry
from llmlint.readers.bounded import MOST_UNITS, MOST_VALUES_OF_A_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmlint.document import Source
    from llmlint.finding import Problem
    from llmlint.readers.registry import Read, Surroundings

DUPLICATE = "duplicate-key"
"""As `document.compose` has it, which only files with a document load."""
TEMPLATE = "a template: lint what it renders (`helm template … | llmlint -`)"
TOO_LARGE = "has more arguments, variables and volumes than any engine needs (some thousands), and is not checked"
TOO_LONG = f"has more than {registry.LONGEST_TEXT:,} characters, which no Modelfile or systemd unit has: not checked"
TOO_MANY = (
    f"this container and those after it are not checked: a file may hold {MOST_DEPLOYMENTS} engines, {MOST_UNITS} "
    f"containers, and {MOST_VALUES_OF_A_FILE:,} arguments, variables and volumes of the engines"
)
NAMES = (".gotmpl", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2")
"""Endings by which a template says that it is one, also in front of `.yaml`."""
ACTIONS = (
    r"\{\{-?\s*(?:if|range|with|end|else|include|define|template|toYaml|nindent|tpl|printf|quote|\.Values|\.Release|\.Chart"
    r"|\$)|\{%-?\s*\w+"
)
"""Actions of Helm's and statements of Jinja's templates."""
BRANCHES = r"\{\{-?\s*(?:if|else if|range|with)\s[^{}\n]{0,200}\.(?:Values|Release|Chart|Capabilities)\b"
"""Actions that leave out or repeat what stands behind them, by values that only Helm has: in a comment or a script they
do it as well. Other braces in a string (a chat template, a panel of Grafana) say nothing of the file."""


def manifests(
    source: Source, data: bytes, file: str, *, named: bool, surroundings: Surroundings | None
) -> Plans | None:
    """The plans of a manifest; None where the file is none, so that it is judged as a native one or passed over."""
    if not named and not registry.mentions_engine(data) and not registry.is_named_by_format(file, data):
        return None
    around = surroundings or registry.Surroundings(file)
    other = registry.read_text(source.text, around)
    if other is not None:
        from llmlint.readers.text import source as source_of

        found, written = other
        text = source_of(written)
        left_out = [*_left_out(found, file)]
        return Plans(text, found.plans, left_out, len(found.plans), _nothing(found, left_out), _formats(found))
    if source.problems and registry.is_too_long(source.text):
        return Plans(source, [], [Finding("schema", "error", TOO_LONG, file, Span(1, 1, 1, 2))], 0, "")
    if _is_template(source, file):
        return Plans(source, [], [], 0, TEMPLATE) if registry.mentions_engine(data) else None
    found = registry.read(source.documents, around)
    if not found.documents:
        return None
    findings: list[Finding] = [_fault(problem, file) for problem in source.problems] if found.plans else []
    findings += _left_out(found, file)
    return Plans(source, found.plans, findings, len(found.plans), _nothing(found, findings), _formats(found))


def _left_out(found: Read, file: str) -> Iterator[Finding]:
    """Engines that are not checked."""
    told = [(spot, TOO_LARGE, "") for spot in found.too_large]
    told += [(found.left_out, TOO_MANY, "put fewer in a file")] if found.left_out is not None else []
    for spot, message, remedy in told:
        path, span, document, _ = spot.placed()
        yield Finding("schema", "error", message, file, span, document, path, help=remedy)


def _fault(problem: Problem, file: str) -> Finding:
    """A fault of the text. A key that is written twice stops nobody from reading a manifest: the last one counts."""
    if problem.rule != DUPLICATE:
        return syntax(problem, file)
    return Finding(DUPLICATE, "warning", problem.message, file, problem.span, help=problem.help)


def _nothing(found: Read, findings: Sequence[Finding]) -> str:
    return "" if found.plans or findings else "no inference engine in it"


def _formats(found: Read) -> tuple[str, ...]:
    return tuple(plan.format for plan in found.plans)


def _is_template(source: Source, file: str) -> bool:
    """Whether it is a template's source: only what it renders is YAML, and only that is deployed.

    A value with braces makes it none: what is in them is unknown, and the rest holds as it stands.
    """
    text = source.text
    if "{{" not in text and "{%" not in text:
        return False
    if file.removesuffix(".yaml").removesuffix(".yml").endswith(NAMES):
        return True
    return _broken_by_braces(source) or re.search(BRANCHES, text) is not None


def _broken_by_braces(source: Source) -> bool:
    """Whether it is no YAML, and braces are the reason."""
    if any(problem.message == notes.TEMPLATE for problem in source.problems):
        return True
    return bool(source.problems) and re.search(ACTIONS, source.text) is not None
