"""trtllm-serve's start-up as a calculation: weights, a dry run of the largest step, a share of what is then free.

Options: tensorrt_llm/commands/serve.py at commit 00209af1, defaults as documented for 1.3.0rc27. The arithmetic was
read
in excerpts that name no version: tensorrt_llm/_torch/pyexecutor/_util.py (_cal_max_memory, the same in both that were
found), resource_manager.py (calculate_max_num_blocks and the reduction of max_seq_len), model_engine.py
(_init_max_seq_len). What a step and the runtime take is aiconfigurator's (0.12.0). No recorded run has been compared.
"""

from __future__ import annotations

from llmlint.engines import cards, grown, loaded, options, weights
from llmlint.engines.cards import Device
from llmlint.engines.estimate import Item
from llmlint.engines.grown import Form
from llmlint.engines.interval import left
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.versions import shown
from llmlint.tuples import NamedTuple

NAME = "tensorrt-llm"
VERSION = "of no known version (options: commit 00209af1)"
GIB, MIB = 2**30, 2**20
FREE_SHARE = 0.9
"""Part of the memory that is free after the dry run which the cache takes (--free_gpu_memory_fraction)."""
STEP = 8192
"""Tokens of the largest step (--max_num_tokens)."""
BLOCK = 32
"""Tokens of a block (tokens_per_block)."""
STATES = ((8, 5), (4, 5), (2, 6), (1, 10))
"""Hidden states of 16 bits that a token of the step takes, by ranks (aiconfigurator 0.12.0)."""
NCCL = ((4, 392), (2, 342), (1, 0))
"""MiB of NCCL's buffers by ranks (aiconfigurator 0.12.0)."""
OTHERS = (1.0, 0.5, 3.5)
"""GiB of the CUDA context, cuBLAS and attention workspaces: 3.5 are reserved by aiconfigurator, 0.55 it calls real."""
UNIFIED = 10.0
"""GiB that the rest of the system holds of shared memory, as for SGLang: 9.3 were gone on a GB10."""
GRAPHS = "CUDA graphs are taken from the tenth that the cache leaves free"
UNREAD = "the YAML file of --config is not read: what it sets is not counted"
BUILT = "engines that were built beforehand (--backend tensorrt) have their limits in the build: not modelled"
NO_GPU = "TensorRT-LLM runs on NVIDIA GPUs only"
RECORDED = "no run of TensorRT-LLM has been recorded: runtime and step are rules of thumb"


class Sums(NamedTuple):
    """The terms of one GPU."""

    device: Device
    weights: Item
    step: Item
    runtime: Item
    kept: Item
    """The cache."""


def outcome(request: Request) -> Outcome:
    """What trtllm-serve would do. A context that does not fit is shortened, unless the arguments ask to fail."""
    version = shown(request.version) if request.version else VERSION
    blank = Outcome(NAME, version, storage=_storage(request))
    if request.cards == ():
        return blank._replace(remarks=(NO_GPU,))
    if (options.text(request.flags, "backend") or "pytorch") != "pytorch":
        return blank._replace(unknown=("engine.args",), remarks=(BUILT,))
    device, weight = cards.smallest(request), _weights(request)
    if device is None:
        return blank._replace(gpu=(weight,) if weight is not None else (), unknown=("machine.gpus",))
    if weight is None or not request.model.hidden:
        return blank._replace(usable=device.usable, unknown=("model.architecture",))
    return _whole(request, _sums(request, device, weight), blank)


def _ranks(request: Request) -> tuple[int, int]:
    """Tensor-parallel ranks and pipeline stages."""
    tensor = options.positive(request.flags, "tensor-parallel-size")
    return tensor or 1, options.positive(request.flags, "pipeline-parallel-size") or 1


def _weights(request: Request) -> Item | None:
    tensor, stages = _ranks(request)
    return weights.rank_weights(
        request.model,
        loaded.precision(request),
        tensor_parallel=tensor,
        pipeline_parallel=stages,
        expert_parallel=(options.positive(request.flags, "moe-expert-parallel-size") or 1) > 1,
    )


def _storage(request: Request) -> tuple[Item, ...]:
    item = weights.checkpoint(request.model, request.weights) if request.model_basis != "local" else None
    return (item,) if item is not None else ()


def _sums(request: Request, device: Device, weight: Item) -> Sums:
    tensor, _ = _ranks(request)
    step, runtime = _step(request, tensor), _runtime(request, tensor)
    free = left(device.usable, [weight, step, runtime], device.below, device.above)
    asked = options.share(request.flags, "free-gpu-memory-fraction") or FREE_SHARE
    sizes = [max(round(end * asked), 0) for end in free]
    kept = Item("kv_cache", sizes[0], "rule-of-thumb", f"{asked:g} of what is free after loading", sizes[1], sizes[2])
    return Sums(device, weight, step, runtime, kept)


def _step(request: Request, tensor: int) -> Item:
    tokens = options.positive(request.flags, "max-num-tokens") or STEP
    states = next(number for least, number in STATES if tensor >= least)
    size = 2 * states * tokens * (request.model.hidden or 0)
    because = f"{tokens} tokens of a step × {states} hidden states"
    return Item("activations", size, "rule-of-thumb", because, size // 2, 2 * size)


def _runtime(request: Request, tensor: int) -> Item:
    buffers = next(size for least, size in NCCL if tensor >= least) * MIB
    likely, low, high = (round(end * GIB) + buffers for end in OTHERS)
    if request.unified:
        likely, high = likely + round(UNIFIED * GIB), high + round(UNIFIED * GIB)
    return Item("runtime", likely, "rule-of-thumb", "CUDA context, workspaces, NCCL", low, high)


def _whole(request: Request, sums: Sums, blank: Outcome) -> Outcome:
    form, asked = _form(request), _asked(request)
    stages = _ranks(request)[1]
    known = form is not None and _readable(request)
    room = sums.kept.bytes * stages
    groups = request.model.groups or ()
    found = grown.longest(groups, room, form) // BLOCK * BLOCK if form is not None and known else None
    refusal = _refusal(request, sums, found, asked)
    cached = _cache(request, form, room, found, asked) if form is not None and found is not None else Cache()
    open_ends = () if known else ("model.architecture",) if form is not None else ("precision.kv_cache",)
    return blank._replace(
        usable=sums.device.usable,
        budget=sums.weights.bytes + sums.step.bytes + sums.runtime.bytes + sums.kept.bytes,
        gpu=(sums.weights, sums.kept, sums.step, sums.runtime),
        cache=cached if found or not refusal else None,
        verdict=_verdict(request, refusal, found, sums),
        refusal=refusal,
        unknown=open_ends,
        remarks=_remarks(request, found, asked),
    )


def _form(request: Request) -> Form | None:
    width = loaded.cache_width(request)
    if width is None:
        return None
    # Windows are kept apart only where max_attention_window says so, which is an option of the YAML file.
    return Form(_ranks(request)[0], width, windowed=False)


def _readable(request: Request) -> bool:
    """Whether all layers keep keys and values: the states of hybrids are not modelled."""
    groups = request.model.groups or ()
    return bool(groups) and not request.model.encoder and all(group.mixer.kind in ("gqa", "mla") for group in groups)


def _asked(request: Request) -> int | None:
    """Tokens of a request that it sets up: what the arguments say, the model's own at most."""
    stated, own = options.positive(request.flags, "max-seq-len"), request.model.max_ctx
    return min(stated, own) if stated and own else stated or own


def _refusal(request: Request, sums: Sums, found: int | None, asked: int | None) -> str:
    tensor, stages = _ranks(request)
    lacking = cards.lacking(request, tensor * stages)
    if lacking:
        return lacking
    heads = {group.mixer.heads for group in request.model.groups or () if group.mixer.kind in ("gqa", "mla")}
    if any(number % tensor for number in heads):
        return "AssertionError: assert self.num_heads % tp_size == 0"
    if sums.weights.bytes + sums.runtime.bytes > sums.device.usable or not sums.kept.bytes:
        return f"CUDA out of memory. Tried to allocate {sums.weights.bytes / GIB:.2f} GiB."
    strict = options.given(request.flags, "fail-fast-on-attention-window-too-large")
    if found is not None and (found < BLOCK or (strict and asked is not None and found < asked)):
        return _reduced(found)
    return ""


def _reduced(tokens: int) -> str:
    return (
        "maxAttentionWindow and maxSequenceLen are too large for at least one sequence to fit in kvCache. "
        f"They are reduced to {tokens}"
    )


def _verdict(request: Request, refusal: str, found: int | None, sums: Sums) -> Verdict:
    if refusal:
        return "does-not-fit"
    if found is None:
        return "unknown"
    asked, stated = _asked(request), options.positive(request.flags, "max-seq-len")
    short = stated is not None and asked is not None and found < asked  # a context that nobody chose may be shortened
    return "tight" if short or not sums.kept.low else "fits"


def _cache(request: Request, form: Form, room: int, found: int, asked: int | None) -> Cache:
    cell = grown.per_token(request.model.groups or (), form)
    tensor, stages = _ranks(request)
    capacity = room // cell // BLOCK * BLOCK if cell else 0
    longest = min(found, asked) if asked is not None else found
    wanted = request.context * (request.concurrency or 1) if request.context else None
    return Cache(
        bytes_per_token=-(-cell // stages),
        capacity_tokens=capacity,
        needed_bytes=cell * wanted * tensor if wanted is not None else None,
        max_context=longest,
        max_concurrency=capacity / (request.context or longest) if longest else None,
    )


def _remarks(request: Request, found: int | None, asked: int | None) -> tuple[str, ...]:
    said = [RECORDED, GRAPHS]
    if options.text(request.flags, "config") is not None:
        said.append(UNREAD)
    if found is not None and asked is not None and BLOCK <= found < asked:
        said.append(f"it starts with a shorter context: {_reduced(found)}")
    stated, own = options.positive(request.flags, "max-seq-len"), request.model.max_ctx
    if stated and own and stated > own:
        said.append(f"a context of {stated} tokens is cut to the model's own {own}")
    return tuple(said)
