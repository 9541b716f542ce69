"""What vLLM needs beside weights and cache on one GPU: the peak of its profiling run, the runtime, CUDA graphs."""

from __future__ import annotations

from math import hypot

from llmlint.catalog.rows import Ffn, Model
from llmlint.engines import cards
from llmlint.engines.cards import Device
from llmlint.engines.estimate import Item
from llmlint.engines.request import Request
from llmlint.engines.versions import since
from llmlint.engines.vllm import assumed, encoders, releases
from llmlint.engines.vllm.releases import GIB, Likely
from llmlint.engines.vllm.settings import Settings

RESIDUAL = (((0,), 1.4), ((0, 17), 0.0))
"""Hidden states alive beside the logits, of T × H × 2 bytes each [logs 31]; since 0.17 the logits alone fit better."""
MIXTURE_FLOOR = Likely(0.75, 0.5, 1.2)
"""GiB that mixtures of experts and latent attention take at 8,192 tokens a step, whatever the sampler does."""
EXPERTS_CHUNK = 32768
"""Tokens that the experts take at once (VLLM_FUSED_MOE_CHUNK_SIZE)."""
CONTEXT_CHUNK = 64 * 1024
"""Tokens of earlier context that latent attention spells out at once, at most."""
CUSTOMARY = (151936, 32000, 262144)
"""Vocabularies: of most present models, the least and the most."""
LEAST = 0.15
"""GiB: no profiling run took less."""


def activations(request: Request, setting: Settings) -> Item:
    """Peak of the profiling run; by rule of thumb where the model's width or vocabulary is not known.

    The sampler law: S rows of V logits, the same for any context, tensor parallelism and precision. Below it lies what
    one layer's feed-forward block takes for T tokens.
    """
    model = request.model
    if model.hidden is None or model.vocab is None:
        return _by_custom(request, setting)
    rows = min(encoders.rows(request, setting), setting.tokens)
    logits = 0 if _pools(model) else rows * model.vocab
    second = releases.runs_v2(setting.version, model)
    bytes_each = since(releases.LOGIT_BYTES_V2 if second else releases.LOGIT_BYTES, setting.version)
    if setting.speculated and not second:
        bytes_each = Likely(*map(sum, zip(bytes_each, releases.LOGIT_BYTES_DRAFTED, strict=True)))
    hidden = since(RESIDUAL, setting.version) * 2 * setting.tokens * model.hidden
    floor, kept = _floor(model, setting), _kept(request, setting)
    ends = [
        max(each * logits + hidden + stays, least, LEAST * GIB)
        for each, stays, least in zip(bytes_each, kept, floor, strict=True)
    ]
    because = f"{rows} sequences × {model.vocab} logits × {bytes_each.likely:g} bytes, {setting.tokens} tokens a step"
    likely, low, high = map(round, ends)
    return encoders.counted(request, setting, Item("activations", likely, "fitted", because, low, high))


def _by_custom(request: Request, setting: Settings) -> Item:
    """The same for a model of unknown shape, with the vocabularies that models have."""
    sizes = [
        activations(request._replace(model=request.model._replace(vocab=vocab, hidden=4096)), setting)
        for vocab in CUSTOMARY
    ]
    likely, low, high = sizes[0].bytes, sizes[1].low, sizes[2].high
    because = "a vocabulary of 32,000 to 262,144 entries"
    return encoders.counted(request, setting, Item("activations", likely, "rule-of-thumb", because, low, high))


def _floor(model: Model, setting: Settings) -> Likely:
    """Bytes of one feed-forward block for all tokens of a step: gate, up, product and three hidden states at 16 bits.

    With the whole prompt in one step (V0) this is the peak: 13.5 × 2 × H bytes a token for Llama-3.1-8B, as was seen
    at 20,000 and 29,000 tokens.
    """
    ffns = [group.ffn for group in model.groups or ()]
    width = max((_width(ffn, setting.tensor) for ffn in ffns), default=0)
    block, attention = 2.0 * setting.tokens * (width + 3 * (model.hidden or 0)), _expanded(model, setting)
    mixtures = [ffn for ffn in ffns if ffn.kind == "moe"]
    if mixtures:
        share = setting.tokens / 8192 * GIB
        routed = block + max(_buffers(ffn, model.hidden or 0, setting) for ffn in mixtures)
        low, likely, high = (part * share for part in (MIXTURE_FLOOR.low, MIXTURE_FLOOR.likely, MIXTURE_FLOOR.high))
        return Likely(max(likely, routed, attention), max(low, block, attention), max(high, routed * 1.3, attention))
    return Likely(*(3 * (max(block, attention),)))


def _kept(request: Request, setting: Settings) -> Likely:
    """Bytes of the workspace that layers share and keep, so that it is there while the sampler runs: the two buffers of
    the fused experts (modular_kernel.py: _allocate_buffers; fused_moe.py: workspace_shapes), or the keys of the chunk
    that sparse latent attention searches and, of an fp8 cache, spells out (indexer.py, flashmla_sparse.py, 0.19.0).

    [logs 3 of 0.19] 0.46 and 0.48 GiB more than the sampler where it is 0.5, 0.22 where it is 0.16. Where the version
    is open it may be one before, and then nothing is kept.
    """
    if setting.version < releases.WORKSPACE:
        return Likely(0.0, 0.0, 0.0)
    size = max(
        (_buffers(group.ffn, request.model.hidden or 0, setting) for group in request.model.groups or ()), default=0.0
    )
    context = setting.context or 0
    for mixer in (group.mixer for group in request.model.groups or () if group.mixer.indexer_heads):
        spelt = 10.0 * context * (mixer.kv_lora + mixer.rope) if setting.cache_width == 1 else 0.0
        size = max(size, 40.0 * context * (mixer.indexer_dim + 4), spelt)
    if assumed.is_open(request) or setting.precision in releases.WHOLE_EXPERTS:
        return Likely(0.0, 0.0, size)
    return Likely(size, 0.9 * size, size)


def _buffers(ffn: Ffn, hidden: int, setting: Settings) -> float:
    """Bytes of the fused experts' two buffers: each token once for every expert that it is routed to, before and after
    the block, at most CHUNK tokens at a time (fused_moe.py: intermediate caches 1 and 3 share one, now workspaces)."""
    if ffn.kind != "moe":
        return 0.0
    inter, width = ffn.inter if setting.experts else -(-ffn.inter // setting.tensor), ffn.latent or hidden
    second = max(inter, width) if setting.version >= releases.WORKSPACE else inter
    return 2.0 * min(setting.tokens, EXPERTS_CHUNK) * ffn.active * (max(2 * inter, width) + second)


def _expanded(model: Model, setting: Settings) -> float:
    """Bytes of latent attention while a layer is profiled: keys and values of a whole chunk of earlier tokens, spelled
    out for each head, which is set aside there whatever the step is (mla_attention.py: forward without metadata and
    determine_chunked_prefill_workspace_size; 0.12.0 to 0.33.0, not yet 0.10.2); queries and two hidden states."""
    mixers = [group.mixer for group in model.groups or () if group.mixer.kind == "mla"]
    if not mixers or setting.version < releases.CONTEXT_EXPANDED:
        return 0.0
    wanted = max(8 * (setting.context or CONTEXT_CHUNK), 4 * setting.sequences * setting.block)
    chunk = max(min(wanted, CONTEXT_CHUNK), setting.sequences * setting.block)
    own = 2 * (model.hidden or 0)
    sizes = (
        chunk * -(-mixer.heads // setting.tensor) * (mixer.nope + mixer.v)
        + setting.tokens * (-(-mixer.heads // setting.tensor) * (mixer.nope + mixer.rope + mixer.v) + own)
        for mixer in mixers
    )
    return 2.0 * max(sizes)


def _width(ffn: Ffn, ranks: int) -> int:
    return 3 * ffn.inter // ranks if ffn.kind == "dense" else 0


def runtime(request: Request, setting: Settings, device: Device) -> Item:
    """NCCL, cuBLAS and workspaces: what the driver counts as used and the engine's allocator does not."""
    parallel = setting.tensor > 1
    figure = since(releases.RUNTIME_PARALLEL if parallel else releases.RUNTIME, setting.version)
    nvlink = parallel and cards.nvlink(device)
    if parallel and setting.version >= (0, 18) and not nvlink:
        figure = releases.RUNTIME_NO_NVLINK
    if nvlink and setting.version < (0, 18) and setting.tensor >= 4:
        figure = releases.RUNTIME_NVLINK
    row = device.card.row
    if row is not None and row.vendor == "amd":
        figure = releases.RUNTIME_AMD
    shared = request.unified or (row is not None and row.unified)
    extra = (releases.UNIFIED_SEVERAL if parallel else releases.UNIFIED) if shared else 0.0
    because = "NCCL, cuBLAS and workspaces" if parallel else "cuBLAS and workspaces"
    counted = _counted(request, setting, device)
    if counted.likely:
        before = ", what was there before them" if setting.version < releases.HOLES_COUNTED else ""
        because += f"{before}, and what the allocator cannot return"
    sums = figure.likely + counted.likely, figure.low + counted.low
    most = sums[0] + hypot(figure.high - figure.likely, counted.high - counted.likely)  # of independent causes
    likely, low, high = (round(part * GIB) for part in (*sums, most))
    return Item("runtime", likely, "fitted", because, low, high + round(extra * GIB))


def _counted(request: Request, setting: Settings, device: Device) -> Likely:
    """GiB that the profiling run takes for its own beside what it adds, by the version's way of measuring."""
    kept = holes(request, setting, device)
    if setting.version >= releases.HOLES_COUNTED:
        return kept._replace(low=0.0)  # no run of these versions tells
    if setting.first_engine or setting.version >= releases.DEVICE_COUNTED or is_amd(device):
        return Likely(0.0, 0.0, 0.0)
    before = start(request, setting, device)
    return Likely((before + kept.likely) / 2, 0.0, before + kept.high)


def holes(request: Request, setting: Settings, device: Device) -> Likely:
    """GiB that torch's allocator holds and cannot return once the profiling run is over."""
    rows = 0 if _pools(request.model) else min(setting.sequences, setting.tokens)
    logits = 4 * rows * (request.model.vocab or CUSTOMARY[0])
    size = releases.HOLES + releases.HOLES_COPIES * logits / GIB
    row = device.card.row
    swizzled = releases.SWIZZLED <= setting.version < releases.HOLES_COUNTED
    if setting.precision == "mxfp4" and swizzled and row is not None and (row.cc or "").startswith("9."):
        size += releases.HOLES_SWIZZLED / setting.tensor
    return Likely(size, *(part * size for part in releases.HOLES_SPREAD))


def start(request: Request, setting: Settings, device: Device) -> float:
    """GiB that a rank holds before the model is loaded: the driver's context, and NCCL where there are several."""
    row = device.card.row
    large = row is not None and row.vendor == "nvidia" and (row.cc or "").startswith(("9.", "10."))
    context = releases.CONTEXT_LARGE if large else releases.CONTEXT
    if setting.tensor * setting.pipeline == 1 or not cards.nvlink(device):
        return context
    experts = setting.version >= releases.GROUP_OF_EXPERTS and mixture(request.model)
    return context + releases.START_NVLINK + (releases.START_MIXTURE if experts else 0.0)


def beside(request: Request, setting: Settings, device: Device, captured: Item) -> int:
    """Bytes outside the share of an engine that has allocated its cache: what was there before, graphs that the share
    does not count, and what torch's allocator cannot return."""
    size = start(request, setting, device) * GIB
    if not graphs_inside(request, setting, device):
        size += captured.bytes
    if setting.version < releases.HOLES_COUNTED:
        size += holes(request, setting, device).likely * GIB
    return round(size)


def graphs(request: Request, setting: Settings, device: Device) -> Item:
    """CUDA graphs by layers and sizes captured; inside the budget since 0.21, beside it before."""
    if setting.eager:
        return Item("cuda_graphs", 0, "engine", "none: --enforce-eager", 0, 0)
    layers = request.model.layers or releases.GRAPH_LAYERS
    captured = releases.graph_sizes(setting.sequences, releases.largest_graph(request.model.arch or ""))
    share = captured / releases.graph_sizes(releases.LARGEST_GRAPH)
    size = (releases.GRAPHS_BASE + releases.GRAPHS_LAYER * layers) * share
    size += releases.GRAPHS_MXFP4 / setting.tensor if setting.precision == "mxfp4" else 0.0
    low, high = (part * size for part in releases.GRAPHS_SPREAD)
    place = "outside"
    if graphs_inside(request, setting, device):
        place, large = "inside", device.usable >= 70 * GIB and setting.sequences > 256
        size = min(size, releases.GRAPHS_ESTIMATED_LARGE if large else releases.GRAPHS_ESTIMATED)
    because = f"{captured} sizes of {layers} layers, {place} the engine's share in this version"
    likely, low, high = (round(part * GIB) for part in (size, low, max(high, releases.GRAPHS_LEAST_HIGH)))
    return Item("cuda_graphs", likely, "fitted", because, low, high)


def graphs_inside(request: Request, setting: Settings, device: Device) -> bool:
    """Whether an estimate of the graphs is part of the budget."""
    first = releases.GRAPHS_INSIDE
    if is_amd(device):
        first = releases.GRAPHS_INSIDE_ROCM
    if releases.runs_v2(setting.version, request.model):
        first = releases.GRAPHS_INSIDE_V2
    return setting.version >= first


def is_amd(device: Device) -> bool:
    """Whether ROCm runs the GPU."""
    return device.card.row is not None and device.card.row.vendor == "amd"


def mixture(model: Model) -> bool:
    """Whether the model routes tokens to experts."""
    return any(group.ffn.kind == "moe" for group in model.groups or ())


def _pools(model: Model) -> bool:
    return model.encoder or model.category == "embedding"
