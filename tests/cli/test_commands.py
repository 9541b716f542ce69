"""The commands that show things: plan, facts, rule, catalog, schema, version."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from llmlint.builtin import BUILT_IN
from llmlint.cli.commands import SCHEMAS
from llmlint.compiled.rules import RULES
from llmlint.facts.registry import registry
from llmlint.resources import schema_text

from .command import BAD, GOOD, ROOT, SMALL, installed, llmlint

HOSTILE = 'model: "x\\e[2J\\n::error::y"\nname: "\\e]0;own\\a"\nprecision: int4\nmachine: {gpus: ["\\e[31m"]}\n'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_plan_is_of_its_schema() -> None:
    code, out, err = llmlint("plan", "--format", "json", ROOT / "examples" / "good")
    plans = json.loads(out)
    assert (code, err) == (0, "")
    assert len(plans["plans"]) >= 2
    jsonschema.validate(plans, json.loads(schema_text("plan")))


def test_plan_shows_a_ledger_with_a_bar() -> None:
    code, out, _ = llmlint("plan", BAD)
    assert code == 0
    assert "weights" in out
    assert "total" in out
    assert "[███" in out
    assert "verdict: does not fit (method: engine)" in out


def test_plan_of_several_files_and_documents(tree: Path) -> None:
    (tree / "two.yaml").write_text(f"name: a\n{SMALL}---\nname: b\n{SMALL}", encoding="utf-8")
    plans = json.loads(llmlint("plan", "--format", "json", ".").out)["plans"]
    assert [(one["file"], one["document"], one["name"]) for one in plans] == [
        ("deploy.yaml", 0, None),
        ("two.yaml", 0, "a"),
        ("two.yaml", 1, "b"),
    ]
    assert "two.yaml (document 2): b:" in llmlint("plan", ".").out


@pytest.mark.parametrize("command", ["plan", "facts"])
def test_files_that_cannot_be_shown(command: str, tree: Path) -> None:
    (tree / "broken.yaml").write_text("model: llama\nprecision: int5\n", encoding="utf-8")
    (tree / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    code, _, err = llmlint(command, "broken.yaml")
    assert code == 1
    assert err.startswith("broken.yaml:2:12: 'int5' is not one of the choices")
    assert llmlint(command, "nowhere.yaml").code == 2
    (tree / "folder").mkdir()
    code, _, err = llmlint(command, "folder")
    assert (code, err) == (3, "llmlint: nothing recognised as a deployment\n")


def test_plan_shows_what_it_can(tree: Path) -> None:
    (tree / "a-broken.yaml").write_text("model: llama\nprecision: int5\n", encoding="utf-8")
    code, out, _ = llmlint("plan", ".")
    assert code == 1
    assert "deploy.yaml" in out


@pytest.mark.parametrize("command", [["plan"], ["facts"], ["plan", "--color", "always"], ["check"]])
def test_nothing_of_a_file_reaches_the_terminal_raw(command: list[str], tree: Path) -> None:
    (tree / "deploy.yaml").write_text(HOSTILE, encoding="utf-8")
    outcome = installed(*command, "deploy.yaml", folder=tree)
    assert outcome.code in (0, 1)
    assert "\x1b[2J" not in outcome.out
    assert "\x1b]" not in outcome.out
    assert "\x1b[31m:" not in outcome.out
    assert not any(line.startswith("::") for line in outcome.out.splitlines())


def test_facts_say_what_is_known_and_from_where() -> None:
    out = llmlint("facts", GOOD).out
    lines = {line.split()[0]: line for line in out.splitlines() if line.startswith("  ")}
    assert "catalogue: meta-llama/Llama-3.1-70B-Instruct" in lines["model.parameters"]
    assert "[line " in lines["ram.total"]
    assert "[line " in lines["precision.weights"]


def test_facts_say_where_to_write_what_is_not_known(tree: Path) -> None:
    (tree / "deploy.yaml").write_text("model: {parameters: 8B}\nprecision: int4\n", encoding="utf-8")
    out = llmlint("facts", "deploy.yaml").out
    assert "unknown (write machine.ram" in out
    told = json.loads(llmlint("facts", "--format", "json", "deploy.yaml").out)
    entries = {one["name"]: one for one in told[0]["facts"]}
    assert entries["vram.total"]["value"] is None
    assert "machine.gpus" in entries["vram.total"]["keys"]
    assert entries["model.parameters"]["value"] == 8 * 10**9


def test_facts_without_a_file_are_listed() -> None:
    names = {one["name"] for one in json.loads(llmlint("facts", "--format", "json").out)}
    assert names == set(registry())
    assert "vram.total (size)" in llmlint("facts").out


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_printed_as_they_are_committed(name: str) -> None:
    assert llmlint("schema", name).out == (ROOT / "schemas" / f"{name}.json").read_text(encoding="utf-8")


def test_catalog_finds() -> None:
    code, out, _ = llmlint("catalog", "models", "llama", "3.1", "70b")
    assert code == 0
    assert out.splitlines()[0].startswith("meta-llama/Llama-3.1-70B")
    assert "24.0 GiB" in llmlint("catalog", "accelerators", "4090").out
    assert "L4" in llmlint("catalog", "machines", "g6.xlarge").out.upper()
    rows = json.loads(llmlint("catalog", "models", "llama", "--format", "json").out)
    assert rows[0]["id"]


def test_catalog_says_what_comes_near() -> None:
    code, out, err = llmlint("catalog", "accelerators", "RTX", "4900")
    assert (code, out) == (1, "")
    assert "did you mean" in err


def test_catalogues_of_ones_own_come_from_the_configuration(tree: Path) -> None:
    (tree / "ours.yaml").write_text("models: [{id: our/model-9b, params: 9B}]\n", encoding="utf-8")
    (tree / ".llmlint.yaml").write_text("catalogue: ours.yaml\n", encoding="utf-8")
    assert "our/model-9b" in llmlint("catalog", "models", "our").out
    (tree / "deploy.yaml").write_text(SMALL.replace("{parameters: 8B}", "our/model-9b"), encoding="utf-8")
    assert "9.00 B parameters" in llmlint("plan", "deploy.yaml").out.replace("9 B parameters", "9.00 B parameters")


def test_a_broken_catalogue_is_an_error_at_its_place(tree: Path) -> None:
    (tree / "ours.yaml").write_text("models:\n  - {id: x, parms: 9B}\n", encoding="utf-8")
    code, _, err = llmlint("--catalogue", "ours.yaml", "deploy.yaml")
    assert code == 2
    assert err.startswith("ours.yaml:2:")


def test_about() -> None:
    told = json.loads(llmlint("version", "--format", "json").out)
    assert told["yaml"] in ("C", "pure Python")
    assert told["rules"].split(",")[0].isdecimal()


def test_rules_as_json(tree: Path) -> None:
    """Everything a tool needs, in the shape of its schema, with the figures that count here."""
    (tree / ".llmlint.yaml").write_text("parameters: {vram-headroom-small: {headroom: 20 %}}\n", encoding="utf-8")
    code, out, err = llmlint("rule", "--format", "json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    jsonschema.validate(told, json.loads(schema_text("rules")))
    entries = {one["id"]: one for one in told["rules"]}
    assert set(entries) == {rule.id for rule in RULES} | set(BUILT_IN)
    assert entries["vram-headroom-small"]["parameters"][0]["value"] == pytest.approx(0.2)
    assert entries["vram-headroom-small"]["parameters"][0]["default"] == "10 %"
    assert all(one["passing"] and one["failing"] for one in told["rules"] if one["origin"] != "program")
    one = json.loads(llmlint("rule", "--format", "json", "vram-headroom-small", "syntax").out)["rules"]
    assert [each["id"] for each in one] == ["vram-headroom-small", "syntax"]
    code, out, err = llmlint("rule", "--format", "json", "vram-headrom-small")
    assert code == 2
    assert json.loads(out)["rules"] == []
    assert "did you mean vram-headroom-small" in err


def test_a_rule_page_shows_what_a_configuration_may_change(tree: Path) -> None:
    assert "headroom: 10 %\n" in llmlint("rule", "vram-headroom-small").out
    (tree / ".llmlint.yaml").write_text("parameters: {vram-headroom-small: {headroom: 20 %}}\n", encoding="utf-8")
    assert "headroom: 20 % (configured; the rule's own: 10 %)" in llmlint("rule", "vram-headroom-small").out
