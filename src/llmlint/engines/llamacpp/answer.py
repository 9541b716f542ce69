"""From a request to what llama.cpp would do: settings, layout, fit, sums, verdict."""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.engines import weights
from llmlint.engines.cards import smallest
from llmlint.engines.estimate import Item
from llmlint.engines.llamacpp import buffers, cache, draft, texts
from llmlint.engines.llamacpp.fit import Fitted, fitted
from llmlint.engines.llamacpp.placement import Device, Job, Load
from llmlint.engines.llamacpp.settings import MIB, Settings, known_type, settings
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.versions import shown
from llmlint.engines.weights import gguf, mixtures
from llmlint.quantity import binary_size, decimal_size

NEWEST = "as in llama-cpp-python 0.3.36"
RUNTIME = {"nvidia": (300 * MIB, 150 * MIB, 750 * MIB), "apple": (0, 0, 256 * MIB)}
"""What the driver's context takes of a GPU beside the program's buffers: likely, least, most. 297 MiB were seen on an
A40; estimators use 0.3 to 0.75 GiB."""
OTHERS = (128 * MIB, 0, 512 * MIB)
UNBOUNDED = 2**62
"""Stands for a device of unknown memory: nothing is moved off it."""
PLACING = ("n-gpu-layers", "cpu-moe", "n-cpu-moe", "override-tensor")
"""Flags by which the user puts layers on the host."""
CHECKPOINTS = 32
"""Copies of a slot's recurrent state that the server may keep in host memory."""


CACHE_TYPES = ("cache-type-k", "cache-type-v")


def answer(request: Request, name: str) -> Outcome:
    """The outcome for llama.cpp, or for an engine that runs it.

    Of a chip that is sold with several sizes of memory: what holds with the least, or not with the most.
    """
    if not request.unified or request.working_set is not None or request.working_sets is None or _sold(request):
        return _answer(request, name)
    least, most = (_answer(request._replace(working_set=size), name) for size in request.working_sets)
    if least.verdict == "fits":
        remark = texts.LEAST_MEMORY.format(binary_size(request.working_sets[0]))
        return least._replace(remarks=(remark, *least.remarks))
    if most.verdict == "does-not-fit":
        remark = texts.MOST_MEMORY.format(binary_size(request.working_sets[1]))
        return most._replace(remarks=(remark, *most.remarks))
    return _answer(request, name)._replace(unknown=("machine.ram",))


def _answer(request: Request, name: str) -> Outcome:
    chosen, model = settings(request), request.model
    stored = weights.gguf_file(model, request.weights)
    storage = (stored,) if stored is not None else ()
    version = shown(request.version) if request.version else NEWEST
    empty = Outcome(name, version, storage=storage)
    file = gguf.file(model, request.weights)
    context = chosen.context or model.max_ctx
    label = mixtures.label(request.weights)
    if label is None:
        return empty._replace(unknown=("precision",), remarks=(texts.NO_FILE.format(request.weights),))
    if file is None or stored is None:
        return empty._replace(unknown=("model.architecture",), remarks=(texts.NO_LAYERS,))
    if context is None:
        return empty._replace(unknown=("engine.args", "model.architecture.max_ctx"), remarks=(texts.NO_CONTEXT,))
    if known_type(chosen.key_type) is None or known_type(chosen.value_type) is None:
        return _of_any_type(request, name, texts.cache_type(chosen))
    if model.checkpoint_bytes is not None:
        file = file.scaled(model.checkpoint_bytes)
    devices = _devices(request, chosen)
    runtime = _runtime(request)
    free = [size - runtime.bytes for size in devices] if devices is not None else [UNBOUNDED]
    found = _placed(request, Job(model, chosen, file), context, free)
    if found is None:
        return empty._replace(remarks=(texts.NO_LAYERS,))
    return _told(request, chosen, found, devices, empty)


def _of_any_type(request: Request, name: str, remark: str) -> Outcome:
    """The outcome with a cache of a type that is not llama.cpp's: what holds with 4 bits as with 16."""
    least, most = (
        answer(request._replace(flags={**request.flags, **dict.fromkeys(CACHE_TYPES, kind)}), name)
        for kind in ("q4_0", "f16")
    )
    low = {item.name: item.low for item in least.gpu}
    items = tuple(
        item._replace(basis="rule-of-thumb", because="at 16 bits at most", low=low.get(item.name))
        if item.name == "kv_cache"
        else item
        for item in most.gpu
    )
    refused = least.verdict == "does-not-fit"
    alike = refused or most.verdict != "does-not-fit"
    return most._replace(
        gpu=items,
        cache=None,
        verdict=most.verdict if alike else "unknown",
        refusal=least.refusal if refused else "",
        unknown=("engine.args", *most.unknown),
        remarks=(remark, *most.remarks),
    )


def _placed(request: Request, job: Job, context: int, free: list[int]) -> Fitted | None:
    """The load beside a draft model, whose cache follows the context that --fit arrives at."""
    if request.draft is None or not free:
        return fitted(job, context, free)
    shares = [float(max(size, 1)) for size in free]
    beside = draft.used(request, job.settings, context, shares)
    found = fitted(job, context, [size - other for size, other in zip(free, beside, strict=True)])
    if found is not None and found.load.context != context:
        beside = draft.used(request, job.settings, found.load.context, shares)
        found = fitted(job, context, [size - other for size, other in zip(free, beside, strict=True)])
    return found._replace(beside=beside if any(beside) else ()) if found is not None else None


def _devices(request: Request, chosen: Settings) -> list[int] | None:
    """Usable bytes of every GPU; None where they are not known."""
    if request.unified and not _sold(request) and (not request.cards or request.working_set is not None):
        return [request.working_set] if request.working_set is not None else None
    found: list[int] = []
    for card in request.cards or ():
        device = smallest(request._replace(cards=(card,)))
        if device is None:
            return None
        found += [device.usable] * card.count
    if request.cards is None:
        return None
    return found[:1] if chosen.one_device else found


def _sold(request: Request) -> bool:
    """Whether the memory of the cards themselves is stated, or what programs see of it known."""
    return any(card.usable is not None or card.sold is not None for card in request.cards or ())


def _runtime(request: Request) -> Item:
    row = request.cards[0].row if request.cards else None
    maker = row.vendor if row else "apple" if request.unified else "nvidia"
    likely, low, high = RUNTIME.get(maker.lower(), OTHERS)
    return Item("runtime", likely, "rule-of-thumb", "the driver's context", low, high)


def _told(request: Request, chosen: Settings, found: Fitted, devices: list[int] | None, empty: Outcome) -> Outcome:
    load = found.load
    gpu = _gpu_items(request, chosen, load, empty.storage[0]) if devices != [] else ()
    if found.beside:
        size = found.beside[_fullest(load)]
        gpu = (*gpu[:-1], Item("draft_model", size, "engine", "its weights, cache and compute buffer"), gpu[-1])
    host = _host_items(request, chosen, load)
    index = _fullest(load)
    usable = devices[index] if devices else None
    verdict, refusal = _verdict(request, found, gpu, host, devices)
    unknown = ("machine.gpus",) if devices is None else ()
    if devices == [] and request.ram is None:
        unknown = ("machine.ram",)
    remarks = texts.remarks(request, chosen, found)
    return empty._replace(
        usable=usable,
        budget=usable - chosen.margin if usable is not None and chosen.fit else usable,
        gpu=gpu,
        host=host,
        cache=_cache(request, chosen, load),
        verdict=verdict,
        refusal=refusal,
        unknown=unknown,
        remarks=remarks,
    )


def _fullest(load: Load) -> int:
    sizes = [device.used for device in load.devices]
    return sizes.index(max(sizes)) if sizes else 0


def _gpu_items(request: Request, chosen: Settings, load: Load, file: Item) -> tuple[Item, ...]:
    device: Device = load.devices[_fullest(load)] if load.devices else Device()
    share = device.weights / file.bytes
    low, high = (None if end is None else round(end * share) for end in (file.low, file.high))
    least, most = buffers.ends(request.model, chosen, load.context, len(load.devices))
    tokens = f"{load.context} tokens, {chosen.key_type} keys, {chosen.value_type} values"
    items = [
        Item("weights", device.weights, file.basis, f"{load.layers} layers of the file on GPUs", low, high),
        Item("kv_cache", device.cache, "exact", tokens, device.cache, device.cache),
        Item(
            "activations",
            device.compute,
            "engine",
            f"compute buffer of {min(chosen.micro, load.context)} tokens",
            least if device.compute else 0,
            most if device.compute else 0,
        ),
        _runtime(request),
    ]
    if device.state:
        items.insert(
            2, Item("recurrent_state", device.state, "exact", f"{chosen.slots} slots", device.state, device.state)
        )
    return tuple(items)


def _host_items(request: Request, chosen: Settings, load: Load) -> tuple[Item, ...]:
    model, host = request.model, load.host
    inputs = buffers.on_host(model, chosen, load.context) + buffers.output(model, chosen)
    items = [
        Item("weights", host.weights, "engine", "embeddings and the layers that stay on the host"),
        Item("kv_cache", host.cache + host.state, "exact", "cache of the layers that stay on the host"),
        Item("activations", host.compute + inputs, "engine", "input and output buffers", inputs // 4, 3 * inputs),
    ]
    if chosen.prompt_cache:
        because = f"prompts of earlier requests, up to {decimal_size(chosen.prompt_cache)}"
        items.append(Item("prompt_cache", chosen.prompt_cache, "engine", because, 0, chosen.prompt_cache))
    if model.state32 and chosen.prompt_cache:
        most = CHECKPOINTS * chosen.slots * model.state32
        items.append(Item("checkpoints", most, "engine", f"{CHECKPOINTS} states a slot at most", 0, most))
    return tuple(item for item in items if item.bytes)


def _verdict(
    request: Request, found: Fitted, gpu: Sequence[Item], host: Sequence[Item], devices: list[int] | None
) -> tuple[Verdict, str]:
    load = found.load
    needed = sum(item.bytes for item in host if item.name in ("weights", "kv_cache", "activations"))
    shared = sum(device.used for device in load.devices) if request.unified else 0
    if request.ram is not None and needed + shared > request.ram:
        return "does-not-fit", texts.HOST_FULL
    if devices is None:
        return "unknown", ""
    if not devices:
        return ("unknown" if request.ram is None else "fits"), ""
    runtime = gpu[-1]
    held = [
        device.used + other + runtime.bytes
        for device, other in zip(load.devices, found.beside or [0] * len(devices), strict=True)
    ]
    over = [number for number, size in enumerate(held) if size > devices[number]]
    if over:
        return "does-not-fit", texts.out_of_memory(load, over[0], found.failure)
    most = sum(item.bytes if item.high is None else item.high for item in gpu)
    whole = load.layers >= (request.model.layers or 0) + 1
    chosen = request.offload != "none" or any(name in request.flags for name in PLACING)
    partial = not chosen and (not whole or load.parted > 0)
    return ("tight" if partial or most > devices[_fullest(load)] else "fits"), ""


def _cache(request: Request, chosen: Settings, load: Load) -> Cache:
    asked = request.context * (request.concurrency or 1) if request.context else load.context
    longest = load.context if chosen.unified else chosen.cells(load.context)
    per_token = cache.per_token(request.model, chosen)
    count = len(load.devices) or 1
    return Cache(
        bytes_per_token=-(-per_token // count) if per_token is not None else None,
        capacity_tokens=chosen.cells(load.context) * chosen.streams,
        needed_bytes=cache.total(request.model, chosen, asked),
        max_context=longest,
        max_concurrency=min(float(chosen.slots), load.context / (request.context or longest)),
    )
