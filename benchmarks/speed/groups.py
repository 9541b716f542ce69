"""What is run against what: commands on the same tree, in groups whose runs take turns."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import large, natural, trees
from benchmarks.speed.contestants import SEARCHED, Installed
from benchmarks.speed.rounds import Command
from benchmarks.speed.trees import Tree

PASS = "python -c pass"
IMPORT = "python -c 'import llmlint'"
OURS = "llmlint"
ONE = "llmlint, one process"
TWO = "llmlint, two processes"
CACHED = "llmlint, unchanged files, from its cache"
BEFORE = "llmlint before"
YAMLLINT = "yamllint"
CHECK_JSONSCHEMA = "check-jsonschema"
LLMFIT = "llmfit plan"
RYL = "ryl, every rule"
RYL_MET = "ryl, the rules that are met"
FEW, MANY, MOST = 100, 1_000, 10_000
"""Files of the trees."""
RYL_BROKEN = (
    "block-scalar-chomping,document-end,document-start,empty-values,indentation,key-ordering,line-length,quoted-strings,"
    "truthy"
)
"""Of ryl's rules: those that ask of files what few files keep, such as keys in the order of the alphabet."""
RUFF_LEFT_OUT = "COM812,CPY001,D203,D213,INP001"
"""Of ruff's rules: those that contradict others, or ask for a licence and a package."""


def of(command: str, files: int) -> str:
    """The name of a command in a group that has it on trees of several sizes."""
    return f"{command}, {files:,} files"


class Linter(NamedTuple):
    """A llmlint, and which of the options it knows that bulk runs are made with."""

    program: str
    jobs: bool
    cache: bool

    def words(self, path: str, *, jobs: int = 1, cached: bool = False) -> tuple[str, ...]:
        """The command line that lints a path."""
        how = (*(("--jobs", str(jobs)) if self.jobs else ()), *(("--no-cache",) if self.cache and not cached else ()))
        return (self.program, "-q", *how, path)


class Bench(NamedTuple):
    """All that commands are made of."""

    ours: Linter
    before: Linter | None
    peers: dict[str, Installed]
    roots: dict[str, Path]
    """Where each tree lies, by its name."""
    schema: Path
    """Of a native deployment, for check-jsonschema."""
    home: Path
    """The home folder of all runs, empty at first."""

    def command(self, words: tuple[str, ...], tree: Tree, codes: tuple[int, ...] = (0,)) -> Command:
        """The words, run in the tree's folder and in an environment without other variables."""
        node = shutil.which("node")
        path = f"{Path(node).parent}{os.pathsep}{SEARCHED}" if node else SEARCHED
        variables = {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8"}
        return Command(words, self.roots[tree.name], variables, codes)

    def of_peer(self, peer: str, tree: Tree, *arguments: str, codes: tuple[int, ...] = (0,)) -> dict[str, Command]:
        """The command of a peer by the peer's name; nothing where it could not be installed."""
        installed = self.peers[peer]
        if installed.programs is None:
            return {}
        return {peer: self.command((installed.program(peer), *arguments), tree, codes)}

    def ryl(self, tree: Tree) -> dict[str, Command]:
        """ryl with all its rules, of which some are broken in every file, and without those."""
        check = ("check", "--no-cache", "--enable", "ALL")
        every = self.of_peer("ryl", tree, *check, ".", codes=(1,))
        met = self.of_peer("ryl", tree, *check, "--disable", RYL_BROKEN, ".")
        return {name: found["ryl"] for name, found in ((RYL, every), (RYL_MET, met)) if found}


class Group(NamedTuple):
    """Commands that take turns, and of how many rounds a full benchmark is made."""

    name: str
    title: str
    trees: tuple[Tree, ...]
    rounds: int
    commands: Callable[[Bench, tuple[Tree, ...]], dict[str, Command]]


def cold(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """One file, which is what a hook and an editor run."""
    (tree,) = some
    python = str(Path(bench.ours.program).with_name("python"))
    plan = (
        "--memory",
        "48G",
        "--ram",
        "256G",
        "--cpu-cores",
        "32",
        "--no-dashboard",
        "plan",
        "Qwen/Qwen2.5-7B-Instruct",
    )
    llmfit = bench.of_peer("llmfit", tree, *plan, "--context", "4096")
    return {
        PASS: bench.command((python, "-c", "pass"), tree),
        IMPORT: bench.command((python, "-c", "import llmlint"), tree),
        OURS: bench.command((bench.ours.program, "one.yaml"), tree),
        **({BEFORE: bench.command((bench.before.program, "one.yaml"), tree)} if bench.before else {}),
        **bench.of_peer("yamllint", tree, "-d", "relaxed", "one.yaml"),
        **bench.of_peer("check-jsonschema", tree, "--schemafile", str(bench.schema), "one.yaml"),
        **({LLMFIT: llmfit["llmfit"]} if llmfit else {}),
        **bench.ryl(tree),
    }


def thousand(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """A thousand native deployments, in one process and in as many as each likes."""
    (tree,) = some
    files = sorted(str(path.relative_to(bench.roots[tree.name])) for path in bench.roots[tree.name].rglob("*.yaml"))
    return {
        ONE: bench.command(bench.ours.words("."), tree),
        **({TWO: bench.command(bench.ours.words(".", jobs=2), tree)} if bench.ours.jobs else {}),
        **({BEFORE: bench.command(bench.before.words("."), tree)} if bench.before else {}),
        **bench.of_peer("yamllint", tree, "-d", "relaxed", "."),
        **bench.of_peer("check-jsonschema", tree, "--schemafile", str(bench.schema), *files),
        **bench.ryl(tree),
    }


def unlike(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """Native deployments no two of which have the same configuration: little can be remembered."""
    (tree,) = some
    return {ONE: bench.command(bench.ours.words("."), tree), **bench.ryl(tree)}


def ten_thousand(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """Ten thousand native deployments, and the same by the hundred and by the thousand: does the time grow in line?"""
    few, _, most = some
    found = {}
    for tree in some:
        found[of(ONE, tree.size)] = bench.command(bench.ours.words("."), tree)
    if bench.ours.jobs:
        for tree in (few, most):
            found[of(TWO, tree.size)] = bench.command(bench.ours.words(".", jobs=2), tree)
    if bench.ours.cache:
        found[CACHED] = bench.command(bench.ours.words(".", jobs=2, cached=True), most)
    return {**found, **bench.ryl(most)}


def infrastructure(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """A repository in which one file of twenty is ours."""
    (tree,) = some
    return {
        ONE: bench.command(bench.ours.words("."), tree),
        **({TWO: bench.command(bench.ours.words(".", jobs=2), tree)} if bench.ours.jobs else {}),
        **bench.ryl(tree),
    }


def largest(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """One large manifest."""
    (tree,) = some
    of_compose = ("--builtin-schema", "vendor.compose-spec", "compose.yaml")
    return {
        OURS: bench.command(bench.ours.words("."), tree),
        **({BEFORE: bench.command(bench.before.words("."), tree)} if bench.before else {}),
        **bench.of_peer("yamllint", tree, "-d", "relaxed", "."),
        **(bench.of_peer("check-jsonschema", tree, *of_compose) if tree.name == "compose" else {}),
        **bench.ryl(tree),
    }


def others(bench: Bench, some: tuple[Tree, ...]) -> dict[str, Command]:
    """Linters of other things on files of theirs, llmlint on as many of its own."""
    deployments, modules, workflows, interfaces, templates = some
    folder = ".github/workflows"
    select = ("--select", "ALL", "--ignore", RUFF_LEFT_OUT)
    rules = ("--ruleset", ".spectral.yaml")
    return {
        PASS: bench.command((str(Path(bench.ours.program).with_name("python")), "-c", "pass"), deployments),
        ONE: bench.command(bench.ours.words("."), deployments),
        **bench.of_peer("ruff", modules, "check", "--isolated", "--no-cache", *select, folder),
        **bench.of_peer("zizmor", workflows, "--offline", "--no-progress", "."),
        **bench.of_peer("spectral", interfaces, "lint", *rules, f"{folder}/*.yaml"),
        **bench.of_peer("cfn-lint", templates, f"{folder}/*.yaml"),
    }


def _of_others(files: int) -> tuple[Tree, ...]:
    return (
        trees.one_deployment() if files == 1 else trees.deployments(files),
        trees.of_peer("module", natural.module, "py", files),
        trees.of_peer("workflow", natural.workflow, "yaml", files),
        trees.of_peer("interface", natural.interface, "yaml", files),
        trees.of_peer("cloudformation", natural.cloudformation, "yaml", files),
    )


def groups(least: int = 1) -> tuple[Group, ...]:
    """All groups; `least` divides the number of files of the larger trees, for a quick look."""
    few, many, most = FEW, MANY // least, MOST // least
    sizes = tuple(trees.deployments(count) for count in (few, many, most))
    alone, repository = trees.deployments(many, trees.TEAM), trees.infrastructure(most)
    return (
        Group("cold", "One file", (trees.one_deployment(),), 21, cold),
        Group("thousand", f"{many:,} native deployments", (sizes[1],), 5, thousand),
        Group("unlike", f"{many:,} native deployments, no two alike", (alone,), 5, unlike),
        Group("ten thousand", f"{most:,} native deployments", sizes, 5, ten_thousand),
        Group("mixed", f"{most:,} files of an infrastructure repository", (repository,), 7, infrastructure),
        Group("chart", f"A rendered chart of {large.RENDERED_LINES:,} lines", (trees.chart(),), 7, largest),
        Group("compose", f"A Compose file of {large.SERVICES} services", (trees.compose(),), 7, largest),
        Group("one of theirs", "One file of their own", _of_others(1), 5, others),
        Group("hundred of theirs", f"{FEW} files of their own", _of_others(FEW), 3, others),
    )
