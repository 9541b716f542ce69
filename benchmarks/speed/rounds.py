"""Runs commands in turn, A B C A B C …, and keeps what each run took."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

LAUNCHER = Path(__file__).with_name("launcher.py")
SHOWN_OUTPUT = 2_000
"""Characters of a failed command's output that the benchmark shows."""


class Command(NamedTuple):
    """What is run, and the exit codes that it may end with where all is as expected."""

    words: tuple[str, ...]
    folder: Path
    variables: dict[str, str]
    codes: tuple[int, ...] = (0,)


class Run(NamedTuple):
    """What one run of a command took."""

    wall: float
    """Seconds from its start to its end."""
    processor: float
    """Seconds of user and system time, of the command and all processes that it waited for."""
    peak: int
    """Bytes of memory of the largest of its processes."""


class Unexpected(Exception):
    """A command ended otherwise than expected: what it prints cannot be what was to be measured."""


Runner = Callable[[Command, bool], Run]
"""Runs a command; the flag says whether its output is kept, to be shown where it fails."""


class Interleaved(NamedTuple):
    """The runs of commands that took turns, and why the others could not take part."""

    runs: dict[str, list[Run]]
    refused: dict[str, str]


def interleaved(commands: dict[str, Command], rounds: int, run: Runner) -> Interleaved:
    """The runs of each command, after a round that is not counted and in which the output is kept.

    What fails in that round is left out, so that one program of others does not cost the rest of the benchmark. Each
    round begins one command later than the one before, so that none always follows the same neighbour's heat."""
    refused: dict[str, str] = {}
    for name, command in commands.items():
        try:
            run(command, True)
        except Unexpected as error:
            refused[name] = str(error)
    names = [name for name in commands if name not in refused]
    found: dict[str, list[Run]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % max(1, len(names))
        for name in names[turn:] + names[:turn]:
            found[name].append(run(commands[name], False))
    return Interleaved(found, refused)


def launched(command: Command, kept: bool, scratch: Path) -> Run:
    """One run by the launcher; `Unexpected` where it ends with another exit code than it may."""
    figures, output = scratch / "figures", scratch / "output"
    to = str(output) if kept else os.devnull
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(figures), to, *command.words]
    subprocess.run(launcher, cwd=command.folder, env=command.variables, check=True)
    wall, user, system, peak, code = figures.read_text(encoding="ascii").split()
    if int(code) not in command.codes:
        said = output.read_text(encoding="utf-8", errors="replace")[-SHOWN_OUTPUT:] if kept else ""
        raise Unexpected(f"{' '.join(command.words)} ended with {code}\n{said}")
    return Run(float(wall), float(user) + float(system), int(peak) * 1024)


class Spread(NamedTuple):
    """A figure over rounds."""

    median: float
    low: float
    """The lower quartile; with fewer than four rounds the least."""
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Median and quartiles."""
    if len(values) < 4:
        return Spread(statistics.median(values), min(values), max(values))
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours by theirs, round by round: a machine that slows down slows both."""
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours less theirs, round by round."""
    return spread([one - other for one, other in zip(ours, theirs, strict=True)])
