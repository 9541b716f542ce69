"""`llmlint catalog`: searches models, accelerators and machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal, cast

from llmlint.catalog.rows import Accelerator, Machine, Model
from llmlint.cli.options import Options
from llmlint.cli.problems import guarded, tell
from llmlint.quantity import binary_size, count, decimal_size, power_text
from llmlint.reports.printable import printable
from llmlint.settings import here, team_catalogue

Kind = Literal["models", "accelerators", "machines"]
NO_MATCH = 1


def search(kind: str, words: Sequence[str], format: str, options: Options) -> int:
    """Print the rows that hold all words; 1 where there is none."""
    return guarded(lambda: _search(cast("Kind", kind), words, format, options))


def _search(kind: Kind, words: Sequence[str], format: str, options: Options) -> int:
    catalogue = team_catalogue(here(options).catalogue)
    found = catalogue.search(kind.removesuffix("s"), words)  # type: ignore[arg-type]  # the singular of a kind
    if format == "json":
        sys.stdout.write(json.dumps([as_data(row) for row in found], indent=2) + "\n")
    else:
        columns = [COLUMNS[kind](row) for row in found]
        sys.stdout.write("".join(f"{line}\n" for line in aligned(columns)))
    if found:
        return 0
    near = {"models": catalogue.suggest_models, "accelerators": catalogue.suggest_accelerators}.get(
        kind, catalogue.suggest_machines
    )(" ".join(words))
    tell(f"no {kind} match {' '.join(words)!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    return NO_MATCH


def as_data(value: Any) -> Any:
    """A row as JSON has it: its fields by name, without those that are not known."""
    if hasattr(value, "_asdict"):
        fields = {name: as_data(item) for name, item in value._asdict().items()}
        return {name: item for name, item in fields.items() if item not in (None, (), [], "")}
    return [as_data(item) for item in value] if isinstance(value, (list, tuple)) else value


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of text with their columns below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{printable(cell):<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _model(row: Model) -> Sequence[str]:
    active = (
        f"{count(row.active)} active" if row.active and row.parameters and row.active < row.parameters * 0.9 else ""
    )
    context = f"{row.max_ctx:,} tokens" if row.max_ctx else ""
    size = count(row.parameters) if row.parameters else ""
    return (row.id, size, active, row.category, context, ", ".join(row.ollama))


def _accelerator(row: Accelerator) -> Sequence[str]:
    memory = binary_size(row.memory_bytes) if row.memory_bytes else "shared" if row.unified else ""
    speed = f"{decimal_size(int(row.bandwidth))}/s" if row.bandwidth else ""
    return (row.id, row.name, memory, speed, power_text(row.tdp_w) if row.tdp_w else "", " ".join(row.formats))


def _machine(row: Machine) -> Sequence[str]:
    share = f"{row.count} × {row.accelerator}" if row.partition == 1 else f"{row.partition:g} of {row.accelerator}"
    ram = binary_size(row.ram_bytes) if row.ram_bytes else ""
    disk = decimal_size(row.disk_bytes) if row.disk_bytes else ""
    return (row.id, share, f"{row.vcpu} vCPU" if row.vcpu else "", ram, f"{disk} {row.disk_kind}" if disk else "")


COLUMNS: dict[Kind, Callable[[Any], Sequence[str]]] = {
    "models": _model,
    "accelerators": _accelerator,
    "machines": _machine,
}
