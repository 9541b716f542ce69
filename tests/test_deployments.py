"""Deployments with their whole report: x.yaml or x.json, and x.out beside it. `pytest --update` writes reports anew.

Those in `examples/` are for people to copy, their reports exactly what the command prints from the repository's root;
the good ones end with exit code 0, the bad ones with 1. Those in `tests/deployments` are linted from there; a last
line tells the exit code. A name that ends in `-verbose` is linted with -v.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from llmlint.cli import run
from llmlint.resources import CHECKOUT

ROOT = Path(CHECKOUT)
EXAMPLES = ROOT / "examples"
DEPLOYMENTS = ROOT / "tests" / "deployments"
EXIT_CODES = {"good": 0, "bad": 1}
TERMINALS: list[dict[str, str]] = [
    {},
    {"COLUMNS": "40", "TERM": "dumb", "NO_COLOR": "1"},
    {"COLUMNS": "300", "TERM": "xterm-256color", "FORCE_COLOR": "1", "LC_ALL": "C"},
]
"""What may be set around a run, and must not show."""


def files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.yaml"), *folder.rglob("*.json")])


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(params=TERMINALS, ids=["plain", "narrow", "wide"])
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """The surroundings of a run; true for the plain ones, whose report is kept."""
    for name in ("COLUMNS", "TERM", "NO_COLOR", "FORCE_COLOR", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in request.param.items():
        monkeypatch.setenv(name, value)
    return not request.param


def linted(path: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    options = ["-v"] if Path(path).stem.endswith("-verbose") else []
    code = run(["--color", "never", *options, path])
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, printed.out


def compare(path: Path, report: str, *, write: bool) -> None:
    expected = path.with_suffix(".out")
    if write:
        expected.write_text(report, encoding="utf-8")
    assert report == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for name in EXIT_CODES for path in files(EXAMPLES / name)], ids=ids)
def test_report_of_an_example(
    path: Path, terminal: bool, update: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    code, report = linted(ids(path), capsys)
    assert code == EXIT_CODES[path.parent.name]
    compare(path, report, write=update and terminal)


@pytest.mark.parametrize("path", files(DEPLOYMENTS), ids=ids)
def test_report_of_a_deployment(
    path: Path, terminal: bool, update: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DEPLOYMENTS)
    code, report = linted(path.name, capsys)
    compare(path, f"{report}exit code {code}\n", write=update and terminal)


def test_every_report_has_its_deployment() -> None:
    reports = {*EXAMPLES.rglob("*.out"), *DEPLOYMENTS.rglob("*.out")}
    folders = (*(EXAMPLES / name for name in EXIT_CODES), DEPLOYMENTS)
    assert reports == {path.with_suffix(".out") for folder in folders for path in files(folder)}
