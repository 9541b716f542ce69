"""Pages that list the catalogue: models, accelerators and machine types, a line each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from website.printed import table

DATA = "src/llmlint/catalog/data"
HEADS = {
    "models": "Weights that are known, with their parameters as an engine loads them, and what a token takes of a "
    "cache of 16 bits. A name is found by its id, by other names and by Ollama's tags: "
    "see [the catalogue](../catalogue.md).",
    "accelerators": "Memory as it is sold, and what programs can use of it where that was read off a driver.",
    "machines": "Types that can be rented, by the name that `machine: {instance: …}` and `--machine` take.",
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "models": ("model", "parameters", "active", "context", "KV cache a token", "kind", "quality"),
    "accelerators": ("accelerator", "id", "maker", "memory", "seen by programs", "bandwidth", "power", "quality"),
    "machines": ("type", "accelerators", "vCPUs", "memory", "local disk", "quality"),
}


def generated(root: Path) -> dict[str, str]:
    """catalogue/models.md, catalogue/accelerators.md, catalogue/machines.md."""
    lines = {"models": _model, "accelerators": _accelerator, "machines": _machine}
    made = {}
    for name, line in lines.items():
        rows = list(_rows(root / DATA / f"{name}.jsonl"))
        listed = table(COLUMNS[name], [line(row) for row in rows])
        made[f"catalogue/{name}.md"] = f"# {name.capitalize()}\n\n{HEADS[name]} There are {len(rows)}.\n\n{listed}"
    return made


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _model(row: dict[str, Any]) -> tuple[str, ...]:
    from llmlint.quantity import binary_size, count

    params, cache = row["params"], row.get("kv16")
    loaded = sum(params.get(part) or 0 for part in ("text", "vision")) or params.get("total")
    kept = "" if not cache else binary_size(cache["full"] + cache["sliding"])
    return (
        f"`{row['id']}`",
        count(loaded) if loaded else "",
        count(params["active"]) if params.get("active") else "",
        str(row.get("max_ctx") or ""),
        kept,
        row.get("category", ""),
        row["quality"],
    )


def _accelerator(row: dict[str, Any]) -> tuple[str, ...]:
    memory = row.get("memory") or {}
    seen = memory.get("cuda_total_mib")
    return (
        row["name"],
        f"`{row['id']}`",
        row["vendor"],
        f"{memory['marketed_gb']} GB" if memory.get("marketed_gb") else "shared" if row.get("unified") else "",
        _mebibytes(seen),
        f"{row['bw_gbs']} GB/s" if row.get("bw_gbs") else "",
        f"{row['tdp_w']} W" if row.get("tdp_w") else "",
        row["quality"],
    )


def _mebibytes(seen: Any) -> str:
    values = list(seen.values()) if isinstance(seen, dict) else seen if isinstance(seen, list) else [seen]
    numbers = [value for value in values if isinstance(value, int | float)]
    return f"{min(numbers)} MiB" if numbers else ""


def _machine(row: dict[str, Any]) -> tuple[str, ...]:
    share = row.get("partition", 1.0)
    part = "" if share in (None, 1.0) else f" (a share of {share:g})"
    disk = row.get("local_disk_gb")
    return (
        f"`{row['id']}`",
        f"{row['count']} × {row['accelerator']}{part}",
        str(row.get("vcpu") or ""),
        f"{row['ram_mib'] / 1024:g} GiB" if row.get("ram_mib") else "",
        "" if disk is None else f"{disk} GB" if disk else "none",
        row["quality"],
    )
