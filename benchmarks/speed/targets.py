"""What the project set itself, and whether a run of the benchmark has reached it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.speed import groups
from benchmarks.speed.groups import FEW, MANY, MOST, of
from benchmarks.speed.results import Results
from benchmarks.speed.rounds import Run, Spread, difference, ratio, spread

Reading = Callable[[Run], float]
"""One figure of a run."""


def wall(run: Run) -> float:
    """Seconds from start to end."""
    return run.wall


def processor(run: Run) -> float:
    """Seconds of processor time, which others on the machine disturb less."""
    return run.processor


def peak(run: Run) -> float:
    """Bytes of the largest process of a run."""
    return float(run.peak)


class Target(NamedTuple):
    """A figure, and what it is to be."""

    what: str
    figure: Callable[[Results, Reading], Spread | None]
    bound: float
    hoped: float | None = None
    least: bool = False
    """Whether the bound is the least that the figure may be; else it is the most."""
    unit: str = "×"
    reading: Reading = wall

    def reached(self, value: float, bound: float | None = None) -> bool:
        """Whether the figure is within the bound, or within another one."""
        limit = self.bound if bound is None else bound
        return value >= limit if self.least else value <= limit


def against(group: str, ours: str, theirs: str) -> Callable[[Results, Reading], Spread | None]:
    """Our figure by theirs, round by round; None where one of the two was not measured."""

    def figure(results: Results, reading: Reading) -> Spread | None:
        mine, other = results.of(group, ours), results.of(group, theirs)
        if not mine or not other:
            return None
        return ratio([reading(run) for run in mine], [reading(run) for run in other])

    return figure


def linear(group: str, command: str) -> Callable[[Results, Reading], Spread | None]:
    """The time of a file among the most, by that of a file among a tenth of them."""

    def figure(results: Results, reading: Reading) -> Spread | None:
        many, most = results.of(group, of(command, MANY)), results.of(group, of(command, MOST))
        if not many or not most:
            return None
        share = MANY / MOST
        return ratio([reading(run) * share for run in most], [reading(run) for run in many])

    return figure


def added(group: str, ours: str, theirs: str) -> Callable[[Results, Reading], Spread | None]:
    """Milliseconds that ours takes more than theirs."""

    def figure(results: Results, reading: Reading) -> Spread | None:
        mine, other = results.of(group, ours), results.of(group, theirs)
        if not mine or not other:
            return None
        return difference([reading(run) * 1000 for run in mine], [reading(run) * 1000 for run in other])

    return figure


COLD, TEN = "cold", "ten thousand"
TARGETS = (
    Target("one file, against `python -c pass`", against(COLD, groups.OURS, groups.PASS), 4, 3),
    Target("one file, against yamllint", against(COLD, groups.OURS, groups.YAMLLINT), 0.6, 0.5),
    Target("one file, against check-jsonschema", against(COLD, groups.OURS, groups.CHECK_JSONSCHEMA), 0.2),
    Target("one file, against `llmfit plan`", against(COLD, groups.OURS, groups.LLMFIT), 0.6),
    Target(
        f"files a second on {MANY:,} native deployments, one process, against yamllint's",
        against("thousand", groups.YAMLLINT, groups.ONE),
        15,
        least=True,
    ),
    Target(
        f"{MOST:,} native deployments, two processes, against ryl with every rule",
        against(TEN, of(groups.TWO, MOST), groups.RYL),
        3,
        1.5,
    ),
    Target(
        f"{MOST:,} files of which 5 % are ours, two processes, against ryl with every rule",
        against("mixed", groups.TWO, groups.RYL),
        1,
    ),
    Target(
        f"{MOST:,} unchanged files from the cache, against the run without it",
        against(TEN, groups.CACHED, of(groups.TWO, MOST)),
        0.1,
    ),
    Target(
        f"memory at {MOST:,} files, against {FEW}, one process",
        against(TEN, of(groups.ONE, MOST), of(groups.ONE, FEW)),
        1.5,
        reading=peak,
    ),
    Target(
        f"memory at {MOST:,} files, against {FEW}, the larger of two processes",
        against(TEN, of(groups.TWO, MOST), of(groups.TWO, FEW)),
        1.5,
        reading=peak,
    ),
    Target(
        f"time a file among {MOST:,}, against among {MANY:,}, one process",
        linear(TEN, groups.ONE),
        1.1,
    ),
    Target(
        "`import llmlint`, over bare Python",
        added(COLD, groups.IMPORT, groups.PASS),
        15,
        unit="ms",
    ),
)
"""The figures of a full benchmark: a quick one has smaller trees, and is not held to them."""


def busy(results: Results) -> float:
    """The part of the runs by one process whose wall time exceeds their processor time by half: others were at work."""
    alone = [
        run
        for commands in results.runs.values()
        for name, runs in commands.items()
        if "ryl" not in name and "two processes" not in name and "cache" not in name
        for run in runs
    ]
    return sum(run.wall > 1.5 * run.processor + 0.005 for run in alone) / max(1, len(alone))


def medians(runs: list[Run]) -> tuple[Spread, Spread, Spread]:
    """Wall seconds, processor seconds and peak bytes."""
    return (
        spread([run.wall for run in runs]),
        spread([run.processor for run in runs]),
        spread([float(run.peak) for run in runs]),
    )
