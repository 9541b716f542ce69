"""Facts about how a manifest asks for GPUs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Place, Places, fact

if TYPE_CHECKING:
    from llmlint.unit import Unit

FORMATS = ("compose", "kubernetes", "helmrelease")
"""Formats in which a container gets a GPU only where the file asks for it."""
GPU_IMAGES = (
    (r".*vllm/vllm-openai(?:-rocm)?(?::.*)?", r"(?i)cpu|xpu|tpu|arm64-cpu"),
    (r".*lmsysorg/sglang(?:-rocm)?(?::.*)?", r"(?i)cpu|xpu|npu"),
    (r".*huggingface/text-generation-inference(?::.*)?", r"(?i)cpu|intel|neuron|gaudi|llamacpp"),
    (r".*gg(?:ml-org|erganov)/llama\.cpp:.*(?:cuda|rocm).*", r"$^"),
    (r".*nvidia/tensorrt-llm/release(?::.*)?", r"$^"),
)
"""Images of engines that do not start without a GPU, and what in a tag says otherwise."""
NOBODY = ("", "void", "none", "NoDevFiles")
VISIBLE = "NVIDIA_VISIBLE_DEVICES"
CPU_DEVICE = r"--device[= ]cpu|--device=cpu"


class RequestedFacts(Group):
    """GPUs that a manifest asks for."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    @fact()
    def needs_gpu(self) -> Flag:
        """Whether the image is one of an engine that does not start without a GPU, and nothing tells it to."""
        unit = self._unit
        if unit is None or unit.image is None or unit.fragment or unit.format not in FORMATS:
            return False
        image = unit.image.value
        fits = any(re.fullmatch(name, image) and not re.search(other, image) for name, other in GPU_IMAGES)
        return fits and "build" not in unit.notes and not _runs_on_cpu(unit)

    @fact()
    def by_runtime_only(self) -> Flag:
        """Whether a pod sees GPUs by its runtime class alone, so that the scheduler counts none."""
        unit = self._unit
        if unit is None or unit.fragment or unit.gpus is not None or "runtime-class" not in unit.notes:
            return False
        return "nvidia" in unit.notes["runtime-class"].value and "gpus" not in unit.supplies and not _other_way(unit)

    @fact()
    def runtime(self) -> Places:
        """The runtime class that shows GPUs to the pod. Where findings point."""
        unit = self._unit
        if unit is None or "runtime-class" not in unit.notes:
            return ()
        return (Place(("container",), unit.notes["runtime-class"].value, unit.notes["runtime-class"].spot),)

    @fact()
    def any(self) -> Flag:
        """Whether a GPU is asked for in any form, also one that the scheduler does not count."""
        unit = self._unit
        if unit is None or unit.gpus is not None or "gpus" in unit.supplies:
            return True
        return "runtime-class" in unit.notes or _other_way(unit)

    @fact()
    def beyond_instance(self) -> Places:
        """Where more GPUs are asked for, for one container, than any instance type has on which it may run."""
        unit, most = self._unit, self.facts.machine.most_gpus
        if unit is None or most is None or unit.gpus is None or unit.gpus.fraction or not unit.gpus.number:
            return ()
        if unit.gpus.vendor == "other" or unit.gpus.number <= most[1]:
            return ()
        text = f"{unit.gpus.number} GPUs are asked for, {most[0]} has {most[1]}"
        return (Place(("machine", "gpus"), text, unit.gpus.spot),)

    @fact()
    def within_instance(self) -> Flag:
        """Whether no container asks for more GPUs than its instance type has."""
        return not self.beyond_instance

    @fact()
    def twice(self) -> Places:
        """Where NVIDIA_VISIBLE_DEVICES names other GPUs than the request does."""
        unit = self._unit
        variable = unit.environment.get(VISIBLE) if unit is not None else None
        if unit is None or unit.gpus is None or variable is None or variable.value is None:
            return ()
        if variable.spot == unit.gpus.spot or unit.gpus.vendor != "nvidia" or unit.gpus.fraction:
            return ()
        text = _disagreement(unit, variable.value)
        return (Place(("container", "environment", VISIBLE), text, variable.spot),) if text else ()

    @fact()
    def agree(self) -> Flag:
        """Whether what is said of GPUs in several places agrees."""
        return not self.twice


def _runs_on_cpu(unit: Unit) -> bool:
    words = unit.launch.words if unit.launch is not None else ()
    text = " ".join(word.text for word in words)
    variables = [unit.environment.get(name) for name in ("VLLM_TARGET_DEVICE", "VLLM_CPU_KVCACHE_SPACE")]
    return re.search(CPU_DEVICE, text) is not None or any(variables)


def _other_way(unit: Unit) -> bool:
    """A privileged container, device files of the host, a variable: ways that nobody counts."""
    devices = any(volume.name.startswith("/dev") or volume.mount.startswith("/dev/nvidia") for volume in unit.volumes)
    visible = unit.environment.get(VISIBLE)
    return devices or "privileged" in unit.notes or (visible is not None and visible.value not in NOBODY)


def _disagreement(unit: Unit, value: str) -> str:
    """What the variable says against the request; empty where they may agree."""
    assert unit.gpus is not None
    if value in NOBODY or "$" in value:
        return ""
    if value == "all":
        counted = unit.format != "compose" and unit.gpus.number is not None
        return f"all GPUs, and the request {unit.gpus.number}" if counted else ""
    named = [part.strip() for part in value.split(",") if part.strip()]
    if not all(part.isdigit() for part in named):
        return ""
    if unit.gpus.devices and all(device.isdigit() for device in unit.gpus.devices):
        other = ",".join(unit.gpus.devices)
        return "" if set(named) == set(unit.gpus.devices) else f"GPU {value}, and the request GPU {other}"
    if unit.gpus.number is not None and unit.gpus.number != len(set(named)):
        return f"{len(set(named))}, and the request {unit.gpus.number}"
    return ""
