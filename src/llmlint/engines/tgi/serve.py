"""TGI's start-up as a calculation: weights, a warm-up with the largest batch, and the cache that is left.

Read at tag v3.3.7 (server/text_generation_server/models/flash_causal_lm.py: warmup; models/globals.py;
utils/import_utils.py; backends/v3/src/lib.rs), and at the tags of WIGGLE. No recorded run has been compared.
"""

from __future__ import annotations

from llmlint.engines import cards, grown, loaded, options, passes, weights
from llmlint.engines.cards import Device
from llmlint.engines.estimate import Item
from llmlint.engines.grown import Form
from llmlint.engines.interval import Left, left
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.tgi.limits import CHOSEN_FROM, NEWEST, Limits, conflict, limits
from llmlint.engines.tgi.prefill import UNKNOWN_GPU, tokens
from llmlint.engines.versions import shown, since
from llmlint.tuples import NamedTuple

NAME = "tgi"
GIB = 2**30
WIGGLE = (((0,), 0.95), ((2, 4), 0.90), ((3,), 0.95), ((3, 1), 0.93), ((3, 3), 0.90))
"""Part of the GPU that weights, warm-up and cache may take (TGI_WIGGLE_ROOM); the rest is for graphs and fragments."""
CONTEXT, CONTEXT_PARALLEL = (0.5, 0.3, 0.8), (1.0, 0.5, 2.2)
"""GiB of the CUDA context, with NCCL where there are several shards: as SGLang logs show it, not TGI's own."""
MADE = {
    "awq": "awq",
    "gptq": "gptq",
    "fp8": "fp8",
    "eetq": "int8",
    "bitsandbytes": "int8",
    "bitsandbytes-nf4": "bnb-nf4",
    "bitsandbytes-fp4": "bnb-nf4",
}
"""--quantize, by what it makes of a 16-bit checkpoint."""
NO_GPU = "TGI without a GPU is not modelled"
SHARED = "TGI on memory that CPU and GPU share is not modelled"
WARM_UP = "no run of TGI has been recorded: the peak of the warm-up is a rule of thumb"


class Sums(NamedTuple):
    """The terms of one GPU."""

    device: Device
    shards: int
    fraction: float
    prefill: int
    weights: Item
    runtime: Item
    peak: Item
    form: Form
    cell: int
    """Bytes of one token of the cache; 0 where the layers are not ones that TGI is read for."""
    warm: int
    """Bytes of the cache that the warm-up itself takes."""
    room: Left
    """What the cache gets."""

    @property
    def whole(self) -> int:
        """What the process may use of the GPU."""
        return round(self.device.usable * self.fraction)

    @property
    def warms_up(self) -> bool:
        """Whether the warm-up fits, with a cache for the requests that it is made of."""
        return self.weights.bytes + self.runtime.bytes + self.peak.bytes + self.warm <= self.whole


def outcome(request: Request) -> Outcome:
    """What TGI would do with a request. Without a context it serves what fits, up to the model's."""
    blank = Outcome(NAME, shown(request.version or NEWEST), storage=_storage(request))
    if request.cards == () or request.unified:
        return blank._replace(remarks=(SHARED if request.unified else NO_GPU,))
    device, weight = cards.smallest(request), _weights(request)
    if device is None:
        return blank._replace(gpu=(weight,) if weight is not None else (), unknown=("machine.gpus",))
    limit = limits(request)
    sums = _sums(request, device, weight, limit) if weight is not None else None
    if sums is None:
        return blank._replace(usable=device.usable, unknown=("model.architecture",))
    return _whole(request, sums, limit, blank)


def shards(request: Request) -> int:
    """Processes among which the model is divided: as many as there are GPUs, unless the arguments say otherwise."""
    asked = options.positive(request.flags, "num-shard")
    if asked is not None:
        return asked
    return 1 if request.flags.get("sharded") in (False, "false") else cards.count(request) or 1


def _precision(request: Request) -> str:
    made = MADE.get(options.text(request.flags, "quantize") or "")
    return made if made is not None and request.weights in loaded.SIXTEEN else loaded.precision(request)


def _weights(request: Request) -> Item | None:
    return weights.rank_weights(request.model, _precision(request), tensor_parallel=shards(request))


def _storage(request: Request) -> tuple[Item, ...]:
    item = weights.checkpoint(request.model, request.weights) if request.model_basis != "local" else None
    return (item,) if item is not None else ()


def _sums(request: Request, device: Device, weight: Item, limit: Limits) -> Sums | None:
    count, fraction = shards(request), options.share(request.flags, "cuda-memory-fraction") or 1.0
    prefill = limit.prefill or tokens(request, device, count, fraction)
    peak = passes.peak(request.model, prefill, count)
    if peak is None:
        return None
    form = Form(count, 1 if options.given(request.flags, "kv-cache-dtype") else 2, windowed=False)
    kinds = {group.mixer.kind for group in request.model.groups or ()}
    cell = grown.per_token(request.model.groups or (), form) if kinds == {"gqa"} else 0
    runtime = _runtime(count)
    part = since(WIGGLE, request.version or NEWEST)
    budget = round(device.usable * fraction * part)
    room = left(budget, [weight, runtime, peak], device.below, device.above)
    warm = cell * _warm_tokens(limit, prefill)
    return Sums(device, count, fraction, prefill, weight, runtime, peak, form, cell, warm, room)


def _warm_tokens(limit: Limits, prefill: int) -> int:
    """Cells of the warm-up's batch: requests that fill the prefill limit, each with room for its answer."""
    requests = -(-prefill // min(limit.prompt or prefill, prefill))
    return requests * limit.total if limit.total is not None else prefill + requests


def _runtime(count: int) -> Item:
    likely, low, high = (round(end * GIB) for end in (CONTEXT_PARALLEL if count > 1 else CONTEXT))
    return Item("runtime", likely, "rule-of-thumb", "CUDA context, as other engines have it", low, high)


def _whole(request: Request, sums: Sums, limit: Limits, blank: Outcome) -> Outcome:
    # The batch of the warm-up keeps its cells, even where they reach into what the share leaves free.
    least = sums.warm if sums.warms_up else 0
    size, low, high = (max(end, least, 0) for end in sums.room)
    kept = Item("kv_cache", size, "rule-of-thumb", "what the warm-up leaves of the share", low, high)
    found = size // sums.cell if sums.cell else None
    lacking = cards.lacking(request, sums.shards)
    refusal = conflict(request.flags) or lacking or _uneven(request, sums.shards) or _refusal(sums)
    return blank._replace(
        usable=sums.device.usable,
        budget=round(sums.device.usable * sums.fraction * since(WIGGLE, request.version or NEWEST)),
        gpu=(sums.weights, kept, sums.peak, sums.runtime),
        cache=_cache(request, sums, limit, found) if found or not refusal else None,
        verdict=_verdict(sums, limit, refusal),
        refusal=refusal,
        unknown=() if sums.cell else ("model.architecture",),
        remarks=_remarks(request, sums, limit),
    )


def _verdict(sums: Sums, limit: Limits, refusal: str) -> Verdict:
    """The low end must hold what the likely size does, or the start is not sure."""
    if refusal:
        return "does-not-fit"
    if not sums.cell:
        return "unknown"
    needed = (limit.total or 1) * sums.cell
    return "fits" if sums.room.low >= needed else "tight"


def _uneven(request: Request, count: int) -> str:
    """Heads that the shards do not divide (custom_modeling/flash_llama_modeling.py:167-176)."""
    for group in request.model.groups or ():
        mixer = group.mixer
        for name, heads in (("num_heads", mixer.heads), ("num_key_value_heads", mixer.kv_heads)):
            if mixer.kind == "gqa" and heads > 1 and heads % count:
                return f"`{name}` must be divisible by `num_shards` (got `{name}`: {heads} and `num_shards`: {count}"
    return ""


def _refusal(sums: Sums) -> str:
    """The engine's words where memory does not do."""
    if sums.weights.bytes + sums.runtime.bytes > sums.whole:
        return f"CUDA out of memory. Tried to allocate {sums.weights.bytes / GIB:.2f} GiB."
    if sums.warms_up:
        return ""
    return (
        f"Not enough memory to handle {sums.prefill} prefill tokens. You need to decrease `--max-batch-prefill-tokens`"
    )


def _cache(request: Request, sums: Sums, limit: Limits, found: int | None) -> Cache:
    if found is None:
        return Cache()
    longest = min(size for size in (limit.total, request.model.max_ctx, found) if size is not None)
    asked = request.context * (request.concurrency or 1) if request.context else None
    return Cache(
        bytes_per_token=sums.cell,
        capacity_tokens=found,
        needed_bytes=sums.cell * asked * sums.shards if asked is not None else None,
        max_context=longest,
        max_concurrency=found / (request.context or longest),
    )


def _remarks(request: Request, sums: Sums, limit: Limits) -> tuple[str, ...]:
    found = [WARM_UP]
    if limit.prefill is None and sums.prefill != UNKNOWN_GPU:
        found.append(f"TGI chooses {sums.prefill} prompt tokens for one pass (--max-batch-prefill-tokens)")
    if not limit.stated and (request.version or NEWEST) < CHOSEN_FROM:
        found.append(f"requests of more than {limit.total} tokens are refused (--max-total-tokens)")
    return tuple(found)
