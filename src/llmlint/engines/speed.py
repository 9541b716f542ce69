"""Tokens a second: decoding is bound by what is read per token, prefill by arithmetic.

One step takes: weights read ÷ (share × bandwidth) + cache read ÷ (its share × bandwidth) + layers × the fixed cost of
their launches + for 4-bit weights the unpacking, which grows with their bytes. The four constants of a class of
devices are fitted to 329 recorded runs of one dense model on one device (llama.cpp, Ollama; 2023 to 2026, most of
2024; median error by class in CLASSES; AMD Radeon and classes of fewer than 5 runs: set by hand within the runs).
Fitted without one device at a time, the median error on the device left out was 4.8 % for NVIDIA cards with GDDR
memory, 8.2 % with HBM, 3.9 % for Apple from M3 on, 10 % for Strix Halo; without one source at a time 4.8 % (GDDR),
5.4 % (Apple from M3 on), 13 % (Strix Halo). Apple M1 rests on one machine mainly: 26 % on another.
Intervals are the 10th and 90th percentile of measured by estimated, rounded outwards.
"""

from __future__ import annotations

from llmlint.catalog.rows import Accelerator, Model
from llmlint.tuples import NamedTuple


class Rate(NamedTuple):
    """Tokens a second."""

    low: float
    likely: float
    high: float


class Speed(NamedTuple):
    """How fast a deployment serves."""

    decode: Rate
    """Of one request."""
    total: Rate
    """Of all requests in flight."""
    prefill: Rate | None
    """Prompt tokens; None where the arithmetic rate of the device is not known."""
    basis: str
    """In words."""


class Work(NamedTuple):
    """What a token costs. Bytes are those of the whole model, over all devices."""

    engine: str
    weights: int
    """Bytes of weights that one token reads: the active ones of a mixture of experts."""
    bits: float
    """Of a weight."""
    parameters: int
    """Those that one token uses."""
    layers: int | None = None
    cache: int | None = None
    """Bytes of KV cache for one token."""
    depth: int = 0
    """Tokens in the cache when a request ends."""
    requests: int = 1
    mixture: bool = False
    """A mixture of experts."""
    whole: int | None = None
    """Bytes of all the weights of a mixture: requests that run together wake different experts."""
    devices: int = 1
    """Over which each layer is split (tensor parallelism)."""
    host: int = 0
    """Bytes of the weights that a token reads from the host's memory."""
    host_bandwidth: float | None = None
    """Of the host's memory, bytes a second."""


class Class(NamedTuple):
    """Measured constants of a class of devices."""

    title: str
    share: float
    """Of the bandwidth that reading weights reaches."""
    layer: float
    """Seconds a layer takes whatever its size."""
    unpack: float
    """What 4-bit weights cost beside reading them, as a part of bytes ÷ bandwidth."""
    cache: float
    """Share of the bandwidth that reading the cache reaches."""
    low: float
    high: float
    """Percentiles 10 and 90 of measured by estimated."""


CLASSES = {
    "nvidia-gddr": Class("NVIDIA, GDDR memory", 0.93, 75e-6, 0.065, 0.50, 0.80, 1.10),  # n 126, median 4.5 %
    "nvidia-hbm": Class("NVIDIA, HBM", 0.74, 115e-6, 0.15, 0.20, 0.75, 1.10),  # n 60, 5.6 %: A100, H100 PCIe
    "nvidia-pascal": Class("NVIDIA, Pascal", 0.95, 400e-6, 0.04, 0.10, 0.80, 1.15),  # n 12, 6.3 %: P40
    "nvidia-unified": Class("NVIDIA, shared memory", 0.80, 90e-6, 0.15, 0.40, 0.60, 1.15),  # n 4: GB10, Orin
    "apple-1": Class("Apple M1", 0.84, 230e-6, 0.44, 0.13, 0.70, 1.15),  # n 17, 2.0 %
    "apple-2": Class("Apple M2", 0.88, 125e-6, 0.21, 0.11, 0.72, 1.10),  # n 20, 0.8 %: M2 Ultra
    "apple": Class("Apple from M3 on", 0.96, 150e-6, 0.075, 0.145, 0.72, 1.10),  # n 30, 2.4 %: M3 and M4
    "amd-unified": Class("AMD Strix Halo", 0.87, 72e-6, 0.05, 0.29, 0.70, 1.10),  # n 26, 5.9 %
    "amd": Class("AMD Radeon", 0.90, 80e-6, 0.15, 0.50, 0.30, 1.45),  # n 33: for drivers of 2025, older reach a third
    "intel": Class("Intel Arc", 0.60, 380e-6, 0.35, 0.06, 0.50, 1.60),  # n 3, two of them on slow hosts
}
"""By the memory that the device reads. Measured against the layers of a model, or those that its size suggests."""
HBM = {"6.0", "7.0", "8.0", "9.0", "10.0", "10.3"}
"""Compute capabilities of NVIDIA's devices with HBM; those with GDDR have others."""
SHARED = {"8.7", "12.1"}
GRAPHS = ("vllm", "sglang", "tensorrt-llm")
GRAPH_LAYER, GRAPH_CACHE = 20e-6, 0.70
"""Engines that replay captured graphs: a layer's launch and the cache's share as aiconfigurator 0.12.0 has 8B on H100
(batch 16, 4096 + 1024 tokens: 11.7 ms a token). No recorded runs: the interval is widened."""
GRAPH_LOW, GRAPH_HIGH = 0.85, 1.15
REDUCE = 15e-6
"""Seconds of one all-reduce between devices, two to a layer; an order of magnitude."""
MIXTURE, MIXTURE_LOW, MIXTURE_HIGH = 0.78, 0.75, 1.35
"""Mixtures of experts against dense models of their active bytes: n 51, on Strix Halo 0.56 to 0.95."""
PREFILL = {True: (0.15, 0.36, 0.55), False: (0.10, 0.25, 0.40)}
"""Share of the dense 16-bit FLOP/s: engines with graphs (aiconfigurator, thin) and others (A100, H100, L40S; n 36)."""
PASS = 512
"""Prompt tokens that the prefill share was measured with, or more."""


def read_per_token(model: Model, weights: int) -> int:
    """Of the bytes of a model's weights, those that one token reads: all of them, or a mixture's active part."""
    if model.active is None or not model.parameters or model.active >= model.parameters:
        return weights
    return round(weights * model.active / model.parameters)


def class_of(row: Accelerator) -> str | None:
    """The class of a device; None where nothing like it was measured."""
    if row.vendor == "nvidia":
        if row.unified or row.cc in SHARED:
            return "nvidia-unified"
        return "nvidia-hbm" if row.cc in HBM else "nvidia-pascal" if row.cc == "6.1" else "nvidia-gddr"
    if row.vendor == "apple":
        generation = (row.arch or "").removeprefix("Apple M")[:1]
        return f"apple-{generation}" if generation in ("1", "2") else "apple"
    if row.vendor == "amd" and (row.arch or "").startswith("RDNA"):
        return "amd-unified" if row.unified else "amd"
    return "intel" if row.vendor == "intel" and (row.arch or "").startswith("Xe") else None


def speed(row: Accelerator, work: Work, bandwidth: float | None = None) -> Speed | None:
    """How fast a device does the work; None where its bandwidth or its class is not known.

    `bandwidth`: of its memory in bytes a second, where the file states it; else the catalogue's.
    """
    name, bandwidth = class_of(row), bandwidth or row.bandwidth
    if name is None or not bandwidth or work.weights <= 0 or (work.host and not work.host_bandwidth):
        return None
    known, graphs = CLASSES[name], work.engine in GRAPHS
    low, high = known.low * (GRAPH_LOW if graphs else 1), known.high * (GRAPH_HIGH if graphs else 1)
    if work.mixture:
        low, high = low * MIXTURE_LOW, high * MIXTURE_HIGH
    # A request that starts with an empty cache has half of it on average; the least is that at its end.
    likely = 1 / _step(known, work, bandwidth, work.depth / 2, _flops(row))
    end = 1 / _step(known, work, bandwidth, work.depth, _flops(row))
    decode = Rate(end * low, likely, likely * high)
    total = Rate(*(rate * work.requests for rate in decode))
    basis = f"{known.title}: {known.share:.0%} of {bandwidth / 1e9:.0f} GB/s for weights, measured"
    return Speed(decode, total, _prefill(row, work), basis)


def layers_of(parameters: int) -> float:
    """Layers that a model of this size usually has: 32 at 8 B, 80 at 70 B (decoders of 2023 to 2026)."""
    return float(32 * (max(parameters, 1) / 8e9) ** 0.42)


def _step(known: Class, work: Work, bandwidth: float, depth: float, flops: float | None) -> float:
    """Seconds of one decoding step: one token for each request."""
    graphs = work.engine in GRAPHS
    # Fitted with 8-bit weights at 0.3 of what 4-bit ones cost (12 runs of Q8_0).
    unpack = known.unpack * (1 if work.bits < 7 else 0.3 if work.bits < 12 else 0)
    layers = work.layers or layers_of(work.parameters)
    cache = work.cache if work.cache is not None else 4096 * layers
    split = bandwidth * max(work.devices, 1)
    seconds: float = max(_read(work) - work.host, 0) * (1 / known.share + unpack) / split
    seconds += work.host / (0.8 * work.host_bandwidth) if work.host and work.host_bandwidth else 0.0
    seconds += work.requests * depth * cache / ((GRAPH_CACHE if graphs else known.cache) * split)
    seconds += layers * (min(GRAPH_LAYER, known.layer) if graphs else known.layer)
    seconds += 2 * layers * REDUCE if work.devices > 1 else 0.0
    seconds /= MIXTURE if work.mixture else 1
    bound = 2 * work.parameters * work.requests / (flops * max(work.devices, 1)) if flops else 0.0
    return max(seconds, bound)


def _read(work: Work) -> float:
    """Bytes of weights that one step reads; experts are taken to be drawn independently for each request."""
    if not work.mixture or not work.whole or work.requests == 1 or work.weights >= work.whole:
        return work.weights
    return float(work.whole * (1 - (1 - work.weights / work.whole) ** work.requests))


def _prefill(row: Accelerator, work: Work) -> Rate | None:
    flops = _flops(row)
    if flops is None or work.parameters <= 0:
        return None
    per_second = flops * max(work.devices, 1) / (2 * work.parameters)
    return Rate(*(share * per_second for share in PREFILL[work.engine in GRAPHS]))


def _flops(row: Accelerator) -> float | None:
    known = dict(row.dense_tflops)
    tflops = known.get("bf16") or known.get("fp16")
    return tflops * 1e12 if tflops else None
