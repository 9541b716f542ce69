"""Whether two documents say the same but for some places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmlint.finding import Path

MOST_VALUES = 400_000
"""That are compared: what aliases bring in counts each time."""


def same_beside(one: Any, other: Any, within: Sequence[Path]) -> bool:
    """Whether all values are equal, types and order of keys included, but for what is at or below some paths."""
    if () in within:
        return True
    pairs: list[tuple[Any, Any, list[Path]]] = [(one, other, list(within))]
    for _ in range(MOST_VALUES):
        if not pairs:
            return True
        left, right, inside = pairs.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if list(left) != list(right):
                return False
            steps = list(left)
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            steps = list(range(len(left)))
        elif left != right:
            return False
        else:
            continue
        below = _below(inside)
        for step in steps:
            further = below.get(step, [])
            if () not in further:
                pairs.append((left[step], right[step], further))
    return False


def _below(paths: Sequence[Path]) -> dict[str | int, list[Path]]:
    """The rest of paths by their first step."""
    found: dict[str | int, list[Path]] = {}
    for path in paths:
        if path:
            found.setdefault(path[0], []).append(path[1:])
    return found
