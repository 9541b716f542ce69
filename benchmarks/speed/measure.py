"""One run of the benchmark: installs, writes the trees, checks what llmlint says of them, measures, profiles."""

from __future__ import annotations

import functools
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import contestants, profiles
from benchmarks.speed.contestants import PEERS, Installed, NotInstalled
from benchmarks.speed.groups import BEFORE, CACHED, TWO, Bench, Group, Linter
from benchmarks.speed.results import Profile, Results
from benchmarks.speed.rounds import Run, Unexpected, interleaved, launched
from benchmarks.speed.trees import Tree, mistaken, written


class Contestants(NamedTuple):
    """Everything that is run."""

    ours: Linter
    before: Linter | None
    peers: dict[str, Installed]
    versions: dict[str, str]
    missing: dict[str, str]
    """What cannot be measured, and why."""


def measured(root: Path, wanted: tuple[Group, ...], cache: Path, scratch: Path, *, before: str) -> Results:
    """The results of the groups."""
    _say(f"environments and trees in {cache}")
    all_of_them = contestants_of(root, cache, scratch, before)
    bench = benched(root, wanted, all_of_them, cache, scratch)
    load, start, missing = os.getloadavg()[0], time.monotonic(), dict(all_of_them.missing)
    runs: dict[str, dict[str, list[Run]]] = {}
    run = functools.partial(launched, scratch=scratch)
    for group in wanted:
        _say(f"{group.title}: {group.rounds} rounds")
        found = interleaved(group.commands(bench, group.trees), group.rounds, run)
        runs[group.name] = found.runs
        missing |= {f"{name} ({group.title.lower()})": reason for name, reason in found.refused.items()}
    profile = _profile(bench, wanted, scratch)
    took = f"{time.strftime('%Y-%m-%d')}, {(time.monotonic() - start) / 60:.0f} minutes of measuring"
    return Results(took, _machine(), round(load, 1), all_of_them.versions, missing, runs, profile)


def contestants_of(root: Path, cache: Path, scratch: Path, before: str) -> Contestants:
    """llmlint of today and of before, and the peers; `NotInstalled` where today's cannot be built."""
    ours = _linter(contestants.ours(root, cache / "llmlint"))
    peers = {peer.name: contestants.installed(peer, cache) for peer in PEERS}
    missing = {name: installed.reason for name, installed in peers.items() if installed.programs is None}
    missing |= {} if ours.cache else {CACHED: "this llmlint has no cache"}
    missing |= {} if ours.jobs else {TWO: "this llmlint runs in one process"}
    earlier = None
    if before:
        try:
            source = contestants.revision(root, before, scratch / "before")
            earlier = _linter(contestants.ours(source, cache / "llmlint-before"))
        except NotInstalled as error:
            missing[BEFORE] = str(error)
    return Contestants(ours, earlier, peers, _versions(root, peers, before if earlier else ""), missing)


def benched(root: Path, wanted: tuple[Group, ...], some: Contestants, cache: Path, scratch: Path) -> Bench:
    """The trees of the groups, written and linted once; `Unexpected` where llmlint does not say what it should."""
    trees = {tree.name: tree for group in wanted for tree in group.trees}
    roots = {name: written(tree, cache / "trees") for name, tree in trees.items()}
    (scratch / "home").mkdir()
    schema = root / "schemas" / "deployment.json"
    bench = Bench(some.ours, some.before, some.peers, roots, schema, scratch / "home")
    for tree in trees.values():
        if tree.deployments is not None:
            _check(bench, tree)
    return bench


def _check(bench: Bench, tree: Tree) -> None:
    command = bench.command((*bench.ours.words("."), "--format", "json"), tree)
    done = subprocess.run(
        command.words, cwd=command.folder, env=command.variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unexpected(f"{tree.name}: llmlint ended with {done.returncode}\n{(done.stderr or done.stdout)[-2000:]}")
    if wrong := mistaken(tree, done.stdout):
        raise Unexpected(wrong)


def _linter(installed: Installed) -> Linter:
    program = installed.program("llmlint")
    knows = subprocess.run([program, "check", "--help"], capture_output=True, text=True, check=True).stdout
    return Linter(program, "--jobs" in knows, "--no-cache" in knows)


def _versions(root: Path, peers: dict[str, Installed], before: str) -> dict[str, str]:
    described = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    found = {"llmlint": described.stdout.strip() or "of an archive", **({BEFORE: before} if before else {})}
    return {**found, **{name: installed.version for name, installed in peers.items() if installed.programs}}


def _profile(bench: Bench, wanted: tuple[Group, ...], scratch: Path) -> Profile:
    """The profiles, where the groups that they are of were asked for."""
    by_name = {group.name: group for group in wanted}
    if "cold" not in by_name or "thousand" not in by_name:
        return Profile({}, {})
    _say("profiles")
    cold = by_name["cold"]
    return profiles.profiled(bench, cold.commands(bench, cold.trees), by_name["thousand"].trees[0].name, scratch)


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}{_processor()}, CPython {platform.python_version()}"


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f" ({names[0]})" if names else ""


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
