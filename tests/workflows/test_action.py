"""action.yml: its steps are run as GitHub's runner would run them, on all kinds of repositories and inputs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmlint.version import __version__

from ..cli.command import BAD, GOOD
from .steps import (
    HOSTILE,
    OFFLINE,
    ROOT,
    Ran,
    commands_of,
    commit,
    documents,
    due,
    filled,
    git,
    shell,
    tool,
    variables,
    written,
)

(ACTION,) = documents("action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
FOLDER = {"working-directory"}
REST = set(ACTION["inputs"]) - FOLDER - {"python", "version", "upload-sarif"}
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The outputs of the step that installs: run once, as it stands, with pip kept off the network."""
    place = tmp_path_factory.mktemp("installing")
    code, log, outputs = install(place, {"version": __version__})
    assert code == 0, log
    return outputs


def install(place: Path, inputs: dict[str, str]) -> tuple[int, str, dict[str, str]]:
    return run_step(STEPS[0], place, place, contexts(inputs))


def contexts(inputs: dict[str, str], base: str = "") -> dict[str, Any]:
    given = (
        {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | {"python": sys.executable} | inputs
    )
    return {"inputs": given, "steps": {}, "github": {"event": {"pull_request": {"base": {"sha": base}}}}}


def run_step(step: dict[str, Any], place: Path, folder: Path, known: dict[str, Any]) -> tuple[int, str, dict[str, str]]:
    """A shell step with the variables that the runner sets: exit code, log, outputs."""
    assert step["shell"] == "bash"
    output, summary = place / "output", place / "summary"
    output.write_text("")
    summary.touch()
    script = place / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    environment = variables() | {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(place),
    }
    environment |= {name: filled(value, known) for name, value in step.get("env", {}).items()} | OFFLINE
    code, log = shell(str(script), folder, environment, "bash", "--noprofile", "--norc", "-eo", "pipefail")
    return code, log, written(output)


@pytest.fixture
def run(tmp_path: Path, installed: dict[str, str]) -> Callable[..., Ran]:
    """Runs the whole action but for its installation, which was run before."""

    def run_action(repository: Path, base: str = "", **inputs: str) -> Ran:
        known = contexts({name.replace("_", "-"): value for name, value in inputs.items()}, base)
        known["steps"]["install"] = {"outputs": installed}
        code, log, skipped = 0, "", []
        for step in STEPS[1:]:
            if not due(step.get("if", ""), known, failed=code != 0):
                continue
            if "uses" in step:
                skipped.append(step["name"])
                continue
            one, text, outputs = run_step(step, tmp_path, repository, known)
            known["steps"][step.get("id", step["name"])] = {"outputs": outputs}
            code, log = code or one, log + text
        outputs = {name: filled(one["value"], known) for name, one in ACTION["outputs"].items()}
        return Ran(code, log, outputs, (tmp_path / "summary").read_text(encoding="utf-8"), skipped)

    return run_action


# What it does.


def test_a_clean_repository_passes(run: Callable[..., Ran], repository: Path) -> None:
    ran = run(repository)
    assert ran.code == 0, ran.log
    assert (ran.outputs["errors"], ran.outputs["exit-code"]) == ("0", "0")
    assert "all clear" in ran.log or "info" in ran.log
    sarif = json.loads(Path(ran.outputs["sarif"]).read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"
    assert len(sarif["runs"][0]["results"]) == int(ran.outputs["findings"])


def test_a_bad_repository_fails_and_says_where(run: Callable[..., Ran], repository: Path) -> None:
    (repository / "bad.yaml").write_bytes(BAD.read_bytes())
    ran = run(repository, upload_sarif="true")
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["errors"]) == (1, "1", "3")
    assert ran.skipped == ["Hand the findings to code scanning"]
    annotations = commands_of(ran.log)
    assert any(line.startswith("::error file=bad.yaml,line=12") for line in annotations), annotations
    assert "vram-too-small" in ran.summary
    sarif = json.loads(Path(ran.outputs["sarif"]).read_text(encoding="utf-8"))
    assert len(sarif["runs"][0]["results"]) == int(ran.outputs["findings"])


def test_reports_can_be_left_out(run: Callable[..., Ran], repository: Path) -> None:
    (repository / "bad.yaml").write_bytes(BAD.read_bytes())
    ran = run(repository, annotations="false", summary="false", fail_on="never")
    assert (ran.code, ran.outputs["errors"], ran.summary, ran.skipped) == (0, "3", "", [])
    assert commands_of(ran.log) == []


def test_a_file_that_is_no_yaml_is_a_finding(run: Callable[..., Ran], repository: Path) -> None:
    (repository / "broken.yaml").write_text("model: [\nengine: vllm\n", encoding="utf-8")
    ran = run(repository, paths="broken.yaml\ngood.yaml")
    assert ran.code == 1
    assert "syntax" in ran.log
    assert ran.outputs["sarif"]


def test_a_broken_configuration_is_no_pass(run: Callable[..., Ran], repository: Path) -> None:
    (repository / ".llmlint.yaml").write_text("fail-on: sometimes\n", encoding="utf-8")
    ran = run(repository)
    assert (ran.code, ran.outputs["exit-code"]) == (2, "2")
    assert "sometimes" in ran.log


def test_nothing_to_lint_is_no_pass(run: Callable[..., Ran], repository: Path) -> None:
    (repository / "good.yaml").unlink()
    assert run(repository).code == 3
    assert run(repository, args="--allow-empty").code == 0


def test_it_runs_in_the_folder_that_it_is_told(run: Callable[..., Ran], repository: Path) -> None:
    (repository / "deploy").mkdir()
    (repository / "deploy" / "bad.yaml").write_bytes(BAD.read_bytes())
    ran = run(repository, working_directory="deploy", paths="bad.yaml")
    assert ran.code == 1
    assert any("file=deploy/bad.yaml" in line for line in commands_of(ran.log)), "relative to the repository"
    assert run(repository, working_directory="nowhere").code == 2


def test_a_pull_request_is_held_to_what_it_changes(run: Callable[..., Ran], repository: Path) -> None:
    (repository / "old.yaml").write_bytes(BAD.read_bytes())
    base = commit(repository)
    (repository / "new.yaml").write_bytes(GOOD.read_bytes())
    commit(repository)
    assert run(repository, base).code == 1, "without diff-only all counts"
    assert run(repository, base, diff_only="true").code == 0
    assert run(repository, since=base).code == 0
    (repository / "new.yaml").write_bytes(BAD.read_bytes())
    commit(repository)
    assert run(repository, base, diff_only="true").code == 1
    assert run(repository, "", diff_only="true").code == 1, "outside of pull requests all counts"


def test_the_base_of_a_pull_request_is_fetched_into_a_shallow_checkout(
    run: Callable[..., Ran], repository: Path, tmp_path: Path
) -> None:
    (repository / "old.yaml").write_bytes(BAD.read_bytes())
    base = commit(repository)
    (repository / "new.yaml").write_bytes(GOOD.read_bytes())
    commit(repository)
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), str(shallow))
    assert run(shallow, base, diff_only="true").code == 0
    ran = run(shallow, "0" * 40, diff_only="true")
    assert ran.code == 1
    assert any("everything is linted" in line for line in commands_of(ran.log))


# What it withstands.


@pytest.mark.parametrize("names", [FOLDER, REST], ids=["the folder", "all but the folder"])
@pytest.mark.parametrize("value", HOSTILE)
def test_inputs_are_never_read_as_shell(run: Callable[..., Ran], repository: Path, names: set[str], value: str) -> None:
    ran = run(repository, **dict.fromkeys(names, value))
    assert not list(repository.parent.rglob("pwned*")), ran.log
    assert not [line for line in commands_of(ran.log) if "pwned" in line]
    assert ran.outputs["exit-code"] == str(ran.code), "outputs are not set from inside an input"


@pytest.mark.parametrize("script", ['eval "$ARGUMENTS"', "echo ${{ inputs.args }}"])
def test_a_script_that_reads_inputs_as_shell_would_be_seen(tmp_path: Path, script: str) -> None:
    known = contexts({"args": "true; touch pwned"})
    step = {"shell": "bash", "run": filled(script, known), "env": {"ARGUMENTS": "${{ inputs.args }}"}}
    run_step(step, tmp_path, tmp_path, known)
    assert (tmp_path / "pwned").exists()


def test_the_step_that_installs_withstands_too(tmp_path: Path) -> None:
    for value in HOSTILE:
        code, log, outputs = install(tmp_path, {"python": value})
        assert (code, outputs) == (2, {}), log
        assert [line for line in commands_of(log) if "Python 3.11" not in line] == []
    assert not list(tmp_path.rglob("pwned*"))


def test_another_version_than_the_expected_is_told(tmp_path: Path) -> None:
    code, log, outputs = install(tmp_path, {"version": "9.9.9\n::error::pwned"})
    assert (code, outputs) == (2, {})
    assert "asks for another" in log
    assert len(commands_of(log)) == 1


def test_names_of_files_give_the_runner_no_commands(run: Callable[..., Ran], repository: Path) -> None:
    for name in ("::error::pwned.yaml", "a\n::warning::pwned.yaml", "b%0A::notice::pwned.yaml"):
        (repository / name).write_bytes(BAD.read_bytes())
    ran = run(repository)
    assert ran.code == 1
    for line in commands_of(ran.log):
        assert re.match(r"::(error|warning|notice) (file|title)=", line), line


# How it is written.


def test_actions_of_others_are_pinned_by_their_commits() -> None:
    uses = [step["uses"] for step in STEPS if "uses" in step]
    assert uses, "then this test tests nothing"
    for one in uses:
        assert PINNED.fullmatch(one), one
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for line in re.findall(r"uses: .*", text):
        assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), f"{line}: say its version, for people"


def test_no_expression_stands_in_a_script() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")


def test_steps_use_no_inputs_that_are_not_declared() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\binputs\.([a-z-]+)", text)) == set(ACTION["inputs"])


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["name"])
def test_scripts_satisfy_shellcheck(step: dict[str, Any]) -> None:
    command = [tool("shellcheck"), "--shell=bash", "-"]
    done = subprocess.run(command, input=step["run"], encoding="utf-8", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_satisfies_zizmor() -> None:
    """Which looks for injections, pins and permissions."""
    words = ["--offline", "--no-config", "--persona=auditor", "--quiet", "action.yml"]
    command = [tool("zizmor"), *words]
    done = subprocess.run(command, cwd=ROOT, encoding="utf-8", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# What the page about it says.


def test_the_page_tells_every_input_and_output() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    listed, _, rest = page.partition("<!-- end -->")
    told = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", listed, re.MULTILINE))
    assert set(told) == set(ACTION["inputs"])
    for name, one in ACTION["inputs"].items():
        assert told[name] in (f"`{one['default']}`", "none", "any", "as configured") if one["default"] else True
        assert (told[name] in ("none", "any", "as configured")) is (one["default"] == ""), name
    assert set(re.findall(r"`([a-z-]+)`", rest.partition("**Code")[0])) == set(ACTION["outputs"])


def test_workflows_on_pages_use_it_rightly() -> None:
    found = [
        text
        for page in (ROOT / "docs").glob("*.md")
        for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    ]
    steps = [step for text in found if "OWNER/llmlint@" in text for step in workflow_steps(text)]
    assert steps
    for step in steps:
        ours = step["uses"].startswith("OWNER/llmlint@")
        assert ours or PINNED.fullmatch(step["uses"]), step["uses"]
        assert not ours or set(step.get("with", {})) <= set(ACTION["inputs"])


def workflow_steps(text: str) -> list[dict[str, Any]]:
    from ruamel.yaml import YAML

    jobs = YAML(typ="safe").load(text)["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]
