"""The version of an engine that a script installs: `pip install vllm==0.6.3`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llmlint.readers.wording import Inside
from llmlint.unit import Said, Word

PACKAGES = {"vllm": "vllm", "sglang": "sglang", "tensorrt_llm": "tensorrt-llm", "tensorrt-llm": "tensorrt-llm"}
PIN = r"(?<![\w./-])(vllm|sglang|tensorrt[_-]llm)(?:\[[\w,\s-]{0,80}\])?\s?==\s?v?(\d[\w.]{0,40})"


def pinned(scripts: Iterable[Word], engine: str) -> Said[str] | None:
    """The last pin of an engine's package in the scripts, with its place; None where they have none."""
    found: Said[str] | None = None
    for script in scripts:
        places = Inside(script.spot.document, script.spot.path, script.spot.span)
        for match in re.finditer(PIN, _without_comments(script.text)):
            if PACKAGES[match[1]] == engine:
                found = Said(match[2].rstrip("."), places.spot(match[0]))
    return found


def _without_comments(script: str) -> str:
    return re.sub(r"(?m)^[ \t]*#.*$", "", script[:200_000])
