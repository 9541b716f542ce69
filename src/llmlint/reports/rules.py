"""What there is to know of rules, for programs: the entries of `llmlint rule --format json`."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from llmlint.builtin import BuiltIn
from llmlint.finding import Severity
from llmlint.reports.json import whole
from llmlint.rule import Parameter, Rule
from llmlint.rule_file import Loaded, taken

VERSION = 1


class ParameterEntry(TypedDict):
    """A figure of a rule that a configuration may change."""

    name: str
    """As conditions and the configuration name it."""
    what: str
    """What it is, in a line."""
    kind: str
    """number, size (bytes), duration (seconds), rate (bytes a second), text or flag."""
    by: str
    """The fact whose values it depends on; empty where it is one figure."""
    value: Any
    """As it counts here: bytes, seconds, a plain number (10 % is 0.1), a text or a flag; a mapping with `by`."""
    shown: Any
    """The same as messages show it."""
    default: Any
    """As the rule has it, shown likewise."""
    least: float | None
    """The least that may be set; null for no bound."""
    most: float | None
    """The most that may be set."""


class RuleEntry(TypedDict):
    """One rule, or one of the findings that the program makes by itself."""

    id: str
    """By which it is selected, ignored, configured and silenced."""
    aliases: list[str]
    """Other names that it is known by."""
    origin: Literal["built-in", "program", "own"]
    """`program`: a finding about the file itself, without a rule file; `own`: of a pack."""
    file: str
    """The rule file of an own rule; empty for others."""
    subject: str
    """The folder that it is selected by, as `memory/`; empty for those of the program."""
    severity: Severity
    """Its own."""
    summary: str
    """The fault in one line."""
    why: str
    """Why it matters."""
    fix: str
    """What to do about it, facts in braces."""
    message: str
    """What is said, facts in braces; empty where it differs from case to case."""
    when: str
    """Whom it concerns: a condition; empty for every deployment."""
    require: str
    """What must hold: a condition; empty for those of the program."""
    at: list[str]
    """Keys of the deployment that it points at; the first that is written counts."""
    each: str
    """The fact that lists the places of its findings, in place of `at`."""
    facts: list[str]
    """What it compares; where one of these is unknown, it may not be checked."""
    fixable: Literal["no", "safe", "unsafe"]
    """Whether `--fix` mends it, or only with `--unsafe-fixes`."""
    suggested: bool
    """Whether its help is the smallest change with which the plan passes, where one is found."""
    parameters: list[ParameterEntry]
    """Figures that a configuration may change."""
    references: list[str]
    """Where its figures come from."""
    since: str
    """The version that it first appeared in; empty for those of the program."""
    passing: list[str]
    """Example deployments that it is silent on."""
    failing: list[str]
    """Example deployments that it speaks of, with its id as a comment on the lines of findings."""


class RulesReport(TypedDict):
    """What `llmlint rule --format json` prints. Within a version, fields are only added."""

    version: Literal[1]
    """Of this format."""
    rules: list[RuleEntry]
    """In the order asked for; all of them by subject and id, those of the program last."""


def rule_entry(loaded: Loaded, configured: Rule, *, own: bool) -> RuleEntry:
    """A rule of a file; `configured` has the parameters that count."""
    rule, data = loaded.rule, loaded.data
    examples: Any = data["examples"]
    conditions = [one for one in (rule.when, rule.require) if one is not None]
    return {
        "id": rule.id,
        "aliases": list(rule.aliases),
        "origin": "own" if own else "built-in",
        "file": whole(loaded.file) if own else "",
        "subject": whole(rule.subject),
        "severity": rule.severity,
        "summary": whole(rule.summary),
        "why": whole(str(data["why"])),
        "fix": whole(str(data["fix"])),
        "message": whole(str(data["message"])),
        "when": whole(rule.when.text) if rule.when is not None else "",
        "require": whole(rule.require.text),
        "at": [".".join(map(str, path)) for path in rule.at],
        "each": rule.each,
        "facts": list(dict.fromkeys(name for one in conditions for name in one.facts)),
        "fixable": "no" if rule.edit is None else "safe" if rule.edit.safe else "unsafe",
        "suggested": rule.suggested,
        "parameters": list(map(_parameter, configured.parameters, rule.parameters)),
        "references": list(map(whole, data.get("references") or ())),  # type: ignore[call-overload]
        "since": whole(str(data["since"])),
        "passing": list(map(whole, examples["pass"])),
        "failing": list(map(whole, examples["fail"])),
    }


def _parameter(now: Parameter, own: Parameter) -> ParameterEntry:
    kinds = {(0, 0): "number", (1, 0): "size", (0, 1): "duration", (1, -1): "rate"}
    return {
        "name": own.name,
        "what": whole(own.what),
        "kind": own.gives if isinstance(own.gives, str) else kinds.get(own.gives, taken(own)),
        "by": own.by,
        "value": now.value,
        "shown": now.shown,
        "default": own.shown,
        "least": own.least,
        "most": own.most,
    }


def program_entry(name: str, one: BuiltIn) -> RuleEntry:
    """A finding that the program makes by itself."""
    return {
        "id": name,
        "aliases": [],
        "origin": "program",
        "file": "",
        "subject": "",
        "severity": one.severity,
        "summary": one.summary,
        "why": one.why,
        "fix": one.fix,
        "message": "",
        "when": "",
        "require": "",
        "at": [],
        "each": "",
        "facts": [],
        "fixable": "no",
        "suggested": False,
        "parameters": [],
        "references": [],
        "since": "",
        "passing": [],
        "failing": [],
    }
