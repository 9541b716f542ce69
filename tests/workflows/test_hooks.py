""".pre-commit-hooks.yaml: its entries are commands that there are, its patterns what folders are searched for."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from llmlint.cli.options import BY_NAME, parse
from llmlint.discovery import BEGINNINGS, ENDINGS

from ..cli.command import llmlint
from .steps import ROOT, documents, tool

(HOOKS,) = documents(".pre-commit-hooks.yaml")
BY_ID: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in HOOKS}
MANIFEST = ROOT / "examples" / "bad" / "kubernetes-vllm.yaml"
each_hook = pytest.mark.parametrize("hook", HOOKS, ids=list(BY_ID))


def test_there_is_one_that_checks_and_one_that_mends() -> None:
    assert list(BY_ID) == ["llmlint", "llmlint-fix"]
    assert "--fix" not in BY_ID["llmlint"]["entry"].split()
    assert "--fix" in BY_ID["llmlint-fix"]["entry"].split()


def test_pre_commit_takes_the_manifest() -> None:
    command = [tool("pre-commit"), "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


@each_hook
def test_entries_are_commands_with_options_that_there_are(hook: dict[str, Any]) -> None:
    program, *words = shlex.split(hook["entry"])
    assert program == "llmlint"
    for word in [*words, *hook.get("args", [])]:
        assert word == "check" or word in BY_NAME, word
    options = parse([*words, "deploy.yaml"], {})
    assert options, "a hook takes the short way, which is the quick one"
    assert options.skip_unrecognised
    assert options.allow_empty


@each_hook
@pytest.mark.parametrize(
    "name",
    [*(f"deploy/chat{ending}" for ending in ENDINGS), *BEGINNINGS, *(f"deploy/{one}.chat" for one in BEGINNINGS)],
)
def test_what_a_folder_is_searched_for_is_matched(hook: dict[str, Any], name: str) -> None:
    assert re.search(hook["files"], name)


@each_hook
@pytest.mark.parametrize(
    "name", ["main.py", "README.md", "deploy.yaml.orig", "a.yaml/b.txt", "Modelfiles/notes.txt", "a.xml"]
)
def test_nothing_else_is_matched(hook: dict[str, Any], name: str) -> None:
    assert not re.search(hook["files"], name)


@each_hook
def test_a_hook_passes_over_what_is_no_deployment(hook: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("replicas: 2\n", encoding="utf-8")
    assert llmlint(*shlex.split(hook["entry"])[1:], tmp_path / "values.yaml").code == 0


@each_hook
def test_a_hook_fails_on_a_bad_deployment_and_mends_what_it_may(hook: dict[str, Any], tmp_path: Path) -> None:
    shutil.copy(MANIFEST, tmp_path)
    copy = tmp_path / MANIFEST.name
    assert llmlint(*shlex.split(hook["entry"])[1:], copy).code == 1
    assert (copy.read_bytes() == MANIFEST.read_bytes()) is (hook["id"] == "llmlint")
