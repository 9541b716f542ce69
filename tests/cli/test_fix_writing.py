"""What `--fix` does where it cannot write: it says so, ends with 2, and the file is whole, old or new."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmlint.cli import fixing, written
from llmlint.fix import Fixed
from llmlint.fix import fixed as mend
from llmlint.resources import CHECKOUT
from tests.cli.command import Outcome, llmlint

GONE = """\
model: {parameters: 8B}  # eight
engine: {name: vllm, version: 0.33.0, args: [--swap-space=4, --max-num-seqs=4]}
"""
MENDED = GONE.replace("--swap-space=4, ", "")
NOBODY = 65534
"""A user without rights; tests may run as root, to whom nothing is forbidden."""
LIMIT = 40
"""Bytes of the longest file that may be written, fewer than there are to write."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users may look into, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="llmlint-") as name:
        os.chmod(name, 0o755)
        yield Path(name)
        os.chmod(name, 0o755)


def file(folder: Path) -> Path:
    path = folder / "deploy.yaml"
    path.write_text(GONE, encoding="utf-8")
    return path


def limited(*words: str | Path) -> Outcome:
    """A run in a process of its own that may write no longer files."""

    def restricted() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    done = subprocess.run(
        [sys.executable, "-B", "-m", "llmlint", "--isolated", *map(str, words)],
        capture_output=True,
        check=False,
        text=True,
        env={"PYTHONPATH": str(Path(CHECKOUT) / "src"), "PATH": os.defpath},
        preexec_fn=restricted,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def unprivileged(*words: str | Path) -> Outcome:
    """A run as a user without rights, who may not even be able to read Python's own files: all is loaded before."""
    with tempfile.TemporaryDirectory() as name:
        assert llmlint("--isolated", "--fix", file(Path(name))).code == 0
    if os.geteuid():
        return llmlint("--isolated", *words)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        return llmlint("--isolated", *words)
    finally:
        os.setresuid(0, 0, 0)


def is_as_it_was(path: Path) -> bool:
    return path.read_text(encoding="utf-8") == GONE and os.listdir(path.parent) == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_file_that_may_not_be_written(folder: Path) -> None:
    path = file(folder)
    path.chmod(0o444)
    folder.chmod(0o777)
    outcome = unprivileged("--fix", path)
    assert (outcome.code, outcome.err) == (2, f"llmlint: {path}: not fixed: it is read-only\n")
    assert is_as_it_was(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_folder_that_may_not_be_written(folder: Path) -> None:
    path = file(folder)
    path.chmod(0o666)
    folder.chmod(0o555)
    outcome = unprivileged("--fix", path)
    assert outcome.code == 2
    assert f"{path}: not fixed: permission denied" in outcome.err
    assert is_as_it_was(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_write_that_ends_in_the_middle(folder: Path) -> None:
    path = file(folder)
    outcome = limited("--fix", path)
    assert outcome.code == 2
    assert f"{path}: not fixed: file too large" in outcome.err
    assert "1 fixable" in outcome.out
    assert is_as_it_was(path)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interruption(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    path = file(folder)
    monkeypatch.setattr(os, step, interrupted)
    assert llmlint("--isolated", "--fix", path).code == 130
    assert is_as_it_was(path)


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Something happens between reading and writing."""

    def fixed(*words: object, **others: object) -> Fixed:
        done = mend(*words, **others)  # type: ignore[arg-type]
        change()
        return done

    monkeypatch.setattr(fixing, "fixed", fixed)


def test_a_file_that_is_written_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(folder)
    meanwhile(monkeypatch, lambda: path.write_text("name: other\n" + GONE, encoding="utf-8"))
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 2
    assert "not fixed: it has changed since it was read" in outcome.err
    assert path.read_text(encoding="utf-8") == "name: other\n" + GONE
    assert os.listdir(folder) == [path.name]


def test_a_file_that_vanishes_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(folder)
    meanwhile(monkeypatch, path.unlink)
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 2
    assert "not fixed: no such file or directory" in outcome.err
    assert os.listdir(folder) == []


def test_a_link_that_takes_its_place_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = file(folder), folder / "other"
    other.write_text(GONE, encoding="utf-8")

    def swapped() -> None:
        path.unlink()
        path.symlink_to(other)

    meanwhile(monkeypatch, swapped)
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 2
    assert "not fixed: it is a link" in outcome.err
    assert other.read_text(encoding="utf-8") == GONE


def test_a_file_that_changes_at_the_last_moment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the new text is written beside it, and before it takes its place."""
    path = file(folder)
    fill = written._fill

    def filled(*words: object) -> None:
        fill(*words)  # type: ignore[arg-type]
        path.write_text(GONE + "# more\n", encoding="utf-8")

    monkeypatch.setattr(written, "_fill", filled)
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 2
    assert path.read_text(encoding="utf-8") == GONE + "# more\n"
    assert os.listdir(folder) == [path.name]


def test_the_others_are_fixed_all_the_same(folder: Path) -> None:
    first, second = file(folder), folder / "second.yaml"
    second.write_text(GONE, encoding="utf-8")
    third = folder / "link.yaml"
    third.symlink_to(second)
    outcome = llmlint("--isolated", "--fix", third, first, second)
    assert outcome.code == 2
    assert first.read_text(encoding="utf-8") == second.read_text(encoding="utf-8") == MENDED


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes there")
def test_extended_attributes_stay(folder: Path) -> None:
    path = file(folder)
    try:
        os.setxattr(path, "user.note", b"ours")
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.EPERM):
            pytest.skip("not on this file system")
        raise
    assert llmlint("--isolated", "--fix", path).code == 0
    assert os.getxattr(path, "user.note") == b"ours"
