"""Facts about /dev/shm, through which the processes of one engine hand tensors to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Memory, Place, Places, fact

if TYPE_CHECKING:
    from llmlint.unit import Unit

DEFAULT = 64 * 2**20
"""Bytes of /dev/shm in a container for which nobody asks for more (Docker, containerd)."""
CONTAINERS = ("compose", "kubernetes", "helmrelease", "helm values")
"""Formats whose containers get it and nothing else."""
OPTIONS = {
    "vllm": ("--tensor-parallel-size", "-tp", "--tensor_parallel_size"),
    "sglang": ("--tp-size", "--tp", "--tensor-parallel-size"),
    "tgi": ("--num-shard",),
    "tensorrt-llm": ("--tp_size", "--tp-size"),
}
NAMES = {
    "vllm": "tensor-parallel-size",
    "sglang": "tp-size",
    "tgi": "num-shard",
    "tensorrt-llm": "tensor-parallel-size",
}
MOUNT = "/dev/shm"  # a place in the container, not here


class SharedMemoryFacts(Group):
    """/dev/shm of a container."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    @fact()
    def is_default(self) -> Flag:
        """Whether a container has the default of 64 MiB, as far as its manifest says all about it."""
        unit = self._unit
        if unit is None or unit.fragment or unit.format not in CONTAINERS or "shared-memory" in unit.supplies:
            return False
        other = unit.gpus is not None and unit.gpus.vendor == "other"
        if unit.host_ipc or other or self._is_remounted or self._is_avoided:
            return False
        if unit.shared_memory is not None:
            return unit.shared_memory.value <= DEFAULT
        return unit.shared_memory_volume is None and not any(one.mount.rstrip("/") == MOUNT for one in unit.volumes)

    @property
    def _is_remounted(self) -> bool:
        """A script of its own may enlarge it."""
        unit = self._unit
        words = (*(unit.entrypoint or ()), *(unit.arguments or ())) if unit is not None else ()
        return any(MOUNT in word.text for word in words)

    @property
    def _is_avoided(self) -> bool:
        """NCCL is told to go without it."""
        unit = self._unit
        variable = unit.environment.get("NCCL_SHM_DISABLE") if unit is not None else None
        return variable is not None and variable.value == "1"

    @fact()
    def ranks(self) -> int | None:
        """Ranks among which each layer is divided, as the command line states it. Not for rules."""
        flags, name = self.facts.engine.flags, NAMES.get(self.facts.engine.name or "")
        if flags is None or name is None:
            return None
        from llmlint.engines import options

        return options.positive(self.facts.engine.words, name)

    @fact()
    def is_divided(self) -> Flag:
        """Whether the engine's arguments divide each layer among several processes."""
        return (self.ranks or 1) > 1

    @fact()
    def may_be_divided(self) -> Flag:
        """Whether they may: the number is a variable, or the engine divides among as many GPUs as it finds."""
        unit, engine = self._unit, self.facts.engine.name or ""
        if unit is None or unit.launch is None or self.ranks is not None or engine not in OPTIONS:
            return False
        if any(word.text.partition("=")[0] in OPTIONS[engine] for word in unit.launch.words):
            return True
        several = unit.gpus is not None and (unit.gpus.number or 0) > 1
        return engine == "tgi" and several

    @fact()
    def divided(self) -> Places:
        """The argument that divides the model, with the number of its parts. Where findings point."""
        return (Place(self.facts.engine.place(NAMES.get(self.facts.engine.name or "", "")), str(self.ranks)),)

    @fact()
    def image(self) -> Places:
        """The container, by its image. Where findings point."""
        unit = self._unit
        return (Place(("container", "image"), "", unit.home if unit is not None else None),)

    @fact()
    def unlimited(self) -> Places:
        """Volumes in memory at /dev/shm of a pod that state no size."""
        unit = self._unit
        if unit is None or unit.shared_memory_volume is None or unit.format == "compose":
            return ()
        if not any(
            one.kind == "memory" and one.mount.rstrip("/") == MOUNT and one.size is None for one in unit.volumes
        ):
            return ()
        spot = unit.shared_memory_volume
        medium = spot._replace(path=(*spot.path, "emptyDir", "medium"))
        return (Place(("container",), "", medium if medium.document.holds(medium.path) else spot),)

    @fact()
    def is_limited(self) -> Flag:
        """Whether a volume in memory at /dev/shm states its size, or there is none."""
        return not self.unlimited

    @fact("container.shared_memory")
    def size(self) -> Memory | None:
        """Bytes that the manifest gives it."""
        return self._unit.shared_memory.value if self._unit is not None and self._unit.shared_memory else None

    @fact("container.limits.memory")
    def limit(self) -> Memory | None:
        """Bytes of memory that the container may have; what lies in /dev/shm counts among them."""
        unit = self._unit
        return unit.limits.memory.value if unit is not None and unit.limits.memory else None

    @fact()
    def is_weighed(self) -> Flag:
        """Whether a pod states both the size of /dev/shm and a limit of memory."""
        unit = self._unit
        return unit is not None and unit.format != "compose" and self.size is not None and self.limit is not None
