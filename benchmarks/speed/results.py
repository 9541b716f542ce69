"""What a benchmark has found, as it is kept in a file and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.speed.rounds import Run


class Profile(NamedTuple):
    """Where the time goes: instructions of one cold run, and processor time of a bulk run by part of the program."""

    instructions: dict[str, int]
    """Of each command, by its name."""
    shares: dict[str, dict[str, float]]
    """Parts of one, by part of llmlint, of each revision."""


class Results(NamedTuple):
    """One run of the benchmark."""

    date: str
    machine: str
    load: float
    """Processes that wanted a processor in the minute before the first run, on average."""
    versions: dict[str, str]
    missing: dict[str, str]
    """What was not measured, and why."""
    runs: dict[str, dict[str, list[Run]]]
    """Of each command of each group, by their names."""
    profile: Profile

    def of(self, group: str, command: str) -> list[Run]:
        """The runs of a command; none where it was not measured."""
        return self.runs.get(group, {}).get(command, [])


def kept(results: Results, path: Path) -> None:
    """Write the results to a file: figures to four digits, which is more than they hold."""
    runs = {
        group: {name: [_rounded(run) for run in some] for name, some in commands.items()}
        for group, commands in results.runs.items()
    }
    record = {**results._asdict(), "runs": runs, "profile": results.profile._asdict()}
    path.write_text(_lines(record) + "\n", encoding="utf-8")


def read(path: Path) -> Results:
    """The results of a file that `kept` wrote."""
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    runs = {
        group: {name: [Run(*run) for run in some] for name, some in commands.items()}
        for group, commands in record["runs"].items()
    }
    return Results(**{**record, "runs": runs, "profile": Profile(**record["profile"])})


def _rounded(run: Run) -> tuple[float, float, int]:
    return float(f"{run.wall:.4g}"), float(f"{run.processor:.4g}"), run.peak


def _lines(value: object, depth: int = 0) -> str:
    """JSON with a line for each entry of objects and none for those of lists, so that a diff can be read."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    indent = "  " * (depth + 1)
    entries = (f"{indent}{json.dumps(key, ensure_ascii=False)}: {_lines(one, depth + 1)}" for key, one in value.items())
    return "{\n" + ",\n".join(entries) + "\n" + "  " * depth + "}"
