"""Every reader on files of our own: `tests/readers/<format>/x.yaml` is read, and `x.out` says what of it.

`pytest tests/readers --update` writes the expectations anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from llmlint.plans import Plan, Spot
from llmlint.read import Around, Plans, read_plans
from llmlint.readers.registry import Surroundings

HERE = Path(__file__).parent
FIXTURES = sorted(
    path
    for path in HERE.glob("*/*")
    if path.is_file()
    and path.suffix not in {".out", ".pyc"}
    and not path.name.startswith((".", "_"))
    and "beside" not in path.stem
)


def beside(path: Path) -> Surroundings:
    """What a reader may ask for: the files of the fixture's folder."""

    def text(name: str) -> str | None:
        found = Path(os.path.normpath(path.parent / name))
        return found.read_text(encoding="utf-8") if found.is_file() and HERE in found.parents else None

    names = sorted(one.name for one in path.parent.iterdir() if one.suffix in {".yaml", ".yml"})
    return Surroundings(str(path), text, names=lambda: names)


def shown(read: Plans) -> str:
    """What was read, line by line, with the place of each value."""
    if read.passed_over:
        return f"passed over: {read.passed_over}\n"
    return "\n".join(_plan(plan) for plan in read.plans) + "".join(
        f"{one.rule}: {one.message}\n" for one in read.findings
    )


def _plan(plan: Plan) -> str:
    deployment, unit = plan.deployment, plan.unit
    assert unit is not None
    lines = [f"{plan.format} {deployment.name} at {_place(unit.home)}"]
    engine = deployment.engine
    if engine is not None:
        lines.append(f"  engine {engine.name} {engine.version or '-'}{_origin(plan, 'engine', 'name')}")
        for index, word in enumerate(engine.args or []):
            lines.append(f"    {word}{_origin(plan, 'engine', 'args', index)}")
    model = deployment.model
    lines.append(
        f"  model {model.id or '-'}{' local' if model.source == 'local' else ''}{_origin(plan, 'model', 'id')}"
    )
    if deployment.machine is not None:
        lines.append(f"  machine {_record(deployment.machine)}{_origin(plan, 'machine', 'gpus')}")
    lines += [f"  {line}" for line in _unit(plan)]
    return "\n".join(lines) + "\n"


def _unit(plan: Plan) -> list[str]:
    unit = plan.unit
    assert unit is not None
    lines = []
    plain = ("image", "shared_memory", "replicas", "strategy", "instance", "ram", "disk", "version")
    for name in plain:
        said = getattr(unit, name)
        if said is not None:
            lines.append(f"{name} {said.value} @{_place(said.spot)}")
    if unit.gpus is not None:
        lines.append(f"gpus {unit.gpus.number} {unit.gpus.vendor} @{_place(unit.gpus.spot)}")
    lines += [f"gpu {said.value} @{_place(said.spot)}" for said in unit.gpu_names]
    lines += [f"port {said.value} @{_place(said.spot)}" for said in unit.ports]
    for variable in unit.environment.values():
        lines.append(f"variable {variable.name}={variable.value} ({variable.source}) @{_place(variable.spot)}")
    for volume in unit.volumes:
        size = f" {volume.size}" if volume.size is not None else ""
        lines.append(f"volume {volume.mount} {volume.kind}{size} @{_place(volume.spot)}")
    for name, probe in unit.probes.items():
        lines.append(f"probe {name} {probe.kind} {probe.path} {probe.port} @{_place(probe.spot)}")
    for part in ("limits", "requests"):
        for field, said in zip(getattr(unit, part)._fields, getattr(unit, part), strict=True):
            if said is not None:
                lines.append(f"{part}.{field} {said.value} @{_place(said.spot)}")
    flags = [name for name in ("host_ipc", "fragment") if getattr(unit, name)]
    flags += [f"nodes={unit.nodes}"] if unit.nodes != 1 else []
    flags += [f"supplies {', '.join(sorted(unit.supplies))}"] if unit.supplies else []
    return lines + flags


def _record(record: object) -> str:
    parts = []
    for name, value in record.__dict__.items():
        several = isinstance(value, list)
        inner = "+".join(_record(one) for one in value) if several else value
        inner = f"({_record(value)})" if hasattr(value, "__dict__") and not several else inner
        parts.append(f"{name}={inner}")
    return " ".join(parts)


def _origin(plan: Plan, *path: str | int) -> str:
    spot = plan.origin(path)
    return f" @{_place(spot)}" if spot is not None else ""


def _place(spot: Spot) -> str:
    placed = spot.placed()
    return f"{placed.span.line}:{placed.span.column}-{placed.span.end_column}"


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_reads(path: Path, request: pytest.FixtureRequest) -> None:
    found = shown(read_plans(path.read_bytes(), str(path), named=False, around=Around(beside(path))))
    expected = path.with_name(path.name + ".out")
    if request.config.getoption("--update"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_words_of_strings_stand_where_they_are_said_to(path: Path) -> None:
    """A word that is a part of a string is written at its place, but for quotes, escapes and what is filled in.

    Words that come from another file, or from a key or variable as a whole, have no place of their own to compare with.
    """
    lines = path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    read = read_plans(path.read_bytes(), str(path), named=False, around=Around(beside(path)))
    for plan in read.plans:
        launch = plan.unit.launch if plan.unit is not None else None
        for word in (*launch.program, *launch.words) if launch is not None else ():
            span = word.spot.span
            if span is None or word.spot.elsewhere or span.line != span.end_line:
                continue
            written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
            if set(written) & set("$\\{`'\"") or re.fullmatch(r"[A-Z_]+=.*", written):
                continue
            assert word.text == written or written.endswith(f"={word.text}") or f" {word.text}" in f" {written}", span
