"""The configuration: where it is found, what it means, and every mistake of it at its own line."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlint.config import InvalidConfig, load, nearest
from llmlint.globs import covers, matches
from llmlint.toml_place import toml_span

from .cli.command import SMALL, installed, llmlint

NO_RULE = "there is no rule 'vram-to-small', did you mean vram-too-small?"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the current folder, with one deployment of which two things can be said."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(*words: str) -> dict[str, str]:
    """Severity of each finding by its rule."""
    return {one["rule"]: one["severity"] for one in json.loads(llmlint("--format", "json", *words).out)["findings"]}


def problems(path: Path) -> list[str]:
    with pytest.raises(InvalidConfig) as raised:
        load(os.fspath(path))
    return [f"{one.span.line}:{one.span.column}: {one.message}" for one in raised.value.problems]


def test_the_nearest_counts_alone(tree: Path) -> None:
    outer = write(tree / ".llmlint.yaml", "fail-on: never\n")
    inner = write(tree / "a" / "pyproject.toml", "[tool.llmlint]\nfail-on = 'info'\n")
    write(tree / "a" / "b" / "pyproject.toml", "[project]\ndependencies = ['tool.llmlint']\n")
    assert nearest(os.fspath(tree)) == os.fspath(outer)
    assert nearest(os.fspath(tree / "a" / "b")) == os.fspath(inner)
    write(tree / "a" / "b" / ".llmlint.yaml", "fail-on: error\n")
    assert load(nearest(os.fspath(tree / "a" / "b")) or "").fail_on == "error"


def test_yaml_comes_before_toml(tree: Path) -> None:
    write(tree / "pyproject.toml", "[tool.llmlint]\nfail-on = 'info'\n")
    assert nearest(".") == os.fspath(tree / "pyproject.toml")
    write(tree / ".llmlint.yaml", "fail-on: never\n")
    assert nearest(".") == os.fspath(tree / ".llmlint.yaml")


def test_the_search_ends_at_the_repository(tree: Path) -> None:
    write(tree / ".llmlint.yaml", "fail-on: never\n")
    (tree / "inner" / ".git").mkdir(parents=True)
    assert nearest(os.fspath(tree / "inner")) is None


def test_each_file_has_its_own(tree: Path) -> None:
    write(tree / "strict" / ".llmlint.yaml", "severity: {precision-loses-accuracy: error}\n")
    write(tree / "strict" / "deploy.yaml", SMALL)
    assert llmlint("deploy.yaml").code == 0
    assert llmlint("strict/deploy.yaml").code == 1
    assert llmlint(".").code == 1


def test_standard_input_has_the_configuration_of_its_name(tree: Path) -> None:
    write(tree / "strict" / ".llmlint.yaml", "severity: {precision-loses-accuracy: error}\n")
    data = SMALL.encode()
    assert installed("-", stdin=data, folder=tree).code == 0
    assert installed("-", "--stdin-filename", "strict/new.yaml", stdin=data, folder=tree).code == 1


def test_precedence(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command line, environment, configuration, defaults."""
    write(tree / "deploy.yaml", SMALL.replace("64GB", "1GB, tier: professional"))
    assert llmlint("deploy.yaml").code == 1
    write(tree / ".llmlint.yaml", "fail-on: never\n")
    assert llmlint("deploy.yaml").code == 0
    monkeypatch.setenv("LLMLINT_FAIL_ON", "error")
    assert llmlint("deploy.yaml").code == 1
    assert llmlint("deploy.yaml", "--fail-on", "never").code == 0
    monkeypatch.delenv("LLMLINT_FAIL_ON")
    assert llmlint("deploy.yaml", "--isolated").code == 1
    write(tree / "other.yaml", "fail-on: error\n")
    assert llmlint("deploy.yaml", "--config", "other.yaml").code == 1
    monkeypatch.setenv("LLMLINT_CONFIG", "other.yaml")
    assert llmlint("deploy.yaml").code == 1


def test_selection(tree: Path) -> None:
    assert found("deploy.yaml")["precision-loses-accuracy"] == "info"
    write(tree / ".llmlint.yaml", "ignore: precision-loses-accuracy\n")
    assert "precision-loses-accuracy" not in found("deploy.yaml")
    assert found("deploy.yaml", "--select", "precision/") == {"precision-loses-accuracy": "info"}, "asked for in person"
    assert found("deploy.yaml", "--select", "precision/", "--ignore", "all") == {}
    write(tree / ".llmlint.yaml", "select: [memory/]\nseverity: {memory/: info}\n")
    assert "precision-loses-accuracy" not in found("deploy.yaml")


def test_the_last_severity_that_matches_wins(tree: Path) -> None:
    write(tree / ".llmlint.yaml", "severity: {precision/: error, precision-loses-accuracy: warning}\n")
    assert found("deploy.yaml")["precision-loses-accuracy"] == "warning"
    write(tree / ".llmlint.yaml", "severity: {precision-loses-accuracy: warning, all: error}\n")
    assert found("deploy.yaml")["precision-loses-accuracy"] == "error"
    write(tree / ".llmlint.yaml", "severity: {precision/: off}\n")
    assert "precision-loses-accuracy" not in found("deploy.yaml")


def test_findings_about_comments_can_be_weighed(tree: Path) -> None:
    write(tree / "deploy.yaml", "# llmlint: file-ignore[vram-too-small] in case\n" + SMALL)
    assert found("deploy.yaml")["suppression-unused"] == "warning"
    write(tree / ".llmlint.yaml", "severity: {suppression-unused: error}\n")
    assert found("deploy.yaml")["suppression-unused"] == "error"
    write(tree / ".llmlint.yaml", "ignore: [suppression-unused]\n")
    assert "suppression-unused" not in found("deploy.yaml")


@pytest.mark.parametrize("name", ["schema", "syntax", "internal-error"])
def test_what_the_file_is_cannot_be_ignored(name: str, tree: Path) -> None:
    write(tree / ".llmlint.yaml", f"ignore:\n  - all\n  - {name}\n")
    code, out, err = llmlint("deploy.yaml")
    assert (code, out) == (2, "")
    assert err.startswith(f"{tree}/.llmlint.yaml:3:5: {name} is always reported")


def test_excluded_files(tree: Path) -> None:
    write(tree / ".llmlint.yaml", "exclude: [vendor/, '*.tmp.yaml', 'a/**/x.yaml']\n")
    for path in ("vendor/x.yaml", "deep/vendor/y.yaml", "b.tmp.yaml", "a/x.yaml", "a/b/c/x.yaml", "a/b/y.yaml"):
        write(tree / path, SMALL)
    outcome = llmlint("--format", "json", ".")
    summary = json.loads(outcome.out)["summary"]
    assert (summary["recognised"], summary["passed_over"]) == (2, 5)
    assert "excluded by the configuration" in llmlint("-v", ".").out
    assert llmlint("--select", "all", "vendor/x.yaml").out != "", "what is named is linted"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["1:1: the configuration is empty"]),
        ("# nothing\n", ["1:1: the configuration is empty"]),
        ("- a\n", ["1:1: expected a mapping, found a list"]),
        ("fail-on: [", ["1:11: a value is missing"]),
        ("fail_on: error\n", ["1:1: unknown key 'fail_on'"]),
        ("fail-on: eror\nselct: [a]\n", ["1:10: 'eror' is not one of the choices", "2:1: unknown key 'selct'"]),
        ("severity:\n  memory/: erorr\n", ["2:12: 'erorr' is not one of the choices"]),
        ("rules: 7\n", ["1:8: expected text or a list, found the number 7"]),
        ("fail-on: error\n---\nfail-on: error\n", ["3:1: a configuration is one document"]),
        ("a: &a [*a]\n", ["1:"]),
    ],
)
def test_mistakes_have_places(text: str, said: list[str], tmp_path: Path) -> None:
    path = write(tmp_path / ".llmlint.yaml", text)
    told = problems(path)
    assert len(told) == len(said)
    for one, start in zip(told, said, strict=True):
        assert one.startswith(start), told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.llmlint]\nfail-on = 'eror'\n", ["2:1: 'eror' is not one of the choices"]),
        (
            "[tool.llmlint]\nselct = []\n\n[tool.llmlint.severity]\n'memory/' = 'x'\n",
            ["2:1: unk", "5:1: 'x' is not"],
        ),
        ("[tool.llmlint\n", ["1:14: not valid TOML: Expected ']'"]),
        ("[tool.llmlint]\nfail-on = 2020-01-01\n", ["2:1: expected text, found a date"]),
        ("[tool.llmlint]\nx = " + "[" * 5_000, ["1:1: not valid TOML"]),
    ],
)
def test_mistakes_in_toml_have_lines(text: str, said: list[str], tmp_path: Path) -> None:
    told = problems(write(tmp_path / "pyproject.toml", text))
    assert len(told) == len(said)
    for one, start in zip(told, said, strict=True):
        assert one.startswith(start), told


def test_unknown_rules_are_told_at_their_places(tree: Path) -> None:
    write(tree / ".llmlint.yaml", "select:\n  - all\nignore: vram-to-small\nseverity:\n  vram-to-small: info\n")
    place = f"{tree}/.llmlint.yaml"
    assert llmlint("deploy.yaml") == (2, "", f"{place}:3:9: {NO_RULE}\n{place}:5:3: {NO_RULE}\n")
    (tree / ".llmlint.yaml").unlink()
    write(tree / "pyproject.toml", "[tool.llmlint]\n\nignore = ['vram-to-small']\n")
    assert llmlint("deploy.yaml") == (2, "", f"{tree}/pyproject.toml:3:1: {NO_RULE}\n")


def test_nothing_outside_the_repository_is_read(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside / "secret.yaml", "password: hunter2\n")
    (tree / "link").symlink_to(outside)
    write(tree / ".llmlint.yaml", f"rules:\n  - {outside}\n  - link\ncatalogue: ../../etc/passwd\n")
    code, _, err = llmlint("deploy.yaml")
    assert code == 2
    assert [line.removeprefix(f"{tree}/.llmlint.yaml:").partition(" (")[0] for line in err.splitlines()] == [
        "2:5: leads out of the repository",
        "3:5: leads out of the repository",
        "4:12: leads out of the repository",
    ]
    assert "hunter2" not in err


@pytest.mark.parametrize("name", [".llmlint.yaml", "pyproject.toml"])
def test_what_is_no_file_is_no_configuration(name: str, tree: Path) -> None:
    os.mkfifo(tree / name)
    assert llmlint("deploy.yaml").code == 0
    assert llmlint("--config", name, "deploy.yaml") == (2, "", f"llmlint: {name}: not a regular file\n")


def test_a_configuration_that_is_not_there(tree: Path) -> None:
    said = "llmlint: nowhere.yaml: no such file or directory\n"
    for words in (["deploy.yaml"], ["plan", "deploy.yaml"], ["rule"], ["catalog", "models"]):
        assert llmlint(*words, "--config", "nowhere.yaml") == (2, "", said)


@pytest.mark.parametrize("name", [".llmlint.yaml", "pyproject.toml"])
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_configuration_or_a_problem(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"[tool.llmlint]\n" + data if name.endswith("toml") else data)
    with contextlib.suppress(InvalidConfig):
        load(os.fspath(path))


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("vendor", "a/vendor/x.yaml", True),
        ("vendor/", "vendor/x.yaml", True),
        ("*.tmp.yaml", "a/b/x.tmp.yaml", True),
        ("a/b", "a/b/c.yaml", True),
        ("./a/b", "a/b/c.yaml", True),
        ("/a", "a/c.yaml", True),
        ("b/c.yaml", "a/b/c.yaml", False),
        ("**/c.yaml", "a/b/c.yaml", True),
        ("a/**", "a/b/c.yaml", True),
        ("a/*.yaml", "a/b/c.yaml", False),
        ("", "a", False),
    ],
)
def test_what_a_pattern_covers(pattern: str, path: str, expected: bool) -> None:
    assert covers(pattern, path) is expected


def test_patterns_take_no_time() -> None:
    assert not matches("/".join(["**", "a*"] * 50), "/".join(["a"] * 2_000 + ["b"]))
    assert not matches("a*" * 200 + "b", "a" * 5_000)


def test_places_in_toml() -> None:
    text = (
        "[project]\nfail-on = 1\n[ tool . llmlint ]\nfail-on = 1\n[tool.llmlint.severity]\nx = 1\n[tool.other]\nx = 2\n"
    )
    assert toml_span(text, ("fail-on",)).line == 4
    assert toml_span(text, ("severity", "x")).line == 6
    assert toml_span(text, ("severity", "y")).line == 5
    assert toml_span(text, ("select", 0)).line == 3
