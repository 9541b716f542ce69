"""`llmlint facts`: what is known of a deployment, and from where; without a file, the list of all facts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from llmlint.cli.check import CLEAN
from llmlint.cli.options import Options
from llmlint.cli.plan import as_printable, outcome
from llmlint.cli.problems import guarded, tell_all
from llmlint.facts import Facts
from llmlint.facts.registry import FactEntry, kind_name, registry, shown_name
from llmlint.reading import facts_of
from llmlint.rule import shown_value
from llmlint.rulebook import written


def list_facts(format: str) -> int:
    """All facts with their documentation."""
    return guarded(lambda: _list(format))


def _list(format: str) -> int:
    entries = registry().values()
    if format == "json":
        told = [
            {
                "name": one.name,
                "kind": kind_name(one),
                "takes": one.takes,
                "documentation": one.documentation,
                "keys": one.keys,
            }
            for one in entries
        ]
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return CLEAN
    for one in entries:
        documentation = " ".join(one.documentation.split())
        sys.stdout.write(f"{shown_name(one)} ({kind_name(one)})\n    {documentation}\n")
    return CLEAN


def show_facts(options: Options, format: str) -> int:
    """The facts of each deployment of a file, unknown ones with the keys to write."""
    return guarded(lambda: _show(options, format))


def _show(options: Options, format: str) -> int:
    told: list[dict[str, Any]] = []
    broken = unusable = False
    for file, together, findings, unreadable in facts_of(options):
        tell_all(file, findings, unreadable)
        broken = broken or bool(findings)
        unusable = unusable or bool(unreadable)
        told += [_deployment(facts, file) for facts in together]
    if format == "json":
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_text(as_printable(one)) for one in told))
    return outcome(bool(told), broken, unusable)


def _deployment(facts: Facts, file: str) -> dict[str, Any]:
    entries = [_entry(facts, one) for one in registry().values() if one.kind is not None and one.shown != "words"]
    return {"file": file, "document": facts.plan.document.index, "name": facts.deployment.name, "facts": entries}


def _entry(facts: Facts, one: FactEntry) -> dict[str, Any]:
    value = attrgetter(one.name)(facts)
    shown = shown_value(value, one.shown)
    return {
        "name": one.name,
        "value": value,
        "shown": shown,
        "source": _source(facts, one),
        "keys": _missing(facts, value, one),
    }


def _missing(facts: Facts, value: object, one: FactEntry) -> Sequence[str]:
    return [key for key in one.keys if not written(facts, key)] if value is None else []


def _source(facts: Facts, one: FactEntry) -> str:
    """Where a known fact comes from: the line of the key that states it, else what it was worked out from."""
    for key in () if one.name == "model.catalogue_parameters" else one.keys:
        if written(facts, key):
            return f"line {facts.plan.place([tuple(key.split('.'))]).span.line}"
    group = one.name.partition(".")[0]
    if group == "model" and facts.model.match is not None and facts.model.match.row is not None:
        return f"catalogue: {facts.model.match.row.id}"
    if facts.machine.row is not None and one.keys and one.keys[0].startswith("machine."):
        return f"catalogue: {facts.machine.row.id}"
    return "worked out"


def _text(told: dict[str, Any]) -> str:
    label = f" {told['name']}" if told["name"] else ""
    lines = [f"{told['file']}, document {told['document'] + 1}{label}"]
    width = max(len(entry["name"]) for entry in told["facts"])
    for entry in told["facts"]:
        if entry["value"] is None:
            hint = f"write {' or '.join(entry['keys'])}" if entry["keys"] else "does not apply"
            lines.append(f"  {entry['name']:<{width}}  unknown ({hint})")
        else:
            lines.append(f"  {entry['name']:<{width}}  {entry['shown'] or '–'}  [{entry['source']}]")
    return "\n".join(lines) + "\n"
