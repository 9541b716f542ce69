"""Facts about how the engine divides a model among GPUs."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Place, Places, Text, Words, fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.catalog.rows import Model

SIZES = {
    "vllm": ("tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size"),
    "sglang": ("tp-size", "pp-size", "dp-size"),
    "tensorrt-llm": ("tensor-parallel-size", "pipeline-parallel-size", ""),
    "tgi": ("num-shard", "", ""),
}
"""Options for ranks that divide layers, stages and copies, by engine. Each is 1 where it is not given (vLLM 0.33.0
config/parallel.py, SGLang 0.5.23 server_args.py, trtllm-serve), but TGI takes all GPUs (3.3.7 launcher/src/main.rs:
find_num_shards). Others place a model by themselves."""
MACHINES = ("nnodes", "data-parallel-size-local", "data-parallel-address", "data-parallel-hybrid-lb", "dist-init-addr")
"""Options by which a deployment spans several machines, of which the file describes one."""
MOST = 64
"""Ranks up to which sizes that divide are looked for."""
ALONE = frozenset({"Deployment", "ReplicaSet", "Pod", "Job", "service"})
"""Kinds of manifests whose containers are not joined with those of other machines by the platform."""


class ParallelFacts(Group):
    """Ranks, and the GPUs that they run on."""

    @fact()
    def is_set_by_flags(self) -> Flag:
        """Whether the engine uses as many GPUs as it is told, and one where it is told nothing."""
        return self.facts.engine.name in SIZES

    @fact("engine.name")
    def tensor(self) -> Count | None:
        """Ranks among which each layer is divided (tensor parallelism); None where the engine chooses by itself."""
        return self.sizes[0] if self.sizes is not None else None

    @fact("engine.name")
    def ranks(self) -> Count | None:
        """GPUs that the arguments ask for: tensor × pipeline × data parallelism; None where the engine chooses."""
        if self.sizes is None:
            return None
        tensor, pipeline, copies = (size or 1 for size in self.sizes)
        inside = self._given("enable-dp-attention", "attn-dp-size")  # SGLang: these copies share the tensor ranks
        return tensor * pipeline * (1 if inside else copies)

    @fact()
    def sizes(self) -> tuple[int, int, int] | None:
        """Ranks that divide layers, stages and copies; None where the engine chooses. Not for rules."""
        names = SIZES.get(self.facts.engine.name or "")
        if names is None or self._is_hidden:
            return None
        from llmlint.engines import options

        tensor, stages, copies = (options.positive(self._flags, name) for name in names)
        if tensor is None and self.facts.engine.name == "tgi" and not self._is_whole:
            if self.devices is None:
                return None
            tensor = self.devices
        return 1 if tensor is None else tensor, stages or 1, copies or 1

    @property
    def _is_whole(self) -> bool:
        """Whether TGI is told not to divide the model."""
        return self._flags.get("sharded") in (False, "false")

    @property
    def _is_hidden(self) -> bool:
        """Whether a script that nobody sees starts the engine of a manifest: what it passes on is unknown."""
        launch = self.facts.plan.unit.launch if self.facts.plan.unit is not None else None
        return launch is not None and launch.scripted and not launch.program

    @property
    def _flags(self) -> dict[str, str | bool | list[str]]:
        return self.facts.engine.words

    def _given(self, *names: str) -> bool:
        return any(self._flags.get(name) not in (None, False, "false", "0") for name in names)

    @fact()
    def spans_machines(self) -> Flag:
        """Whether the arguments speak of several machines, of which the file describes one.

        A manifest tells how many machines a copy has, so that there Ray alone makes no second one, but where its script
        makes a cluster that others join.
        """
        unit = self.facts.plan.unit
        if unit is not None and "ray" in unit.notes and unit.nodes == 1:
            return True
        if unit is not None and unit.kind in ALONE and unit.launch is not None and not unit.launch.scripted:
            return self._given(*MACHINES[1:]) or str(self._flags.get("nnodes", "1")) != "1"
        ray = any(
            "ray" in str(self._flags.get(f"{what}-backend")) for what in ("distributed-executor", "data-parallel")
        )
        nodes = str(self._flags.get("nnodes", "1"))
        return ray or self._given(*MACHINES[1:]) or nodes != "1"

    @fact()
    def place(self) -> Places:
        """The arguments for parallelism; in a manifest the request for GPUs. Where findings point."""
        written = Place(self.facts.engine.place(*SIZES.get(self.facts.engine.name or "", ())), "")
        place = (*self.facts.manifest.gpu_place, written)[0]
        size = self.size_for_all
        if size is None:
            return (place,)
        from llmlint.facts.rewriting import with_option

        made = with_option(self.facts, self.option[2:], size)
        return (place._replace(edited=made.edited or made.path, written=made.written, replacement=made.replacement),)

    @fact("machine.gpus", "model.id")
    def size_for_all(self) -> Count | None:
        """The tensor parallelism with which all GPUs are used; None where none comes out, or nobody knows the GPUs."""
        there, ranks, tensor, row = self.devices, self.ranks, self.tensor, self.facts.model.row
        if there is None or ranks is None or tensor is None or there * tensor % ranks:
            return None
        size = there * tensor // ranks
        copies = self.facts.engine.name != "tgi"
        return None if size <= tensor or (row is not None and _uneven(row, size, copies) is not None) else size

    @fact()
    def tensor_place(self) -> Places:
        """The argument for tensor parallelism. Where findings point."""
        return (Place(self.facts.engine.place(self.option[2:]), ""),)

    @fact()
    def uneven(self) -> Words:
        """The heads that the ranks do not divide, in words; empty where they do, or nobody knows."""
        heads = self._uneven
        return f"{heads[0]} {heads[1]} heads" if heads is not None else ""

    @fact("engine.name", "model.id")
    def divides(self) -> Flag | None:
        """Whether the ranks divide the attention heads, and the key and value heads or the other way round.

        vLLM refuses otherwise (0.33.0, vllm/config/model.py:1559, and its attention layers), as does SGLang.
        """
        tensor, row = self.tensor, self.facts.model.row
        if tensor is None or tensor == 1:
            return True
        if row is None or row.groups is None:
            return None
        return self._uneven is None

    @property
    def _uneven(self) -> tuple[int, str] | None:
        row = self.facts.model.row
        copies = self.facts.engine.name != "tgi"
        return _uneven(row, self.tensor or 1, copies) if row is not None else None

    @fact()
    def sizes_that_divide(self) -> Words:
        """The largest numbers of ranks up to the present one that divide the heads."""
        row = self.facts.model.row
        if row is None:
            return "1"
        copies = self.facts.engine.name != "tgi"
        found = [size for size in range(1, min(self.tensor or 1, MOST) + 1) if _uneven(row, size, copies) is None]
        return " or ".join(map(str, found[-2:]))

    @fact("machine.gpus")
    def devices(self) -> Count | None:
        """GPUs as programs count them: some cards hold two."""
        cards = self.facts.gpu.cards
        if cards is None:
            return None
        return sum(card.number * (card.row.devices_per_card if card.row is not None else 1) for card in cards)

    @fact("machine.gpus")
    def exceeds(self) -> Flag | None:
        """Whether the arguments ask for more GPUs than there are."""
        there = self.devices
        if self.ranks is None or there is None:
            return None
        return self.ranks > there

    @fact()
    def is_refused(self) -> Flag:
        """Whether it is known that the engine does not start with the GPUs that it is told to use."""
        return self.facts.engine.fault in ("weights", "ranks")

    @fact()
    def largest_kind(self) -> Count:
        """How many GPUs there are of the commonest kind."""
        return max((card.number for card in self.facts.gpu.cards or ()), default=0)

    @fact()
    def kinds(self) -> Count:
        """How many kinds of GPU there are."""
        return len({card.row.id if card.row is not None else card.label for card in self.facts.gpu.cards or ()})

    @fact()
    def option(self) -> Text:
        """The engine's option for tensor parallelism."""
        names = SIZES.get(self.facts.engine.name or "", ("tensor-parallel-size", "", ""))
        return "--" + names[0]

    @fact("machine.gpus")
    def idle(self) -> Count | None:
        """GPUs that the arguments leave unused."""
        there = self.devices
        return max(there - self.ranks, 0) if there is not None and self.ranks is not None else None

    @fact()
    def world(self) -> Words:
        """The sizes multiplied, for messages: tensor 4 × pipeline 2 × data 1."""
        sizes = [
            (what, size or 1)
            for what, size in zip(("tensor", "pipeline", "data"), self.sizes or (1, 1, 1), strict=True)
        ]
        return " × ".join(f"{what} {size}" for what, size in sizes if size > 1 or what == "tensor")


def _uneven(model: Model, tensor: int, copies: bool) -> tuple[int, str] | None:
    """The first number of heads that so many ranks do not divide, and which heads they are.

    With `copies`, several ranks may hold the same key and value head; TGI refuses that (3.3.7 server/
    text_generation_server/models/custom_modeling/flash_llama_modeling.py:172).
    """
    for group in model.groups or ():
        mixer = group.mixer
        if mixer.kind in ("gqa", "mla") and mixer.heads % tensor:
            return mixer.heads, "attention"
        few, many = sorted((mixer.kv_heads, tensor))
        shared = copies or mixer.kv_heads == 1 or tensor <= mixer.kv_heads
        if mixer.kind == "gqa" and few and (many % few or not shared):
            return mixer.kv_heads, "key and value"
    return None
