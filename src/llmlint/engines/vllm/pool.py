"""The KV cache that vLLM would set up in the memory that is left, and whether a request of the full context fits."""

from __future__ import annotations

from llmlint.engines import loaded
from llmlint.engines.interval import Left
from llmlint.engines.outcome import Cache
from llmlint.engines.request import Request
from llmlint.engines.vllm import layers, planner, releases, texts
from llmlint.engines.vllm.settings import Settings
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Cached(NamedTuple):
    """The cache and what follows from it."""

    cache: Cache
    plan: planner.Plan | None = None
    refusal: str = ""
    doubtful: bool = False
    """At the low end of the interval no request of the full context would fit."""
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def cache(request: Request, setting: Settings, available: Left) -> Cached:
    """The cache in so many bytes of one rank."""
    if request.model.encoder:
        return Cached(Cache(0))
    if setting.cache_width is None:
        return _of_any_format(request, setting, available)
    specs = _specs(request, setting)
    if isinstance(specs, Cached):
        return specs if available.likely > 0 else specs._replace(refusal=texts.no_memory())
    if not specs:
        return Cached(Cache(0))
    size = sum(spec.page // spec.block * number for spec, number in specs if spec.kind in ("full", "mla"))
    if setting.context is None:
        return Cached(Cache(size), unknown=("workload.context",))
    try:
        groups = planner.grouped(planner.merged(specs), setting.hybrid)
        likely, low = (
            planner.planned(groups, room, setting.context, setting.in_flight)
            for room in (available.likely, available.low)
        )
        needed = _needed(request, setting, groups)
    except planner.Unplannable as error:
        return Cached(Cache(size), refusal=str(error) if not setting.hybrid else "", unknown=("model.architecture",))
    return _answer(request, setting, likely, low, Cache(size, needed_bytes=needed))


def _of_any_format(request: Request, setting: Settings, available: Left) -> Cached:
    """The cache in a format that is not modelled: what holds at both ends of what an element may take."""
    least, most = (
        cache(request, setting._replace(cache_width=width), available) for width in loaded.cache_ends(request)
    )
    blank = Cache(max_context=most.cache.max_context)
    name, unknown = loaded.cache_format(request), ("precision.kv_cache", *most.unknown)
    few, many = most.cache.capacity_tokens, least.cache.capacity_tokens
    tokens = f": {few} to {many} tokens" if few is not None and many is not None else ""
    remarks = (f"the size of a KV cache in {name} is not known{tokens}", *most.remarks)
    if least.refusal:
        return Cached(blank, least.plan, least.refusal, unknown=unknown, remarks=remarks)
    if most.refusal or least.plan is None or most.plan is None:
        return Cached(blank, unknown=unknown, remarks=remarks)
    return Cached(blank, most.plan, doubtful=most.doubtful, unknown=unknown, remarks=remarks)


def _answer(request: Request, setting: Settings, likely: planner.Plan, low: planner.Plan, cache: Cache) -> Cached:
    refusal, doubtful = likely.refusal, bool(low.refusal)
    if setting.fitted:  # the context is made to fit, down to one token
        refusal, doubtful = (likely.refusal, doubtful) if not likely.longest else ("", not low.longest)
    filled = cache._replace(
        capacity_tokens=tokens(setting, likely),
        max_context=likely.longest,
        max_concurrency=likely.concurrency,
    )
    return Cached(filled, likely, refusal, doubtful, remarks=_remarks(request, setting, likely))


def tokens(setting: Settings, plan: planner.Plan) -> int:
    """The tokens that the engine prints; their meaning changed."""
    if setting.version >= releases.NEW_TOKENS:
        return int(plan.concurrency * (setting.context or 0))
    return plan.blocks // plan.groups * plan.block


def _specs(request: Request, setting: Settings) -> list[tuple[planner.Spec, int]] | Cached:
    """Cache specs of the fullest rank, or why there are none."""
    model = request.model
    if model.groups is None or model.hidden is None or model.kv16 is None:
        return Cached(Cache(), unknown=("model.architecture",))
    form = layers.Format(
        ranks=setting.tensor,
        width=setting.cache_width or 2,
        block=setting.block,
        recurrent=setting.recurrent_width,
        aligned=setting.prefixes,
        speculative=setting.speculated,
    )
    try:
        found = layers.specs(model.groups, model.hidden, form)
    except planner.Unplannable:
        return Cached(Cache(), unknown=("model.architecture",))
    if setting.predicts and model.mtp:
        found = _with_predictor(found)
    if setting.version < releases.HYBRID:  # every layer kept every token
        found = [(spec._replace(kind="full", window=0) if spec.window else spec, number) for spec, number in found]
    return [(spec, -(-number // setting.pipeline)) for spec, number in found]


def _with_predictor(found: Sequence[tuple[planner.Spec, int]]) -> list[tuple[planner.Spec, int]]:
    """With the layer for multi-token prediction, which attends as the model's own layers that keep every token do.

    Its cache is one more layer of theirs in the same pool (vllm/v1/worker/gpu_model_runner.py: get_kv_cache_spec goes
    through all attention layers that were loaded, the drafter's among them). One layer is what checkpoints come with.
    """
    at = next((index for index, (spec, _) in enumerate(found) if spec.kind in ("full", "mla")), None)
    return [(spec, number + (index == at)) for index, (spec, number) in enumerate(found)]


def _needed(request: Request, setting: Settings, groups: Sequence[planner.Group]) -> int | None:
    """Bytes of the workload's requests over all GPUs."""
    if request.context is None:
        return None
    each = planner.request_bytes(groups, request.context, setting.in_flight)
    return each * (request.concurrency or 1) * setting.tensor * setting.pipeline


def _remarks(request: Request, setting: Settings, plan: planner.Plan) -> tuple[str, ...]:
    """What the workload meets in an engine that starts."""
    found = []
    if request.context is not None and setting.context is not None and request.context > setting.context:
        found.append(f"requests of {request.context} tokens are refused: max_model_len is {setting.context}")
    if request.concurrency is not None and 1 <= plan.concurrency < request.concurrency:
        whole = int(plan.concurrency * 10) / 10  # rounded down: 9.99 of 10 leave one waiting
        found.append(f"{whole:.1f} requests of {setting.context} tokens fit at once, the rest wait")
    return tuple(found)
