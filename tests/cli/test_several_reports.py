"""Several reports of one run: each whole and where it was asked for, or none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from llmlint.cli import check as check_module
from llmlint.reading import Text

from .command import BAD, GOOD, SMALL, llmlint

OLD = "old"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a deployment that has one finding, as the current one."""
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_writes_them_all(folder: Path) -> None:
    line = "--format json -o a.json --format jsonl --output b.jsonl --format concise deploy.yaml"
    code, out, err = llmlint(*line.split())
    assert (code, err) == (0, "")
    (finding,) = json.loads((folder / "a.json").read_text(encoding="utf-8"))["findings"]
    assert [json.loads(row) for row in (folder / "b.jsonl").read_text(encoding="utf-8").splitlines()] == [finding]
    assert out.startswith("deploy.yaml:")
    assert out.count("\n") == 1
    assert sorted(os.listdir(folder)) == ["a.json", "b.jsonl", "deploy.yaml"]


def test_each_is_as_it_would_be_alone(folder: Path) -> None:
    llmlint("--format", "json", "-o", "a", "--format", "text", "-o", "b", BAD, GOOD, "deploy.yaml")
    llmlint("--format", "json", "-o", "c", BAD, GOOD, "deploy.yaml")
    llmlint("-o", "d", BAD, GOOD, "deploy.yaml")
    assert (folder / "a").read_bytes() == (folder / "c").read_bytes()
    assert (folder / "b").read_bytes() == (folder / "d").read_bytes()
    assert llmlint(BAD, GOOD, "deploy.yaml").out == (folder / "d").read_text(encoding="utf-8")


@pytest.mark.parametrize("second", ["a", "./a", "sub/../a", "hard", "link/a"])
def test_two_in_one_file_are_refused(second: str, folder: Path) -> None:
    (folder / "a").write_text(OLD, encoding="utf-8")
    (folder / "hard").hardlink_to(folder / "a")
    (folder / "sub").mkdir()
    (folder / "link").symlink_to(folder)
    code, out, err = llmlint("--format", "json", "-o", "a", "--format", "jsonl", "-o", second, "deploy.yaml")
    assert (code, out, err) == (2, "", f"llmlint: --output {second}: two reports cannot go there\n")
    assert (folder / "a").read_text(encoding="utf-8") == OLD


def test_nothing_is_nowhere(folder: Path) -> None:
    line = "--format json -o /dev/null --format jsonl -o /dev/null --format concise deploy.yaml"
    assert llmlint(*line.split()).code == 0


@pytest.mark.parametrize("output", ["missing/b", "/dev/full", "."])
def test_one_that_cannot_be_written_leaves_the_others(output: str, folder: Path) -> None:
    (folder / "a").write_text(OLD, encoding="utf-8")
    code, _, err = llmlint("--format", "json", "-o", "a", "--format", "json", "-o", output, "deploy.yaml")
    assert code == 2
    assert err.startswith(f"llmlint: --output {output}: ")
    assert (folder / "a").read_text(encoding="utf-8") == OLD
    assert sorted(os.listdir(folder)) == ["a", "deploy.yaml"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a bug")])
def test_a_run_that_is_broken_off_writes_none(
    error: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: Text, *_: object) -> None:
        raise error

    monkeypatch.setattr(check_module, "result_of", broken)
    (folder / "a").write_text(OLD, encoding="utf-8")
    code, out, _ = llmlint("--format", "json", "-o", "a", "--format", "json", "deploy.yaml")
    assert code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert (folder / "a").read_text(encoding="utf-8") == OLD
    assert sorted(os.listdir(folder)) == ["a", "deploy.yaml"]
    if code == 2:
        assert json.loads(out)["findings"] == []


def test_what_goes_wrong_with_the_request_late_leaves_a_whole_report(folder: Path) -> None:
    """That a file is linted is known when it has been; the report on the terminal has begun by then."""
    (folder / "z.yaml").write_text(SMALL, encoding="utf-8")
    code, out, err = llmlint("--format", "jsonl", "-o", "z.yaml", "--format", "json", ".")
    assert (code, err) == (2, "llmlint: --output z.yaml: would overwrite a file that is linted\n")
    assert len(json.loads(out)["findings"]) == 1
    assert json.loads(out)["summary"]["failure"] == "--output z.yaml: would overwrite a file that is linted"
    assert (folder / "z.yaml").read_text(encoding="utf-8") == SMALL


def test_every_output_is_kept_from_the_files(folder: Path) -> None:
    code, out, err = llmlint("--format", "json", "-o", "new", "--format", "json", "-o", "deploy.yaml", "deploy.yaml")
    assert (code, out, err) == (2, "", "llmlint: --output deploy.yaml: would overwrite a file that is linted\n")
    assert os.listdir(folder) == ["deploy.yaml"]


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        (".llmlint.yaml", (), "{}"),
        ("team.yaml", ("--config", "team.yaml"), "{}"),
        ("known.json", ("--baseline", "known.json"), '{"version": 1, "entries": []}'),
        ("./known.json", ("--baseline", "known.json"), '{"version": 1, "entries": []}'),
    ],
)
def test_a_report_is_not_written_over_what_llmlint_is_configured_with(
    name: str, arguments: tuple[str, ...], text: str, folder: Path
) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    code, out, err = llmlint("--format", "json", "-o", name, *arguments, "deploy.yaml")
    assert (code, out) == (2, "")
    assert err == f"llmlint: --output {name}: would overwrite what llmlint is configured with\n"
    assert (folder / name).read_text(encoding="utf-8") == text


def test_an_output_has_a_name(folder: Path) -> None:
    assert llmlint("-o", "", "deploy.yaml") == (2, "", "llmlint: --output: the name of the file is empty\n")


def test_a_diff_is_one(folder: Path) -> None:
    code, _, err = llmlint("--diff", "--format", "json", "-o", "a", "--format", "text", "deploy.yaml")
    assert (code, err) == (2, "llmlint: --diff shows a diff in place of a report: give at most one --output\n")


def test_remedies_are_in_all_that_show_them(folder: Path) -> None:
    llmlint("--format", "concise", "-o", "a", "--format", "jsonl", "-o", "b", BAD)
    rows = [json.loads(row) for row in (folder / "b").read_text(encoding="utf-8").splitlines()]
    assert any(row["remedies"] for row in rows)
