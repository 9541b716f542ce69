"""`--fix`, `--unsafe-fixes`, `--diff`: what is written where, and that nothing is lost."""

from __future__ import annotations

import json
import os
import stat
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from llmlint.cli import written
from tests.cli.command import Outcome, llmlint

GONE = """\
model: {parameters: 8B}  # eight
engine: {name: vllm, version: 0.33.0, args: [--swap-space=4, --max-num-seqs=4]}
"""
MENDED = GONE.replace("--swap-space=4, ", "")
NEAR = GONE.replace("--swap-space=4", "--max-model-length=8192")
NEAR_MENDED = GONE.replace("--swap-space=4", "--max-model-len=8192")


def file(folder: Path, text: str = GONE) -> Path:
    path = folder / "deploy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_safe_fix_is_made_and_counted(tmp_path: Path) -> None:
    path = file(tmp_path)
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 0
    assert "fixed 1 finding" in outcome.out
    assert path.read_text(encoding="utf-8") == MENDED


def test_an_unsafe_one_only_on_request(tmp_path: Path) -> None:
    path = file(tmp_path, NEAR)
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 1
    assert "1 fixable with --fix --unsafe-fixes" in outcome.out
    assert path.read_text(encoding="utf-8") == NEAR
    assert llmlint("--isolated", "--fix", "--unsafe-fixes", path).code == 0
    assert path.read_text(encoding="utf-8") == NEAR_MENDED


def test_without_it_findings_say_that_they_can_be_mended(tmp_path: Path) -> None:
    path = file(tmp_path)
    outcome = llmlint("--isolated", path)
    assert "]: [*] vLLM" in outcome.out
    assert "[*] 1 fixable with --fix" in outcome.out
    assert "] [*] vLLM" in llmlint("--isolated", "--format=concise", path).out
    report = json.loads(llmlint("--isolated", "--format=json", path).out)
    (found,) = [one for one in report["findings"] if one["fix"] is not None]
    (edit,) = found["fix"]["edits"]
    assert (found["fix"]["safe"], edit["line"], edit["text"]) == (True, 2, "")
    assert (report["summary"]["fixable"], report["summary"]["fixed"]) == (1, 0)
    assert path.read_text(encoding="utf-8") == GONE


def test_a_diff_changes_nothing(tmp_path: Path) -> None:
    path = file(tmp_path)
    outcome = llmlint("--isolated", "--diff", path)
    assert outcome.code == 1
    assert "-engine: {name: vllm, version: 0.33.0, args: [--swap-space=4, --max-num-seqs=4]}" in outcome.out
    assert outcome.err == "Would fix 1 finding.\n"
    assert path.read_text(encoding="utf-8") == GONE
    path.write_text(MENDED, encoding="utf-8")
    assert llmlint("--isolated", "--diff", path) == (0, "", "")


def test_both_at_once_are_refused(tmp_path: Path) -> None:
    assert llmlint("--isolated", "--diff", "--fix", file(tmp_path)).code == 2


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> Outcome:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode())))
    return llmlint("--isolated", "--fix", "-")


def test_standard_input_comes_out_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = piped(monkeypatch, GONE.replace("\n", "\r\n"))
    assert (outcome.code, outcome.out) == (0, MENDED.replace("\n", "\r\n"))
    assert "fixed 1 finding" in outcome.err


def test_what_needs_no_fix_comes_out_as_it_went_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert piped(monkeypatch, MENDED).out == MENDED


def test_permissions_stay_and_no_file_is_left_behind(tmp_path: Path) -> None:
    path = file(tmp_path)
    path.chmod(0o640)
    assert llmlint("--isolated", "--fix", path).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["deploy.yaml"]


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    path = file(tmp_path)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    outcome = llmlint("--isolated", "--fix", link)
    assert outcome.code == 2
    assert "not fixed: it is a link" in outcome.err
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == GONE


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = file(tmp_path)
    with pytest.raises(written.NotWritten, match="changed"):
        written.write(str(path), b"what was read", b"what it became")
    assert path.read_text(encoding="utf-8") == GONE
    assert os.listdir(tmp_path) == ["deploy.yaml"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = file(tmp_path)
    monkeypatch.setattr(os, step, full)
    outcome = llmlint("--isolated", "--fix", path)
    assert outcome.code == 2
    assert "not fixed: no space left on device" in outcome.err
    assert path.read_text(encoding="utf-8") == GONE
    assert os.listdir(tmp_path) == ["deploy.yaml"]


def test_what_is_suppressed_or_not_selected_stays(tmp_path: Path) -> None:
    path = file(tmp_path)
    assert llmlint("--isolated", "--fix", "--select=memory/", path).code == 0
    assert path.read_text(encoding="utf-8") == GONE


def test_the_page_of_a_rule_says_whether_it_can_be_mended() -> None:
    assert "Fix\n  safe: made by --fix" in llmlint("rule", "removed-flag").out
    assert "unsafe: made by --fix --unsafe-fixes" in llmlint("rule", "unknown-flag").out
    assert "Fix\n  by hand" in llmlint("rule", "vram-too-small").out
