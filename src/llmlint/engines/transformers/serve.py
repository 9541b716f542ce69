"""transformers serve: weights placed by device_map, and a cache that grows with each request.

Read in transformers 5.24.0: cli/serving/model_manager.py (device_map = --device, "auto" by default), integrations/
accelerate.py (get_balanced_memory: 90 % of a single GPU; what does not fit goes to the host), quantizers/
quantizer_bnb_4bit.py (90 % once more, and no layers on the host), cache_utils.py (DynamicCache). Nothing is set aside
for the cache, so that the server starts where the weights have a place, and a request that is too long fails later.
"""

from __future__ import annotations

from llmlint.engines import cards, grown, loaded, options, passes, weights
from llmlint.engines.cards import Device
from llmlint.engines.estimate import Item
from llmlint.engines.grown import Form
from llmlint.engines.interval import Left, left
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.versions import shown
from llmlint.tuples import NamedTuple

NAME = "transformers"
NEWEST = (5, 24, 0)
GIB = 2**30
PLACED = 0.9
"""Part of a single GPU that weights may take under device_map="auto"."""
MADE_ROOM = 0.9
"""The same once more where bitsandbytes quantises as it loads."""
HOST = 0.9
"""Part of the host's free memory that layers may take before they go to disk."""
RUNTIME = (0.75, 0.4, 1.0)
"""GiB of the CUDA context and cuBLAS (rule of thumb: no recorded runs)."""
PASS = 512
"""Tokens of a prompt that its pass is shown with, where the workload names none."""
MADE = {"bnb-4bit": "bnb-nf4", "bnb-8bit": "int8"}
DIVIDING = ("auto", "balanced", "balanced_low_0", "sequential")
"""--device, where it is a way to place layers; else it names one device."""
REFUSED = (
    "Some modules are dispatched on the CPU or the disk. Make sure you have enough GPU RAM to fit the quantized model."
)
OFFLOADED = "layers that do not fit the GPU stay on the host: the server starts, and generates much more slowly"
GROWS = "nothing is set aside for the cache: a request that it has no room for fails when it comes"
RECORDED = "no run of Transformers has been recorded: runtime and activations are rules of thumb"
PAGED = "the cache of --continuous-batching is set aside at the first request and is not modelled"
SHARED = "Transformers on memory that CPU and GPU share is not modelled"


class Sums(NamedTuple):
    """The terms of one GPU, the fullest."""

    device: Device
    used: int
    """GPUs among which the layers are placed."""
    weights: Item
    """All of them."""
    share: Item
    """Those of one GPU, where all have a place on GPUs."""
    runtime: Item
    step: Item | None
    room: Left
    """What is left for a request's cache."""


def outcome(request: Request) -> Outcome:
    """What transformers serve would do with a request."""
    blank = Outcome(NAME, shown(request.version or NEWEST), storage=_storage(request))
    weight = weights.rank_weights(request.model, _precision(request))
    if request.unified:
        return blank._replace(remarks=(SHARED,))
    if weight is None:
        return blank._replace(unknown=("model.parameters",))
    if request.cards == () or options.text(request.flags, "device") == "cpu":
        return _on_host(request, weight, blank)
    device = cards.smallest(request)
    if device is None:
        return blank._replace(gpu=(weight,), unknown=("machine.gpus",))
    return _whole(request, _sums(request, device, weight), blank)


def _precision(request: Request) -> str:
    made = MADE.get(options.text(request.flags, "quantization") or "")
    return made if made is not None and request.weights in loaded.SIXTEEN else loaded.precision(request)


def _storage(request: Request) -> tuple[Item, ...]:
    item = weights.checkpoint(request.model, request.weights) if request.model_basis != "local" else None
    return (item,) if item is not None else ()


def _sums(request: Request, device: Device, weight: Item) -> Sums:
    used = (cards.count(request) or 1) if _places(request) else 1
    share = weight.share(used)
    likely, low, high = (round(end * GIB) for end in RUNTIME)
    runtime = Item("runtime", likely, "rule-of-thumb", "CUDA context and cuBLAS", low, high)
    step = passes.peak(request.model, request.context or PASS)
    held = [share, runtime, *((step,) if step is not None else ())]
    return Sums(device, used, weight, share, runtime, step, left(device.usable, held, device.below, device.above))


def _places(request: Request) -> bool:
    """Whether layers are placed on all GPUs, and on the host where those are full."""
    return (options.text(request.flags, "device") or "auto") in DIVIDING


def _limit(request: Request, sums: Sums) -> int:
    """Bytes of one GPU that weights may take."""
    limit = float(sums.device.usable - sums.runtime.bytes)
    if _places(request) and sums.used == 1:
        limit *= PLACED
    return int(limit * MADE_ROOM) if options.text(request.flags, "quantization") in MADE else int(limit)


def _whole(request: Request, sums: Sums, blank: Outcome) -> Outcome:
    away = max(sums.share.bytes - _limit(request, sums), 0) * sums.used
    refusal = _refusal(request, sums, away)
    if away and not refusal:
        return _offloaded(request, sums, away, blank)
    cached, unknown = _cache(request, sums)
    steps = (sums.step,) if sums.step is not None else ()
    verdict: Verdict = "does-not-fit" if refusal else "tight" if sums.room.low <= 0 else "fits"
    return blank._replace(
        usable=sums.device.usable,
        budget=sums.device.usable,
        gpu=(sums.share, *steps, sums.runtime),
        cache=cached if not refusal else None,
        verdict=verdict,
        refusal=refusal,
        unknown=unknown,
        remarks=_remarks(request),
    )


def _refusal(request: Request, sums: Sums, away: int) -> str:
    """The engine's words where weights find no place that it accepts."""
    if not away:
        return ""
    if options.text(request.flags, "quantization") in MADE:
        return REFUSED
    host = request.ram is not None and away > request.ram * HOST
    if not _places(request) or host:
        return f"CUDA out of memory. Tried to allocate {sums.share.bytes / GIB:.2f} GiB."
    return ""


def _offloaded(request: Request, sums: Sums, away: int, blank: Outcome) -> Outcome:
    """Layers on the host: it starts, and there is as little room for the cache as the tenth that is kept free."""
    kept = sums.share._replace(bytes=sums.share.bytes - away // sums.used, low=None, high=None)
    cached, unknown = _cache(request, sums._replace(room=_beside(sums, kept)))
    steps = (sums.step,) if sums.step is not None else ()
    return blank._replace(
        usable=sums.device.usable,
        budget=sums.device.usable,
        gpu=(kept, *steps, sums.runtime),
        host=(Item("weights", away, "rule-of-thumb", "layers that the GPUs do not hold"),),
        cache=cached,
        verdict="tight" if request.ram is not None else "unknown",
        unknown=unknown if request.ram is not None else ("machine.ram",),
        remarks=(OFFLOADED, *_remarks(request)),
    )


def _beside(sums: Sums, kept: Item) -> Left:
    held = [kept, sums.runtime, *((sums.step,) if sums.step is not None else ())]
    return left(sums.device.usable, held, sums.device.below, sums.device.above)


def _on_host(request: Request, weight: Item, blank: Outcome) -> Outcome:
    """Without a GPU: all in system memory."""
    verdict: Verdict = "unknown"
    if request.ram is not None:
        verdict = "fits" if weight.bytes <= request.ram * HOST else "does-not-fit"
    refusal = "killed for want of memory as it loads" if verdict == "does-not-fit" else ""
    unknown = () if request.ram is not None else ("machine.ram",)
    return blank._replace(host=(weight,), verdict=verdict, refusal=refusal, unknown=unknown, remarks=(RECORDED,))


def _cache(request: Request, sums: Sums) -> tuple[Cache, tuple[str, ...]]:
    """What a request's cache takes, and how long one may be in the room that is left."""
    groups = request.model.groups or ()
    if not groups or request.model.encoder or options.given(request.flags, "continuous-batching"):
        return Cache(), () if groups else ("model.architecture",)
    form = Form(width=2 if _precision(request) != "fp32" else 4, expanded=True)
    cell = grown.per_token(groups, form)
    own = request.model.max_ctx or grown.LONGEST
    # Layers lie on several GPUs, and so do their parts of the cache.
    longest = grown.longest(groups, max(sums.room.likely, 0) * sums.used, form, own)
    wanted = request.context
    return Cache(
        bytes_per_token=-(-cell // sums.used),
        needed_bytes=grown.of_request(groups, wanted, form) * (request.concurrency or 1) if wanted else None,
        max_context=longest,
        max_concurrency=1.0 if longest else 0.0,
    ), ()


def _remarks(request: Request) -> tuple[str, ...]:
    paged = options.given(request.flags, "continuous-batching")
    return (PAGED, RECORDED) if paged else (GROWS, RECORDED)
