"""What the runners of GitHub and GitLab do with a step: fill in expressions, set variables, start a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from llmlint.resources import CHECKOUT

ROOT = Path(CHECKOUT)
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
TERM = re.compile(r"(?P<context>[a-z_.-]+)(?: (?P<sign>[!=]=) '(?P<text>[^']*)')?")

HOSTILE = (
    "; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "a\nb; touch pwned\n",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "--output=pwned",
    "-o\npwned",
    "\n::error::pwned\n",
    "x\nexit-code=0\nfindings=0",
    "${{ github.token }}",
    "||true",
    "é\u2028; touch pwned",
)
"""Values of inputs that would do harm, were they read as text of a script or of a log."""
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # as pip has it: none
    "PYTHONPATH": sysconfig.get_path("purelib"),
}
"""Packages come from where the tests run: what is installed is the checkout alone."""


class Ran(NamedTuple):
    """What became of an action or a job."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    skipped: list[str]
    """Names of the steps that call other actions, where they were due."""


def tool(name: str) -> str:
    """A program of the environment that the tests run in."""
    return str(Path(sys.executable).with_name(name))


def documents(name: str) -> list[Any]:
    """The YAML documents of a file of the checkout."""
    return list(YAML(typ="safe").load_all((ROOT / name).read_text(encoding="utf-8")))


def variables() -> dict[str, str]:
    """The machine's own variables, without what a runner or llmlint would look at."""
    theirs = ("GITHUB_", "GITLAB_", "CI", "RUNNER_", "LLMLINT_", "PYTHON", "INPUT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(theirs)}


def lookup(name: str, contexts: Mapping[str, Any]) -> str:
    """The value of `inputs.paths`: empty where there is none, as on GitHub."""
    found: Any = contexts
    for part in name.split("."):
        found = found.get(part, "") if isinstance(found, Mapping) else ""
    return str(found)


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """A text with its expressions replaced by their values."""
    return EXPRESSION.sub(lambda found: lookup(found[1], contexts), text)


def due(condition: str, contexts: Mapping[str, Any], *, failed: bool) -> bool:
    """Whether a step is run: terms joined by `&&`, of which `always()` is one."""
    inner = EXPRESSION.sub(lambda found: found[1], condition)
    terms = [term.strip() for term in inner.split("&&") if term.strip()]
    if failed and "always()" not in terms:
        return False
    return all(_holds(term, contexts) for term in terms if term != "always()")


def _holds(term: str, contexts: Mapping[str, Any]) -> bool:
    found = TERM.fullmatch(term)
    assert found, f"an expression that this test does not read: {term}"
    equal = lookup(found["context"], contexts) == found["text"]
    return equal if found["sign"] == "==" else not equal


def written(path: Path) -> dict[str, str]:
    """The outputs in a file `GITHUB_OUTPUT`, of the simple form alone: ours never need another."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all("=" in line for line in lines), lines
    return dict(line.split("=", 1) for line in lines)


def shell(script: str, folder: Path, environment: Mapping[str, str], *command: str) -> tuple[int, str]:
    """The exit code of a script and all that it printed."""
    done = subprocess.run(
        [*command, script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=folder,
        env=dict(environment),
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout


def commands_of(log: str) -> list[str]:
    """The lines of a log that GitHub's runner takes for commands."""
    found, stopped = [], ""
    for line in log.splitlines():
        if stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
        elif re.match(r"\s*::|##\[", line):
            found.append(line)
    assert not stopped, "commands were stopped and never allowed again"
    return found


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=You", "-c", "user.email=you@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it is")
    return git(folder, "rev-parse", "HEAD")
