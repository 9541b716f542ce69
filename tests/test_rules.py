"""Every rule's examples, for ever: what passes is checked and silent, what fails is found on the lines that are marked.

The tests are those of any rule pack: `PACKS` lists the folders, the built-in rules among them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from llmlint import document, resources
from llmlint.catalog import Catalogue
from llmlint.document import comments
from llmlint.finding import Finding
from llmlint.linting import Plans, all_facts, read_plans
from llmlint.mistakes import mistakes
from llmlint.rule_file import Loaded, load_rule
from llmlint.rule_pack import read_pack
from llmlint.rulebook import Checked, check

ROOT = Path(resources.CHECKOUT)
PACKS = [resources.folder("rules"), os.fspath(ROOT / "examples" / "rules")]
RULES = {loaded.rule.id: loaded for pack in PACKS for loaded in read_pack(pack, {})}
CATALOGUE = Catalogue()
KEY_ORDER = (
    *("id", "aliases", "severity", "summary", "parameters", "when", "require", "at", "each", "message", "label"),
    *("notes", "why", "fix", "edit", "remedy", "references", "since", "examples"),
)
DESIGNED = {
    "error": """vram-too-small ram-too-small-for-model unified-memory-overcommitted machine-overcommitted
        ram-below-tier-minimum storage-below-tier-minimum storage-too-small-for-model tier-mismatch
        training-on-inference-machine model-not-downloadable needs-network-when-isolated
        kv-cache-does-not-fit context-exceeds-model-maximum context-exceeds-engine
        default-context-does-not-fit memory-fraction-too-low
        heads-not-divisible-by-tensor-parallel tensor-parallel-exceeds-gpus precision-unsupported-by-gpu
        quantization-flag-does-not-match-model unknown-flag removed-flag flag-value-invalid draft-model-does-not-fit
        accelerator-unsupported-by-engine""",
    "warning": """vram-headroom-small offload-slows-inference ram-too-small-to-offload storage-slow machine-unbalanced
        cpu-below-tier gpu-below-tier model-exceeds-tier precision-wasteful parameters-disagree model-unknown
        name-ambiguous accelerator-unknown instance-unknown power-supply-too-small concurrency-exceeds-kv-cache
        gpu-memory-utilization-too-high gpus-requested-but-unused offload-over-slow-link speed-below-target
        unified-memory-fraction-unsafe gpus-differ""",
    "info": """ram-below-tier-recommended training-out-of-scope cpu-only-is-slow precision-loses-accuracy
        cooling-unstated""",
}


def examples(kind: str) -> list[ParameterSet]:
    return [
        pytest.param(loaded, text, id=f"{rule_id}-{kind}-{position}")
        for rule_id, loaded in RULES.items()
        for position, text in enumerate(literals(loaded, kind), 1)
    ]


def literals(loaded: Loaded, kind: str) -> list[str]:
    """The deployments among a rule's examples that shall `pass`, or `fail`."""
    return loaded.data["examples"][kind]  # type: ignore[index,no-any-return]


def outcome(loaded: Loaded, text: str) -> Checked:
    """What one rule says of an example, all of whose documents must be deployments that fit the schema."""
    read = readable(text)
    together = Checked([], [])
    for facts in all_facts(read.plans, CATALOGUE, "example.yaml"):
        checked = check([loaded.rule], facts, "example.yaml")
        together.findings.extend(checked.findings)
        together.not_checked.extend(checked.not_checked)
    return together


def readable(text: str) -> Plans:
    read = read_plans(text.encode(), "example.yaml")
    assert read.findings == [], "an example is free of syntax and schema findings"
    assert len(read.plans) >= 1
    assert len(read.plans) == read.recognised
    for plan in read.plans:
        if plan.format == "native":
            assert mistakes("deployment", plan.document.data) == []
    return read


def marked_lines(loaded: Loaded, text: str) -> list[int]:
    """Lines with a trailing comment that holds the rule's id; in order."""
    source = document.read(text.encode())
    return [
        comment.line
        for comment in comments(source, loaded.rule.id)
        if not comment.alone and comment.text.lstrip("# ") == loaded.rule.id
    ]


def said(finding: Finding) -> Iterator[str]:
    yield from (finding.message, finding.label, *finding.notes, finding.help)


@pytest.mark.parametrize(("loaded", "text"), examples("pass"))
def test_silent_on_passing_examples(loaded: Loaded, text: str) -> None:
    assert outcome(loaded, text).findings == []
    assert marked_lines(loaded, text) == []


@pytest.mark.parametrize(("loaded", "text"), examples("fail"))
def test_speaks_on_the_marked_lines_of_failing_examples(loaded: Loaded, text: str) -> None:
    checked = outcome(loaded, text)
    assert sorted(finding.span.line for finding in checked.findings) == marked_lines(loaded, text)
    assert checked.findings, "a failing example marks at least one line"
    for finding in checked.findings:
        assert (finding.rule, finding.severity) == (loaded.rule.id, loaded.rule.severity)


@pytest.mark.parametrize(("loaded", "text"), examples("fail"))
def test_says_it_in_words_that_can_be_used(loaded: Loaded, text: str) -> None:
    for finding in outcome(loaded, text).findings:
        assert finding.message
        assert finding.help
        assert all(finding.notes), "no note is empty"
        for words in said(finding):
            assert not re.search(r"\bunknown\b|\bNone\b|[{}]|  ", words), words
            assert words == words.strip()
            assert len(words.splitlines()) <= 3


@pytest.mark.parametrize("loaded", RULES.values(), ids=RULES)
def test_some_passing_example_is_checked(loaded: Loaded) -> None:
    """Silence for want of facts is not what a passing example is for, or not it alone."""
    passing = literals(loaded, "pass")
    assert any(not outcome(loaded, text).not_checked for text in passing)


@pytest.mark.parametrize("loaded", RULES.values(), ids=RULES)
def test_form_of_the_file(loaded: Loaded) -> None:
    data = loaded.data
    assert list(data) == [key for key in KEY_ORDER if key in data], "keys in the usual order"
    assert len(literals(loaded, "pass")) >= 2
    assert len(literals(loaded, "fail")) >= 2
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(data["since"]))
    assert not str(data["summary"]).endswith(".")
    assert not str(data["message"]).endswith(".")


@pytest.mark.parametrize("loaded", RULES.values(), ids=RULES)
def test_references_lead_to_headings(loaded: Loaded) -> None:
    references = loaded.data["references"]
    assert isinstance(references, list)
    assert references
    for reference in references:
        file, _, anchor = str(reference).partition("#")
        assert anchor in headings(ROOT / file), reference


def headings(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_pack_is_the_one_that_was_designed() -> None:
    expected = {rule_id: severity for severity, ids in DESIGNED.items() for rule_id in ids.split()}
    assert {rule_id: loaded.rule.severity for rule_id, loaded in RULES.items() if rule_id in expected} == expected


def test_a_pack_of_ones_own_is_tested_the_same_way(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "too-many-cards.yaml").write_text(OWN_RULE, encoding="utf-8")
    loaded = load_rule(os.fspath(folder / "too-many-cards.yaml"))
    for text in literals(loaded, "pass"):
        test_silent_on_passing_examples(loaded, text)
    for text in literals(loaded, "fail"):
        test_speaks_on_the_marked_lines_of_failing_examples(loaded, text)
        test_says_it_in_words_that_can_be_used(loaded, text)


OWN_RULE = """\
id: too-many-cards
severity: warning
summary: More cards than our racks hold
require: gpu.count <= 4
at: machine.gpus
message: "{gpu.count} cards, the rack holds 4"
why: The racks are what they are.
fix: take fewer, larger cards
since: 0.1.0
examples:
  pass:
    - |
      model: {parameters: 8B}
      machine: {gpus: [{name: L4, count: 4}]}
  fail:
    - |
      model: {parameters: 8B}
      machine:
        gpus:
          - {name: L4, count: 3}  # too-many-cards
          - {name: L40S, count: 2}
"""
