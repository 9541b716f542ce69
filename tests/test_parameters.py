"""Parameters of rules: how figures are read, what a configuration may set, and that conditions and remedies follow."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.compiled.rules import RULES
from llmlint.parameters import NotAFigure, changed, figure, with_parameters
from llmlint.rule import Condition, Parameter, Rule
from llmlint.rule_file import InvalidRule, load_rule

from .cli.command import llmlint

BY_ID = {rule.id: rule for rule in RULES}
TEAMS = [rule for rule in RULES if rule.parameters]
TIGHT = "model: {parameters: 70B}\nprecision: int4\nmachine: {gpus: [RTX 6000 Ada]}\n"
"""Leaves 11 of 51 GB free."""
TIERED = "model: {parameters: 1B}\nmachine: {tier: mid, ram: 48GB, gpus: [L4], storage: {free: 500GB}}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy.yaml").write_text(TIGHT, encoding="utf-8")
    (tmp_path / "tiered.yaml").write_text(TIERED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(file: str, config: str) -> dict[str, str]:
    """Message of each finding by its rule."""
    Path(".llmlint.yaml").write_text(config, encoding="utf-8")
    told = llmlint("--format", "json", "--min-severity", "info", file)
    assert told.code in (0, 1), told.err
    return {one["rule"]: f"{one['message']}; {one['help']}" for one in json.loads(told.out)["findings"]}


def refused(config: str) -> str:
    Path(".llmlint.yaml").write_text(config, encoding="utf-8")
    told = llmlint("deploy.yaml")
    assert told.code == 2
    return told.err


@pytest.mark.parametrize(
    ("written", "value", "shown"),
    [
        ("32 GB", 32 * 10**9, "32 GB"),
        ("2TB", 2 * 10**12, "2 TB"),
        ("16GiB", 16 * 2**30, "16 GiB"),
        ("10 %", 0.1, "10 %"),
        ("12.5%", 0.125, "12.5 %"),
        ("90 s", 90, "90 s"),
        (1.2, 1.2, "1.2"),
        (8, 8, "8"),
        ("8", 8, "8"),
        (True, True, "yes"),
        ("nvme", "nvme", "nvme"),
    ],
)
def test_figures(written: object, value: object, shown: str) -> None:
    read = figure(written)
    assert read.value == pytest.approx(value) if isinstance(value, float) else read.value == value
    assert read.shown == shown


@pytest.mark.parametrize(
    "written",
    ["32 gb", "1e3", "3 GB + 1 GB", "9" * 40, "", None, [], {}, -1, float("nan"), float("inf"), 10**16, "1" * 200],
)
def test_what_is_no_figure(written: object) -> None:
    with pytest.raises(NotAFigure):
        figure(written)


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.none(), st.lists(st.integers(), max_size=2)))
def test_any_value_is_a_figure_or_refused(written: object) -> None:
    for rule in TEAMS:
        for one in rule.parameters:
            try:
                other = changed(one, written)
            except NotAFigure:
                continue
            assert with_parameters(rule, [other if each is one else each for each in rule.parameters])


def test_enough_rules_have_them() -> None:
    assert len(TEAMS) >= 8
    assert all(one.what for rule in TEAMS for one in rule.parameters)


@pytest.mark.parametrize("rule", TEAMS, ids=[rule.id for rule in TEAMS])
def test_its_own_values_change_nothing(rule: Rule) -> None:
    """The conditions with the defaults written out are the compiled ones."""
    for condition, other in zip(_conditions(rule), _conditions(with_parameters(rule, rule.parameters)), strict=True):
        nothing = [None] * len(condition.facts)
        assert condition.function(*nothing) == other.function(*nothing)
        assert condition.facts == other.facts


def _conditions(rule: Rule) -> list[Condition]:
    return [one for one in (rule.when, rule.require) if one is not None]


def test_a_team_sets_its_own_headroom(tree: Path) -> None:
    assert "vram-headroom-small" not in found("deploy.yaml", "fail-on: error\n")
    told = found("deploy.yaml", "parameters: {vram-headroom-small: {headroom: 25 %}}\n")["vram-headroom-small"]
    assert "less than 25 %" in told
    assert "to leave 25 %: 2 × RTX 6000 Ada" in told, "the remedy leaves that much"
    assert (
        "less than 25 %"
        in found("deploy.yaml", "parameters: {vram-headroom-small: {headroom: 0.25}}\n")["vram-headroom-small"]
    )


def test_a_remedy_that_is_computed_satisfies_the_figure(tree: Path) -> None:
    config = "parameters: {vram-headroom-small: {headroom: 25 %}}\n"
    assert "vram-headroom-small" in found("deploy.yaml", config)
    (tree / "deploy.yaml").write_text(TIGHT.replace("[RTX 6000 Ada]", "[{name: RTX 6000 Ada, count: 2}]"))
    assert "vram-headroom-small" not in found("deploy.yaml", config)


def test_tier_tables(tree: Path) -> None:
    assert "ram-below-tier-minimum" not in found("tiered.yaml", "fail-on: error\n")
    table = "parameters: {tier/: {ram_minimum: {mid: 64GB}, storage_minimum: {mid: 2TB}}}\n"
    told = found("tiered.yaml", table)
    assert "the mid tier needs 64 GB; ram: 64GB, or tier: entry" in told["ram-below-tier-minimum"]
    assert "the mid tier needs 2 TB; another 1.5 TB" in told["storage-below-tier-minimum"]
    assert "ram-below-tier-minimum" in found("tiered.yaml", "parameters: {tier/: {ram_minimum: 64GB}}\n"), "of all"
    assert "ram-below-tier-minimum" not in found("tiered.yaml", "parameters: {tier/: {ram_minimum: {entry: 64GB}}}\n")


def test_the_table_of_cards(tree: Path) -> None:
    """By the tier, and in the mid tier by the model's size too."""
    assert "gpu-below-tier" not in found("tiered.yaml", "fail-on: error\n")
    told = found("tiered.yaml", "parameters: {tier/: {vram_minimum: {mid-small-model: 32GB}}}\n")
    assert (
        "the mid tier asks for 32 GB for a model of up to 8 B parameters; a GPU of 32GB or more"
        in told["gpu-below-tier"]
    )
    assert "gpu-below-tier" not in found("tiered.yaml", "parameters: {tier/: {vram_minimum: {mid: 32GB}}}\n")


def test_the_last_one_that_matches_wins(tree: Path) -> None:
    config = "parameters:\n  ram-below-tier-minimum: {ram_minimum: {mid: 16GB}}\n  tier/: {ram_minimum: {mid: 64GB}}\n"
    assert "ram-below-tier-minimum" in found("tiered.yaml", config)
    config = "parameters:\n  tier/: {ram_minimum: {mid: 64GB}}\n  ram-below-tier-minimum: {ram_minimum: {mid: 16GB}}\n"
    assert "ram-below-tier-minimum" not in found("tiered.yaml", config)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{vram-headroom-smal: {headroom: 0.2}}", ":1:14: there is no rule 'vram-headroom-smal', did you mean"),
        ("{vram-headroom-small: {headrom: 0.2}}", "has no parameter 'headrom'; did you mean headroom?"),
        ("{vram-headroom-small: {headroom: 2 GB}}", "a size, where a plain number is wanted"),
        ("{vram-headroom-small: {headroom: 95 %}}", "95 % is more than headroom may be"),
        ("{kv-cache-headroom-small: {requests: 0.5}}", "0.5 is less than requests may be"),
        ("{storage-too-small-for-model: {spare: 5}}", "a plain number, where a size with its unit (GB) is wanted"),
        ("{storage-too-small-for-model: {spare: 5 gb}}", "no such unit: gb; did you mean GB?"),
        ("{tier/: {ram_minimum: {middle: 5 GB}}}", "machine.tier is never 'middle'; did you mean mid?"),
        ("{tier/: {ram_minimum: {}}}", "by machine.tier: entry, mid, professional"),
        ("{vram-too-small: {headroom: 0.2}}", "vram-too-small has no parameters"),
        ("{vram-headroom-small: {headroom: [1]}}", "a figure is a number with its unit"),
        ("{vram-headroom-small: 0.2}", ":1:"),
    ],
)
def test_what_a_configuration_may_not_say(tree: Path, config: str, message: str) -> None:
    told = refused(f"parameters: {config}\n")
    assert message in told
    assert ".llmlint.yaml:1:" in told


def test_in_pyproject(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.llmlint.parameters.vram-headroom-small]\nheadroom = '25 %'\n")
    assert "less than 25 %" in llmlint("deploy.yaml").out
    (tree / "pyproject.toml").write_text("[tool.llmlint.parameters.vram-headroom-small]\nheadroom = '25 GB'\n")
    told = llmlint("deploy.yaml")
    assert told.code == 2
    assert "pyproject.toml:2:" in told.err


RULE = """\
id: my-rule
severity: error
summary: Ours
parameters:
  least: {{default: 24 GB, what: the least of a card}}
  {more}
require: vram.total >= least
at: machine.gpus
message: "{{vram.total}}, of {{least}}"
why: ours
fix: "{fix}"
since: 0.1.0
examples: {{pass: [a], fail: [b]}}
"""


def own(folder: Path, more: str = "", fix: str = "more") -> Rule:
    path = folder / "my-rule.yaml"
    path.write_text(RULE.format(more=more, fix=fix), encoding="utf-8")
    return load_rule(os.fspath(path)).rule


def test_a_rule_of_ones_own_has_them_too(tmp_path: Path) -> None:
    rule = own(tmp_path, fix="ram: {ram.enough(least)}")
    assert rule.parameters == (Parameter("least", 24 * 10**9, "24 GB", what="the least of a card", gives=(1, 0)),)
    assert rule.require.function(23 * 10**9) is False
    more = with_parameters(rule, [changed(rule.parameters[0], "22 GB")])
    assert more.require.function(23 * 10**9) is True
    assert more.require.function(None) is None


@pytest.mark.parametrize(
    ("more", "fix", "message"),
    [
        ("Least: {default: 1, what: x}", "more", "a parameter's name is small letters"),
        ("and: {default: 1, what: x}", "more", "no word of the conditions"),
        ("other: {default: 1}", "more", "what"),
        ("other: {default: {mid: 1}, what: x}", "more", "with `by` the default is a mapping"),
        ("other: {default: 1, by: ram.total, what: x}", "more", "ram.total is not a fact of few values"),
        ("other: {default: {middle: 1}, by: machine.tier, what: x}", "more", "never 'middle'; did you mean mid?"),
        ("other: {default: {mid: 1, entry: 1 GB}, by: machine.tier, what: x}", "more", "are of one kind"),
        ("other: {default: 1, least: 2, what: x}", "more", "1 is less than other may be"),
        ("other: {default: 1, most: 2 GB, what: x}", "more", "`least` and `most` are numbers of the default's kind"),
        ("", "{leest}", "did you mean least?"),
        ("", "{estimate.roomier(least)}", "no such fact: estimate.roomier(least)"),
        ("", "{ram.enough(most)}", "did you mean ram.enough(least)?"),
    ],
)
def test_what_a_rule_may_not_say(tmp_path: Path, more: str, fix: str, message: str) -> None:
    with pytest.raises(InvalidRule) as raised:
        own(tmp_path, more, fix)
    assert any(message in f"{one.message} {one.help}" for one in raised.value.problems), raised.value.problems
