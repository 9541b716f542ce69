"""`--compilation-config.mode 3`: one key of an option whose value is JSON (vLLM's FlexibleArgumentParser)."""

from __future__ import annotations

import json

from llmlint.engines.flag_values import Value

DEEPEST = 20


def with_key(before: Value, dotted: str, word: str) -> dict[str, object]:
    """The value with one more key; with + behind the name the words between commas join a list."""
    append = dotted.endswith("+")
    names = dotted.removesuffix("+").split(".")[:DEEPEST]
    value: object = word.split(",") if append else _plain(word)
    whole: dict[str, object] = dict(before) if isinstance(before, dict) else {}
    inner = whole
    for name in names[:-1]:
        below = inner.get(name)
        inner[name] = below = dict(below) if isinstance(below, dict) else {}
        inner = below
    old = inner.get(names[-1])
    inner[names[-1]] = [*old, *value] if isinstance(old, list) and isinstance(value, list) else value
    return whole


def _plain(word: str) -> object:
    try:
        value: object = json.loads(word)
    except (ValueError, RecursionError):
        return word
    return value
