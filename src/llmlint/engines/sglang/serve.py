"""SGLang's start-up as a calculation: its static share, the weights, and the pool that is left."""

from __future__ import annotations

import math

from llmlint.engines import cards, loaded, options, weights
from llmlint.engines.cards import Device
from llmlint.engines.estimate import Item
from llmlint.engines.interval import Left, left
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.sglang import pool
from llmlint.engines.sglang.share import NEWEST, Share, share
from llmlint.engines.versions import shown
from llmlint.tuples import NamedTuple

NAME = "sglang"
GIB = 2**30
CONTEXT = (0.5, 0.3, 0.8)
"""GiB that are gone before the weights are loaded, one GPU: CUDA context (139.7 GiB of an H200: 139.2 were free)."""
CONTEXT_PARALLEL = (0.75, 0.5, 2.2)
CONTEXT_NVLINK = (1.7, 0.7, 2.2)
"""The same with several ranks, NCCL included: 0.7 on two A100 and two RTX 3090, 1.4 to 2.1 on 4 and 16 Hopper GPUs."""
LOADING = (0.3, 0.0, 0.4)
"""GiB by which "mem usage" at load exceeds the tensors: it is the fall of the driver's free memory, so that kernels and
what the allocator holds back count too. [logs 6 of 3 models] 0.31 to 0.38 on one GB10, 0.21 a rank on two A100, 0.06
once."""
UNIFIED = 10.0
"""GiB that the rest of the system holds of shared memory: 9.3 were gone on a GB10 before anything was loaded."""
AMD = 6.1
"""GiB that were gone before loading on MI300X."""


class Sums(NamedTuple):
    """The terms of one GPU."""

    device: Device
    share: Share
    free: int
    """Bytes free before the weights are loaded."""
    weights: Item
    runtime: Item
    slack: Item
    room: Left
    """What the pool gets."""


def outcome(request: Request) -> Outcome:
    """What SGLang would do with a request. It starts with any pool; longer requests are refused as they come."""
    version = shown(request.version or NEWEST)
    device, weight = cards.smallest(request), _weights(request)
    blank = Outcome(NAME, version, storage=_storage(request))
    if request.cards == ():
        return blank._replace(gpu=(), remarks=("SGLang without a GPU is not modelled",))
    if device is None:
        return blank._replace(gpu=(weight,) if weight is not None else (), unknown=("machine.gpus",))
    if weight is None:
        return blank._replace(usable=device.usable, unknown=("model.parameters",))
    return _whole(request, _sums(request, device, weight), blank)


def _ranks(request: Request) -> tuple[int, int]:
    """Tensor-parallel ranks and pipeline stages."""
    tensor = options.positive(request.flags, "tp-size", "tensor-parallel-size", "tp")
    stages = options.positive(request.flags, "pp-size", "pipeline-parallel-size", "pp")
    return tensor or 1, stages or 1


def _weights(request: Request) -> Item | None:
    tensor, stages = _ranks(request)
    return weights.rank_weights(
        request.model,
        loaded.precision(request),
        tensor_parallel=tensor,
        pipeline_parallel=stages,
        expert_parallel=(options.positive(request.flags, "ep-size", "expert-parallel-size") or 1) > 1,
    )


def _storage(request: Request) -> tuple[Item, ...]:
    item = weights.checkpoint(request.model, request.weights) if request.model_basis != "local" else None
    return (item,) if item is not None else ()


def _sums(request: Request, device: Device, weight: Item) -> Sums:
    tensor, stages = _ranks(request)
    part = share(request, device, tensor, stages)
    runtime = _runtime(request, device, tensor)
    free = max(device.usable - runtime.bytes, 1)
    slack = max(round(free * (1 - part.fraction)), 0)
    kept = Item(
        "activations", slack, "engine", f"left free for activations and graphs: share {part.because}", slack, slack
    )
    held = _as_printed(weight)
    room = left(device.usable, [held, runtime, kept], device.below, device.above)
    return Sums(device, part, free, held, runtime, kept, room)


def _as_printed(weight: Item) -> Item:
    """The weights as the engine counts them once they are loaded."""
    ends = (weight.bytes, weight.low or weight.bytes, weight.high or weight.bytes)
    size, low, high = (end + round(more * GIB) for end, more in zip(ends, LOADING, strict=True))
    return weight._replace(bytes=size, low=low, high=high, because=f"{weight.because}, and what loading leaves behind")


def _runtime(request: Request, device: Device, tensor: int) -> Item:
    row = device.card.row
    parallel = CONTEXT_NVLINK if cards.nvlink(device) else CONTEXT_PARALLEL
    likely, low, high = parallel if tensor > 1 else CONTEXT
    if request.unified or (row is not None and row.unified):
        likely, high = UNIFIED, UNIFIED + 4
    elif row is not None and row.vendor == "amd":
        likely, high = AMD, AMD + 2
    sizes = [round(end * GIB) for end in (likely, low, high)]
    return Item("runtime", sizes[0], "fitted", "gone before the weights are loaded", sizes[1], sizes[2])


def _whole(request: Request, sums: Sums, blank: Outcome) -> Outcome:
    room = sums.room
    likely, low, high = (max(end, 0) for end in room)
    kept = Item("kv_cache", likely, "engine", "free after loading less the slack", low, high)
    cached, unknown = _cache(request, room)
    tensor, stages = _ranks(request)
    refusal = cards.lacking(request, tensor * stages) or _refusal(sums)
    verdict: Verdict = "does-not-fit" if refusal else "tight" if room.low <= 0 else "fits"
    return blank._replace(
        usable=sums.device.usable,
        budget=round(sums.free * sums.share.fraction),
        gpu=(sums.weights, kept, sums.slack, sums.runtime),
        cache=cached if not refusal else None,
        verdict=verdict,
        refusal=refusal,
        unknown=unknown,
        remarks=_remarks(request, cached),
    )


def _refusal(sums: Sums) -> str:
    """The engine's words where the weights fill its share, or the device."""
    if sums.weights.bytes > sums.free:
        return f"CUDA out of memory. Tried to allocate {sums.weights.bytes / GIB:.2f} GiB."
    if sums.room.likely > 0:
        return ""
    least = sums.weights.bytes / sums.free
    advised = math.ceil(least * 1000) / 1000
    return (
        f"Loaded weights leave no GPU memory for the KV cache under --mem-fraction-static={sums.share.fraction:g}. "
        f"Raise --mem-fraction-static above {advised:.3f} (minimum viable = 1 - available/pre = {least:.4f}). If using "
        "speculative decoding, draft weights are now counted."
    )


def _cache(request: Request, room: Left) -> tuple[Cache, tuple[str, ...]]:
    model, width = request.model, loaded.cache_width(request)
    if model.encoder:
        return Cache(0), ()
    if model.groups is None or model.kv16 is None:
        return Cache(), ("model.architecture",)
    if width is None:
        return Cache(), ("precision.kv_cache",)
    tensor, stages = _ranks(request)
    size = pool.cell(model.groups, tensor, width)
    found = pool.tokens(request, size, room.likely * stages)
    context = options.positive(request.flags, "context-length") or model.max_ctx or request.context
    needed = (
        (size.full + size.windowed) * request.context * (request.concurrency or 1) * tensor if request.context else None
    )
    return Cache(
        bytes_per_token=-(-size.full // stages),
        capacity_tokens=found,
        needed_bytes=needed,
        max_context=min(found, context) if context else None,
        max_concurrency=found / context if context else None,
    ), ()


def _remarks(request: Request, cached: Cache) -> tuple[str, ...]:
    found = []
    if loaded.cache_width(request) is None:
        found.append(f"the size of a KV cache in {loaded.cache_format(request)} is not known")
    if options.given(request.flags, "enable-dp-attention"):
        found.append("data-parallel attention keeps its weights on every rank: the weights are a lower bound")
    if request.context and cached.max_context is not None and request.context > cached.max_context:
        found.append(f"requests of {request.context} tokens are refused: at most {cached.max_context} fit")
    if cached.capacity_tokens is not None and request.context and request.concurrency:
        at_once = cached.capacity_tokens // request.context
        if at_once < request.concurrency:
            found.append(f"{at_once} requests of {request.context} tokens fit at once, the rest wait")
    return tuple(found)
