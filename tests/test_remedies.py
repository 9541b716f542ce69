"""What a finding's help offers is done to the deployment, each change by itself: a finding must be gone.

The changes are read off the words that people read, so that a remedy that does not work cannot hide behind them.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from llmlint import document
from llmlint.finding import Finding
from llmlint.quantity import storage
from llmlint.rule_file import Loaded
from tests.test_rules import examples, outcome

SHORTHANDS = {"model": "id", "precision": "weights", "engine": "name", "machine": "instance"}
SIZE = r"(\d+(?:\.\d+)?\s?[KMGT]?B)"
Data = dict[str, Any]
Change = Callable[[Data, re.Match[str]], None]


def part(data: Data, key: str) -> Data:
    """A part of the deployment as a mapping, put there if it is missing or written in one value."""
    written = data.get(key)
    if not isinstance(written, dict):
        data[key] = {} if written is None else {SHORTHANDS[key]: written}
    found: Data = data[key]
    return found


def setting(key: str, name: str) -> Change:
    """Writes what was matched under `key.name`."""

    def change(data: Data, match: re.Match[str]) -> None:
        part(data, key)[name] = match[1]

    return change


def more_cards(data: Data, match: re.Match[str]) -> None:
    """So many of the cards of the deployment's one kind, if it is this document that describes the machine."""
    machine = part(data, "machine")
    if "gpus" not in machine:
        return
    (card,) = machine["gpus"] if isinstance(machine["gpus"], list) else [machine["gpus"]]
    machine["gpus"] = [{**(card if isinstance(card, dict) else {"name": card}), "count": int(match[1])}]


def one_card(data: Data, match: re.Match[str]) -> None:
    part(data, "machine")["gpus"] = [{"memory": match[1]}]


def other_instance(data: Data, match: re.Match[str]) -> None:
    part(data, "machine")["instance"] = match[1]


def more_storage(data: Data, match: re.Match[str]) -> None:
    """More than is written, if anything is; the disk of an instance type is not."""
    machine = part(data, "machine")
    written = machine.get("storage")
    if written is None:
        return
    device = dict(written) if isinstance(written, dict) else {"capacity": written}
    free = storage(device.get("free") or device["capacity"]) + storage(match[1])
    machine["storage"] = {**device, "free": f"{free}B"}


def smaller_model(data: Data, match: re.Match[str]) -> None:
    data["model"] = {"parameters": f"{match[1]}B"}


CHANGES: dict[str, Change] = {
    r"\bprecision:? ([\w-]+)": setting("precision", "weights"),
    r"^([\w-]+) still fits": setting("precision", "weights"),
    rf"\bram:? {SIZE}": setting("machine", "ram"),
    r"\bcpu: ([^,;]+) or newer": setting("machine", "cpu"),
    r"\bpsu: (\d+(?:\.\d+)? W)": setting("machine", "psu"),
    r"\btier: (\w+)": setting("machine", "tier"),
    r"(?<!which )\b(\d+) × [^,;]+ \([\d.]+ [MGT]iB\)": more_cards,
    rf"\ba GPU of {SIZE}": one_card,
    r"(?<!which )\binstance (\S+) \(": other_instance,
    rf"\banother {SIZE} of free storage": more_storage,
    r"\bof at most (\d+) B parameters": smaller_model,
    r"(?<!write `)\bparameters: ([\d.]+B)": setting("model", "parameters"),
    r"\bwrite `parameters: ([\d.]+B)`": setting("model", "parameters"),
    r"^purpose: (inference)": setting("workload", "purpose"),
    r"`source: (local)`": setting("model", "source"),
    r"\bworkload\.offload: (cpu)": setting("workload", "offload"),
}
"""How the words of remedies are carried out."""


def offers(finding: Finding) -> list[tuple[Change, re.Match[str]]]:
    """The changes that the help names, in words that are known."""
    return [
        (change, match) for words, change in CHANGES.items() for match in re.finditer(words, finding.help, re.MULTILINE)
    ]


def places(findings: list[Finding]) -> set[tuple[object, ...]]:
    return {(one.document, one.path) for one in findings}


def changed(text: str, finding: Finding, change: Change, match: re.Match[str]) -> str | None:
    """The example with one change made in the document of the finding; None if there was nothing to change."""
    documents = [one.data for one in document.read(text.encode()).documents]
    data = copy.deepcopy(documents[finding.document])
    assert isinstance(data, dict)
    change(data, match)
    if data == documents[finding.document]:
        return None
    documents[finding.document] = data
    return "\n---\n".join(map(json.dumps, documents)) + "\n"  # JSON is YAML


@pytest.mark.parametrize(("loaded", "text"), examples("fail"))
def test_what_the_help_offers_mends_it(loaded: Loaded, text: str) -> None:
    before = outcome(loaded, text).findings
    for finding in before:
        for change, match in offers(finding):
            after = changed(text, finding, change, match)
            assert after is None or places(before) - places(outcome(loaded, after).findings), match[0]


def test_the_words_are_those_of_the_rules() -> None:
    """Every form of words is met in some example; one that is not would test nothing."""
    helps = "\n".join(finding.help for one in examples("fail") for finding in outcome(*one.values).findings)  # type: ignore[arg-type]
    assert [words for words in CHANGES if not re.search(words, helps, re.MULTILINE)] == []
