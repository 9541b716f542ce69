"""SARIF 2.1.0, complete for GitHub code scanning: rules with their help, fingerprints, paths in the repository."""

from __future__ import annotations

import json
from typing import IO, Any

from llmlint.finding import SEVERITIES, FileResult
from llmlint.reports import ReportOptions, shown
from llmlint.reports.described import Described, built_in
from llmlint.reports.fingerprint import Fingerprints, line_hashes
from llmlint.reports.printable import printable
from llmlint.reports.sarif_result import LEVELS, result_entry, uri
from llmlint.reports.sarif_rules import rule_entry
from llmlint.reports.summary import Summary
from llmlint.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 25_000
"""GitHub refuses a run with more, and keeps the 5,000 heaviest of these."""


def begin(out: IO[str], options: ReportOptions) -> SarifReport:
    """Begin a log of one run."""
    return SarifReport(out, options)


class SarifReport:
    """Keeps results until the end, since the heaviest are what is kept where there are too many."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out, self._options = out, options
        self._results: list[dict[str, Any]] = []
        self._fingerprints = Fingerprints()
        self._left_out = 0
        self._faults = False

    def file(self, result: FileResult) -> None:
        """Keep a file's findings."""
        findings = shown(result.findings, self._options.min_severity)
        if not findings:
            return
        self._faults = self._faults or any(finding.rule == "internal-error" for finding in findings)
        hashes = line_hashes(result.data) if result.data or not result.text else []
        for finding in findings:
            place = self._options.place(finding.file)
            entry = result_entry(finding, result.text, place)
            line = finding.span.line
            known = {"primaryLocationLineHash": hashes[line - 1]} if line <= len(hashes) else {}
            entry["partialFingerprints"] = known | {"llmlint/v1": self._fingerprints.of(finding, place)}
            self._results.append(entry)
        if len(self._results) > 2 * MOST_RESULTS:
            self._keep_the_heaviest()

    def _keep_the_heaviest(self) -> None:
        weights = [LEVELS[severity] for severity in SEVERITIES]
        heaviest = sorted(range(len(self._results)), key=lambda one: (weights.index(self._results[one]["level"]), one))
        kept = sorted(heaviest[:MOST_RESULTS])
        self._left_out += len(self._results) - len(kept)
        self._results = [self._results[one] for one in kept]

    def end(self, summary: Summary) -> None:
        """Write the log."""
        self._keep_the_heaviest()
        rules = self._rules()
        positions = {rule.id: position for position, rule in enumerate(rules)}
        for entry in self._results:
            entry["ruleIndex"] = positions[entry["ruleId"]]
        run = {
            "tool": {"driver": _driver(rules)},
            "automationDetails": {"id": "llmlint/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [self._invocation(summary)],
            "results": self._results,
        }
        json.dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, self._out, indent=1, allow_nan=False)
        self._out.write("\n")

    def _rules(self) -> list[Described]:
        """Those that were checked and those that were found, by id."""
        found = {entry["ruleId"]: Described(entry["ruleId"], "warning", entry["ruleId"]) for entry in self._results}
        known = {rule.id: rule for rule in (*built_in(), *self._options.rules())}
        return [rule for _, rule in sorted((found | known).items())]

    def _invocation(self, summary: Summary) -> dict[str, Any]:
        told = [
            _notification("error", f"{printable(file)}: {printable(why)}", self._options.place(file))
            for file, why in summary.unreadable
        ]
        if summary.failure:
            told.append(_notification("error", f"the run was ended: {printable(summary.failure)}"))
        if self._left_out:
            told.append(_notification("warning", f"{self._left_out} findings of less weight are not listed"))
        failed = bool(summary.unreadable or summary.failure or self._faults)
        return {"executionSuccessful": not failed, "toolExecutionNotifications": told}


def _driver(rules: list[Described]) -> dict[str, Any]:
    return {"name": "llmlint", "semanticVersion": __version__, "rules": [rule_entry(rule) for rule in rules]}


def _notification(level: str, text: str, place: str | None = None) -> dict[str, Any]:
    location = {} if place is None else {"locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(place)}}}]}
    return {"level": level, "message": {"text": text}} | location
