"""What costs nothing but an argument: context, concurrency, cache precision, share of the memory, parallelism; and the
precision of the weights."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from llmlint.edit import Change
from llmlint.engines import options
from llmlint.facts import Facts
from llmlint.suggest.step import Argument, Dimension, Step

CONTEXT = {
    "vllm": "max-model-len",
    "sglang": "context-length",
    "llama.cpp": "ctx-size",
    "ollama": "OLLAMA_CONTEXT_LENGTH",
}
REQUESTS = {"vllm": "max-num-seqs", "sglang": "max-running-requests", "llama.cpp": "parallel"}
CACHE = {"vllm": "kv-cache-dtype", "sglang": "kv-cache-dtype", "ollama": "OLLAMA_KV_CACHE_TYPE"}
HALF_CACHE = {"vllm": "fp8", "sglang": "fp8_e5m2", "llama.cpp": "q8_0", "ollama": "q8_0"}
SHARE = {"vllm": "gpu-memory-utilization", "sglang": "mem-fraction-static"}
TENSOR = {"vllm": "tensor-parallel-size", "sglang": "tp-size"}
OTHER_PARALLEL = {
    "stages": {"vllm": "pipeline-parallel-size", "sglang": "pp-size"},
    "copies": {"vllm": "data-parallel-size", "sglang": "dp-size"},
}
"""Arguments by engine."""
SHARES = {"vllm": (0.95,), "sglang": (0.85, 0.9)}
"""Of the memory; more than 0.95 leaves the driver and other processes nothing, and SGLang keeps its activations and
graphs outside of its share."""
LOWER_SHARES = (0.92, 0.9, 0.85, 0.8)
"""For those who ask for more than there is."""
SAFETENSORS = {"int8": "fp8", "int4": "awq"}
"""What vLLM and SGLang load in place of the rule of thumb's names."""
SPELLING = re.compile(r"[^\s=]+")
"""The name at the beginning of an argument."""
PLANNED = 0.1
"""The cost of telling the engine what the plan says."""
LEAST_CONTEXT = 1024
ROUND = 256


MEANT = ("all", "planned")
"""Dimensions that only tell the engine what the plan says."""


def dimensions(facts: Facts) -> Iterator[Dimension]:
    """Cheapest first."""
    engine = facts.engine.name or ""
    context = list(_context(facts, engine))
    yield Dimension("all", tuple(_all_cards(facts, engine)))
    yield Dimension("parallelism", tuple(_parallelism(facts, engine)))
    yield Dimension("planned", tuple(step for step in context if step.cost <= PLANNED))
    yield Dimension("version", tuple(_version(facts)))
    yield Dimension("share", tuple(_share(facts, engine)))
    yield Dimension("concurrency", tuple(_requests(facts, engine)), ladder=True)
    yield Dimension("context", tuple(step for step in context if step.cost > PLANNED), ladder=True)
    yield Dimension("cache", tuple(_cache(facts, engine)))
    yield Dimension("weights", tuple(_weights(facts, engine)))


def needs(facts: Facts) -> Iterator[Dimension]:
    """Arguments in a list that the engine does not know, where it is plain what was meant."""
    flags, engine = facts.engine.flags, facts.deployment.engine
    args = engine.args if engine is not None else None
    if flags is None or not isinstance(args, list):
        return
    for problem in flags.problems:
        if problem.kind not in ("unknown", "removed") or not problem.suggestion or not isinstance(problem.index, int):
            continue
        written = str(args[problem.index])
        spelled = SPELLING.match(written)
        meant = problem.suggestion + (written[spelled.end() :] if spelled else "")
        path = ("engine", "args", problem.index)
        yield Dimension("spelling", (Step(f"{meant} for {written}", 0.01, (Change(path, meant),)),), at=path)


def parallel(facts: Facts, count: int) -> tuple[Argument, ...]:
    """The argument by which an engine uses so many cards, where it has to be told."""
    name, request = TENSOR.get(facts.engine.name or ""), facts.engine.request
    if name is None or request is None:
        return ()
    return (Argument(name, str(count)),) if (options.positive(request.flags, name) or 1) != count else ()


def _all_cards(facts: Facts, engine: str) -> Iterator[Step]:
    """One model over all GPUs, where it is not so yet."""
    count = facts.gpu.count or 0
    for change in parallel(facts, count) if count > 1 else ():
        yield Step(f"all {count} GPUs together (--{change.name}={count})", count / 1000, (change,))


def _parallelism(facts: Facts, engine: str) -> Iterator[Step]:
    """Other numbers of GPUs for one model; fewer stages and copies, where there are several."""
    count, request = facts.gpu.count, facts.engine.request
    if engine not in TENSOR or request is None:
        return
    for kind, names in OTHER_PARALLEL.items():
        present = options.positive(request.flags, names[engine]) or 1
        for number in _halves(present // 2):
            yield Step(f"{number} {kind} (--{names[engine]}={number})", 0.05, (Argument(names[engine], str(number)),))
    present = options.positive(request.flags, TENSOR[engine]) or 1
    most = count if count is not None else present
    numbers = {number for number in range(1, min(most, 64) + 1) if most % number == 0 or number & (number - 1) == 0}
    for number in sorted(numbers - {present, count if count != 1 else 0}):
        title = f"one model over {number} GPU{'s' if number > 1 else ''} (--{TENSOR[engine]}={number})"
        yield Step(title, number / 1000, (Argument(TENSOR[engine], str(number)),))


def _halves(start: int) -> list[int]:
    """A number, half of it, and so on down to 1."""
    return [start >> halvings for halvings in range(start.bit_length())]


def _version(facts: Facts) -> Iterator[Step]:
    """The newest version where none is stated and an older one takes more."""
    outcome = facts.engine.outcome
    _, open_to, newest = outcome.version.partition(" to ") if outcome is not None else ("", "", "")
    if open_to:
        yield Step(f"vLLM {newest} (engine.version {newest})", 0.5, (Change(("engine", "version"), newest),))


def _share(facts: Facts, engine: str) -> Iterator[Step]:
    if engine not in SHARE or facts.engine.request is None:
        return
    present = options.share(facts.engine.request.flags, SHARE[engine])
    higher = [share for share in SHARES[engine] if present is None or share > present]
    for share in higher or LOWER_SHARES:
        changes = (Argument(SHARE[engine], str(share)),)
        yield Step(f"{share} of the GPU's memory (--{SHARE[engine]}={share})", 1, changes)


def _requests(facts: Facts, engine: str) -> Iterator[Step]:
    request = facts.engine.request
    if engine not in REQUESTS or request is None:
        return
    present = options.positive(request.flags, REQUESTS[engine])
    planned = request.concurrency
    start = min(one for one in (planned, present, 256) if one is not None)
    for number in _halves(start):
        if number != present:
            changes = (Argument(REQUESTS[engine], str(number)),)
            fewer = planned is not None and number < planned
            more = (Change(("workload", "concurrency"), number),) if fewer else ()
            title = f"{number} requests at once (--{REQUESTS[engine]} {number})"
            yield Step(title, 1 if not fewer else 2 + math.log2((planned or 1) / number), (*changes, *more))


def _context(facts: Facts, engine: str) -> Iterator[Step]:
    request = facts.engine.request
    if engine not in CONTEXT or request is None:
        return
    present = options.positive(request.flags, CONTEXT[engine], "num_ctx")
    planned = request.context
    longest = present or request.model.max_ctx or planned
    if longest is None:
        return
    slots = (request.concurrency or 1) if engine == "llama.cpp" and planned else 1
    for tokens in _contexts(facts, longest, planned):
        changes = (Argument(CONTEXT[engine], str(tokens * slots)),)
        less = planned is not None and tokens < planned
        more = (Change(("workload", "context"), tokens),) if less else ()
        words = "the planned context" if tokens == planned else "a context"
        name = CONTEXT[engine] if engine == "ollama" else f"--{CONTEXT[engine]}"
        title = f"{words} of {tokens} tokens ({name} {tokens * slots})"
        cost = PLANNED if tokens == planned else 2 + math.log2((planned or longest) / tokens)
        yield Step(title, cost, (*changes, *more))


def _contexts(facts: Facts, longest: int, planned: int | None) -> list[int]:
    """Contexts to try, the longest first: what the engine says that fits, the planned one, halves of it."""
    start = min(planned or longest, longest)
    halves = [(start * part // 4 >> halvings) // ROUND * ROUND for halvings in range(20) for part in (3, 2)]
    fitting = (facts.engine.max_context or 0) // ROUND * ROUND
    trained = facts.engine.request.model.max_ctx if facts.engine.request is not None else None
    found = {number for number in (fitting, planned or 0, trained or 0, *halves) if LEAST_CONTEXT <= number < longest}
    if planned is not None and planned < longest:
        found = {number for number in found if number <= planned}  # no longer one than is asked for
    return sorted(found, reverse=True)


def _cache(facts: Facts, engine: str) -> Iterator[Step]:
    request = facts.engine.request
    if engine not in HALF_CACHE or request is None:
        return
    flags, name = request.flags, CACHE.get(engine)
    half = HALF_CACHE[engine]
    if engine == "llama.cpp" and ("cache-type-k" in flags or "cache-type-v" in flags):
        return  # two arguments, which somebody has thought about
    if name is not None and options.text(flags, name) not in (None, "auto", "f16"):
        return
    if request.cache not in (None, "auto", "fp16", "bf16", "f16"):
        return
    if name is not None and name in flags:
        yield Step(f"KV cache in {half} ({name} {half})", 3, (Argument(name, half),))
    else:
        stated = half if half == "q8_0" else "fp8"
        yield Step(f"KV cache in {stated} (precision.kv_cache)", 3, (Change(("precision", "kv_cache"), stated),))


def _weights(facts: Facts, engine: str) -> Iterator[Step]:
    if facts.model.is_local or _named_by_format(facts):
        return
    for position, name in enumerate(facts.precision.lower):
        spelled = SAFETENSORS.get(name, name) if engine in TENSOR else name
        yield Step(f"weights in {spelled}", 5 + position / 2, (Change(("precision", "weights"), spelled),))


def _named_by_format(facts: Facts) -> bool:
    """Whether the model's name says the format of its weights: another format is then another repository or tag."""
    match = facts.model.match
    if match is None:
        return False
    tagged = ":" in match.name and match.precision is not None
    return (
        tagged or match.name.endswith(".gguf") or (match.basis == "derived-from-name" and match.precision is not None)
    )
