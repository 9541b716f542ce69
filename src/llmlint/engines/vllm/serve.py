"""vLLM's start-up as a calculation: share, weights, profiling run, cache, and the reasons to refuse in their order."""

from __future__ import annotations

from llmlint.engines import cards, options, weights
from llmlint.engines.cards import Device
from llmlint.engines.estimate import Item
from llmlint.engines.interval import Left, hull, left
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.versions import shown
from llmlint.engines.vllm import adapters, assumed, encoders, memory, pool, releases, texts
from llmlint.engines.vllm.remarks import remarks, unstated
from llmlint.engines.vllm.settings import Settings, settings
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.engines.vllm.late import Refusal

NAME = "vllm"
NO_GPU = "vLLM without a GPU is not modelled"
GIB = 2**30
MOST_TRIED, ROOMY = 1024, 0.9
"""Blocks of the cache that graphs are measured with, at most; the part of a GPU that it and the weights may fill."""


class Sums(NamedTuple):
    """The terms of one GPU, in bytes."""

    budget: int
    weights: Item
    activations: Item
    runtime: Item
    graphs: Item
    inside: bool
    """Whether the share counts the graphs."""
    beside: tuple[Item, ...]
    """LoRA slots, where there are any."""
    available: Left
    outside: int
    """What they and the cache leave of the GPU."""


def outcome(request: Request) -> Outcome:
    """What vLLM would do with a request. Unknown GPUs, weights or contexts leave the verdict open.

    Where no version is stated the figures are those of the one that takes most; their intervals reach to the newest.
    """
    found = _outcome(request)
    if not assumed.is_open(request) or not found.gpu or found.usable is None:
        return found
    return _spread(found, _outcome(request._replace(newest=True)))


def _spread(older: Outcome, newest: Outcome) -> Outcome:
    """The outcome of an older version with the intervals of the newest as well."""
    others = {item.name: item for item in newest.gpu}
    items = tuple(hull(item, others.get(item.name, item)) for item in older.gpu)
    doubtful = older.verdict == "fits" and newest.verdict == "does-not-fit"
    remark = unstated(older.version, newest.version, starts=bool(older.refusal) and not newest.refusal)
    return older._replace(
        version=f"{older.version} to {newest.version}",
        gpu=items,
        verdict="tight" if doubtful else older.verdict,
        remarks=(remark, *older.remarks),
    )


def _outcome(request: Request) -> Outcome:
    device = cards.smallest(request)
    storage = _storage(request)
    if request.cards == ():
        return _without_device(request)._replace(storage=storage, unknown=(), remarks=(NO_GPU,))
    if device is None:
        return _without_device(request)._replace(storage=storage)
    setting = settings(request, device)
    sums = _sums(request, setting, device)
    blank = Outcome(NAME, shown(setting.version), device.usable, _budget(setting, device), storage=storage)
    if sums is None:
        return _partial(request, setting, device, blank)
    return _whole(request, setting, device, blank, sums)


def _without_device(request: Request) -> Outcome:
    """The weights of a rank are known without its GPU."""
    tensor, pipeline = (
        options.positive(request.flags, f"{kind}-parallel-size") or 1 for kind in ("tensor", "pipeline")
    )
    item = weights.rank_weights(request.model, request.weights, tensor_parallel=tensor, pipeline_parallel=pipeline)
    version = shown(assumed.version(request))
    return Outcome(NAME, version, gpu=(item,) if item is not None else (), unknown=("machine.gpus",))


def _partial(request: Request, setting: Settings, device: Device, blank: Outcome) -> Outcome:
    """What can be said where the weights are not known."""
    items = (
        memory.activations(request, setting),
        memory.graphs(request, setting, device),
        memory.runtime(request, setting, device),
    )
    return blank._replace(gpu=items, unknown=("model.parameters",))


def _whole(request: Request, setting: Settings, device: Device, blank: Outcome, sums: Sums) -> Outcome:
    """The outcome where every term is known."""
    cached = pool.cache(request, setting, sums.available)
    early = _refusal(request, setting, device, sums)
    late = None if early else _late(request, setting, device, sums, cached)
    refusal = early or (late.words if late is not None else "") or cached.refusal
    verdict = _verdict(setting, device, sums, refusal, cached)
    given = setting.cache_bytes is not None
    room = sums.available
    ends = (room.likely, room.likely) if given else (max(room.low, 0), max(room.high, 0))
    because = "as given" if given else "what is left of the share"
    kept = Item("kv_cache", max(room.likely, 0), "engine" if given else "fitted", because, *ends)
    items = (sums.weights, kept, sums.activations, sums.graphs, sums.runtime, *sums.beside)
    offloaded = Item("offloaded", setting.offload * setting.tensor, "engine", "--cpu-offload-gb × GPUs")
    return blank._replace(
        gpu=items,
        host=(offloaded,) if setting.offload else (),
        cache=cached.cache if not refusal or cached.plan is not None else _without_capacity(cached.cache),
        verdict=verdict,
        refusal=refusal,
        late=late.sure if late is not None else "",
        unknown=cached.unknown,
        remarks=(
            *remarks(request, setting, device, sums.budget, 0 if sums.inside else sums.graphs.bytes),
            *cached.remarks,
            *((late.why,) if late is not None and late.why else ()),
        ),
    )


def _without_capacity(cache: Cache) -> Cache:
    return cache._replace(capacity_tokens=None, max_concurrency=None)


def _budget(setting: Settings, device: Device) -> int:
    return -int(-device.usable * setting.utilization // 1)


def _weights(request: Request, setting: Settings, device: Device) -> Item | None:
    """Weights of one rank, less what it leaves to the host, and without encoders that nothing is passed to."""
    towers = encoders.encodes(request) or setting.version < releases.TOWERS_LEFT_OUT
    item = weights.rank_weights(
        request.model if towers or not request.model.vision else request.model._replace(vision=None),
        setting.precision,
        tensor_parallel=setting.tensor,
        pipeline_parallel=setting.pipeline,
        expert_parallel=setting.experts,
        rocm=device.card.row is not None and device.card.row.vendor == "amd",
    )
    more = adapters.predictor(request.model, setting) - setting.offload
    if item is None or not more:
        return item
    low, high = item.low or item.bytes, item.high or item.bytes
    size, low, high = (max(end + more, 0) for end in (item.bytes, low, high))
    words = "with layers for multi-token prediction" if more > 0 else "less what is left to the host"
    return item._replace(bytes=size, low=low, high=high, because=f"{item.because}, {words}")


def _sums(request: Request, setting: Settings, device: Device) -> Sums | None:
    weight, peak = _weights(request, setting, device), memory.activations(request, setting)
    if weight is None:
        return None
    runtime, graphs = memory.runtime(request, setting, device), memory.graphs(request, setting, device)
    budget = _budget(setting, device)
    extra = adapters.adapters(request, setting)
    beside = (extra,) if extra is not None else ()
    counted = memory.graphs_inside(request, setting, device)
    inside = [graphs] if counted else []
    below, above = (round(end * setting.utilization) for end in (device.below, device.above))
    available = left(budget, [weight, peak, runtime, *inside, *beside], below, above)
    if setting.cache_bytes is not None:
        available = Left(setting.cache_bytes, setting.cache_bytes, setting.cache_bytes)
    outside = device.usable - sum(item.bytes for item in (weight, peak, runtime, *inside, *beside))
    return Sums(budget, weight, peak, runtime, graphs, counted, beside, available, outside - max(available.likely, 0))


def _refusal(request: Request, setting: Settings, device: Device, sums: Sums) -> str:
    """The first reason to refuse before the cache is planned; empty if there is none."""
    heads = {group.mixer.heads for group in request.model.groups or () if group.mixer.kind in ("gqa", "mla")}
    uneven = next((number for number in sorted(heads) if number % setting.tensor), None)
    if uneven is not None:
        return texts.heads(uneven, setting.tensor)
    wanted = setting.tensor * setting.pipeline
    if cards.lacking(request, wanted):
        return texts.world(wanted, cards.count(request) or 0)
    if _too_long(request, setting):
        return texts.too_long(setting.context or 0, request.model.max_ctx or 0)
    if sums.budget > device.usable:
        return texts.not_free(device.usable, device.usable, setting.utilization, sums.budget)
    room = device.usable - round(releases.CONTEXT * GIB)
    for held, next_part in ((0, sums.weights), (sums.weights.bytes, sums.activations)):
        if held + next_part.bytes > room:
            return texts.out_of_memory(next_part.bytes)
    return ""


def _late(request: Request, setting: Settings, device: Device, sums: Sums, cached: pool.Cached) -> Refusal | None:
    """A reason to refuse that lies outside the share. Where the version is open, the start is judged by what it takes
    of the share."""
    largest = max(2 * setting.sequences, releases.LARGEST_GRAPH_OF.get(request.model.arch or "", 0))
    tried = cached.plan.block_bytes * min(largest, MOST_TRIED) if cached.plan is not None else 0
    roomy = sums.weights.bytes + tried < device.usable * ROOMY
    if assumed.is_open(request) or (roomy and sums.outside > memory.beside(request, setting, device, sums.graphs)):
        return None
    from llmlint.engines.vllm import late

    return late.refusal(request, setting, device, sums, cached)


def _too_long(request: Request, setting: Settings) -> bool:
    """Whether more context is asked for than the model's config grants, unless another flag or variable extends it.

    Only where the length was read in the model's own config: others are sometimes shorter than the engine's.
    """
    most, model = request.model.max_ctx, request.model
    if most is None or setting.context is None or setting.context <= most:
        return False
    extended = any(name in request.flags for name in ("hf-overrides", "rope-scaling", "rope-theta"))
    return not extended and (request.model_basis == "local" or model.quality.startswith("A"))


def _verdict(setting: Settings, device: Device, sums: Sums, refusal: str, cached: pool.Cached) -> Verdict:
    if refusal:
        return "does-not-fit"
    if cached.plan is None and cached.unknown:
        return "unknown" if sums.available.likely > 0 else "does-not-fit"
    beside = sums.budget + round(releases.CONTEXT * GIB)
    beside += 0 if sums.inside else sums.graphs.bytes
    # out of memory after sizing was seen from here on
    brim = 0.95 if setting.version < releases.GRAPHS_INSIDE else 0.98
    return "tight" if cached.doubtful or beside > device.usable or setting.utilization >= brim else "fits"


def _storage(request: Request) -> tuple[Item, ...]:
    if request.model_basis == "local":
        return ()
    item = weights.checkpoint(request.model, request.weights)
    return (item,) if item is not None else ()
