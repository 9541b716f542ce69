"""What llmlint says today of many deployments, to the byte: so that no estimate changes unseen.

`tests/test_accuracy.py` holds the answers to what was measured, within bands. This file is the other half: a change of
an engine's model shows in its diff, row by row, and is judged there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy import measure, rows
from generation import planned_ways
from llmlint.ledger import PlanEntry, plan_entry

FILE = "tests/engines/recorded_plans.jsonl"
KINDS = ("serving", "llamacpp", "speed")


def generated(_root: Path) -> dict[str, bytes]:
    """One line for each of `deployments`."""
    lines = [json.dumps(figures(name, deployment)) + "\n" for name, deployment in deployments()]
    return {FILE: "".join(lines).encode()}


def deployments() -> Iterator[tuple[str, rows.Deployment]]:
    """The first recorded one of each engine, family of models and format, with the row's name; then those of
    `planned_ways`."""
    seen = set()
    for kind in KINDS:
        for row, deployment in rows.distinct(kind):
            engine = deployment["engine"]["name"] if "engine" in deployment else ""
            family = row.get("family") or row.get("model")
            alike = (kind, engine, str(family), deployment.get("precision"))
            if alike not in seen:
                seen.add(alike)
                yield row["id"], deployment
    yield from planned_ways.deployments()


def figures(name: str, deployment: rows.Deployment) -> dict[str, Any]:
    """Bytes with both ends of their interval, tokens, requests, tokens a second, verdict."""
    plan = plan_entry(measure.facts(deployment), name)
    rate = plan["speed"] and plan["speed"]["decode_tokens_per_second"]
    return {
        "id": name,
        "gpu": [plan["gpu"]["count"], plan["gpu"]["budget_bytes"], _items(plan["gpu"]["items"])],
        "host": _items(plan["host"]["items"]),
        "storage": _items(plan["storage"]["items"]),
        "kv": _cache(plan),
        "speed": [_rounded(rate[end]) for end in ("low", "likely", "high")] if rate else None,
        "verdict": plan["verdict"],
        "unknown": plan["unknown"],
    }


def _items(items: Sequence[Any]) -> dict[str, list[int | str | None]]:
    return {one["name"]: [one["bytes"], one["low"], one["high"], one["basis"]] for one in items}


def _cache(plan: PlanEntry) -> list[float | None] | None:
    return [_rounded(value) for value in plan["kv"].values()] if plan["kv"] else None


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
