"""What a name that fits several rows still tells: where the candidates agree, they are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from llmlint.catalog.rows import Accelerator, Basis, Match, Model

SAME = 0.02
"""Parameter counts within 2 percent of one value are one size to a planner: 68.98 and 70.55 B are both 70 B."""
STATED = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*b(?![\w.])", re.IGNORECASE)
Value = TypeVar("Value", int, float)


def models(name: str, candidates: tuple[Model, ...], why: str, precision: str | None) -> Match[Model]:
    """One row where the candidates have the same layers, else none, but the parameter count if they share it."""
    agreed = agreed_parameters(name, candidates)
    row = _merged_model(name, candidates)
    basis: Basis = "none" if row is None else "candidates-agree"
    return Match(name, row, basis, candidates, why, agreed, precision)


def agreed_parameters(name: str, candidates: Sequence[Model]) -> int | None:
    """The count that all candidates share: their own, else the size in the name if it is within 2 percent of each,
    else the largest if all lie within 2 percent of their middle."""
    counts = [row.parameters for row in candidates if row.parameters is not None]
    if not counts or len(counts) != len(candidates):
        return None
    if len(set(counts)) == 1:
        return counts[0]
    sizes = [round(float(size) * 1e9) for size in STATED.findall(name.replace("-", " "))]
    for size in (*sizes, (min(counts) + max(counts)) // 2):
        if all(abs(count - size) <= SAME * size for count in counts):
            return size if size in sizes else max(counts)
    return None


def _merged_model(name: str, candidates: tuple[Model, ...]) -> Model | None:
    """The candidates' common row under the name asked for; what they differ in beside their layers is unknown."""
    first = candidates[0]
    shape = _shape(first)
    if first.groups is None or any(_shape(row) != shape for row in candidates):
        return None
    differing = {
        field: None
        for field in ("max_ctx", "dtype", "quant", "license", "released", "thinking", "arch", "extra", "mtp", "stored")
        if any(getattr(row, field) != getattr(first, field) for row in candidates)
    }
    notes = (f"stands for {', '.join(row.id for row in candidates)}",)
    return first._replace(id=name, aliases=(), ollama=(), notes=notes, **differing)


def _shape(row: Model) -> tuple[object, ...]:
    return (row.parameters, row.groups, row.hidden, row.vocab, row.tied, row.kv16, row.state32, row.category)


def accelerators(name: str, candidates: tuple[Accelerator, ...], why: str) -> Match[Accelerator]:
    """The candidate with the least memory, made no better than any other in what else is counted on."""
    least = min(candidates, key=lambda row: (row.memory_bytes or 0, row.bandwidth or 0, row.tdp_w or 0))
    row = least._replace(
        reported_bytes=_least(candidates, lambda row: row.reported_bytes),
        usable_bytes=_least(candidates, lambda row: row.usable_bytes),
        bandwidth=_least(candidates, lambda row: row.bandwidth),
        tdp_w=_least(candidates, lambda row: row.tdp_w),
        dense_tflops=(),
        formats=tuple(form for form in least.formats if all(form in row.formats for row in candidates)),
        **{field: _same(candidates, field) for field in ("arch", "cc", "link", "released")},
    )
    counted = ("memory_bytes", "usable_bytes", "bandwidth", "tdp_w", "cc", "devices_per_card")
    agree = all(_same(candidates, field) == getattr(least, field) for field in counted)
    return Match(name, row, "candidates-agree" if agree else "least-memory", candidates, why)


def _least(rows: Sequence[Accelerator], field: Callable[[Accelerator], Value | None]) -> Value | None:
    """The least value of a field; unknown where it is unknown of one."""
    values = [field(row) for row in rows]
    known = [value for value in values if value is not None]
    return min(known) if len(known) == len(values) else None


def _same(rows: Sequence[Accelerator], field: str) -> Any:
    values = {getattr(row, field) for row in rows}
    return values.pop() if len(values) == 1 else None
