"""The rules of a run in words, read from their files for reports that explain them."""

from __future__ import annotations

import os
from typing import Any

from llmlint import document, resources
from llmlint.compiled.rules import RULES
from llmlint.reports.described import Described
from llmlint.rule import Rule
from llmlint.settings import Checkings


def described(checkings: Checkings) -> list[Described]:
    """Every rule that is checked somewhere in the run, by its id."""
    ours = {rule.id for rule in RULES}
    rules = checkings.rules()
    teams = _of_packs(checkings) if any(rule.id not in ours for rule in rules) else {}
    return [
        _described(rule, _own(rule) if rule.id in ours else teams.get(rule.id, {}), rule.id in ours) for rule in rules
    ]


def _own(rule: Rule) -> dict[str, Any]:
    """A built-in rule's file as data; it was checked when the program was built."""
    with open(os.path.join(resources.folder("rules"), rule.subject, f"{rule.id}.yaml"), "rb") as file:
        data = document.read(file.read()).documents[0].data
    return data if isinstance(data, dict) else {}


def _of_packs(checkings: Checkings) -> dict[str, dict[str, Any]]:
    from llmlint.rule_pack import ids_in_use, read_pack

    taken = ids_in_use(RULES)
    return {loaded.rule.id: loaded.data for pack in checkings.packs() for loaded in read_pack(pack, taken)}


def _described(rule: Rule, data: dict[str, Any], ours: bool) -> Described:
    return Described(
        id=rule.id,
        severity=rule.severity,
        summary=rule.summary,
        why=str(data.get("why", "")),
        fix=str(data.get("fix", "")),
        subject=rule.subject,
        ours=ours,
        aliases=rule.aliases,
    )
