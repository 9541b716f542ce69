"""Times one cold run on one file against a bare interpreter and two peers, interleaved, and writes docs/performance.md.

    python benchmarks/cold_start.py [--rounds 21] [--keep FOLDER] [--write]

Each contestant is installed in a virtual environment of its own, llmlint from its wheel, and run through its console
script in an environment without other variables. A round runs every contestant once; the first round is thrown away. A
ratio is the median over rounds of llmlint's wall time by the other's in the same round, so that it holds while the
machine's speed drifts. A round in which the wall time exceeds the processor time by half is not counted: the machine
was busy with something else.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENT = ROOT / "examples" / "good" / "two-cards.yaml"
"""It names vLLM, so that the engine's modules are loaded too."""
OURS = ("llmlint, vLLM named", "llmlint, no engine named")
TARGETS = {"yamllint": 0.75, "check-jsonschema": 0.33}
"""What the project set itself: llmlint's time as a share of the peer's."""


class Contestant(NamedTuple):
    """A command and the virtual environment that it runs in."""

    name: str
    requirement: str | None
    command: list[str]


def contestants(folder: Path) -> list[Contestant]:
    """The four, by name."""
    schema = ROOT / "schemas" / "deployment.json"
    return [
        Contestant("python -c pass", None, ["python", "-c", "pass"]),
        Contestant(OURS[0], str(_wheel(folder)), ["llmlint", str(DEPLOYMENT)]),
        Contestant(OURS[1], str(_wheel(folder)), ["llmlint", str(_without_engine(folder))]),
        Contestant("yamllint", "yamllint", ["yamllint", "-d", "relaxed", str(DEPLOYMENT)]),
        Contestant(
            "check-jsonschema", "check-jsonschema", ["check-jsonschema", "--schemafile", str(schema), str(DEPLOYMENT)]
        ),
    ]


def _without_engine(folder: Path) -> Path:
    """The same deployment with its engine set aside under a key that is not read."""
    plain = folder / "no-engine.yaml"
    plain.write_text(DEPLOYMENT.read_text(encoding="utf-8").replace("\nengine:", "\nx-engine:"), encoding="utf-8")
    return plain


def _wheel(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


def installed(contestant: Contestant, folder: Path) -> list[str]:
    """The command line in an environment that holds only what the contestant needs."""
    home = folder / contestant.name.partition(",")[0].replace(" ", "-")
    if not home.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        if contestant.requirement is not None:
            subprocess.run([home / "bin" / "pip", "install", "--quiet", contestant.requirement], check=True)
    return [str(home / "bin" / contestant.command[0]), *contestant.command[1:]]


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env={"PATH": os.defpath}, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def measure(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Wall seconds by contestant, rounds interleaved, the first one left out."""
    walls: dict[str, list[float]] = {name: [] for name in commands}
    busy = 0
    for number in range(rounds + 1):
        results = {name: timed(command) for name, command in commands.items()}
        disturbed = any(wall > 1.5 * used + 0.005 for wall, used in results.values())
        busy += disturbed
        if number and not disturbed:
            for name, (wall, _) in results.items():
                walls[name].append(wall)
    print(f"{busy} of {rounds + 1} rounds were disturbed and left out", file=sys.stderr)
    return walls


def versions(commands: dict[str, list[str]]) -> dict[str, str]:
    """Version of each contestant's package."""
    found = {}
    for name, command in commands.items():
        pip = Path(command[0]).parent / "pip"
        shown = subprocess.run(
            [pip, "show", name.partition(",")[0]], capture_output=True, text=True, check=False
        ).stdout
        found[name] = next((line.split()[1] for line in shown.splitlines() if line.startswith("Version:")), "")
    found["python -c pass"] = platform.python_version()
    return found


def table(walls: dict[str, list[float]], version: dict[str, str]) -> str:
    """The Markdown table of medians and ratios."""
    lines = [
        f"| | version | median, ms | {OURS[0]}, takes | {OURS[1]}, takes | to reach |",
        "|---|---|---|---|---|---|",
    ]
    for name, values in walls.items():
        target = f"≤ {TARGETS[name]} ×" if name in TARGETS else ""
        ratios = ["" if name in OURS else f"{_ratio(walls[own], values):.2f} ×" for own in OURS]
        median = statistics.median(values) * 1000
        lines.append(f"| {name} | {version[name]} | {median:.1f} | {' | '.join(ratios)} | {target} |")
    return "\n".join(lines)


def _ratio(own: list[float], other: list[float]) -> float:
    return statistics.median(ours / theirs for ours, theirs in zip(own, other, strict=True))


def page(shown: str, rounds: int) -> str:
    """The section of docs/performance.md."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, CPython {platform.python_version()}"
    return f"""{shown}

{rounds} interleaved rounds after one that is not counted; {machine}; {time.strftime("%Y-%m-%d")}.
Reproduce with `python benchmarks/cold_start.py`. The ratios are what to compare; milliseconds belong to one machine.
"""


def main() -> None:
    """Install, measure, print; with --write put the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--keep", type=Path, help="a folder whose environments are made once and used again")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        commands = {one.name: installed(one, folder) for one in contestants(folder)}
        walls = measure(commands, given.rounds)
        shown = page(table(walls, versions(commands)), min(len(values) for values in walls.values()))
    print(shown)
    if given.write:
        path = ROOT / "docs" / "performance.md"
        before, mark, after = "<!-- cold start -->\n", "<!-- cold start -->", "<!-- end -->"
        text = path.read_text(encoding="utf-8")
        head, tail = text.split(mark, 1)[0], text.split(after, 1)[1]
        path.write_text(f"{head}{before}{shown}{after}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
