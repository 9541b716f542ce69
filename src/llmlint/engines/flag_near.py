"""What an unknown option may have meant, and why one is not known: the slow ways through a table."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import islice, takewhile

from llmlint.engines.flag_reader import FlagProblem, Place
from llmlint.engines.flag_table import NEWEST, Option, Table, Version, version_of

NEAR = 0.75
"""Ratio of difflib from which a name is offered."""
LONGEST = 80
TWINS = (
    {"vllm": "tensor-parallel-size", "sglang": "tp-size", "tgi": "num-shard", "tensorrt-llm": "tensor-parallel-size"},
    {"vllm": "pipeline-parallel-size", "sglang": "pp-size", "tensorrt-llm": "pipeline-parallel-size"},
    {"vllm": "data-parallel-size", "sglang": "dp-size"},
    {
        "vllm": "gpu-memory-utilization",
        "sglang": "mem-fraction-static",
        "tgi": "cuda-memory-fraction",
        "tensorrt-llm": "free-gpu-memory-fraction",
    },
    {
        "vllm": "max-model-len",
        "sglang": "context-length",
        "llama.cpp": "ctx-size",
        "tgi": "max-total-tokens",
        "tensorrt-llm": "max-seq-len",
        "ollama": "num_ctx",
    },
    {
        "vllm": "max-num-seqs",
        "sglang": "max-running-requests",
        "llama.cpp": "parallel",
        "tgi": "max-batch-size",
        "tensorrt-llm": "max-batch-size",
        "ollama": "OLLAMA_NUM_PARALLEL",
    },
    {
        "vllm": "kv-cache-dtype",
        "sglang": "kv-cache-dtype",
        "llama.cpp": "cache-type-k",
        "ollama": "OLLAMA_KV_CACHE_TYPE",
    },
    {"llama.cpp": "n-gpu-layers", "ollama": "num_gpu"},
    {"vllm": "model", "sglang": "model-path", "llama.cpp": "model", "tgi": "model-id", "mlx": "model"},
)
"""Options of different engines that set the same thing: people carry them from one to the other."""


@lru_cache(maxsize=64)
def spellings(table: Table, version: Version | None) -> dict[str, tuple[Option, bool]]:
    """Every long spelling that a version knows, with its option and whether it sets the opposite."""
    found: dict[str, tuple[Option, bool]] = {}
    dashes = "" if table.grammar.bare else "--"
    for option in table.all():
        if not table.alive(option, version):
            continue
        names = [dashes + option.name, *option.others.split()]
        for name in names:
            plain = name.removeprefix("!")
            if plain.startswith("--") or not dashes:
                found[plain] = (option, name != plain)
                if table.grammar.negation and option.kind == "bool" and name == plain:
                    found["--no-" + plain[2:]] = (option, True)
    return found


@lru_cache(maxsize=64)
def _in_order(table: Table, version: Version | None) -> list[str]:
    return sorted(spellings(table, version))


def beginning(table: Table, version: Version | None, spelled: str) -> tuple[Option, bool] | None:
    """The one option that a long name begins; None where there is none, or more than one."""
    known, names = spellings(table, version), _in_order(table, version)
    behind = islice(names, bisect_left(names, spelled), None)
    found = {known[name] for name in takewhile(lambda one: one.startswith(spelled), behind)}
    same = {(option.name, opposite) for option, opposite in found}
    return max(found, key=lambda pair: version_of(pair[0].since)) if len(same) == 1 else None


@lru_cache(maxsize=1024)  # of words that users write: bounded, since servers and editors run for long
def nearest(table: Table, version: Version | None, spelled: str) -> str:
    """The spelling nearest to an unknown one, of those that share a word or their first letters; empty without one."""
    name = spelled.lstrip("-")
    if len(name) > LONGEST or not name:
        return ""
    from difflib import get_close_matches

    twin = next((names[table.engine] for names in TWINS if table.engine in names and _means(name, names)), "")
    if twin:
        return table.written(twin)
    if not table.grammar.bare:
        if len(name) <= 3 and table.options("-" + name):
            return "-" + name
        name = "--" + name.lower().replace("_", "-")
    parts, start = set(name.strip("-").split("-")), name.strip("-")[:2]
    like = [
        known
        for known in spellings(table, version)
        if known.lstrip("-")[:2] == start or not parts.isdisjoint(known.strip("-").split("-"))
    ]
    near = get_close_matches(name, like, 1, NEAR)
    return table.written(near[0].removeprefix("--")) if near else ""


def _means(name: str, names: dict[str, str]) -> bool:
    return name.lower().replace("_", "-") in [other.lower().replace("_", "-") for other in names.values()]


def out_of_time(
    table: Table, version: Version | None, options: list[Option], spelled: str, place: Place
) -> FlagProblem | None:
    """Why a version does not know an option that others know; None where that cannot be told."""
    who, oldest = table.shown(version), table.samples[0] if table.samples else None
    if version is not None and oldest is not None and version < oldest:
        return None
    last = options[-1]
    when = version or (table.samples[-1] if table.samples else version_of(NEWEST))
    if last.removed == NEWEST or (last.removed and version_of(last.removed) <= when):
        since = who if last.removed == NEWEST else f"{table.grammar.title} {last.removed}"
        message = f"{since} no longer has {spelled}"
        return FlagProblem("removed", place, message, table.written(last.renamed) if last.renamed else "")
    return FlagProblem("unknown", place, f"{who} does not yet have {spelled}: it came with {options[0].since}")
