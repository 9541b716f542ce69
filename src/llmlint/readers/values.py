"""Looks into plain data of unknown shape: what is not of the kind that is asked for is as good as absent."""

from __future__ import annotations

from typing import Any

from llmlint.finding import Path


def at(data: object, *path: str | int) -> Any:
    """What stands at a path; None where a step of it leads nowhere."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and -len(data) <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def mapping(data: object, *path: str | int) -> dict[str, Any]:
    """The mapping at a path; empty where there is none."""
    found = at(data, *path)
    return found if isinstance(found, dict) else {}


def items(data: object, *path: str | int) -> list[Any]:
    """The list at a path; empty where there is none."""
    found = at(data, *path)
    return found if isinstance(found, list) else []


def text(data: object, *path: str | int) -> str | None:
    """The text at a path, numbers written out; None where there is none."""
    found = at(data, *path)
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        return None
    return str(found)


def whole(data: object, *path: str | int) -> int | None:
    """The whole number at a path, also where it is written as text; None where there is none."""
    found = at(data, *path)
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        return found
    if isinstance(found, str) and found.strip().isdecimal() and len(found) < 16:
        return int(found)
    return int(found) if isinstance(found, float) and found.is_integer() else None


def number(data: object, *path: str | int) -> float | None:
    """The number at a path, also where it is written as text."""
    found = at(data, *path)
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        return None
    try:
        return float(found)
    except ValueError:
        return None


def under(path: Path, *steps: str | int) -> Path:
    """A longer path."""
    return (*path, *steps)
