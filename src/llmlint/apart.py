"""Tells each thing once where several files of a run make up one deployment: where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmlint import rulebook
from llmlint.facts import Facts

if TYPE_CHECKING:
    from llmlint.catalog import Catalogue
    from llmlint.finding import Finding
    from llmlint.rule import Rule
    from llmlint.unit import Unit


def untold(findings: Sequence[Finding], facts: Facts, rules: Sequence[Rule], told: Told) -> list[Finding]:
    """The findings of a deployment without those that other files of the run tell."""
    unit = facts.plan.unit
    if unit is None or not (unit.apart or unit.told):
        return list(findings)
    elsewhere = told.of(unit.apart, rules)
    return [
        one
        for one in findings
        if (one.rule, one.message) not in elsewhere and one.elsewhere.rpartition(":")[0] not in unit.told
    ]


class Told:
    """What is wrong with units of other files, each group of them worked out once."""

    def __init__(self, catalogue: Catalogue, folder: str, file: str) -> None:
        self._catalogue, self._folder, self._file = catalogue, folder, file
        self._known: dict[int, frozenset[tuple[str, str]]] = {}

    def of(self, units: Sequence[Unit], rules: Sequence[Rule]) -> frozenset[tuple[str, str]]:
        """Rule and message of each finding that their own files tell."""
        if id(units) not in self._known:
            self._known[id(units)] = frozenset(self._findings(units, rules))
        return self._known[id(units)]

    def _findings(self, units: Sequence[Unit], rules: Sequence[Rule]) -> list[tuple[str, str]]:
        from llmlint.readers.bounded import bounded

        together: list[Facts] = []
        for position, plan in enumerate(bounded(units)[0]):
            together.append(Facts(plan, self._catalogue, self._folder, together, position))
        return [
            (one.rule, one.message)
            for facts in together
            for one in untold(rulebook.check(rules, facts, self._file).findings, facts, rules, self)
        ]
