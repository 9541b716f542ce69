"""Facts about whether image, weights and number of GPUs suit the hardware: none of it stops the engine for certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Words, fact
from llmlint.quantity import binary_size, decimal_size

if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator

MARKS = (
    (r"rocm|(?:^|[-_:/])amd(?!64)|[-_]mi\d{2,3}x?", "amd"),
    (r"(?:^|[-_:/])(?:xpu|intel|openvino)(?:[-_]|$)|ipex", "intel"),
    (r"cuda|[-_]cu\d{2,3}(?:[-_]|$)", "nvidia"),
)
"""Parts of an image's name or tag that say for whose GPUs it is built."""
PLAIN = r"(?:docker\.io/)?(?:vllm/vllm-openai|lmsysorg/sglang)|(?:ghcr\.io/)?huggingface/text-generation-inference"
"""Images that are built for NVIDIA where nothing in name and tag says otherwise."""
ARCHITECTURES = ((r"arm64|aarch64", "arm64"), (r"amd64|x86[-_]64", "x86_64"))
TITLES = {"nvidia": "NVIDIA", "amd": "AMD", "intel": "Intel"}
NATIVE = {"fp8": 8.9, "nvfp4": 10.0, "mxfp4": 10.0}
"""Compute capability from which a format is computed with, not only unpacked: FP8 since Ada, FP4 since Blackwell
(NVIDIA, CUDA programming guide, compute capabilities: named from memory, its table of tensor cores was not to be
read)."""
MANY = 8
"""Weights below a part of the GPUs' memory as small as this leave room that few workloads fill."""


class SuitedFacts(Group):
    """What suits the hardware."""

    @property
    def _cards(self) -> list[Accelerator]:
        return [card.row for card in self.facts.gpu.cards or () if card.row is not None]

    @property
    def _vendor(self) -> str:
        """Whose GPUs the manifest asks for; empty where nobody knows."""
        unit = self.facts.plan.unit
        if unit is not None and unit.gpus is not None and unit.gpus.vendor in TITLES:
            return unit.gpus.vendor
        vendors = {row.vendor for row in self._cards}
        return vendors.pop() if len(vendors) == 1 else ""

    @property
    def _built_for(self) -> str:
        unit = self.facts.plan.unit
        name = unit.image.value.lower() if unit is not None and unit.image is not None else ""
        found = {vendor for pattern, vendor in MARKS if re.search(pattern, name)}
        if len(found) == 1:
            return found.pop()
        plain = not found and "$" not in name and re.fullmatch(rf"{PLAIN}", name.partition("@")[0].partition(":")[0])
        return "nvidia" if plain and not re.search(r"cpu|tpu|hpu|gaudi|neuron", name) else ""

    @fact()
    def image_names_vendor(self) -> Flag:
        """Whether the image says for whose GPUs or processors it is built, and the manifest which it will run on."""
        unit = self.facts.plan.unit
        if unit is None or unit.fragment or unit.image is None:
            return False
        return bool(self._built_for and self._vendor) or bool(self._architecture and self._processor)

    @property
    def _architecture(self) -> str:
        unit = self.facts.plan.unit
        name = unit.image.value.lower() if unit is not None and unit.image is not None else ""
        return next((known for pattern, known in ARCHITECTURES if re.search(pattern, name)), "")

    @property
    def _processor(self) -> str:
        row = self.facts.machine.row
        return row.cpu_arch[0] if row is not None and len(row.cpu_arch) == 1 else ""

    @fact()
    def image(self) -> Flag:
        """Whether the image is built for the machine."""
        return not self.image_reason

    @fact()
    def image_reason(self) -> Words:
        """Why it is not; empty where it is, or nobody knows."""
        built, own = self._built_for, self._vendor
        if built and own and built != own:
            return (
                f"the image is built for GPUs of {TITLES[built]}, the manifest asks for those of {TITLES.get(own, own)}"
            )
        if self._architecture and self._processor and self._architecture != self._processor:
            return f"the image is built for {self._architecture}, the machine has {self._processor}"
        return ""

    @fact()
    def knows_format(self) -> Flag:
        """Whether a manifest names weights of a format that needs hardware of its own, on GPUs that are known."""
        known = self.facts.plan.unit is not None and self.facts.precision.stated and bool(self._cards)
        return known and self.facts.precision.weights in NATIVE and all(row.cc for row in self._cards)

    @fact()
    def format(self) -> Flag:
        """Whether the GPUs compute in the format of the weights."""
        least = NATIVE.get(self.facts.precision.weights, 0.0)
        return all(float(row.cc) >= least for row in self._cards if row.cc)

    @fact()
    def format_needs(self) -> Words:
        """What computes in the format, and what there is."""
        least = NATIVE.get(self.facts.precision.weights, 0.0)
        own = (
            ", ".join(sorted({f"{row.name} has {row.cc}" for row in self._cards if row.cc})) or "nobody knows the GPUs"
        )
        return f"needs compute capability {least}; {own}"

    @fact()
    def divides(self) -> Flag:
        """Whether a manifest divides a known model among several GPUs whose memory is known."""
        tensor = self.facts.parallel.tensor or 0
        known = self.facts.plan.unit is not None and bool(self.facts.vram.total) and tensor > 1
        return known and self.facts.estimate.weights is not None and self.facts.engine.fault == "none"

    @fact()
    def needs_them(self) -> Flag:
        """Whether the weights take a fair part of them."""
        weights = self.facts.estimate.weights
        return weights is None or weights.bytes * MANY >= (self.facts.vram.total or 0)

    @fact()
    def room(self) -> Words:
        """What the weights take, and what there is."""
        weights = self.facts.estimate.weights
        size = decimal_size(weights.bytes) if weights is not None else "the weights"
        return f"{size} of weights on {self.facts.gpu.label} with {binary_size(self.facts.vram.total or 0)} in all"

    @fact()
    def starts_narrowly(self) -> Flag:
        """Whether an engine of a manifest that serves starts, and fills a cache whose size is known."""
        unit = self.facts.plan.unit
        if unit is None or not unit.serves or not self.facts.engine.fills_budget:
            return False
        return self.facts.engine.fault == "none" and self.facts.engine.max_concurrency is not None

    @fact()
    def requests(self) -> Words:
        """Requests of the full context that the cache holds."""
        return f"{self.facts.engine.max_concurrency or 0:.2f}"
