"""Which GPUs an engine is let see by variables of its environment."""

from __future__ import annotations

import re

from llmlint.unit import GpuRequest, Unit

VARIABLES = {
    "CUDA_VISIBLE_DEVICES": "nvidia",
    "HIP_VISIBLE_DEVICES": "amd",
    "ROCR_VISIBLE_DEVICES": "amd",
    "ZE_AFFINITY_MASK": "intel",
}
DEVICES = r"\s*[\w-]+(?:\s*,\s*[\w-]+)*\s*"


def visible_gpus(unit: Unit) -> GpuRequest | None:
    """The unit's GPUs, cut down to those that a variable lists; as they are where none does, or it has gaps."""
    for name, vendor in VARIABLES.items():
        variable = unit.environment.get(name)
        if variable is None or not variable.value or not re.fullmatch(DEVICES, variable.value):
            continue
        devices = tuple(part.strip() for part in variable.value.split(","))
        if any(part.startswith("-") or not re.match(r"\d|GPU-|MIG-", part) for part in devices):
            continue
        if unit.gpus is None or unit.gpus.number is None or unit.gpus.number > len(devices):
            fraction = any(part.startswith("MIG-") for part in devices)
            return GpuRequest(len(devices), vendor, variable.spot, fraction=fraction, devices=devices)
    return unit.gpus
