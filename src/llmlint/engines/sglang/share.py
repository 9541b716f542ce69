"""SGLang's static share: --mem-fraction-static, or what it computes from the size of the GPU.

[engine: sglang 0.5.23, sglang/srt/arg_groups/memory_hook.py:49-355]. MiB throughout; not compared with a server.
"""

from __future__ import annotations

from llmlint.catalog.rows import Model
from llmlint.engines import options
from llmlint.engines.cards import Device
from llmlint.engines.request import Request
from llmlint.engines.versions import Version
from llmlint.tuples import NamedTuple

MIB = 2**20
NEWEST: Version = (0, 5, 23)
COMPUTED: Version = (0, 4, 9)
"""Since about then the share is computed; before, it hung on tensor parallelism alone (see BY_RANKS)."""
BY_RANKS = ((16, 0.79), (8, 0.81), (4, 0.85), (2, 0.87), (1, 0.88))
"""Older versions: at least so many ranks, share; 0.88 and 0.87 as logs of one and two ranks show."""
SIZES = (
    # below MiB, chunk of prefill tokens, decode graph batch, the same from four ranks on
    (20 * 1024, 2048, 8, 8),
    (35 * 1024, 4096, 48, 160),
    (60 * 1024, 4096, 32, 160),
    (160 * 1024, 8192, 256, 512),
)
LARGEST = (16384, 512)
STEPS = ((4, 32, 4), (48, 256, 16), (288, 512, 32), (576, 1024, 64), (1280, 4096, 256))
"""Sizes of prefill graphs: from, to, step; above in steps of 512."""
MLA_GRAPHS = 1536
FLOOR = 10 * 1024
"""Reserved at least on GPUs above 60 GiB."""


class Share(NamedTuple):
    """The static share of one GPU and where it comes from."""

    fraction: float
    because: str


def share(request: Request, device: Device, ranks: int, stages: int) -> Share:
    """The share of free memory that weights and cache may take together."""
    flags, version = request.flags, request.version or NEWEST
    asked = options.share(flags, "mem-fraction-static")
    if asked:
        return Share(asked, f"--mem-fraction-static {asked:g}")
    if version < COMPUTED:
        fraction = next(part for least, part in BY_RANKS if ranks >= least)
        return Share(fraction, f"{fraction:g}, the default of this version for {ranks} ranks")
    total = (device.card.row.reported_bytes if device.card.row is not None else None) or device.usable
    fraction = computed(total / MIB, ranks, stages, request)
    return Share(fraction, f"{fraction:g}, computed from {total // MIB} MiB")


def computed(total: float, ranks: int, stages: int, request: Request) -> float:
    """The default share for a GPU of so many MiB."""
    flags, latent = request.flags, _latent(request.model)
    chunk, batch = batches(total, ranks)
    chunk = options.positive(flags, "chunked-prefill-size") or chunk
    batch = options.positive(flags, "cuda-graph-max-bs-decode", "cuda-graph-max-bs") or batch
    running = options.positive(flags, "max-running-requests")
    batch = min(batch, running) if running else batch
    reserved = 512 + 1.5 * max(chunk, 2048) + ranks * stages * 128
    reserved += 0 if options.given(flags, "disable-cuda-graph") else 2 * batch
    reserved += MLA_GRAPHS if latent else 8 * prefill_graphs(chunk)
    if total > 60 * 1024:
        reserved = max(reserved, FLOOR)
    fraction = round((total - reserved) / total, 3)
    # The vision tower's size would move the factor between 0.8 and 1.05; it is not in the catalogue.
    return fraction * 0.95 if request.model.vision else fraction


def batches(total: float, ranks: int) -> tuple[int, int]:
    """Tokens of a prefill chunk and the largest batch of the decode graphs, by MiB of the GPU."""
    for below, chunk, batch, wide in SIZES:
        if total < below:
            return chunk, wide if ranks >= 4 else batch
    return LARGEST


def prefill_graphs(most: int) -> int:
    """How many sizes of prefill graphs there are up to `most` tokens."""
    sizes = [size for first, last, step in STEPS for size in range(first, last + 1, step)]
    sizes += range(4608, most + 1, 512)
    return sum(size <= most for size in sizes)


def _latent(model: Model) -> bool:
    return any(group.mixer.kind == "mla" for group in model.groups or ())
