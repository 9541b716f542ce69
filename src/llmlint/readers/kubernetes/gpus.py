"""GPUs among the resources of a container: device plugins' names, slices and shares of a GPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmlint.plans import Spot
from llmlint.readers.values import whole
from llmlint.unit import GpuRequest

GPUS = {
    "nvidia.com/gpu": "nvidia",
    "nvidia.com/gpu.shared": "nvidia",
    "amd.com/gpu": "amd",
    "gpu.intel.com/i915": "intel",
    "gpu.intel.com/xe": "intel",
}
"""Resource names whose number counts GPUs."""
SLICES = (
    ("nvidia.com/mig-", "nvidia"),
    ("amd.com/cpx", "amd"),
    ("amd.com/dpx", "amd"),
    ("volcano.sh/vgpu", "nvidia"),
    ("aliyun.com/gpu-mem", "nvidia"),
    ("tencent.com/vcuda", "nvidia"),
)
"""Beginnings of names that count parts of a GPU."""
SHARES = ("nvidia.com/gpumem", "nvidia.com/gpucores", "nvidia.com/gpumem-percentage")
"""Names beside `nvidia.com/gpu` that grant a part of each (HAMi)."""
OTHERS = (
    "habana.ai/",
    "aws.amazon.com/neuron",
    "google.com/tpu",
    "squat.ai/",
    "cloud-tpus.google.com/",
    "huawei.com/",
    "qualcomm.com/",
    "rebellions.ai/",
    "furiosa.ai/",
    "tenstorrent.com/",
)
"""Beginnings of resource names that count other accelerators, cores, chips, or devices of any kind."""


def gpu_request(amounts: dict[str, Any], spot: Callable[[str], Spot]) -> GpuRequest | None:
    """The first GPUs or accelerators among amounts of resources; None where there are none."""
    for name, value in amounts.items():
        count = whole({"": value}, "")
        found = _request(str(name), count if count is None or count >= 0 else None, spot(name))
        if found is not None:
            shared = found.fraction or any(share in amounts for share in SHARES)
            return found._replace(fraction=shared)
    return None


def _request(name: str, count: int | None, spot: Spot) -> GpuRequest | None:
    if name in GPUS:
        return GpuRequest(count, GPUS[name], spot, fraction=name.endswith(".shared"))
    vendor = next((vendor for beginning, vendor in SLICES if name.startswith(beginning)), None)
    if vendor is not None:
        return GpuRequest(count, vendor, spot, fraction=True)
    return GpuRequest(count, "other", spot) if name.startswith(OTHERS) else None
