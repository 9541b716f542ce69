"""templates/llmlint.yml: its script is run as GitLab's runner would run it, by bash and by the plainest of shells."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from ..cli.command import BAD, GOOD
from .steps import HOSTILE, OFFLINE, ROOT, commit, documents, shell, tool, variables

HEAD, BODY = documents("templates/llmlint.yml")
INPUTS: dict[str, dict[str, Any]] = HEAD["spec"]["inputs"]
JOB: dict[str, Any] = BODY["llmlint"]
INPUT = re.compile(r"\$\[\[ inputs\.([a-z-]+) \]\]")
SHELLS = (("bash", "-eo", "pipefail", "-c"), ("sh", "-e", "-c"))
Run = Callable[..., tuple[int, str]]
FOLDER = {"working-directory"}
REST = set(INPUTS) - FOLDER - {"source", "stage", "image"}
QUALITY, JUNIT = "gl-code-quality-report.json", "llmlint-junit.xml"


def given(inputs: dict[str, str]) -> dict[str, str]:
    """The variables of the job: the inputs in their places."""
    values = {name: one.get("default", "") for name, one in INPUTS.items()} | inputs
    return {name: INPUT.sub(lambda found: values[found[1]], text) for name, text in JOB["variables"].items()}


def run_script(
    script: str, folder: Path, inputs: dict[str, str], command: tuple[str, ...] = SHELLS[0], base: str = ""
) -> tuple[int, str]:
    environment = variables() | {"CI_PROJECT_DIR": str(folder), "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    return shell(script, folder, environment | given(inputs) | OFFLINE | programs_first(), *command)


def programs_first() -> dict[str, str]:
    """`python3` is the one that the tests run with, as the image has a new one."""
    return {"PATH": f"{Path(sys.executable).parent}:{variables()['PATH']}"}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder that the first part of the script installs llmlint in: run once, as it stands."""
    folder = tmp_path_factory.mktemp("job")
    code, log = run_script(f'{JOB["script"][0]}\necho "in $programs"', folder, {"source": str(ROOT)})
    assert code == 0, log
    return log.splitlines()[-1].removeprefix("in ")


@pytest.fixture
def run(programs: str) -> Run:
    """Runs the rest of the script."""

    def run_job(folder: Path, command: tuple[str, ...] = SHELLS[0], base: str = "", **inputs: str) -> tuple[int, str]:
        script = "\n".join([f"programs={programs}", *JOB["script"][1:]])
        named = {name.replace("_", "-"): value for name, value in inputs.items()}
        return run_script(script, folder, {"source": str(ROOT)} | named, command, base)

    return run_job


def quality(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / QUALITY).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("command", SHELLS, ids=lambda command: command[0])
def test_a_clean_repository_passes(run: Run, repository: Path, command: tuple[str, ...]) -> None:
    code, log = run(repository, command)
    assert code == 0, log
    assert all(entry["severity"] == "info" for entry in quality(repository))
    assert ElementTree.parse(repository / JUNIT).getroot().tag == "testsuites"


@pytest.mark.parametrize("command", SHELLS, ids=lambda command: command[0])
def test_a_bad_repository_fails(run: Run, repository: Path, command: tuple[str, ...]) -> None:
    (repository / "bad.yaml").write_bytes(BAD.read_bytes())
    code, log = run(repository, command)
    assert code == 1, log
    found = [entry for entry in quality(repository) if entry["location"]["path"] == "bad.yaml"]
    assert {entry["check_name"] for entry in found} > {"vram-too-small", "ram-below-tier-minimum"}
    assert run(repository, command, fail_on="never")[0] == 0


def test_a_broken_repository_is_no_pass(run: Run, repository: Path) -> None:
    (repository / "broken.yaml").write_text("model: [\nengine: vllm\n", encoding="utf-8")
    assert run(repository, paths="broken.yaml\ngood.yaml")[0] == 1
    (repository / ".llmlint.yaml").write_text("fail-on: sometimes\n", encoding="utf-8")
    assert run(repository)[0] == 2
    assert run(repository, working_directory="nowhere")[0] not in (0, 1)


def test_a_merge_request_is_held_to_what_it_changes(run: Run, repository: Path) -> None:
    (repository / "old.yaml").write_bytes(BAD.read_bytes())
    base = commit(repository)
    (repository / "new.yaml").write_bytes(GOOD.read_bytes())
    commit(repository)
    assert run(repository, base=base)[0] == 1
    assert run(repository, base=base, diff_only="true")[0] == 0
    code, log = run(repository, base="0" * 40, diff_only="true")
    assert code == 1
    assert "everything is linted" in log


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("names", [FOLDER, REST], ids=["the folder", "all but the folder"])
@pytest.mark.parametrize("command", SHELLS, ids=lambda command: command[0])
def test_inputs_are_never_read_as_shell(
    run: Run, repository: Path, names: set[str], value: str, command: tuple[str, ...]
) -> None:
    _, log = run(repository, command, **dict.fromkeys(names, value))
    assert not list(repository.parent.rglob("pwned*")), log


@pytest.mark.parametrize("value", ["; touch pwned; $(touch pwned)", "--target=pwned"])  # each makes an environment
def test_a_source_is_never_read_as_shell(tmp_path: Path, value: str) -> None:
    code, log = run_script(JOB["script"][0], tmp_path, {"source": value})
    assert code != 0, log
    assert not list(tmp_path.rglob("pwned*")), log


def test_inputs_are_variables_and_nothing_else() -> None:
    assert not INPUT.search("".join(JOB["script"]))
    used = set(INPUT.findall((ROOT / "templates" / "llmlint.yml").read_text(encoding="utf-8")))
    assert used == set(INPUTS)


def test_the_artifacts_are_those_that_are_written() -> None:
    assert JOB["artifacts"]["reports"] == {"codequality": QUALITY, "junit": JUNIT}
    assert JOB["artifacts"]["when"] == "always", "they tell why the job failed"
    for name in (QUALITY, JUNIT):
        assert f"$CI_PROJECT_DIR/{name}" in JOB["script"][1]


@pytest.mark.parametrize("dialect", ["bash", "dash"])
def test_the_script_satisfies_shellcheck(dialect: str) -> None:
    command = [tool("shellcheck"), f"--shell={dialect}", "--exclude=SC2154", "-"]
    done = subprocess.run(command, input="\n".join(JOB["script"]), encoding="utf-8", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_satisfies_the_schema_of_gitlab(tmp_path: Path) -> None:
    """That of GitLab's editor, in the copy of check-jsonschema; its head is no job."""
    text = (ROOT / "templates" / "llmlint.yml").read_text(encoding="utf-8").partition("\n---\n")[2]
    for name, one in INPUTS.items():
        text = text.replace(f"$[[ inputs.{name} ]]", json.dumps(one.get("default", "x")))
    (tmp_path / "job.yml").write_text(text, encoding="utf-8")
    command = [tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "job.yml"]
    done = subprocess.run(command, cwd=tmp_path, encoding="utf-8", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_page_tells_every_input() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8").partition("## GitLab")[2]
    assert set(INPUTS) <= set(re.findall(r"`([a-z-]+)`", page))
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (included,) = YAML(typ="safe").load(text)["include"]
    assert included["file"] == "templates/llmlint.yml"
    assert set(included["inputs"]) <= set(INPUTS)
    assert all(isinstance(value, str) for value in included["inputs"].values())
