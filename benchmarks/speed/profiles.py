"""Where the time goes: instructions of a cold run, by valgrind, and shares of a bulk run, by Python's profiler."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.speed import groups
from benchmarks.speed.groups import Bench, Linter
from benchmarks.speed.results import Profile
from benchmarks.speed.rounds import Command

COLLECTED = re.compile(r"Collected : (\d+)")
COUNTED = (groups.PASS, groups.OURS, groups.BEFORE, groups.YAMLLINT)
WATCHED = 300
"""Seconds that one run under valgrind or the profiler may take."""


def profiled(bench: Bench, cold: dict[str, Command], tree: str, scratch: Path) -> Profile:
    """Instructions of some of the cold commands, and the shares of a bulk run on a tree, now and before."""
    counted = {name: instructions(cold[name]) for name in COUNTED if name in cold} if shutil.which("valgrind") else {}
    linters = {groups.OURS: bench.ours, **({groups.BEFORE: bench.before} if bench.before else {})}
    bulk = {name: shares(linter, bench.roots[tree], scratch / "profile.json") for name, linter in linters.items()}
    return Profile({name: count for name, count in counted.items() if count}, bulk)


def instructions(command: Command) -> int:
    """Instructions that a command takes; zero where valgrind does not say."""
    watch = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*watch, *command.words],
        cwd=command.folder,
        env=command.variables,
        capture_output=True,
        text=True,
        timeout=WATCHED,
        check=False,
    )
    said = COLLECTED.search(done.stderr)
    return int(said[1]) if said else 0


def shares(linter: Linter, folder: Path, output: Path) -> dict[str, float]:
    """Parts of one that each part of llmlint takes of linting a folder in one process."""
    python = str(Path(linter.program).with_name("python"))
    arguments = linter.words(str(folder))[1:]
    subprocess.run(
        [python, "-I", str(Path(__file__).with_name("profiled.py")), str(output), *arguments],
        timeout=WATCHED,
        check=True,
    )
    found: dict[str, float] = json.loads(output.read_text(encoding="utf-8"))
    return found
