"""What may run out of memory outside vLLM's share: the trial with which it measures its graphs before it sizes its
cache, and the warm-up once the cache is there. Loaded only where room is short."""

from __future__ import annotations

from llmlint.engines.cards import Device
from llmlint.engines.request import Request
from llmlint.engines.vllm import memory, pool, releases, texts
from llmlint.engines.vllm.releases import GIB
from llmlint.engines.vllm.settings import Settings
from llmlint.quantity import binary_size
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.engines.outcome import Late
    from llmlint.engines.vllm.serve import Sums


class Refusal(NamedTuple):
    """A refusal; empty where the engine may start."""

    words: str = ""
    """The engine's own."""
    sure: Late = ""
    why: str = ""
    """The sum, in our words."""


def refusal(request: Request, setting: Settings, device: Device, sums: Sums, cached: pool.Cached) -> Refusal:
    """The first of both that fails; a trial that hardly does gives way to a cache that the share does not hold.
    `sums.outside` is what the share leaves."""
    found = _trial(request, setting, device, sums, cached)
    if found.words:
        return found
    if setting.cache_bytes is not None and sums.outside < 0:
        return _given(setting.cache_bytes, device, sums)
    return Refusal() if cached.refusal else _warm_up(request, setting, device, sums)


def _trial(request: Request, setting: Settings, device: Device, sums: Sums, cached: pool.Cached) -> Refusal:
    """What the engine dies of where the cache of the trial does not fit beside the weights.

    Its size does not depend on the engine's share: it has a block of every layer for each token of the largest graph,
    later for each sequence. A block of a hybrid holds a whole state, a hundred times the block of other models: 256 of
    Qwen3.8-27B are 12.3 GiB, whose last tensor of 784 MiB is what a card of 32 GB refused [logs 1].
    """
    plan, parts = cached.plan, (sums.weights, sums.runtime)
    if plan is None:
        return Refusal()
    blocks = _trial_blocks(request, setting, device)
    size, start = blocks * plan.block_bytes, round(memory.start(request, setting, device) * GIB)
    likely, least = (
        device.usable - start - sum(ends) for ends in zip(*((i.bytes, i.low or 0) for i in parts), strict=True)
    )
    if size - likely <= (releases.WARM_UP_MARGIN * GIB if cached.refusal else 0):
        return Refusal()
    why = (
        f"its trial of the CUDA graphs takes a cache of {blocks} blocks, {binary_size(size)}, whatever the share is: "
        f"beside the weights {binary_size(max(likely, 0))} are there"
    )
    return Refusal(texts.out_of_memory(blocks * plan.page), "sure" if size > least + device.above else "likely", why)


def _trial_blocks(request: Request, setting: Settings, device: Device) -> int:
    """Blocks of the cache of the trial; 0 where there is none."""
    second = releases.runs_v2(setting.version, request.model)
    first = releases.GRAPHS_INSIDE_V2 if second else releases.GRAPHS_TRIED
    if memory.is_amd(device):
        first = max(first, releases.GRAPHS_INSIDE_ROCM)
    if setting.eager or setting.cache_bytes is not None or setting.version < first:
        return 0
    usual = min(2 * setting.sequences, releases.LARGEST_GRAPH)
    largest = min(releases.LARGEST_GRAPH_OF.get(request.model.arch or "", usual), setting.tokens)
    return largest if setting.version < releases.GRAPHS_TRIED_FEW else min(setting.sequences, largest)


def _given(size: int, device: Device, sums: Sums) -> Refusal:
    """What the engine dies of where a cache that was given by its size does not fit: it is set up as it is."""
    least = sum(item.low or 0 for item in (sums.weights, sums.activations, sums.runtime))
    why = f"its cache is given as {binary_size(size)}, and {binary_size(max(size + sums.outside, 0))} are there for it"
    sure = size + least > device.usable + device.above
    return Refusal(texts.out_of_memory(size), "sure" if sure else "likely", why)


def _warm_up(request: Request, setting: Settings, device: Device, sums: Sums) -> Refusal:
    """What the engine dies of where the warm-up of the sampler finds too little. It fills what its profiling run has
    reserved, so that whatever else lies outside the share must find its place beside it.

    Not where ROCm or shared memory makes the sums of what lies outside doubtful.
    """
    row = device.card.row
    if memory.is_amd(device) or request.unified or (row is not None and row.unified):
        return Refusal()
    needed = memory.beside(request, setting, device, sums.graphs)
    if needed - sums.outside <= releases.WARM_UP_MARGIN * GIB:
        return Refusal()
    graphs = "" if sums.inside else f", CUDA graphs ({binary_size(sums.graphs.bytes)})"
    why = (
        f"beside the share lie the driver's context and NCCL{graphs} and what PyTorch's allocator cannot give back, "
        f"some {binary_size(needed)}: {binary_size(max(sums.outside, 0))} are left"
    )
    return Refusal(texts.warming_up(min(setting.sequences, setting.tokens)), "likely", why)
