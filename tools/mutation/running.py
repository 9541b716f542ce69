"""Runs a group: measures what its tests reach, draws the mutants, tries them, adds up."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation.groups import ROOT, Configuration, Group
from mutation.mutants import Mutant, mutants, parses

RESULTS = ROOT / ".mutation"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--no-header"]
DEAD = {"killed", "timeout"}


@dataclass(frozen=True)
class Reach:
    """What tests reach, and their seconds."""

    tests: Sequence[str]
    seconds: Sequence[float]
    ranks: Sequence[int]
    """The place in the configuration of the file or folder that each is in."""
    lines: dict[str, dict[int, list[int]]]

    def chosen(self, mutant: Mutant, told: Configuration) -> list[int]:
        """Tests of a mutant: those that reach it, then others of its module."""
        lines, first = self.lines.get(mutant.module, {}), self.reaching(mutant)
        others = {test for tests in lines.values() for test in tests} - first
        if not first:  # a table on module level, or a function that makes one
            return self._affordable(others, told.covering_seconds)
        return self._affordable(first, told.covering_seconds) + self._affordable(others, told.further_seconds)

    def reaching(self, mutant: Mutant) -> set[int]:
        """Tests that run the changed lines; none for what runs only while the module is imported."""
        lines = self.lines.get(mutant.module, {})
        first = set(lines.get(mutant.first, ()))
        return first or {test for line in range(mutant.first, mutant.last + 1) for test in lines.get(line, ())}

    def _affordable(self, tests: Iterable[int], most: float) -> list[int]:
        """So many as the seconds allow: by the order of files that the configuration has, the quickest first."""
        found: list[int] = []
        for test in sorted(tests, key=lambda one: (self.ranks[one], self.seconds[one], one)):
            if self.seconds[test] <= most or not found:
                most -= self.seconds[test]
                found.append(test)
        return found


def run(group: Group, told: Configuration, *, anew: bool, survivors: bool) -> list[dict[str, Any]]:
    """Every mutant that was drawn, with its verdict."""
    RESULTS.mkdir(exist_ok=True)
    reach = _reach(group, told, anew)
    drawn, total = _drawn(group, told.seed)
    if survivors:
        before = _results(group)
        alive = {one["name"] for one in before if one["verdict"] not in DEAD}
        results = [one for one in before if one["name"] not in alive]
        drawn = [one for one in drawn if one.name in alive]
    else:
        results = []
    tests = [reach.chosen(one, told) for one in drawn]
    verdicts = _verdicts(group, drawn, tests, reach)
    for mutant, chosen, verdict in zip(drawn, tests, verdicts, strict=True):
        results.append({"name": mutant.name, "module": mutant.module, "verdict": verdict, "tests": len(chosen)})
    lines = [json.dumps(one | {"of": total}, ensure_ascii=False) for one in results]
    (RESULTS / f"{group.name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _results(group)


def _results(group: Group) -> list[dict[str, Any]]:
    lines = (RESULTS / f"{group.name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _drawn(group: Group, seed: int) -> tuple[list[Mutant], int]:
    """The mutants that are tried, and how many there are."""
    found = [one for module in group.modules for one in mutants(module)]
    numbers = list(range(len(found)))
    if group.sample and group.sample < len(found):
        numbers = sorted(random.Random(seed).sample(numbers, group.sample))
    return [found[number] for number in numbers if parses(found[number].source())], len(found)


def _reach(group: Group, told: Configuration, anew: bool) -> Reach:
    """What the group's tests reach; groups with the same tests share one measurement."""
    sharing = [one for one in told.groups if one.tests == group.tests]
    modules = [module for one in sharing for module in one.modules]
    file = RESULTS / f"{sharing[0].name}.reach.json"
    if anew or not file.exists() or file.stat().st_mtime < _newest(modules, group.tests):
        settings = {"MUTATION_MODULES": json.dumps(modules), "MUTATION_REACH": str(file)}
        _pytest(["-p", "mutation.reach", *group.tests], settings, must_pass=True)
    data = json.loads(file.read_text(encoding="utf-8"))
    lines = {module: {int(line): tests for line, tests in at.items()} for module, at in data["lines"].items()}
    tests = list(data["seconds"])
    ranks = [next(rank for rank, path in enumerate(group.tests) if test.startswith(path)) for test in tests]
    return Reach(tests, list(data["seconds"].values()), ranks, lines)


def _newest(modules: Iterable[str], tests: Iterable[str]) -> float:
    """When the last of the files was changed that a measurement rests on."""
    files = [path for name in tests for path in [ROOT / name, *(ROOT / name).rglob("*.py")] if path.is_file()]
    return max(path.stat().st_mtime for path in [*files, *(ROOT / module for module in modules)])


def _verdicts(group: Group, drawn: Sequence[Mutant], tests: Sequence[list[int]], reach: Reach) -> list[str]:
    plan = RESULTS / f"{group.name}.plan.jsonl"
    out = RESULTS / f"{group.name}.verdicts"
    lines = [
        json.dumps(
            {
                "module": one.module,
                "source": one.source(),
                "tests": [reach.tests[test] for test in chosen],
                "seconds": sum(reach.seconds[test] for test in chosen),
                "rebind": not reach.reaching(one),
            }
        )
        for one, chosen in zip(drawn, tests, strict=True)
    ]
    plan.write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = {"MUTATION_PLAN": str(plan), "MUTATION_VERDICTS": str(out)}
    _pytest(["-p", "mutation.verdict", *group.tests], settings, must_pass=True)
    verdicts = out.read_text(encoding="utf-8").split()
    for number, verdict in enumerate(verdicts):
        if verdict == "again":
            verdicts[number] = _alone(drawn[number], [reach.tests[test] for test in tests[number]])
    return verdicts


def _alone(mutant: Mutant, tests: Sequence[str]) -> str:
    """The verdict of a process of its own."""
    if not tests:
        return "survived"
    with tempfile.TemporaryDirectory() as folder:
        source, names = Path(folder) / "mutant.py", Path(folder) / "tests"
        source.write_text(mutant.source(), encoding="utf-8")
        names.write_text("\n".join(tests), encoding="utf-8")
        settings = {"MUTATION_MODULE": mutant.module, "MUTATION_SOURCE": str(source)}
        try:
            code = _pytest(["-x", "-p", "mutation.stand_in", f"@{names}"], settings)
        except subprocess.TimeoutExpired:
            return "timeout"
    return "survived" if code == 0 else "killed"


def _pytest(arguments: list[str], settings: dict[str, str], *, must_pass: bool = False) -> int:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")])
    environment = os.environ | settings | {"CI": "1", "PYTHONPATH": path}
    done = subprocess.run(
        [*PYTEST, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=None if must_pass else 120,
    )
    if must_pass and done.returncode != 0:
        raise SystemExit(f"the tests do not pass without any mutant:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.returncode


def summary(group: Group, results: Sequence[dict[str, Any]]) -> list[str]:
    """The group's line of the table, one for each of its modules, and the survivors."""
    lines = [_line(group.name, results)]
    for module in sorted({one["module"] for one in results}):
        lines.append("  " + _line(module, [one for one in results if one["module"] == module]))
    return lines + [f"    {one['verdict']}: {one['name']}" for one in results if one["verdict"] not in DEAD]


def _line(name: str, results: Sequence[dict[str, Any]]) -> str:
    dead = sum(one["verdict"] in DEAD for one in results)
    share = f"{100 * dead / len(results):.1f} %" if results else "–"
    return (
        f"| {name} | {results[0]['of'] if results else 0} | {len(results)} | {dead} | {len(results) - dead} | {share} |"
    )
