"""Configurations that extend others: what counts, pins, packages that are only read, and packs that mean harm."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from llmlint.catalog import Catalogue
from llmlint.linting import Settings, lint
from llmlint.rule import LONGEST_TEXT, LONGEST_VALUE, render, shown_value
from llmlint.rule_file import read_rule

from .cli.command import SMALL, installed, llmlint

RULE = """\
id: our-cards
severity: error
summary: A card that we do not have
parameters:
  least: {default: 48 GB, what: the least memory of a card}
when: known(vram.smallest_card)
require: vram.smallest_card >= least
at: machine.gpus
message: "{vram.total}; ours have {least}"
why: We have others.
fix: take one of ours
since: 0.1.0
examples:
  pass:
    - |
      model: {parameters: 8B}
      machine: {gpus: [A100 80GB]}
  fail:
    - |
      model: {parameters: 8B}
      machine: {gpus: [L4]}  # our-cards
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    write("deploy.yaml", SMALL)
    write("house/llmlint.yaml", "rules: rules\nseverity: {precision-loses-accuracy: warning}\nfail-on: warning\n")
    write("house/rules/team/our-cards.yaml", RULE)
    return tmp_path / "repo"


def write(name: str | Path, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def config(text: str) -> None:
    write(".llmlint.yaml", text)


def found() -> dict[str, str]:
    done = llmlint("--format", "json", "deploy.yaml")
    assert done.code in (0, 1), done.err
    told: dict[str, Any] = json.loads(done.out)
    return {one["rule"]: one["severity"] for one in told["findings"]}


def refused(text: str, file: str = ".llmlint.yaml") -> str:
    config(text)
    done = llmlint("deploy.yaml")
    assert done.code == 2, done.out
    assert done.out == ""
    assert re.match(rf".*{re.escape(file)}:\d+:\d+: ", done.err), done.err
    return done.err


def test_rules_and_severities_of_a_pack_count(tree: Path) -> None:
    config("extends: house\n")
    assert found() == {"our-cards": "error", "precision-loses-accuracy": "warning"}
    config("extends: house/llmlint.yaml\n")
    assert found()["our-cards"] == "error"
    assert "our-cards" in llmlint("rule", "our-cards").out


def test_ones_own_word_counts_before_it(tree: Path) -> None:
    config("extends: house\nseverity: {our-cards: info, precision-loses-accuracy: info}\n")
    assert found() == {"our-cards": "info", "precision-loses-accuracy": "info"}
    assert llmlint("deploy.yaml").code == 0, "fail-on is the pack's"
    config("extends: house\nfail-on: never\n")
    assert llmlint("deploy.yaml").code == 0
    config("extends: house\nignore: our-cards\nparameters: {our-cards: {least: 24 GB}}\n")
    assert found() == {"precision-loses-accuracy": "warning"}


def test_figures_of_both_count(tree: Path) -> None:
    write("house/llmlint.yaml", "rules: rules\nparameters: {our-cards: {least: 16 GB}}\n")
    config("extends: house\n")
    assert "our-cards" not in found()
    config("extends: house\nparameters: {our-cards: {least: 40 GB}}\n")
    assert "our-cards" in found()


def test_a_chain(tree: Path) -> None:
    write("base.yaml", "severity: {precision-loses-accuracy: error}\n")
    write("house/llmlint.yaml", "extends: ../base.yaml\nrules: rules\n")
    config("extends: house\n")
    assert found() == {"our-cards": "error", "precision-loses-accuracy": "error"}


def test_a_mistake_in_a_pack_is_told_at_its_line(tree: Path) -> None:
    write("house/llmlint.yaml", "rules: rules\nseverity:\n  our-card: info\n")
    assert "did you mean our-cards" in refused("extends: house\n", "house/llmlint.yaml")
    write("house/llmlint.yaml", "rulez: rules\n")
    assert "did you mean" in refused("extends: house\n", "house/llmlint.yaml")


def test_circles_and_depth(tree: Path) -> None:
    write("house/llmlint.yaml", "extends: ../.llmlint.yaml\n")
    assert "extends itself" in refused("extends: house\n", "house/llmlint.yaml")
    for number in range(9):
        write(f"deep/{number}.yaml", f"extends: {number + 1}.yaml\n")
    write("deep/9.yaml", "fail-on: error\n")
    assert "more than 5 deep" in refused("extends: deep/0.yaml\n", "yaml")
    assert (
        "more than 20 packs" in refused(f"extends: [{', '.join(['base.yaml'] * 30)}]\n")
        if write("base.yaml", "fail-on: error\n")
        else ""
    )


def test_pins(tree: Path) -> None:
    wrong = "0" * 64
    told = refused(f"extends: {{pack: house, sha256: '{wrong}'}}\n")
    assert "house is not what was pinned: its sha256 is " in told
    right = re.search(r"[0-9a-f]{64}", told)
    assert right is not None
    config(f"extends: {{pack: house, sha256: '{right[0]}'}}\n")
    assert "our-cards" in found()
    write("house/rules/team/our-cards.yaml", RULE.replace("48 GB", "40 GB"))
    assert "not what was pinned" in refused(f"extends: {{pack: house, sha256: '{right[0]}'}}\n")
    write("house/rules/team/our-cards.yaml", RULE)
    assert "our-cards" in found()
    write("house/rules/team/other-cards.yaml", RULE.replace("our-cards", "other-cards"))
    assert "not what was pinned" in refused(f"extends: {{pack: house, sha256: '{right[0]}'}}\n")
    assert "a length of at least 64" in refused("extends: {pack: house, sha256: abc}\n")
    assert "only a package has a version" in refused("extends: {pack: house, version: '1'}\n")


def test_a_pin_does_not_depend_on_the_place(tree: Path) -> None:
    """What one machine has pinned holds on another, wherever the repository or the package lies there."""
    wrong = f"extends: {{pack: house, sha256: '{'0' * 64}'}}\n"
    first = re.search(r"sha256 is ([0-9a-f]{64})", refused(wrong))
    os.rename("house", "other-house")
    second = re.search(r"sha256 is ([0-9a-f]{64})", refused(wrong.replace("house", "other-house")))
    assert first is not None
    assert second is not None
    assert first[1] == second[1]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("nowhere", "no such file or folder"),
        ("..", "leads out of the repository"),
        ("/etc/passwd", "leads out of the repository"),
        ("empty", "no llmlint.yaml in it"),
        ("linked", "leads out of the repository"),
        ("linked-file.yaml", "leads out of the repository"),
        ("pkg:../house", "is no name of a Python package"),
        ('"pkg:"', "is no name of a Python package"),
        ("pkg:a/b", "is no name of a Python package"),
        ("pkg:no-such-package-here", "no package no-such-package-here is installed"),
        ("pkg:pytest", "the package pytest has no llmlint.yaml"),
        ('"a\\0b"', ""),
    ],
)
def test_what_is_no_pack(tree: Path, entry: str, message: str) -> None:
    (tree / "empty").mkdir()
    write(tree.parent / "outside" / "llmlint.yaml", "fail-on: never\n")
    (tree / "linked").symlink_to(tree.parent / "outside")
    (tree / "linked-file.yaml").symlink_to(tree.parent / "outside" / "llmlint.yaml")
    assert message in refused(f"extends: {entry}\n")


def test_a_pack_names_nothing_outside(tree: Path) -> None:
    write(tree.parent / "secret.yaml", RULE)
    write("house/llmlint.yaml", "rules: ../../secret.yaml\n")
    assert "leads out of the repository" in refused("extends: house\n", "house/llmlint.yaml")
    write("house/llmlint.yaml", "rules: rules\n")
    (tree / "house" / "rules" / "team" / "stolen.yaml").symlink_to(tree.parent / "secret.yaml")
    assert "a link that leads out of the pack" in refused("extends: house\n", "stolen.yaml")


# packages


@pytest.fixture
def package(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package whose code would tell that it was run."""
    site = tree.parent / "site"
    write(site / "acme_rules" / "__init__.py", f"open({os.fspath(tree / 'owned')!r}, 'w')\n")
    write(site / "acme_rules" / "llmlint.yaml", "rules: rules\n")
    write(site / "acme_rules" / "rules" / "team" / "our-cards.yaml", RULE)
    write(site / "acme_rules-1.2.0.dist-info" / "METADATA", "Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.2.0\n")
    record(site, "acme_rules/__init__.py", "acme_rules/llmlint.yaml", "acme_rules/rules/team/our-cards.yaml")
    monkeypatch.syspath_prepend(os.fspath(site))
    return site


def record(site: Path, *names: str) -> None:
    write(site / "acme_rules-1.2.0.dist-info" / "RECORD", "".join(f"{name},,\n" for name in names))


def test_an_installed_package_is_read_and_not_run(package: Path) -> None:
    config("extends: pkg:acme-rules\n")
    assert "our-cards" in found()
    config("extends: {pack: pkg:acme_rules, version: 1.2.0}\n")
    assert "our-cards" in found()
    assert "acme_rules" not in sys.modules
    assert not Path("owned").exists()


def test_a_package_is_pinned_by_its_version(package: Path) -> None:
    told = refused("extends: {pack: pkg:acme-rules, version: 1.1.0}\n")
    assert "version 1.2.0 of pkg:acme-rules is installed, not 1.1.0" in told


def test_a_package_leads_nowhere_else(package: Path, tree: Path) -> None:
    write(tree.parent / "secret.yaml", "fail-on: never\n")
    write(tree.parent / "llmlint.yaml", "fail-on: never\n")
    record(package, "../llmlint.yaml")
    assert "has no llmlint.yaml" in refused("extends: pkg:acme-rules\n")
    record(package, "acme_rules/llmlint.yaml")
    write(package / "acme_rules" / "llmlint.yaml", "extends: ../../secret.yaml\n")
    assert "leads out of the package acme-rules" in refused("extends: pkg:acme-rules\n", "llmlint.yaml")
    write(package / "acme_rules" / "llmlint.yaml", "rules: ../../house/rules\n")
    assert "leads out of the package acme-rules" in refused("extends: pkg:acme-rules\n", "llmlint.yaml")
    (package / "acme_rules" / "llmlint.yaml").unlink()
    (package / "acme_rules" / "llmlint.yaml").symlink_to(tree.parent / "secret.yaml")
    assert "has no llmlint.yaml" in refused("extends: pkg:acme-rules\n")


def test_packages_that_have_no_record(package: Path) -> None:
    (package / "acme_rules-1.2.0.dist-info" / "RECORD").unlink()
    assert "installed as editable is extended by its path" in refused("extends: pkg:acme-rules\n")


# packs that mean harm

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)


MANY = ", ".join(f"object.spec.x{number}: y" for number in range(500))
DOUBLED = "[&a [x, x, x, x], &b [*a, *a, *a, *a], &c [*b, *b, *b, *b], *c, *c, *c, *c]"


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]\n",
        "[" * 5_000,
        "{" * 5_000,
        RULE.replace("vram.smallest_card >= least", " + ".join(["vram.smallest_card"] * 500) + " > 0"),
        RULE.replace("vram.smallest_card >= least", "(" * 400 + "vram.smallest_card" + ")" * 400 + " > 0 B"),
        RULE.replace("vram.smallest_card >= least", "not " * 200 + "(vram.total > 0 B)"),
        RULE.replace("vram.smallest_card >= least", "__import__('os').system('touch owned')"),
        RULE.replace("vram.smallest_card >= least", "vram.__class__.__mro__ == 1"),
        RULE.replace("{vram.total}", "{vram.total.__class__}"),
        RULE.replace("take one of ours", "'{vram.facts.plan}'"),
        RULE.replace("least: {", "p_least=__import__: {"),
        RULE.replace("48 GB", "1e999"),
        RULE.replace("48 GB", "'" + "9" * 90 + " GB'"),
        RULE.replace("what: the least memory of a card}", "what: x, by: __class__.__init__}"),
        "id: our-cards\n" * 50_000,
        RULE + "references: [" + ", ".join(["x" * 900] * 100) + "]\n",
        RULE.replace("why:", "notes: [" + ", ".join(["x"] * 500) + "]\nwhy:"),
        RULE.replace("why:", "aliases: [" + ", ".join(f"our-{number}" for number in range(500)) + "]\nwhy:"),
        RULE.replace("why:", f"edit: {{safe: true, set: {{{MANY}}}}}\nwhy:"),
        RULE.replace("why:", "edit: {safe: true, append: {documents: [" + "x, " * 500 + "]}}\nwhy:"),
        RULE.replace("why:", "edit: {safe: true, set: {object.spec: " + "y" * 20_000 + "}}\nwhy:"),
        RULE.replace("why:", "edit: {safe: true, set: {object.spec: " + DOUBLED + "}}\nwhy:"),
    ],
    ids=range(23),
)
def test_a_hostile_rule_is_refused(tree: Path, text: str) -> None:
    write("house/rules/team/our-cards.yaml", text)
    told = refused("extends: house\n", "our-cards.yaml")
    assert "Traceback" not in told
    assert "internal error" not in told
    assert len(told) < 50_000
    assert not Path("owned").exists()


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]\n",
        "[" * 5_000,
        "extends: [[[]]]\n",
        "severity: {" + ", ".join(f"rule-{number}: error" for number in range(3_000)) + "}\n",
        "ignore: [" + ", ".join(["memory/"] * 3_000) + "]\n",
        "extends: {pack: 3}\n",
        "extends: !!python/object:os.system x\n",
    ],
)
def test_a_hostile_configuration_is_refused(tree: Path, text: str) -> None:
    write("house/llmlint.yaml", text)
    assert "internal error" not in refused("extends: house\n", "house/llmlint.yaml")
    assert "internal error" not in refused(text)


def test_what_a_rule_says_of_a_file_ends() -> None:
    """A rule may show a value often, and a file hold a long one."""
    template = tuple(("x" * 10, "place", "text") for _ in range(50))
    said = render(template, lambda name: "y", "p" * 3_000)
    assert len(said) == LONGEST_TEXT + 1
    assert said.endswith("…")
    assert shown_value("y" * 60_000, "text") == "y" * LONGEST_VALUE + "…"


def test_rules_that_find_thousands_of_places_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rules of a pack, each with a finding for each of thousands of arguments."""
    args = ", ".join(f"--foo{number}" for number in range(30))
    data = f"model: {{parameters: 8B}}\nengine: {{name: vllm, args: [{args}]}}\n".encode()
    text = RULE.replace("at: machine.gpus\n", "each: flags.unknown\n").replace("when: known(vram.smallest_card)\n", "")
    rule = read_rule(text.replace("vram.smallest_card >= least", "1 > 2").encode(), "our-cards.yaml").rule
    monkeypatch.setattr("llmlint.rulebook.MOST_FINDINGS", 100)
    monkeypatch.setattr("llmlint.linting.MOST_FINDINGS", 50)
    rules = [rule._replace(id=f"rule-{number}") for number in range(50)]
    result = lint(data, "deploy.yaml", Settings(rules, Catalogue(), frozenset()))
    assert len(result.findings) == 51
    assert "more than 100 findings" in result.findings[-1].message


def test_files_that_never_end(tree: Path) -> None:
    os.mkfifo("house/rules/team/pipe.yaml")
    assert "not a regular file" in refused("extends: house\n", "pipe.yaml")
    os.unlink("house/rules/team/pipe.yaml")
    os.unlink("house/llmlint.yaml")
    os.mkfifo("house/llmlint.yaml")
    assert "no llmlint.yaml in it" in refused("extends: house\n")


def test_the_installed_command_does_so_too(package: Path, tree: Path) -> None:
    config("extends: pkg:no-such-package-here\n")
    assert installed("deploy.yaml", folder=tree).code == 2
