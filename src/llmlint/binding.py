"""Binds deployments to machines that their files do not name: by a comment, the command line, or the configuration.

Manifests rarely say which GPU they will run on. What the file says counts first, then the nearest comment
`# llmlint: machine=…`, then `--machine`, then `machines:` of the configuration. A machine is written as
`aws/g6.12xlarge`, or as parts: `rtx4090*2 ram=64GB disk=1TB:nvme`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmlint.document import comments
from llmlint.finding import Path, Problem, Span
from llmlint.plans import Plan, Spot
from llmlint.quantity import NotAQuantity, memory, storage
from llmlint.readers.native import record
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.document import Source

WRITE = "write an instance type (aws/g6.12xlarge), or parts such as `rtx4090*2 ram=64GB disk=1TB:nvme`"
PRAGMA = r"#\s*llmlint:\s*machine=(.*)"
KINDS = ("nvme", "ssd", "hdd", "network")
MOST_GPUS = 10_000


class Machine(NamedTuple):
    """A machine as it is written in one line."""

    instance: str | None = None
    gpu: str | None = None
    number: int | None = None
    ram: int | None = None
    disk: int | None = None
    disk_kind: str | None = None


class Bound(NamedTuple):
    """A machine, and where it was named."""

    machine: Machine
    basis: str
    """pragma, --machine, or configuration."""
    span: Span | None = None


class Bindings(NamedTuple):
    """What a run knows of machines beside the files."""

    everywhere: Machine | None = None
    """From the command line."""
    by_path: Sequence[tuple[str, Machine]] = ()
    """From the configuration: globs relative to it, or labels (`name=value`); the first that fits counts."""
    path: str = ""
    """The file's path, relative to the configuration."""


class NotAMachine(ValueError):
    """A text that describes no machine; says what to write."""


def parse(text: str) -> Machine:
    """The machine of a text; raises `NotAMachine`."""
    found: dict[str, Any] = {}
    for word in text.replace(",", " ").split():
        for name, value in _part(word).items():
            if name in found:
                raise NotAMachine(f"{word!r} is a second {name}; {WRITE}")
            found[name] = value
    if not found:
        raise NotAMachine(f"no machine is named; {WRITE}")
    if "instance" in found and "gpu" in found:
        raise NotAMachine(f"both an instance type and a GPU are named; {WRITE}")
    return Machine(**found)


def _part(word: str) -> dict[str, Any]:
    name, equals, value = word.partition("=")
    try:
        if name == "ram" and equals:
            return {"ram": memory(value)}
        if name == "disk" and equals:
            size, _, kind = value.partition(":")
            if kind and kind not in KINDS:
                raise NotAMachine(f"{kind!r} is no kind of disk: {', '.join(KINDS)}")
            return {"disk": storage(size), **({"disk_kind": kind} if kind else {})}
    except NotAQuantity as problem:
        raise NotAMachine(f"{word}: {problem}") from None
    if equals:
        raise NotAMachine(f"{name}= is not known; {WRITE}")
    if "/" in word:
        return {"instance": word}
    gpu, star, count = word.partition("*")
    if star and not (count.isascii() and count.isdecimal() and 1 <= int(count[:6]) <= MOST_GPUS):
        raise NotAMachine(f"{word!r}: the number behind * is none; {WRITE}")
    return {"gpu": gpu, "number": int(count) if star else 1} if gpu else {}


def bind(plans: Sequence[Plan], source: Source, bindings: Bindings) -> tuple[list[Plan], list[Problem]]:
    """The plans with the machines that are named for them, and comments that name none."""
    pragmas, problems = _pragmas(source) if "machine=" in source.text else ([], [])
    if not pragmas and bindings.everywhere is None and not bindings.by_path:
        return list(plans), problems
    lines = source.text.split("\n")
    return [_bound(plan, pragmas, bindings, lines) for plan in plans], problems


def _bound(plan: Plan, pragmas: Sequence[Bound], bindings: Bindings, lines: Sequence[str]) -> Plan:
    found = _nearest(plan, pragmas, lines) or _of_run(plan, bindings)
    return _with(plan, found) if found is not None else plan


def _of_run(plan: Plan, bindings: Bindings) -> Bound | None:
    if bindings.everywhere is not None:
        return Bound(bindings.everywhere, "--machine")
    for selector, machine in bindings.by_path:
        if _selects(selector, plan, bindings.path):
            return Bound(machine, "configuration")
    return None


def _selects(selector: str, plan: Plan, path: str) -> bool:
    name, equals, value = selector.partition("=")
    if equals:
        return plan.unit is not None and plan.unit.labels.get(name) == value
    from llmlint.globs import covers

    return bool(path) and covers(selector, path)


def _with(plan: Plan, bound: Bound) -> Plan:
    """The plan with what its file does not say of the machine; nothing that it says is overwritten."""
    machine, own = bound.machine, plan.deployment.machine
    values: dict[str, Any] = dict(own.__dict__) if own is not None else {}
    origins: dict[Path, Spot] | None = dict(plan.origins) if plan.origins is not None else None
    added = [name for name in ("instance", "ram") if _add(values, name, getattr(machine, name))]
    if "instance" in added and _names_gpu(own):
        del values["instance"]
        added.remove("instance")
    elif "instance" in added and "gpus" in values:
        del values["gpus"]  # a number without a type: the instance type has both
    if machine.gpu is not None and _add_gpus(plan, values, machine):
        added.append("gpus")
    if machine.disk is not None and values.get("storage") is None:
        values["storage"] = record("StorageDevice", {"free": machine.disk, "kind": machine.disk_kind})
        added.append("storage")
    if not added:
        return plan
    if origins is not None and bound.span is not None:
        for name in added:
            origins[("machine", name)] = Spot(plan.document, (), bound.span)
    deployment = record("Deployment", {**plan.deployment.__dict__, "machine": record("Machine", values)})
    return plan._replace(deployment=deployment, origins=origins, bound=bound.basis)


def _names_gpu(own: Any) -> bool:
    return own is not None and (own.instance is not None or any(gpu.name or gpu.memory for gpu in own.gpus or ()))


def _add(values: dict[str, Any], name: str, value: object) -> bool:
    if value is None or values.get(name) is not None:
        return False
    values[name] = value
    return True


def _add_gpus(plan: Plan, values: dict[str, Any], machine: Machine) -> bool:
    """The GPU's type where the file has none, in the number that the file asks for, else in that of the machine."""
    own = values.get("gpus")
    if values.get("instance") is not None or own == [] or any(gpu.name or gpu.memory for gpu in own or ()):
        return False
    named = plan.unit.gpu_names if plan.unit is not None else ()
    count = sum(gpu.count for gpu in own) if own else machine.number
    values["gpus"] = [record("Gpu", {"name": named[0].value if named else machine.gpu, "count": count})]
    return True


def _pragmas(source: Source) -> tuple[list[Bound], list[Problem]]:
    """The comments that name a machine, in order, and those that try."""
    found: list[Bound] = []
    problems = []
    for comment in comments(source, "llmlint:"):
        match = re.search(PRAGMA, comment.text)
        if match is None:
            continue
        end = comment.column + len(comment.text.rstrip())
        span = Span(comment.line, comment.column + match.start(), comment.line, end)
        try:
            found.append(Bound(parse(match[1].partition(" #")[0]), "pragma", span))
        except NotAMachine as problem:
            problems.append(Problem(str(problem), span, WRITE))
    return found, problems


def _nearest(plan: Plan, pragmas: Sequence[Bound], lines: Sequence[str]) -> Bound | None:
    """The comment in the innermost block around the plan: blocks are what is indented as far as the comment."""
    if not pragmas:
        return None
    home = (plan.origin(()) or Spot(plan.document, ())).placed().span.line
    holding = []
    for pragma in pragmas:
        assert pragma.span is not None
        first, last, indent = _block(lines, pragma.span.line)
        if first <= home <= last:
            holding.append((indent, pragma.span.line, pragma))
    return max(holding, key=lambda one: one[:2])[2] if holding else None


def _block(lines: Sequence[str], line: int) -> tuple[int, int, int]:
    """First and last line of the block that a comment stands in, and its indent; the head of a file is about all."""
    if not any(_says(text) for text in lines[: line - 1]) and lines[line - 1].lstrip().startswith("#"):
        return 1, len(lines), -1
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    first = last = line
    while first > 1 and not _ends(lines[first - 2], indent):
        first -= 1
    while last < len(lines) and not _ends(lines[last], indent):
        last += 1
    return first, last, indent


def _says(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith(("#", "---", "%"))


def _ends(text: str, indent: int) -> bool:
    """Whether a line lies outside a block: it says something further left, or divides documents."""
    if text.startswith("---"):
        return True
    return _says(text) and len(text) - len(text.lstrip()) < indent
