"""What a plain lint loads: the one deterministic measure of how fast it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "examples" / "good" / "two-cards.yaml"
BAD = ROOT / "examples" / "bad" / "seventy-billion.yaml"
SNAPSHOT = Path(__file__).with_name("hot_path_modules.txt")
HEAVY = {
    "typer", "click", "rich", "pydantic", "pydantic_core", "jsonschema", "referencing", "asyncio", "dataclasses",
    "inspect", "ast", "tomllib", "subprocess", "difflib", "argparse", "logging", "urllib", "pathlib", "socket",
    "datetime", "glob", "fnmatch", "copy", "base64", "struct", "weakref",
}  # fmt: skip
UNNEEDED = {"typing", "re", "json", "enum", "functools", "collections", "contextlib", "ruamel.yaml"}
"""Together as much as the lint itself; only a processor's name is taken apart with `re`."""
SERVED = """model: meta-llama/Llama-3.1-8B-Instruct
precision: bf16
workload: {context: 8192, concurrency: 8}
engine: {name: vllm, version: 0.33.0, args: [--max-model-len=8192, --max-num-seqs=64]}
machine:
  ram: 64GB
  gpus: [{name: L40S, count: 1}]
  storage: {kind: nvme, free: 1TB}
  cooling: airflow of the rack
"""
PROGRAM = """
import sys
before = set(sys.modules)
from llmlint.document import extension
extension.load()  # as the console script does
from llmlint.cli import run
code = run(sys.argv[1:])
sys.stdout.flush()
print("\\n".join(sorted(set(sys.modules) - before)), file=sys.stderr)
sys.exit(code)
"""


def loaded(*arguments: str, code: int = 0) -> set[str]:
    """Modules that a lint in a fresh interpreter adds to a bare one."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LLMLINT_")}
    command = [sys.executable, "-I", "-c", PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments", [["{good}"], ["--format", "concise", "-q", "{good}"], ["check", "{good}", "{good}"]]
)
def test_a_clean_lint_loads_nothing_heavy(arguments: list[str]) -> None:
    names = {name.split(".")[0] for name in loaded(*(word.format(good=GOOD) for word in arguments))}
    assert not names & HEAVY


def test_a_clean_lint_needs_little_of_the_standard_library(tmp_path: Path) -> None:
    file = tmp_path / "deploy.yaml"
    file.write_text(SERVED, encoding="utf-8")
    assert not loaded(str(file)) & UNNEEDED


def test_findings_load_nothing_heavy_either() -> None:
    names = {name.split(".")[0] for name in loaded(str(BAD), code=1)}
    assert not names & HEAVY


def test_modules_of_a_clean_lint_are_those_of_the_snapshot(update: bool) -> None:
    """An addition is a visible line in a review: `pytest --update` writes it."""
    names = sorted(name for name in loaded(str(GOOD)) if name.split(".")[0] == "llmlint")
    text = "\n".join(names) + "\n"
    if update:
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


ENGINES = ("vllm", "sglang", "llamacpp", "ollama", "weights", "flags", "registry", "speed")


@pytest.mark.parametrize(
    ("engine", "own"),
    [("", set()), ("vllm", {"vllm"}), ("sglang", {"sglang"}), ("llama.cpp", {"llamacpp"}), ("tgi", set())],
)
def test_only_the_engine_that_is_named_is_loaded(engine: str, own: set[str], tmp_path: Path) -> None:
    """A plan without an engine loads nothing of any, one with an engine that engine's package and no other's."""
    plan = tmp_path / "deploy.yaml"
    named = f"engine: {{name: {engine}, args: {{}}}}\n" if engine else ""
    plan.write_text(f"model: meta-llama/Llama-3.1-8B-Instruct\nprecision: f16\n{named}{MACHINE}", encoding="utf-8")
    names = {name.split(".")[2] for name in loaded(str(plan)) if name.startswith("llmlint.engines.")}
    packages = {"vllm", "sglang", "llamacpp", "ollama"}
    assert names & packages == own
    if not engine:
        assert not names & set(ENGINES)


MACHINE = "machine: {gpus: RTX 6000 Ada, ram: 64GB}\n"
