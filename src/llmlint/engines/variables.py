"""Environment variables that engines read, by version: data/variables-<engine>.tsv, and Ollama's settings."""

from __future__ import annotations

import os
from functools import cache

from llmlint.engines.flag_table import DATA, beside, table, version_of
from llmlint.engines.versions import Version
from llmlint.tuples import NamedTuple

PREFIXES = {"vllm": ("VLLM_",), "llama.cpp": ("LLAMA_ARG_",), "ollama": ("OLLAMA_",)}
"""Of names that only the engine itself gives a meaning."""
NEAR = 0.8
"""Ratio of difflib from which a name is offered."""


class Known(NamedTuple):
    """A variable over a span of versions."""

    since: str = ""
    removed: str = ""


def prefixes(engine: str) -> tuple[str, ...]:
    """What names of the engine's own variables begin with; empty where there is no table of them."""
    return PREFIXES.get(engine, ())


@cache
def variables(engine: str) -> dict[str, Known]:
    """All that some version reads."""
    if engine == "ollama":
        known = table(engine)
        options = known.all() if known is not None else []
        return {option.name: Known(option.since, option.removed) for option in options if option.name.isupper()}
    rows = [line for line in _text(engine).split("\n") if line and line[0] != "#"]
    if engine == "llama.cpp":
        names = [row.split("\t", 1)[0] for row in rows]
        opposites = [name.replace("LLAMA_ARG_", "LLAMA_ARG_NO_", 1) for name in names]
        return {name: Known() for name in (*names, *opposites)}
    return {name: Known(since, removed) for name, since, removed in (row.split("\t") for row in rows)}


@cache
def _text(engine: str) -> str:
    with open(os.path.join(DATA, f"variables-{engine}.tsv"), encoding="utf-8", newline="\n") as file:
        return file.read()


@cache
def _samples(engine: str) -> tuple[Version, ...]:
    head = _text(engine).partition("\n# versions: ")[2].partition("\n")[0]
    return tuple(version_of(word) for word in head.split())


def fault(engine: str, name: str, version: Version | None) -> str:
    """Why the engine does not read a variable of this name; empty where it does, or may."""
    found = variables(engine).get(name)
    if found is None:
        return "reads no such variable"
    if engine != "vllm" or not (found.removed or found.since):
        return ""
    near = beside(_samples(engine), version)
    if any(_reads(found, sample) for sample in near):
        return ""
    if found.removed and version_of(found.removed) <= near[0]:
        return f"no longer reads it since {found.removed}"
    return f"does not read it before {found.since}" if version is not None else ""


def _reads(found: Known, sample: Version) -> bool:
    after = not found.since or version_of(found.since) <= sample
    return after and (not found.removed or sample < version_of(found.removed))


def nearest(engine: str, name: str) -> str:
    """The variable that may have been meant: the same words in another order, or nearly the same letters."""
    from difflib import get_close_matches

    known = [one for one, span in variables(engine).items() if not span.removed]
    words = sorted(name.split("_"))
    twin = next((one for one in known if sorted(one.split("_")) == words), None)
    return twin or next(iter(get_close_matches(name[:80], known, 1, NEAR)), "")
