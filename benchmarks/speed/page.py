"""Writes docs/performance.md: the prose of template.md around tables of what one run of the benchmark has found."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speed import groups
from benchmarks.speed.groups import Group
from benchmarks.speed.results import Results
from benchmarks.speed.rounds import Run, Spread, ratio
from benchmarks.speed.targets import TARGETS, Target, busy, medians, processor, wall

TEMPLATE = Path(__file__).with_name("template.md")
QUIET = 0.1
"""Of the runs, how many others may disturb before the page says that its times are worth little."""
LEAST_SHARE = 0.01
"""Of a profile, that a part needs to have a line of its own."""
ALONE = frozenset({"thousand", "unlike", "one of theirs", "hundred of theirs"})
"""Groups whose target is about one process."""


def page(results: Results, wanted: tuple[Group, ...]) -> str:
    """The whole page."""
    sections = {group.name.replace(" ", "_"): table(group, results) for group in wanted}
    text = TEMPLATE.read_text(encoding="utf-8")
    parts = {
        "targets": targets(results),
        "noise": noise(results),
        "instructions": instructions(results.profile.instructions),
        "shares": shares(results.profile.shares),
        "machine": f"{results.machine}; {results.date}",
        "versions": ", ".join(f"{name} {version}" for name, version in results.versions.items()),
        "missing": missing(results.missing),
        "before": results.versions.get(groups.BEFORE, "that was not measured"),
        **sections,
    }
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    return text


def targets(results: Results) -> str:
    """A line for each target: the figure, what it is to be, and whether it is."""
    lines = ["| | median (quartiles) | by processor time | to reach | hoped for | |", "|---|---|---|---|---|---|"]
    for target in TARGETS:
        figure = target.figure(results, target.reading)
        used = target.figure(results, processor) if target.reading is wall else None
        sign = "≥" if target.least else "≤"
        hoped = f"{sign} {target.hoped:g} {target.unit}" if target.hoped is not None else ""
        shown = _spread(figure, target.unit) if figure else "not measured"
        bound = f"{sign} {target.bound:g} {target.unit}"
        by_processor = f"{_digits(used.median)} {target.unit}" if used else ""
        verdict = _verdict(target, figure)
        lines.append(f"| {target.what} | {shown} | {by_processor} | {bound} | {hoped} | {verdict} |")
    return "\n".join(lines)


def _verdict(target: Target, figure: Spread | None) -> str:
    if figure is None:
        return ""
    if not target.reached(figure.median):
        return "**missed**"
    hoped = target.hoped is not None and target.reached(figure.median, target.hoped)
    return "reached, and what was hoped for" if hoped else "reached"


def noise(results: Results) -> str:
    """How far the times can be trusted."""
    share = busy(results)
    said = (
        f"{results.load:.1f} processes wanted a processor in the minute before the run; in {share:.0%} of the runs by "
        "one process the wall time was half as long again as the processor time, or more."
    )
    if share <= QUIET:
        return said
    return (
        f"{said} **The machine was busy with something else: wall times are worth little here, and ratios to programs "
        "of several threads least.**"
    )


def table(group: Group, results: Results) -> str:
    """A line for each command of a group, with what llmlint takes of its time."""
    runs = results.runs.get(group.name, {})
    if not runs:
        return f"{group.title}: not measured."
    main = _main(group, list(runs))
    rounds = max(len(some) for some in runs.values())
    lines = [
        f"{group.title}, {rounds} round{'s' if rounds > 1 else ''}:",
        "",
        f"| | wall, ms (quartiles) | processor, ms | peak, MB | {main}, takes of its time |",
        "|---|---|---|---|---|",
    ]
    lines += [_line(name, some, runs.get(main, [])) for name, some in runs.items()]
    return "\n".join(lines)


def _main(group: Group, names: list[str]) -> str:
    """The command that others are compared with: on the most files, in the most processes that the target allows."""
    if group.name in ALONE:
        return groups.ONE
    if groups.OURS in names:
        return groups.OURS
    ours = [name for name in names if name.startswith((groups.TWO, groups.ONE))]
    return max(ours, key=lambda name: (name.startswith(groups.TWO), names.index(name)), default="")


def _line(name: str, runs: list[Run], main: list[Run]) -> str:
    wall, processor, peak = medians(runs)
    share = ""
    if main and runs is not main:
        share = f"{_digits(ratio([run.wall for run in main], [run.wall for run in runs]).median)} ×"
    quartiles = f"{_digits(wall.low * 1000)} – {_digits(wall.high * 1000)}"
    return (
        f"| {name} | {_digits(wall.median * 1000)} ({quartiles}) | {_digits(processor.median * 1000)} "
        f"| {peak.median / 1e6:.0f} | {share} |"
    )


def instructions(counted: dict[str, int]) -> str:
    """Instructions of one cold run of each command."""
    if not counted:
        return "Instructions were not counted: valgrind is not installed."
    bare = counted.get(groups.PASS, 0)
    lines = ["| one file | million instructions | × bare Python |", "|---|---|---|"]
    for name, count in counted.items():
        times = f"{count / bare:.2f} ×" if bare else ""
        lines.append(f"| {name} | {count / 1e6:.1f} | {times} |")
    return "\n".join(lines)


def shares(found: dict[str, dict[str, float]]) -> str:
    """Parts of the processor time of a bulk run, of each revision."""
    if not found:
        return "Not profiled."
    names = list(found)
    parts = [part for part, share in found[names[0]].items() if share >= LEAST_SHARE]
    lines = [f"| part | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for part in parts:
        lines.append(f"| `{part}` | {' | '.join(f'{found[name].get(part, 0.0):.1%}' for name in names)} |")
    rest = [1 - sum(found[name].get(part, 0.0) for part in parts) for name in names]
    lines.append(f"| the rest | {' | '.join(f'{share:.1%}' for share in rest)} |")
    return "\n".join(lines)


def missing(reasons: dict[str, str]) -> str:
    """What was not measured, and why."""
    if not reasons:
        return "Everything was measured."
    return "Not measured:\n\n" + "\n".join(f"- {name}: {' '.join(reason.split())}" for name, reason in reasons.items())


def _spread(value: Spread, unit: str) -> str:
    return f"{_digits(value.median)} {unit} ({_digits(value.low)} – {_digits(value.high)})"


def _digits(value: float) -> str:
    """A figure in three digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
