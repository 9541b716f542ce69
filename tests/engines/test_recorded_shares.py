"""The counts of recorded start-ups by share that the rule and its page quote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.accuracy.rows import Row, read
from llmlint.engines.versions import parsed

ROOT = Path(__file__).parents[2]
RULE = ROOT / "rules" / "engine" / "gpu-memory-utilization-too-high.yaml"
PAGE = ROOT / "docs" / "engines.md"
SIZED = ("started", "kv_allocated", "oom_after_kv")
"""Outcomes of starts that came as far as the size of their cache."""


def starts(*, inside: bool) -> list[Row]:
    """Starts of vLLM that sized their cache at a known share, since 0.21 (graphs inside the share) or before."""
    found = [row for row in read("serving") if row["engine"] == "vllm" and row["outcome"] in SIZED]
    known = [(parsed(row.get("version")), row) for row in found if row.get("utilization") is not None]
    return [row for version, row in known if version is not None and (version >= (0, 21)) == inside]


def counted(rows: list[Row]) -> tuple[int, int]:
    """How many ran out of memory after their cache was sized, of how many."""
    return sum(row["outcome"] == "oom_after_kv" for row in rows), len(rows)


@pytest.mark.parametrize("path", [RULE, PAGE], ids=["rule", "page"])
def test_quoted_counts_are_those_of_the_recorded_runs(path: Path) -> None:
    text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
    old = starts(inside=False)
    below = counted([row for row in old if row["utilization"] < 0.95])
    at, above = (counted([row for row in old if row["utilization"] == share]) for share in (0.95, 0.98))
    assert f"{below[0]} of {below[1]} below 0.95" in text
    assert f"{at[0]} of {at[1]} at 0.95" in text
    assert f"{above[0]} of {above[1]} at 0.98" in text


def test_no_start_since_0_21_is_recorded_at_a_large_share() -> None:
    assert max(row["utilization"] for row in starts(inside=True)) < 0.95
    assert counted(starts(inside=True)) == (0, 9)
