"""Closed, full and broken streams, and places that cannot be written: a clear message, the right code, nothing half."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from .command import BAD, GOOD, INSTALLED, SMALL, installed, llmlint

SHELL = ["bash", "-c"]


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """A line of the shell, `llmlint` in it being the installed command."""
    return subprocess.run(
        [*SHELL, f"set -o pipefail; llmlint() {{ {INSTALLED} \"$@\"; }}; {line}"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command", [f"{BAD}", f"--format json {BAD}", "catalog models", "rule", f"plan {BAD}", "facts"]
)
def test_a_full_disk_is_told(command: str) -> None:
    done = shell(f"llmlint {command} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "llmlint: standard output: no space left on device\n")


@pytest.mark.parametrize("command", [f"{BAD}", "rule", f"plan {BAD}"])
def test_a_closed_output_is_told(command: str) -> None:
    done = shell(f"llmlint {command} >&-")
    assert (done.returncode, done.stderr) == (2, "llmlint: standard output: bad file descriptor\n")


def test_a_closed_input_is_told() -> None:
    done = shell("llmlint - <&-")
    assert (done.returncode, done.stderr) == (2, "llmlint: <stdin>: standard input is closed\n")


def test_closed_errors_change_nothing() -> None:
    done = shell(f"llmlint {BAD} /nowhere 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
    assert shell(f"llmlint -q {BAD} 2>&-").stdout == shell(f"llmlint -q {BAD}").stdout


def test_all_closed_still_ends_with_a_code() -> None:
    assert shell(f"llmlint {BAD} <&- >&- 2>&-").returncode == 2
    assert shell(f"llmlint --output /dev/null {BAD} <&- >&- 2>&-").returncode == 1


@pytest.mark.parametrize("command", [["catalog", "models"], [str(BAD)], ["--help"], ["plan", str(BAD)], ["rule"]])
def test_a_reader_that_went_away_is_no_finding(command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([INSTALLED, *command], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_head_of_a_long_report() -> None:
    done = shell("llmlint catalog models | head -1")
    assert done.returncode in (0, 141)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_narrow_encodings_do_not_crash() -> None:
    outcome = installed(BAD, variables={"PYTHONIOENCODING": "ascii"})
    assert outcome.code == 1
    assert outcome.out.isascii()
    assert "error[vram-too-small]" in outcome.out


def test_standard_input_is_linted() -> None:
    outcome = installed("-", "--stdin-filename", "team/deploy.yaml", "--format", "concise", stdin=BAD.read_bytes())
    assert outcome.code == 1
    assert outcome.out.startswith("team/deploy.yaml:")
    assert installed("-", "--format", "concise", stdin=BAD.read_bytes()).out.startswith("<stdin>:")


def test_standard_input_stands_alone() -> None:
    assert installed("-", GOOD).err == "llmlint: -: standard input cannot be mixed with files\n"


def test_output_is_a_whole_file(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old", encoding="utf-8")
    report.chmod(0o640)
    code, out, err = llmlint("--format", "json", "--output", report, "--color", "always", BAD)
    assert (code, out, err) == (1, "", "")
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["errors"] > 0
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["report.json"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("missing/report", "no such file or directory"),
        (".", "is a directory"),
        ("file/report", "not a directory"),
        ("x" * 300, "file name too long"),
    ],
)
def test_output_that_cannot_be_written(output: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    code, out, err = llmlint("--output", output, GOOD)
    assert (code, out, err) == (2, "", f"llmlint: --output {output}: {said}\n")
    assert os.listdir(tmp_path) == ["file"]


def test_output_to_a_full_device() -> None:
    assert llmlint("--output", "/dev/full", BAD) == (2, "", "llmlint: --output /dev/full: no space left on device\n")


def test_output_to_a_device_writes_to_it() -> None:
    done = shell(f"llmlint --output /dev/stdout --format concise {BAD} | head -c 3")
    assert done.stdout == str(BAD)[:3]
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_an_error_keeps_the_old_output(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.write_text("old", encoding="utf-8")
    code, _, _ = llmlint("--output", report, "--select", "no-such-rule", GOOD)
    assert code == 2
    assert report.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["report"]


@pytest.mark.parametrize("named", [True, False])
def test_output_never_takes_the_place_of_what_is_linted(named: bool, tmp_path: Path) -> None:
    file = tmp_path / "deploy.yaml"
    file.write_text(SMALL, encoding="utf-8")
    code, _, err = llmlint("--output", file, file if named else tmp_path)
    assert code == 2
    assert "would overwrite a file that is linted" in err
    assert file.read_text(encoding="utf-8") == SMALL


def test_last_run_s_report_among_the_files_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    for _ in range(2):
        assert llmlint("--format", "json", "--output", tmp_path / "report.json", tmp_path).code == 0


def test_a_link_as_output_is_replaced_not_followed(tmp_path: Path) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "report"
    elsewhere.write_text("precious", encoding="utf-8")
    link.symlink_to(elsewhere)
    assert llmlint("--output", link, GOOD).code == 0
    assert elsewhere.read_text(encoding="utf-8") == "precious"
    assert not link.is_symlink()
