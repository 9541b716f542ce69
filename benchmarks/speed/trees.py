"""Writes the trees that are linted: the same bytes on every machine, from one seed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.speed import large, mixed, native, natural

SEED = 20_261_125
TEAM = 100
"""Deployments in a folder."""
CONFIGURATIONS = 20
"""Different ones in a folder: what a team has found to work it uses again."""


class Tree(NamedTuple):
    """A folder of files, and what llmlint must say of it: a fast linter that finds nothing is a usual mistake."""

    name: str
    files: Callable[[], Iterator[tuple[str, str]]]
    """Path below the folder, and text, of each file."""
    size: int
    """Number of files that are linted."""
    deployments: int | None
    """How many llmlint finds in it, all without a finding; None where the files are for others."""


def deployments(count: int, configurations: int = CONFIGURATIONS) -> Tree:
    """Native deployment files, a hundred in a folder, which share some configurations among them."""

    def files() -> Iterator[tuple[str, str]]:
        draw = Random(SEED)
        for team in range(-(-count // TEAM)):
            made = [native.configuration(draw) for _ in range(configurations)]
            for number in range(team * TEAM, min(count, (team + 1) * TEAM)):
                text = native.deployment(number, made[number % configurations], draw)
                yield f"team-{team:03}/deployment-{number:05}.yaml", text

    return Tree(f"native-{count}-{configurations}", files, count, count)


def infrastructure(count: int) -> Tree:
    """The YAML of an infrastructure repository, of which one file in twenty serves a model."""

    def files() -> Iterator[tuple[str, str]]:
        draw = Random(SEED)
        for number in range(count):
            yield mixed.file(number, draw)

    return Tree(f"mixed-{count}", files, count, count // mixed.OURS_IN)


def single(name: str, text: Callable[[Random], str], serving: int) -> Tree:
    """One file."""
    return Tree(name, lambda: iter([(f"{name}.yaml", text(Random(SEED)))]), 1, serving)


def one_deployment() -> Tree:
    """The first of the native deployments."""
    return single("one", lambda draw: mixed.served_natively(0, draw), 1)


def of_peer(name: str, text: Callable[[int, Random], str], ending: str, count: int) -> Tree:
    """What a peer is made for; it lies below `.github/workflows`, where zizmor looks."""

    def files() -> Iterator[tuple[str, str]]:
        draw = Random(SEED)
        for number in range(count):
            yield f".github/workflows/{name}-{number:04}.{ending}", text(number, draw)
        yield ".spectral.yaml", natural.RULES_OF_SPECTRAL

    return Tree(f"{name}-{count}", files, count, None)


def chart() -> Tree:
    """A rendered chart of five thousand lines."""
    documents = large.rendered_chart(Random(SEED)).count("image: vllm/")
    return single("chart", large.rendered_chart, documents)


def compose() -> Tree:
    """A Compose file of a hundred services."""
    return single("compose", large.compose_of_services, large.compose_of_services(Random(SEED)).count("image: vllm/"))


def written(tree: Tree, folder: Path) -> Path:
    """The tree below a folder, written anew unless it is there already, just as it would be written."""
    root, note = folder / tree.name, folder / f"{tree.name}.sha256"
    digest = hashlib.sha256()
    for path, text in tree.files():
        digest.update(f"{path}\0{text}\0".encode())
    if note.exists() and note.read_text(encoding="ascii") == digest.hexdigest():
        return root
    shutil.rmtree(root, ignore_errors=True)
    note.unlink(missing_ok=True)
    for path, text in tree.files():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    note.write_text(digest.hexdigest(), encoding="ascii")
    return root


def mistaken(tree: Tree, report: str) -> str:
    """What is wrong with llmlint's JSON report of a tree in which all is clean; empty where nothing is."""
    summary = json.loads(report)["summary"]
    found = {name: summary[name] for name in ("errors", "warnings", "infos") if summary[name]}
    if found:
        return f"{tree.name}: findings in a tree without faults: {found}"
    if summary["deployments"] != tree.deployments:
        return f"{tree.name}: {summary['deployments']} deployments found of {tree.deployments}"
    return ""
