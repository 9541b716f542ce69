"""Rules of one's own: loaded from --rules and the configuration; a broken one is an error at its place, and code 2."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlint import rule_pack
from llmlint.finding import Span
from llmlint.rule_file import InvalidRule, load_rule

from ..hostile_files import hostile_files
from .command import SMALL, installed, llmlint

RULE = """\
id: headroom
severity: error
summary: Our team wants half of the VRAM free
when: known(vram.total)
require: vram.left >= vram.total * 0.5
at: machine.gpus
message: leaves {vram.left} of {vram.total}
why: Our prompts are long.
fix: take a larger card
since: 0.1.0
examples:
  pass: ["model: {parameters: 1B}"]
  fail: ["model: {parameters: 70B}"]
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a deployment with a third of the VRAM in use, and a pack of one rule."""
    (tmp_path / "deploy.yaml").write_text(SMALL.replace("8B", "30B"), encoding="utf-8")
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "headroom.yaml").write_text(RULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(*words: str) -> list[str]:
    return [one["rule"] for one in json.loads(llmlint("--format", "json", *words).out)["findings"]]


def broken(tree: Path, text: str, name: str = "headroom.yaml") -> list[str]:
    """What is told of a pack with this rule, without the file's name."""
    path = tree / "house" / name
    path.write_text(text, encoding="utf-8")
    code, out, err = llmlint("--rules", "house", "deploy.yaml")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert all(line.startswith(f"house/{name}:") for line in lines), lines
    return [line.removeprefix(f"house/{name}:") for line in lines]


@pytest.mark.parametrize("pack", ["house", "house/", "./house", "house/headroom.yaml"])
def test_packs_load_from_the_command_line(pack: str, tree: Path) -> None:
    assert "headroom" in rules("--rules", pack, "deploy.yaml")
    assert "headroom" not in rules("deploy.yaml")


def test_packs_load_from_the_environment(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMLINT_RULES", "house")
    assert "headroom" in rules("deploy.yaml")
    assert "headroom" in llmlint("rule").out


@pytest.mark.parametrize("config", [".llmlint.yaml", "pyproject.toml"])
def test_packs_load_from_the_configuration(config: str, tree: Path) -> None:
    text = "rules: house\n" if config == ".llmlint.yaml" else "[tool.llmlint]\nrules = ['house']\n"
    (tree / config).write_text(text, encoding="utf-8")
    assert "headroom" in rules("deploy.yaml")
    assert "headroom" in rules("deploy.yaml", "--rules", "house"), "named twice is loaded once"
    assert "headroom" not in rules("deploy.yaml", "--isolated")
    assert "Our team wants" in llmlint("rule", "headroom").out
    assert "headroom" in llmlint("rule").out


def test_packs_are_selected_like_any_rules(tree: Path) -> None:
    assert rules("--rules", "house", "--select", "house/", "deploy.yaml") == ["headroom"]
    (tree / ".llmlint.yaml").write_text("rules: house\nseverity: {house/: info}\n", encoding="utf-8")
    assert llmlint("--select", "headroom", "deploy.yaml").code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: headroom", "id: head-room", "1:5: the id 'head-room' is not the file's name (call the file head-room."),
        ("id: headroom\n", "", "1:1: the key id is missing"),
        ("severity: error", "severity: eror", "2:11: 'eror' is not one of the choices (did you mean error?)"),
        ("summary: Our", "summry: Our", "3:1: unknown key 'summry' (did you mean summary?)"),
        ("known(vram.total)", "known(vram.totl)", "4:13: no such fact: vram.totl; did you mean vram.total?"),
        ("vram.left >=", "vram.left =>", "5:"),
        ("vram.left >=", "vram.left >= 3 +", "5:"),
        ("vram.total * 0.5", "3 furlongs", "5:"),
        ("vram.total * 0.5", "5", "5:23: a size against a plain number: say 5 GB"),
        ("vram.total * 0.5", "'large'", "5:"),
        ("vram.total * 0.5", "().__class__", "5:"),
        ("at: machine.gpus", "at: machine.gpu", "6:5: the deployment has no key machine.gpu"),
        ("at: machine.gpus", "at: machine.gpus.0.name", "6:5: the deployment has no key"),
        ("at: machine.gpus", "each: vram.total", "6:7: vram.total is not a fact that lists places"),
        ("at: machine.gpus\n", "", "1:1: a rule points with `at`, or with `each`, one of them"),
        ("{vram.left} of", "{vram.lef} of", "7:"),
        ("{vram.left} of", "{vram.left:>9} of", "7:"),
        ("{vram.left} of", "{vram.left.__class__} of", "7:"),
        ("fix: take a larger card", "fix: take {a larger} card", "9:"),
        ("fix: take a larger card", "fix: [take, it]", "9:6: expected text, found a list"),
        ("  pass: [", "  pass: 7 #[", "12:9: expected a list, found the number 7"),
        ("examples:", "examples:\n  pas: []", "12:3: unknown key 'pas' (did you mean pass?)"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_an_error_at_its_place(old: str, new: str, said: str, tree: Path) -> None:
    assert old in RULE
    told = [line for line in broken(tree, RULE.replace(old, new, 1)) if "summary is missing" not in line]
    assert len(told) == 1
    assert told[0].startswith(said)


def test_all_mistakes_of_a_rule_are_told(tree: Path) -> None:
    text = (
        RULE.replace("vram.left >=", "vram.lft >=").replace("machine.gpus", "machine.gpu").replace("{vram.left}", "{x}")
    )
    assert [line.partition(":")[0] for line in broken(tree, text)] == ["5", "6", "7"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: a rule file holds one rule (put each rule in a file of its own)"),
        (RULE + "---\n" + RULE, "1:1: a rule file holds one rule"),
        ("- a\n", "1:1: expected a mapping, found a list"),
        ("text\n", "1:1: expected a mapping, found the text 'text'"),
        ("id: [", "1:6: "),
        (RULE.replace("why: Our prompts are long.", "why: &a [*a]"), "8:"),
        (RULE.replace("headroom\n", "headroom\nid: headroom\n"), "2:1: the key id is written twice"),
        (RULE.replace("vram.left >= vram.total * 0.5", "(" * 200 + "vram.left" + ")" * 200), "5:"),
        (RULE.replace("vram.left >= vram.total * 0.5", "not " * 240 + "gpu.count > 1"), "5:"),
        (RULE.replace("vram.left >= vram.total * 0.5", "gpu.count > 1 or " * 50 + "gpu.count > 1"), "5:"),
        (RULE.replace("vram.left >= vram.total * 0.5", "gpu.count > " + "9" * 500), "5:"),
        (RULE.replace("vram.left >= vram.total * 0.5", "x" * 60_000), "5:10: must be of a length of at most 1000"),
        (RULE.replace("leaves {vram.left}", "x" * 60_000), "7:10: must be of a length of at most 1000"),
        (RULE.replace("leaves {vram.left}", "{" * 900), "7:"),
        (RULE.replace("Our prompts are long.", "[" * 500), "8:"),
        ("# " + "x" * 2_000_000 + "\n" + RULE, "1:1: "),
        ("a: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)), ""),
    ],
)  # fmt: skip
def test_a_hostile_rule_is_an_error_at_its_place(text: str, said: str, tree: Path) -> None:
    told = broken(tree, text)
    assert told
    assert told[0].startswith(said), told[0]
    assert max(map(len, told)) < 500


@pytest.mark.parametrize("name", sorted(hostile_files(giants=False)))
def test_any_hostile_file_is_refused_as_a_rule(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(hostile_files(giants=False)[name])
    with pytest.raises(InvalidRule) as raised:
        load_rule(os.fspath(path))
    assert all(isinstance(problem.span, Span) for problem in raised.value.problems)


def test_ids_are_unique(tree: Path) -> None:
    (tree / "house" / "again").mkdir()
    (tree / "house" / "again" / "headroom.yaml").write_text("# ours\n" + RULE, encoding="utf-8")
    code, _, err = llmlint("--rules", "house", "deploy.yaml")
    assert code == 2
    assert err == (
        "house/headroom.yaml:1:5: the id headroom is taken by house/again/headroom.yaml (rename the file and its id)\n"
    )


@pytest.mark.parametrize(
    ("name", "who"),
    [("vram-too-small", "by a rule that is built in"), ("schema", "by the program itself"), ("all", "by the program")],
)
def test_ids_in_use_are_refused(name: str, who: str, tree: Path) -> None:
    (tree / "house" / "headroom.yaml").unlink()
    (told,) = broken(tree, RULE.replace("headroom", name), f"{name}.yaml")
    assert told.startswith(f"1:5: the id {name} is taken {who}")


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        ("nowhere", "nowhere:1:1: no such file or folder"),
        ("empty", "empty:1:1: no rule files (*.yaml) in it"),
        ("pipe.yaml", "pipe.yaml:1:1: not a regular file"),
        ("deploy.yaml", "deploy.yaml:1:1: "),
    ],
)
def test_packs_that_are_none(pack: str, said: str, tree: Path) -> None:
    (tree / "empty").mkdir()
    os.mkfifo(tree / "pipe.yaml")
    code, out, err = llmlint("--rules", pack, "deploy.yaml")
    assert (code, out) == (2, "")
    assert err.startswith(said)


def test_packs_have_a_limit(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_pack, "MOST_RULES", 2)
    for number in range(3):
        (tree / "house" / f"r{number}.yaml").touch()
    assert "more than 2 files" in llmlint("--rules", "house", "deploy.yaml").err


def test_nothing_of_a_pack_reaches_the_terminal_raw(tree: Path) -> None:
    text = RULE.replace("Our team wants", '"\\e[2J wants').replace("VRAM free\n", 'VRAM free"\n')
    text = text.replace("why: Our prompts are long.", 'why: "\\e]0;x\\a\\n::error::y"')
    text = text.replace("message: leaves {vram.left} of", 'message: "\\e[31m\\n::warning::" # ')
    (tree / "house" / "headroom.yaml").write_text(text, encoding="utf-8")
    for words in (
        ["--rules", "house", "deploy.yaml"],
        ["rule", "headroom", "--rules", "house"],
        ["rule", "--rules", "house"],
    ):
        outcome = installed(*words, folder=tree)
        assert outcome.code in (0, 1), outcome.err
        assert "\x1b" not in outcome.out
        assert "\x07" not in outcome.out
        assert not any(line.startswith("::") for line in outcome.out.splitlines())


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(
    key=st.sampled_from(["id", "severity", "when", "require", "at", "message", "why", "fix", "since"]),
    value=st.text(max_size=30),
)
def test_any_value_is_taken_or_refused_at_a_place(key: str, value: str, tree: Path) -> None:
    lines = [f"{key}: {json.dumps(value)}" if line.startswith(f"{key}:") else line for line in RULE.splitlines()]
    path = tree / "headroom.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        load_rule(os.fspath(path))
    except InvalidRule as invalid:
        for problem in invalid.problems:
            assert 1 <= problem.span.line <= len(lines) + 1
            assert problem.message
