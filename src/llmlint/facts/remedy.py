"""What would make an engine start: changes to its arguments, the precision or the machine, each tried. Slow path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmlint.facts.faults import size
from llmlint.quantity import binary_size

if TYPE_CHECKING:
    from llmlint.engines.outcome import Outcome
    from llmlint.facts import Facts

MOST = 3
"""Changes that are offered."""
MOST_TRIED = 400
"""For all deployments of a file: a start of vLLM takes most of a millisecond to work out, one deployment some forty."""
LEAST_CONTEXT = 1024
"""Tokens below which no context is offered."""
FEWER = (64, 16)
"""--max-num-seqs that are tried: the sampler's rows are what the profiling run of vLLM costs most."""
SIZES = (2, 4, 8)
MOST_CARDS = 8
MOST_GIB = 8
"""Beyond what the weights exceed the share by, so many GiB more are tried for cache and activations."""
EIGHT_BIT_CACHE = ("8.9", "9.0", "10.0", "10.3", "12.0", "12.1")
"""Compute capabilities with fp8 in hardware, for which an fp8 cache is offered."""


def outcome(facts: Facts, flags: Mapping[str, str] = {}, **fields: Any) -> Outcome | None:
    """What the engine would do with other arguments, or another part of the request."""
    request, name = facts.engine.request, facts.engine.name
    if request is None or name is None:
        return None
    from llmlint.engines.registry import engine

    modelled = engine(name)
    changed = request._replace(flags={**request.flags, **flags}, **fields)
    return modelled.outcome(changed) if modelled is not None else None


def is_spent(facts: Facts) -> bool:
    """Whether enough has been tried for the file."""
    return facts.tries.number >= MOST_TRIED


def tried(facts: Facts, flags: Mapping[str, str] = {}, **fields: Any) -> Outcome | None:
    """The same for a remedy, which is counted; None where enough has been tried for the file."""
    if is_spent(facts):
        return None
    facts.tries.number += 1
    return outcome(facts, flags, **fields)


def starts(found: Outcome | None) -> bool:
    """Whether the engine would start."""
    return found is not None and found.verdict in ("fits", "tight")


def changes(facts: Facts) -> str:
    """The first few that work, in words."""
    found = []
    for words in _candidates(facts):
        found.append(words)
        if len(found) == MOST:
            break
    if not found and is_spent(facts):
        return "more memory, or a smaller model (what else would do was tried for the deployments before it)"
    return ", or ".join(found) or "more memory, or a smaller model"


def _candidates(facts: Facts) -> Iterator[str]:
    yield from _to_host(facts)
    yield from _shorter(facts)
    yield from _flags(facts)
    yield from _spread(facts)
    yield from _more_cards(facts)


def _to_host(facts: Facts) -> Iterator[str]:
    """vLLM's own argument for weights on the host, where the workload allows it."""
    found = facts.engine.outcome
    if facts.engine.name != "vllm" or facts.offload.mode != "cpu" or found is None or not found.budget:
        return
    least = max((size(found, "weights") - found.budget) // 2**30 + 1, 1)
    for gib in range(least, least + MOST_GIB):
        flags = {"cpu-offload-gb": str(gib), **_wanted_context(facts)}
        if starts(tried(facts, flags)):
            yield _combined("", *(f"--{name}={value}" for name, value in flags.items()))
            return


def _shorter(facts: Facts) -> Iterator[str]:
    """The longest context that fits, where the workload asks for no more."""
    longest, wanted = longest_context(facts), facts.workload.context
    if longest is not None and (wanted is None or wanted <= longest):
        yield f"{facts.context.option}={longest}"


def longest_context(facts: Facts) -> int | None:
    """Tokens of the longest context with which the engine starts, in whole thousands where it is long."""
    found = facts.engine.outcome
    cache, option = found.cache if found is not None else None, facts.context.option.lstrip("-")
    longest = cache.max_context if cache is not None else None
    if not longest or not option or longest < LEAST_CONTEXT:
        return None
    longest = longest // LEAST_CONTEXT * LEAST_CONTEXT
    return longest if starts(tried(facts, {option: str(longest)})) else None


def _flags(facts: Facts) -> Iterator[str]:
    name = facts.engine.name
    if name == "vllm":
        for sequences in FEWER:
            if starts(tried(facts, {"max-num-seqs": str(sequences)})):
                yield f"--max-num-seqs={sequences}"
                break
    if name == "vllm" and facts.engine.fault == "warm-up":
        yield from _beside(facts)
    elif facts.share.larger is not None:
        yield f"{facts.share.option}={facts.share.larger:g}"
    cards = facts.gpu.cards or ()
    eight = cards and all(card.row is not None and card.row.cc in EIGHT_BIT_CACHE for card in cards)
    if name == "vllm" and eight and starts(tried(facts, {"kv-cache-dtype": "fp8"})):
        yield "--kv-cache-dtype=fp8"


def _beside(facts: Facts) -> Iterator[str]:
    """What leaves more beside vLLM's share: a smaller one, no graphs, or a cache whose size is left to the engine."""
    given = "kv-cache-memory-bytes"
    if facts.engine.words.get(given) is not None and starts(outcome(facts, {given: ""})):
        yield f"no --{given}"
    if facts.share.smaller is not None:
        yield f"{facts.share.option}={facts.share.smaller:g}"
    if starts(outcome(facts, {"enforce-eager": "true"})):
        yield "--enforce-eager"


def _spread(facts: Facts) -> Iterator[str]:
    """A lower precision, or the model divided among the cards that are there, or both: the least change that starts."""
    most = facts.gpu.count or 0 if _may_spread(facts) else 0
    for ranks in (0, *(number for number in SIZES if (facts.parallel.ranks or 1) < number <= most)):
        spread = {facts.parallel.option.lstrip("-"): str(ranks)} if ranks else {}
        for precision in ("", *facts.precision.lower) if ranks else facts.precision.lower:
            fields = {"weights": precision, "weights_stated": True} if precision else {}
            for context in ({}, _wanted_context(facts)):
                if starts(tried(facts, {**spread, **context}, **fields)):
                    yield _combined(precision, *(f"--{name}={value}" for name, value in {**spread, **context}.items()))
                    return


def _combined(precision: str, *words: str) -> str:
    """Changes that only help together, in words."""
    others = " ".join(filter(None, words))
    if not others:
        return f"precision {precision}"
    return f"{precision} with {others}" if precision else others


def _wanted_context(facts: Facts) -> dict[str, str]:
    """The workload's context as an argument, where the arguments name none."""
    wanted, option = facts.workload.context, facts.context.option.lstrip("-")
    return {option: str(int(wanted))} if wanted is not None and option and not facts.context.is_stated else {}


def _may_spread(facts: Facts) -> bool:
    """Whether tensor parallelism is the only kind that the arguments ask for, so that more of it is understood."""
    return facts.parallel.ranks is not None and facts.parallel.tensor == facts.parallel.ranks


def _more_cards(facts: Facts) -> Iterator[str]:
    """More cards of the one kind, with tensor parallelism over all of them."""
    request, cards = facts.engine.request, facts.gpu.cards or ()
    if request is None or not request.cards or len(cards) != 1 or not _may_spread(facts) or cards[0].position is None:
        return
    for number in (number for number in SIZES if number > cards[0].number):
        more = (request.cards[0]._replace(count=number),)
        flags = {facts.parallel.option.lstrip("-"): str(number), **_wanted_context(facts)}
        if starts(tried(facts, flags, cards=more)):
            yield f"tensor parallelism over {number} × {cards[0].label}"
            return


def without_host(facts: Facts) -> Iterator[str]:
    """What keeps all layers of llama.cpp on the GPUs: a lower precision, or more cards of the one kind."""
    for name in facts.precision.lower:
        found = tried(facts, weights=name, weights_stated=True)
        if found is not None and found.verdict == "fits":
            yield f"precision {name}"
            break
    request, cards = facts.engine.request, facts.gpu.cards or ()
    if request is None or not request.cards or len(cards) != 1 or cards[0].position is None or not cards[0].memory:
        return
    for number in range(cards[0].number + 1, MOST_CARDS + 1):
        found = tried(facts, cards=(request.cards[0]._replace(count=number),))
        if found is not None and found.verdict == "fits":
            yield f"{number} × {cards[0].label} ({binary_size(number * cards[0].memory)})"
            return
