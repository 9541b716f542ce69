"""Facts about what a container may use of memory and of the node's disk, held against the model."""

from __future__ import annotations

from llmlint.facts import where
from llmlint.facts.fact import Count, Flag, Group, Memory, Place, Places, Size, Words, fact
from llmlint.quantity import both_sizes, decimal_size

WORKING_SET = 2 * 2**30
"""Bytes of system memory that a process of an engine takes beside weights: interpreter, libraries, CUDA's context (an
assumption without a source; no recorded run states it)."""
BESIDE = 1.3
"""What the disk of the container takes beside the checkpoint: the client's partial files and chunks, compiled graphs,
logs (an assumption without a source)."""
IN_PODS = ("kubernetes", "kserve", "helmrelease")
ON_GPU = ("vllm", "sglang", "tgi", "tensorrt-llm", "llama.cpp")


class LimitFacts(Group):
    """What a container may use."""

    @fact()
    def is_in_pod(self) -> Flag:
        """Whether an engine runs in a pod whose limits are those of the file."""
        unit = self.facts.plan.unit
        named = self.facts.engine.name is not None
        return unit is not None and named and not unit.fragment and unit.format in IN_PODS

    @fact()
    def place(self) -> Places:
        """The container's resources, else the container. Where findings about limits that are missing point."""
        unit = self.facts.plan.unit
        return () if unit is None else (Place(("container", "image"), "", where.resources(unit)),)

    @fact("container.limits.memory")
    def memory(self) -> Memory | None:
        """System memory that the container may use."""
        unit = self.facts.plan.unit
        return unit.limits.memory.value if unit is not None and unit.limits.memory is not None else None

    @fact()
    def has_memory(self) -> Flag:
        """Whether the file limits the container's system memory."""
        return self.memory is not None

    @fact()
    def memory_shown(self) -> Words:
        """The same for messages."""
        return both_sizes(self.memory or 0)

    @property
    def weights(self) -> int | None:
        """The checkpoint."""
        return self.facts.loading.bytes

    @fact()
    def loads_through_memory(self) -> Flag:
        """Whether an engine on GPUs loads a known model in a container with a limit on system memory."""
        return self.has_memory and self.facts.engine.name in ON_GPU and self.facts.manifest.requests_gpus

    @fact()
    def pinned(self) -> Size:
        """System memory that is taken for good: the shared memory's size, swap space and weights that are offloaded."""
        unit = self.facts.plan.unit
        shared = unit.shared_memory.value if unit is not None and unit.shared_memory is not None else 0
        in_memory = shared if unit is not None and unit.shared_memory_volume is not None else 0
        swap = int(self._gib("swap-space") * 2**30) * self.ranks
        return in_memory + swap + (self.pinned_weights or 0)

    def _gib(self, name: str) -> float:
        flags = self.facts.engine.flags
        value = flags.values.get(name) if flags is not None else None
        try:
            return max(float(value), 0.0) if isinstance(value, (str, int, float)) else 0.0
        except ValueError:
            return 0.0

    @fact()
    def ranks(self) -> Count:
        """Processes of the engine, one for a GPU; one where their number is not known."""
        return self.facts.parallel.ranks or 1

    @fact()
    def working_set(self) -> Size:
        """What is taken for good, and the least that the engine's processes need beside it."""
        return self.pinned + WORKING_SET * self.ranks

    @fact()
    def working_sum(self) -> Words:
        """How it was worked out."""
        processes = f"{self.ranks} × {decimal_size(WORKING_SET)} of processes"
        return f"{decimal_size(self.pinned)} of shared memory, swap space and offloaded weights, and {processes}"

    @fact("container.limits.ephemeral_storage")
    def disk(self) -> Size | None:
        """The node's disk that the container may use for what it downloads: its limit, or that of an emptyDir."""
        unit = self.facts.plan.unit
        if unit is None:
            return None
        own = unit.limits.ephemeral_storage
        sizes = [volume.size for volume in self.facts.cache.passing if volume.size is not None]
        return min([*sizes, *([own.value] if own is not None else [])], default=None)

    @fact()
    def keeps_on_disk(self) -> Flag:
        """Whether the engine downloads its model to a disk of the node that is limited."""
        cache, unit = self.facts.cache, self.facts.plan.unit
        by_chart = unit is not None and unit.format == "llm-d" and cache.is_downloaded  # which limits the disk itself
        filled = (cache.is_filled_by_engine or by_chart) and self.facts.engine.name != "ollama"
        return filled and self.facts.cache.lasts is False and self.disk is not None

    @fact("model.id", "model.parameters")
    def disk_needed(self) -> Size | None:
        """The checkpoint, and what is written beside it."""
        return int(self.weights * BESIDE) if self.weights is not None else None

    @fact()
    def disk_place(self) -> Places:
        """The limit. Where findings point."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        for volume in self.facts.cache.passing:
            if volume.size is not None and volume.size == self.disk:
                return (Place(("container", "volumes"), "", volume.size_spot or volume.spot),)
        own = unit.limits.ephemeral_storage
        return (Place(("container", "limits", "ephemeral_storage"), "", own.spot),) if own is not None else ()

    @fact()
    def asks_for_offload(self) -> Flag:
        """Whether a manifest tells vLLM to keep weights in system memory."""
        unit = self.facts.plan.unit
        return unit is not None and self.facts.engine.name == "vllm" and self._gib("cpu-offload-gb") > 0

    @fact()
    def offloads(self) -> Flag:
        """Whether the engine pins weights in system memory, of which the container has a limited amount."""
        return self.has_memory and self.facts.engine.name == "vllm" and self._gib("cpu-offload-gb") > 0

    @fact()
    def offloaded(self) -> Size:
        """Weights that vLLM pins in system memory, over all its processes."""
        return int(self._gib("cpu-offload-gb") * 2**30) * self.ranks

    @fact("model.id", "model.parameters")
    def pinned_weights(self) -> Size | None:
        """Weights that are pinned for it: no more than there are."""
        if not self.offloaded:
            return 0
        return None if self.weights is None else min(self.offloaded, self.weights)

    @fact("model.id", "model.parameters")
    def is_offload_of_use(self) -> Flag | None:
        """Whether there are weights that --cpu-offload-gb leaves on the GPU."""
        return None if self.weights is None else self.weights > self.offloaded

    @fact()
    def offload_place(self) -> Places:
        """The argument. Where findings point."""
        return (Place(self.facts.engine.place("cpu-offload-gb"), ""),)

    @fact()
    def has_sized_volume(self) -> Flag:
        """Whether the engine keeps its model on a lasting volume whose size the file states."""
        return self.facts.cache.is_downloaded and self.volume is not None

    @fact("machine.storage.capacity")
    def volume(self) -> Size | None:
        """The size of the lasting volume on which the model is kept."""
        sizes = [volume.size for volume in self.facts.cache.lasting if volume.size is not None]
        return max(sizes, default=None)

    @fact()
    def volume_place(self) -> Places:
        """Its size. Where findings point."""
        found = [one for one in self.facts.cache.lasting if one.size is not None and one.size == self.volume]
        return tuple(Place(("container", "volumes"), "", one.size_spot or one.spot) for one in found[:1])
