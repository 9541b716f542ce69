"""Has reports of real runs judged by validators that are not ours, and prints what these say.

    python tools/validate_reports.py

Microsoft's SARIF validator with GitHub's rules and its own, SARIF's official JSON Schema (both fetched by npm into a
temporary folder), and the schemas of GitLab's and Jenkins' formats as tests/reports/formats/ restates them. Exits with
1 where one of them objects, and with 3 where npm or its registry cannot be reached.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ROOT / "tests" / "reports" / "formats"
PACKAGES = ("@microsoft/sarif-multitool@5.7.0", "@microsoft/jest-sarif@1.0.0-beta.0")
"""The validator, and a package that carries SARIF's schema."""
SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
HOSTILE = "::error::x, 100% [a](b)\n]]> é.yaml"
OBJECTION, NO_NPM = 1, 3


class Run(NamedTuple):
    """A lint whose reports are validated."""

    name: str
    paths: tuple[str, ...]


RUNS = (
    Run("clean", ("good.yaml",)),
    Run("examples", ("examples",)),
    Run("nothing-recognised", ("values.yaml",)),
    Run("broken", ("broken.yaml", "bytes.yaml", "good.yaml")),
    Run("unreadable", ("pipe.yaml", "good.yaml")),
    Run("hostile", (HOSTILE,)),
)


def prepare(folder: Path) -> None:
    """The files of the runs, in what looks like a repository."""
    (folder / ".git").mkdir()
    shutil.copytree(ROOT / "examples", folder / "examples")
    good = (ROOT / "examples" / "good" / "two-cards.yaml").read_bytes()
    (folder / "good.yaml").write_bytes(good)
    (folder / "values.yaml").write_bytes(b"a: 1\n")
    (folder / "broken.yaml").write_bytes(b"model: [\n")
    (folder / "bytes.yaml").write_bytes(b"model: \xff\n")
    (folder / HOSTILE).write_bytes(good.replace(b"RTX 6000 Ada", b'"::error::x ]]> [a](b) <b> {0}"'))
    os.mkfifo(folder / "pipe.yaml")


def report(run: Run, folder: Path) -> dict[str, Path]:
    """The files of a run's reports, by format."""
    found = {form: folder / f"{run.name}.{form}" for form in ("sarif", "gitlab", "junit")}
    asked = [word for form, path in found.items() for word in ("--format", form, "--output", str(path))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "llmlint", "--isolated", *asked, "--", *run.paths]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if "internal error" in done.stderr or not all(path.exists() for path in found.values()):
        raise SystemExit(f"llmlint {' '.join(run.paths)}: {done.stderr}")
    return found


def fetched(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The validator's program and SARIF's schema; None where they cannot be fetched."""
    if shutil.which("npm") is None:
        print("npm is not installed: Microsoft's SARIF validator was not asked")
        return None
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"npm could not fetch {' '.join(PACKAGES)}: Microsoft's SARIF validator was not asked\n{done.stderr}")
        return None
    packages = folder / "node_modules" / "@microsoft"
    program = packages / f"sarif-multitool-{SYSTEMS[platform.system()]}" / "Sarif.Multitool"
    program.chmod(0o755)
    (schema,) = (packages / "jest-sarif" / "lib" / "schemas").glob("*.json")
    return program, json.loads(schema.read_text(encoding="utf-8-sig"))


def validate_sarif(path: Path, program: Path, schema: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a log: by the schema, by GitHub's rules, and errors by Microsoft's own."""
    log = json.loads(path.read_bytes())
    for error in Draft4Validator(schema).iter_errors(log):
        yield f"{path.name}: schema: {error.message}"
    objections = path.with_suffix(".validated")
    command = [str(program), "validate", path.name, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    command += ["-o", str(objections), "--log", "ForceOverwrite"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout.strip())
    if done.returncode or not objections.exists():  # it exits with 0 whatever it finds
        yield f"{path.name}: the validator failed: {done.stderr or done.stdout}"
        return
    for result in json.loads(objections.read_text(encoding="utf-8-sig"))["runs"][0].get("results", ()):
        rule, level = result["ruleId"], result.get("level", "warning")
        if rule.startswith("GH") or level == "error":
            yield f"{path.name}: {level} {rule}"


def validate_others(found: dict[str, Path]) -> Iterator[str]:
    """What is wrong with the other reports, by their schemas."""
    gitlab = Draft202012Validator(json.loads((FORMATS / "gitlab.schema.json").read_text(encoding="utf-8")))
    for error in gitlab.iter_errors(json.loads(found["gitlab"].read_bytes())):
        yield f"{found['gitlab'].name}: {error.message}"
    for problem in xmlschema.XMLSchema(FORMATS / "junit.xsd").iter_errors(found["junit"]):
        yield f"{found['junit'].name}: {problem.reason}"


def main() -> int:
    """Make the reports, have them validated, and say what came of it."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "repository"
        folder.mkdir()
        prepare(folder)
        tools = fetched(Path(work))
        objections: list[str] = []
        for run in RUNS:
            print(f"\n--- {run.name}")
            found = report(run, folder)
            objections += validate_others(found)
            if tools is not None:
                objections += validate_sarif(found["sarif"], *tools)
    print("\n" + "\n".join(objections or [f"{len(RUNS)} runs: no objections"]))
    return OBJECTION if objections else NO_NPM if tools is None else 0


if __name__ == "__main__":
    sys.exit(main())
