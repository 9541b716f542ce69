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
from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES as BUILT_IN
from llmlint.edit import Change, edited, value_at
from llmlint.finding import FileResult, Finding
from llmlint.linting import Settings, lint
from llmlint.quantity import storage
from llmlint.rule_file import Loaded
from llmlint.suggest.findings import Remedies
from tests.test_rules import RULES, examples, outcome

SETTINGS = Settings(BUILT_IN, Catalogue(), frozenset())

SHORTHANDS = {"model": "id", "precision": "weights", "engine": "name", "machine": "instance"}
SIZE = r"(\d+(?:\.\d+)?\s?[KMGT]?B)"
Data = dict[str, Any]
Doing = Callable[[Data, re.Match[str]], None]


def part(data: Data, key: str) -> Data:
    """A part of the deployment as a mapping, put there if it is missing or written in one value."""
    written = data.get(key)
    if not isinstance(written, dict):
        data[key] = {} if written is None else {SHORTHANDS[key]: written}
    found: Data = data[key]
    return found


def setting(key: str, name: str) -> Doing:
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


CHANGES: dict[str, Doing] = {
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


def offers(finding: Finding) -> list[tuple[Doing, re.Match[str]]]:
    """The changes that the help names, in words that are known."""
    return [
        (change, match) for words, change in CHANGES.items() for match in re.finditer(words, finding.help, re.MULTILINE)
    ]


def places(findings: list[Finding]) -> set[tuple[object, ...]]:
    return {(one.document, one.path) for one in findings}


def changed(text: str, finding: Finding, change: Doing, match: re.Match[str]) -> str | None:
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


def helped(data: bytes, remedies: Remedies | None = None, file: str = "example.yaml") -> FileResult:
    """The findings of a file, with the remedies that are found by search."""
    return (remedies or Remedies()).found(lint(data, file, SETTINGS), data, SETTINGS)


@pytest.mark.parametrize(("loaded", "text"), examples("fail"))
def test_what_is_suggested_mends_it(loaded: Loaded, text: str) -> None:
    """The edits that programs are told, made one by one, are what the diff shows, and the finding is gone."""
    for finding in helped(text.encode()).findings:
        for remedy in finding.remedies:
            changes = [Change(edit.path, edit.new) for edit in remedy.edits]  # type: ignore[arg-type]  # a value of YAML
            after = edited(text, finding.document, changes)
            assert after is not None
            assert (remedy.before, remedy.after, remedy.file) == (text, after, "example.yaml")
            errors = [
                one.rule
                for one in lint(after.encode(), "example.yaml", SETTINGS).findings
                if one.severity == "error" and one.document == finding.document
            ]
            assert sorted(set(errors)) == list(remedy.left)
            assert finding.rule not in errors
            old = {edit.path: edit.old for edit in remedy.edits}
            data = document.read(text.encode()).documents[finding.document].data
            assert all(old[path] == value_at(data, path) for path in old)


def test_rules_that_ask_for_suggestions_get_some() -> None:
    """Each of them shows one in some example; those of less weight than error would never get one."""
    asking = {loaded.rule.id for loaded in RULES.values() if loaded.rule.suggested}
    texts = [one.values[1] for one in examples("fail")]
    shown = {finding.rule for text in texts for finding in helped(str(text).encode()).findings if finding.remedies}
    assert shown == asking
    assert {loaded.rule.severity for loaded in RULES.values() if loaded.rule.suggested} == {"error"}


BESIDES = """\
model: meta-llama/Llama-3.1-70B-Instruct
engine: {name: vllm, args: [--foo]}
precision: fp16
machine: {gpus: A100 80GB}
"""
"""Too large, and with an argument that nobody can guess."""


def test_what_nothing_mends_is_said_to_stay() -> None:
    unknown, large = sorted(helped(BESIDES.encode()).findings, key=lambda one: one.span)
    assert (unknown.rule, unknown.remedies) == ("unknown-flag", ())
    assert large.help.endswith("this error is gone then, unknown-flag stays")
    assert {remedy.left for remedy in large.remedies} == {("unknown-flag",)}


def test_the_search_of_a_run_ends_and_the_rules_words_stay() -> None:
    remedies = Remedies(lints=3)
    first, second = helped(BESIDES.encode(), remedies), helped(BESIDES.encode(), remedies)
    assert not first.unsearched
    assert second.unsearched
    assert second == lint(BESIDES.encode(), "example.yaml", SETTINGS)._replace(unsearched=True)
    assert helped(BESIDES.encode()) == helped(BESIDES.encode()), "and without a bound it is the same every time"


def test_nothing_is_suggested_for_what_cannot_be_edited() -> None:
    data = BESIDES.encode("utf-16")
    assert helped(data).findings == lint(data, "example.yaml", SETTINGS).findings


def test_the_words_are_those_of_the_rules() -> None:
    """Every form of words is met in some example; one that is not would test nothing."""
    helps = "\n".join(finding.help for one in examples("fail") for finding in outcome(*one.values).findings)  # type: ignore[arg-type]
    assert [words for words in CHANGES if not re.search(words, helps, re.MULTILINE)] == []


@pytest.mark.parametrize(
    ("machine", "close"), [("ram: 32GB, gpus: M4 Max, unified_memory: true", True), ("gpus: L4", False)]
)
def test_a_machine_that_shares_its_memory_is_said_to_be_tight(machine: str, close: bool) -> None:
    text = f"model: meta-llama/Llama-3.3-70B-Instruct\nprecision: q4_k_m\nengine: mlx\nmachine: {{{machine}}}\n"
    words = [finding.help or "" for finding in helped(text.encode()).findings if finding.remedies]
    assert words
    assert all(("little of the memory that CPU and GPU share is to spare" in help) == close for help in words)
