"""Facts about weights that the engine leaves in system memory, and the slow way from there."""

from __future__ import annotations

from llmlint.facts.fact import Group, Place, Places, Size, Words, fact
from llmlint.quantity import decimal_size

PCIE = 31.5e9
"""Bytes a second that PCIe 4.0 × 16 carries at most: 16 GT/s × 16 lanes × 128/130 / 8."""
RAM = 51.2e9
"""Bytes a second of two channels of DDR4-3200."""


PLACING = ("llama.cpp", "ollama", "transformers")
"""Engines that put layers on the host by themselves."""


class LinkFacts(Group):
    """Weights that the engine leaves in system memory."""

    @fact("engine.name", "machine.gpus")
    def offloaded(self) -> Size | None:
        """Weights that the engine keeps in system memory beside a GPU: layers that llama.cpp, Ollama and Transformers
        find no room for, or what vLLM's --cpu-offload-gb says; 0 where all of them are on GPUs, or there are none."""
        outcome = self.facts.engine.outcome
        if not self.facts.gpu.count or self.facts.machine.unified_memory:
            return 0 if self.facts.gpu.cards is not None else None
        if outcome is None or outcome.verdict == "unknown":
            return None
        if outcome.engine in ("llama.cpp", "ollama"):
            return self._layers()
        name = "weights" if outcome.engine == "transformers" else "offloaded"
        return sum(item.bytes for item in outcome.host if item.name == name)

    def _layers(self) -> int | None:
        """Weights of whole layers or their experts: what is on the host less the embeddings, which are always there."""
        outcome, request = self.facts.engine.outcome, self.facts.engine.request
        if outcome is None or request is None or not outcome.storage:
            return None
        held = sum(item.bytes for item in outcome.host if item.name == "weights")
        placed = sum(item.bytes for item in outcome.gpu if item.name == "weights")
        if (self.facts.gpu.count or 0) == 1:
            held = max(held, outcome.storage[0].bytes - placed)
        return max(held - self._embedding(), 0)

    def _embedding(self) -> int:
        from llmlint.engines.weights import gguf

        request, outcome = self.facts.engine.request, self.facts.engine.outcome
        weights = self.facts.precision.weights
        if outcome is not None and outcome.engine == "ollama" and not self.facts.precision.stated:
            weights = "q4_k_m"
        file = gguf.file(request.model, weights) if request is not None else None
        if request is None or file is None:
            return 0
        exact = request.model.checkpoint_bytes
        return (file.scaled(exact) if exact is not None else file).embedding

    @fact()
    def place(self) -> Places:
        """The argument that leaves weights on the host, else the GPUs. Where findings point."""
        if self.facts.engine.name not in PLACING:
            return (Place(self.facts.engine.place("cpu-offload-gb"), ""),)
        machine = self.facts.deployment.machine
        listed = machine is not None and machine.gpus is not None
        return (Place(("machine", "gpus" if listed else "instance"), ""),)

    @fact()
    def change(self) -> Words:
        """The smallest changes that keep all weights on the GPU: a lower precision, tried, or more memory."""
        if self.facts.engine.name not in PLACING:
            return "leave --cpu-offload-gb out, where the weights fit without it"
        from llmlint.facts.remedy import without_host

        return ", or ".join(without_host(self.facts)) or "a smaller model, or more memory"

    @fact()
    def pace(self) -> Words:
        """How long a token takes at least, in words."""
        size = self.offloaded or 0
        active, whole = self.facts.model.active_parameters, self.facts.model.parameters
        read = size * min(active / whole, 1) if active and whole else size
        bandwidth, way = (RAM, "51.2 GB/s of two channels of DDR4-3200")
        if self.facts.engine.name not in ("llama.cpp", "ollama"):
            bandwidth, way = PCIE, "the 31.5 GB/s of PCIe 4.0 × 16"
        return f"every token reads {decimal_size(read)} of them: {1000 * read / bandwidth:.0f} ms or more at {way}"
