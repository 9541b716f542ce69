"""What is found and read: named files always, files of folders if they can be, nothing that would hang or lead away."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmlint import discovery

from .command import BAD, SMALL, Outcome, installed, llmlint


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one deployment, which is the current one."""
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def counts(outcome: Outcome) -> tuple[int, int, int]:
    summary = json.loads(outcome.out)["summary"]
    return summary["files"], summary["recognised"], summary["passed_over"]


def test_odd_files_of_a_folder_are_passed_over(tree: Path) -> None:
    os.mkfifo(tree / "pipe.yaml")
    (tree / "loop.yaml").symlink_to("loop.yaml")
    (tree / "nowhere.yaml").symlink_to("nothing")
    (tree / "device.yaml").symlink_to("/dev/zero")
    (tree / "folder.yaml").mkdir()
    (tree / "folder.yaml" / "inner.yaml").write_text(SMALL, encoding="utf-8")
    (tree / "circle").symlink_to(tree)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.fspath(tree / "socket.yaml")[-90:] if len(os.fspath(tree)) < 80 else "socket.yaml")
        outcome = installed("--format", "json", ".", folder=tree)
    assert (outcome.code, outcome.err) == (0, "")
    assert counts(outcome) == (7, 2, 5)


def test_reasons_are_told_when_asked(tree: Path) -> None:
    os.mkfifo(tree / "pipe.yaml")
    (tree / "nowhere.yaml").symlink_to("nothing")
    (tree / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    (tree / "bare.json").write_text("", encoding="utf-8")
    code, out, _ = llmlint("-v", ".")
    assert code == 0
    for reason in ("not a regular file", "no such file", "not a deployment", "empty"):
        assert reason in out


@pytest.mark.parametrize("name", ["pipe.yaml", "loop.yaml", "nowhere.yaml", "device.yaml"])
def test_odd_files_that_are_named_end_with_two(name: str, tree: Path) -> None:
    os.mkfifo(tree / "pipe.yaml")
    (tree / "loop.yaml").symlink_to("loop.yaml")
    (tree / "nowhere.yaml").symlink_to("nothing")
    (tree / "device.yaml").symlink_to("/dev/zero")
    outcome = installed("--format", "json", name, "deploy.yaml", folder=tree)
    assert outcome.code == 2
    assert outcome.err.startswith(f"llmlint: {name}: ")
    assert counts(outcome) == (1, 1, 0), "the other file is linted all the same"


def test_what_may_not_be_read_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "secret.yaml").write_text(SMALL, encoding="utf-8")
    (tree / "closed").mkdir()

    def opened(path: str, *rest: int) -> int:
        if "secret" in path:
            raise PermissionError(13, "Permission denied", path)
        return open_as_usual(path, *rest)

    def listed(path: str) -> Iterator[os.DirEntry[str]]:
        if "closed" in path:
            raise PermissionError(13, "Permission denied", path)
        return list_as_usual(path)

    open_as_usual, list_as_usual = os.open, os.scandir
    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "scandir", listed)
    code, out, err = llmlint("--format", "json", ".")
    assert code == 2
    assert sorted(err.splitlines()) == [
        "llmlint: ./closed: permission denied",
        "llmlint: secret.yaml: permission denied",
    ]
    assert counts(Outcome(code, out, err)) == (1, 1, 0)


def test_a_file_that_vanishes_is_passed_over(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "gone.yaml").write_text(SMALL, encoding="utf-8")
    read = discovery.read

    def vanishing(path: str) -> bytes:
        (tree / "gone.yaml").unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(discovery, "read", vanishing)
    outcome = llmlint("--format", "json", ".")
    assert outcome.code == 0
    assert counts(outcome) == (2, 1, 1)


def test_links_that_lead_out_are_passed_over(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text(BAD.read_text(encoding="utf-8"), encoding="utf-8")
    (tree / "link.yaml").symlink_to(outside)
    (tree / "inner.yaml").symlink_to("deploy.yaml")
    outcome = llmlint("--format", "json", ".")
    assert outcome.code == 0
    assert counts(outcome) == (3, 2, 1)
    assert llmlint("link.yaml").code == 1, "whoever names it wants it"


def test_links_within_the_repository_are_followed(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / "service").mkdir()
    (tree / "service" / "link.yaml").symlink_to("../deploy.yaml")
    assert counts(llmlint("--format", "json", "service")) == (1, 1, 0)


@pytest.mark.parametrize(
    "name", [b"new\nline.yaml", b"\x1b[2Jclear.yaml", b"caf\xe9.yaml", b"::error::x.yaml", b"-.yaml"]
)
@pytest.mark.parametrize("format", ["text", "concise", "json"])
def test_odd_names(name: bytes, format: str, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(BAD.read_bytes())
    for words in ([".", "-v"], [b"./" + name]):
        outcome = installed("--format", format, *map(os.fsdecode, words), folder=tmp_path)
        assert outcome.code == 1, outcome.err
        assert "\x1b" not in outcome.out
        assert "\nline.yaml" not in outcome.out
        assert not any(line.startswith("::") for line in outcome.out.splitlines())
        if format == "json":
            assert len({finding["file"] for finding in json.loads(outcome.out)["findings"]}) == 1


@pytest.mark.parametrize("format", ["jsonl", "sarif", "junit", "gitlab", "markdown", "html"])
def test_no_other_report_commands_a_terminal_or_a_runner(format: str, tree: Path) -> None:
    """Colours, a window's title, words that a runner obeys. GitHub's annotations give a path as it is, in a line."""
    name = "n\n\x1b[31m::error::own\x1b]0;own\x07\x9b2J.yaml"
    Path(name).write_bytes(BAD.read_bytes())
    outcome = llmlint("--isolated", "--format", format, name)
    assert outcome.code == 1
    assert not {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))} & set(outcome.out)
    assert not any(line.startswith("::error::own") for line in outcome.out.splitlines())


def test_odd_names_in_errors(tmp_path: Path) -> None:
    outcome = installed("no\nsuch\x1b]2J.yaml", folder=tmp_path)
    assert (outcome.code, outcome.err) == (2, "llmlint: no\\nsuch\\u001b]2J.yaml: no such file or folder\n")


def test_files_are_linted_once(tree: Path) -> None:
    assert counts(llmlint("--format", "json", "deploy.yaml", "./deploy.yaml", ".", "*.yaml")) == (1, 1, 0)


def test_globs(tree: Path) -> None:
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "b" / "deep.yaml").write_text(SMALL, encoding="utf-8")
    (tree / "a" / "b" / "deep.txt").write_text(SMALL, encoding="utf-8")
    (tree / "a" / ".hidden").mkdir()
    (tree / "a" / ".hidden" / "x.yaml").write_text(SMALL, encoding="utf-8")
    (tree / "a" / "again").symlink_to(tree)
    (tree / "a" / "once-more").symlink_to(tree)
    for pattern, files in {
        "*.yaml": 1,
        "**/*.yaml": 2,
        "./**/deep.*": 2,
        "a/**/*.yaml": 1,
        f"{tree}/**/*.y?ml": 2,
    }.items():
        assert counts(llmlint("--format", "json", pattern)) == (files, files, 0), pattern
    assert llmlint("*.yml").err == "llmlint: *.yml: nothing matches\n"


def test_a_file_named_like_a_pattern_is_that_file(tree: Path) -> None:
    (tree / "[x].yaml").write_text(SMALL, encoding="utf-8")
    assert counts(llmlint("--format", "json", "[x].yaml")) == (1, 1, 0)


def test_a_path_called_like_a_command(tree: Path) -> None:
    (tree / "plan").write_text(SMALL, encoding="utf-8")
    assert llmlint("./plan").code == 0
    assert llmlint("check", "plan").code == 0
    assert "Missing argument" in llmlint("plan").err


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("deploi.yaml", "deploi.yaml: no such file or folder; did you mean deploy.yaml?"),
        ("chek", "chek: no such file or folder; did you mean `llmlint check`?"),
        ("nothing/like.it", "nothing/like.it: no such file or folder"),
        ("", "'': no such file or folder"),
    ],
)
def test_a_path_that_is_not_there(word: str, said: str, tree: Path) -> None:
    assert llmlint(word) == (2, "", f"llmlint: {said}\n")


def test_nothing_recognised_is_three(tree: Path) -> None:
    (tree / "deploy.yaml").write_text("services: {}\n", encoding="utf-8")
    code, _, err = llmlint(".")
    assert code == 3
    assert "nothing recognised to lint among 1 file" in err
    assert llmlint(".", "--allow-empty").code == 0
    (tree / "deploy.yaml").unlink()
    code, _, err = llmlint(".")
    assert (code, err) == (3, "llmlint: nothing to lint: no YAML or JSON file was found\n")


def test_named_files_are_deployments_whatever_they_look_like(tree: Path) -> None:
    (tree / "values.yaml").write_text("a: 1\n", encoding="utf-8")
    assert llmlint("values.yaml").code == 1
    assert llmlint("values.yaml", "--skip-unrecognised").code == 3
    assert llmlint("values.yaml", "--skip-unrecognised", "--allow-empty").code == 0


def test_folders_of_tools_and_our_own_files_are_left_alone(tree: Path) -> None:
    (tree / ".llmlint.yaml").write_text("fail-on: error\n", encoding="utf-8")
    for folder in (".git", "node_modules", ".llmlint"):
        (tree / folder).mkdir()
        (tree / folder / "x.yaml").write_text(SMALL, encoding="utf-8")
    assert counts(llmlint("--format", "json", ".")) == (1, 1, 0)
