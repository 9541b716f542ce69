"""How many requests of which length an engine's cache holds, asked of its model once for each length. Slow path.

Nothing is interpolated: each point is the engine's own calculation with that context. vLLM and SGLang set their cache
up for the context that their argument names, so it is set; the others are asked about requests of that length in the
deployment as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmlint.facts import Facts
from llmlint.tuples import NamedTuple

CONTEXT_ARGUMENT = {"vllm": "max-model-len", "sglang": "context-length"}
"""Engines that plan their cache by this argument."""
SHORTEST = 1024
"""Tokens of the shortest request that is asked about; the lengths double from there."""
LONGEST = 1 << 24
"""Tokens beyond which no request is asked about, whatever a file calls its model's context."""


class Point(NamedTuple):
    """Requests of one length."""

    context: int
    """Tokens of each, prompt and answer together."""
    requests: float | None
    """How many the cache holds at once; None where requests so long are refused."""


class Capacity(NamedTuple):
    """What a deployment's cache holds."""

    points: tuple[Point, ...]
    """The shortest first."""
    context: int | None
    """Tokens of a request that the workload plans with."""
    concurrency: int | None
    """Requests in flight that it plans with."""
    held: float | None
    """Requests of the planned length that it holds at once; None where that is not known, or they are refused."""

    @property
    def suffices(self) -> bool | None:
        """Whether it holds what is planned; None where nothing is planned."""
        if self.context is None or self.concurrency is None:
            return None
        return self.held is not None and self.held >= self.concurrency


def capacity(facts: Facts) -> Capacity | None:
    """The deployment's capacity; None where the engine's cache cannot be told."""
    request, outcome = facts.engine.request, facts.engine.outcome
    if request is None or outcome is None or outcome.cache is None:
        return None
    found = lengths(request.model.max_ctx, outcome.cache.max_context, request.context)
    points = tuple(point for context in found if (point := _point(facts, context)) is not None)
    if not any(point.requests for point in points):
        return None
    held = next((point.requests for point in points if point.context == request.context), None)
    return Capacity(points, request.context, request.concurrency, held)


def lengths(longest: int | None, served: int | None, planned: int | None) -> list[int]:
    """Lengths that double up to the model's context, the planned one, and the longest that is served."""
    most = min(longest or served or planned or SHORTEST, LONGEST)
    asked = {length for length in (most, served, planned) if length is not None and 0 < length <= LONGEST}
    return sorted(asked.union(_doubling(most)))


def _doubling(most: int) -> Iterator[int]:
    length = SHORTEST
    while length < most:
        yield length
        length *= 2


def _point(facts: Facts, context: int) -> Point | None:
    """What the engine says of requests of that length; None where it does not say."""
    from llmlint.facts.remedy import outcome

    argument = CONTEXT_ARGUMENT.get(facts.engine.name or "")
    found = outcome(facts, {argument: str(context)} if argument else {}, context=context)
    if found is None or found.cache is None:
        return None
    longest, requests = found.cache.max_context, found.cache.max_concurrency
    if found.refusal or (longest is not None and context > longest):
        return Point(context, None)
    return Point(context, requests) if requests is not None else None
