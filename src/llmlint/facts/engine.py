"""Facts about the engine: what it would do with the plan on that machine, by its own defaults and its own rules."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Memory, Number, Place, Places, Text, Words, fact
from llmlint.finding import Path
from llmlint.precision import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from llmlint.catalog.rows import Model
    from llmlint.engines.flags import Flags
    from llmlint.engines.outcome import Outcome
    from llmlint.engines.request import Card, Request
    from llmlint.facts.devices import Cards

Verdict: TypeAlias = 'Literal["fits", "tight", "does-not-fit", "unknown"]'
Fault: TypeAlias = (
    'Literal["none", "arguments", "ranks", "context", "weights", "share", "cache", "default-context", "warm-up"]'
)
MOST_GPUS, MOST_LAYERS = 256, 2000
"""Of one deployment; beyond it the engines' sums are not asked for."""
NEWEST = ("latest", "nightly", "newest", "main")
"""Words for a version that mean whatever is newest."""
CACHE_TYPES = ("cache-type-k", "cache-type-v", "kv-cache-dtype")
FILLING = ("vllm", "sglang", "tgi", "tensorrt-llm")
"""Engines that take a share of the GPU and fill it with their cache, however small the model."""


class EngineFacts(Group):
    """The engine that the file names."""

    @fact("engine.name")
    def name(self) -> Text | None:
        """Which engine."""
        engine = self.facts.deployment.engine
        return engine.name if engine is not None else None

    @fact("engine.version")
    def version(self) -> Text | None:
        """Its version as the file has it; the newest known is taken where it does not say."""
        engine = self.facts.deployment.engine
        return engine.version if engine is not None else None

    @fact()
    def is_newest(self) -> Flag:
        """Whether no version is stated and yet whatever is newest will run: a tag of the engine's own image that moves,
        an installation without a pin, the word `latest`."""
        unit = self.facts.plan.unit
        if self.version is not None and self.version.lower() in NEWEST:
            return True
        if self.version is not None or unit is None or self.name is None:
            return False
        if unit.image is None:
            return not self.facts.container.is_pinned
        from llmlint.images import image

        known = image(unit.image.value)
        return known is not None and known.official and known.engine == self.name and self.facts.image.is_floating

    @fact()
    def title(self) -> Words:
        """The engine as it is written in sentences."""
        if self.name is None:
            return "the engine"
        from llmlint.engines.flag_table import GRAMMARS

        return GRAMMARS[self.name].title

    @fact()
    def shown(self) -> Words:
        """The engine with the version that is taken, for messages; where a manifest states none, they say so."""
        unstated = self.version is None and self.facts.plan.unit is not None and self.named != self.title
        return f"{self.named} (no version is stated)" if unstated else self.named

    @property
    def named(self) -> str:
        """The engine with the version that is taken."""
        outcome = self.outcome
        if outcome is not None and " to " in outcome.version:
            return self.title
        if outcome is not None and outcome.version[:1].isdigit():
            return f"{self.title} {outcome.version}"
        return f"{self.title} {self.version}" if self.version is not None else self.title

    @fact()
    def modelled(self) -> Flag:
        """Whether llmlint knows what this engine does with memory."""
        if self.name is None:
            return False
        from llmlint.engines.registry import MODULES

        return self.name in MODULES

    @fact()
    def fills_budget(self) -> Flag:
        """Whether the engine fills its share of a GPU with its cache, so that what stays free says nothing."""
        return self.name in FILLING

    def word(self, *names: str) -> str | None:
        """The text of the first of these arguments that has one."""
        values = self.flags.values if self.flags is not None else {}
        return next((value for name in names if isinstance(value := values.get(name), str)), None)

    def place(self, *names: str) -> Path:
        """Where the arguments set one of these options; all of them where they do not, the engine without any."""
        engine = self.facts.deployment.engine
        if engine is None or engine.args is None:
            return ("engine", "name")
        from llmlint.facts.places import index

        found = index(engine.name, engine.args, engine.version, names)
        return ("engine", "args") if found is None else ("engine", "args", found)

    @fact()
    def flags(self) -> Flags | None:
        """Its arguments by their canonical names, and what is wrong with them. Not for rules."""
        engine = self.facts.deployment.engine
        if engine is None:
            return None
        from llmlint.engines.flags import parse
        from llmlint.engines.versions import parsed

        return parse(engine.name, engine.args, parsed(engine.version))

    @fact()
    def words(self) -> dict[str, str | bool | list[str]]:
        """Its arguments as words of a command line; none where there is no engine. Not for rules."""
        return self.flags.words() if self.flags is not None else {}

    @fact()
    def request(self) -> Request | None:
        """What the engine is asked. Not for rules."""
        model, engine = self._model(), self.facts.deployment.engine
        if engine is None or model is None or self.flags is None:
            return None
        from llmlint.engines.request import Request
        from llmlint.engines.versions import parsed

        precision, workload = self.facts.deployment.precision, self.facts.deployment.workload
        return Request(
            model=model,
            model_basis=self.facts.model.basis,
            weights=self._loaded,
            weights_stated=self.facts.precision.stated,
            cache=precision.kv_cache if precision is not None else None,
            context=workload.context if workload is not None else None,
            concurrency=workload.concurrency if workload is not None else None,
            version=parsed(engine.version),
            newest=self.is_newest,
            flags={**self.words, **self._foreign_types(self.flags)},
            cards=self._cards(),
            spread=self.facts.parallel.spans_machines,
            unified=self.facts.machine.unified_memory,
            working_set=self.facts.unified.share if self.facts.machine.unified_memory else None,
            working_sets=self.facts.unified.ends if self.facts.machine.unified_memory else None,
            ram=self.facts.ram.total,
            offload=self.facts.offload.mode,
            draft=self.facts.draft.beside,
        )

    @staticmethod
    def _foreign_types(flags: Flags) -> dict[str, str]:
        """Formats of the cache that only a private build has, or a variable: unknown then, and not the default."""
        return {name: word for name, word in flags.refused.items() if name in CACHE_TYPES}

    @property
    def _loaded(self) -> str:
        """Format of the weights in memory: `--dtype auto` brings checkpoints of 32 bits to 16.

        So does vLLM (_get_and_verify_dtype, later _resolve_auto_dtype in vllm/config/model.py), as do SGLang and
        TensorRT-LLM, which took it over; TGI loads in 16 bits whatever the checkpoint has.
        """
        written, weights = self.facts.deployment.precision, self.facts.precision.weights
        if weights != "fp32" or self.name not in FILLING or (written is not None and written.weights is not None):
            return weights
        return weights if self.word("dtype") in ("float", "float32") else "fp16"

    def _model(self) -> Model | None:
        """The catalogue's row, the local files', or what the file itself describes."""
        row, written = self.facts.model.row, self.facts.deployment.model
        if row is not None:
            return row if row.downloadable else None
        if written.architecture is not None:
            from llmlint.catalog.counting import described_model

            return described_model(self.facts.model.name, written.architecture)
        if self.facts.model.parameters is None:
            return None
        from llmlint.catalog.rows import Model

        return Model(self.facts.model.name, parameters=self.facts.model.parameters)

    def _cards(self) -> tuple[Card, ...] | None:
        cards = self.facts.gpu.cards
        return None if cards is None else tuple(map(self._card, cards))

    def _card(self, cards: Cards) -> Card:
        """What programs see of a card: measured where the file does not say otherwise than it is sold."""
        from llmlint.engines.request import Card

        row = cards.row
        basis: str | None
        if row is not None and cards.memory in (None, row.memory_bytes):
            usable, basis = row.usable_bytes, row.usable_basis
        elif cards.position is None and row is not None and row.usable_bytes is not None and row.memory_bytes:
            share = (cards.memory or 0) / row.memory_bytes  # a fraction of a card, from the instance type
            usable, basis = int(row.usable_bytes * share), "estimated"
        else:
            usable, basis = cards.memory, "declared"
        return Card(cards.label, cards.number, usable, basis, cards.memory, row)

    @fact()
    def outcome(self) -> Outcome | None:
        """What the engine would do. Not for rules."""
        if self.request is None or self.name is None or self._is_absurd:
            return None
        from llmlint.engines.registry import outcome

        return outcome(self.name, self.request)

    @property
    def _is_absurd(self) -> bool:
        """Whether there are more GPUs or layers than anything has: an engine's sums go through all of them."""
        model = self.request.model if self.request is not None else None
        layers = model.layers if model is not None else None
        return (self.facts.gpu.count or 0) > MOST_GPUS or (layers or 0) > MOST_LAYERS

    @fact()
    def known(self) -> Flag:
        """Whether the engine's own verdict is known; else the rule of thumb decides."""
        return self.verdict != "unknown"

    @fact("engine.name", "model.id", "machine.gpus")
    def verdict(self) -> Verdict:
        """What the engine would do: fits, tight (it starts, with little to spare), does-not-fit, or unknown."""
        return self.outcome.verdict if self.outcome is not None else "unknown"

    @fact()
    def refusal(self) -> Words:
        """What the engine would say where it does not start; empty where it starts, or nobody knows."""
        return self.outcome.refusal if self.outcome is not None else ""

    @fact()
    def quote(self) -> Words:
        """What the engine would say where it does not start, without its advice; who says it."""
        if not self.refusal:
            return f"{self.shown} would not refuse, as far as is known"
        said = self.refusal.partition(" Try increasing")[0].partition(" See https")[0]
        return f"{self.shown} would say: {said}"

    @fact("engine.name", "model.id", "machine.gpus")
    def fault(self) -> Fault | None:
        """Why the engine would not start: `arguments` that contradict each other, `ranks` that nothing divides or too
        many, a `context` beyond the model's, `weights` that a GPU does not hold, a `share` of the GPU that leaves no
        cache, a `cache` that does not hold one request, or not one of the `default-context`, a `warm-up` that needs
        more than lies outside its share; none where it starts; unknown where its verdict is."""
        if self.verdict in ("fits", "tight"):
            return "none"
        if self.verdict == "unknown":
            return None
        from llmlint.facts.faults import fault

        return fault(self.facts)

    @fact()
    def conflict(self) -> Words:
        """What the engine says of arguments that contradict each other; empty where they do not, or nobody knows."""
        if self.name != "tgi" or self.flags is None:
            return ""
        from llmlint.engines.tgi.limits import conflict

        return conflict(self.words)

    @fact()
    def contradicts(self) -> Flag:
        """Whether the engine is known to refuse its arguments because they contradict each other."""
        return bool(self.conflict)

    @fact()
    def limits_place(self) -> Places:
        """The arguments for how long prompts and requests may be. Where findings point."""
        return (Place(self.place("max-input-tokens", "max-input-length", "max-total-tokens", "sharded"), ""),)

    @fact()
    def is_sure(self) -> Flag:
        """Whether the engine would start at no end of what its cache may be; no where the upper end suffices."""
        from llmlint.facts.faults import is_likely

        return not is_likely(self.facts)

    @fact()
    def doubt(self) -> Words:
        """What leaves it open whether the engine starts."""
        from llmlint.facts.faults import doubt

        return doubt(self.facts)

    @fact()
    def ways(self) -> Words:
        """What settles a start that is in doubt: the version, where none is stated, and the smallest changes."""
        from llmlint.facts.faults import ways

        return ways(self.facts)

    @fact()
    def knows_gpu(self) -> Flag:
        """Whether its verdict rests on a GPU whose memory is known."""
        return self.known and self.usable is not None

    @fact()
    def holds_weights(self) -> Flag:
        """No where the weights alone are known to exceed the GPUs that the engine is told to use."""
        return self.fault != "weights"

    @fact()
    def arithmetic(self) -> Words:
        """The sums of one GPU, in words."""
        from llmlint.facts.faults import arithmetic

        return arithmetic(self.facts)

    @fact()
    def change(self) -> Words:
        """The smallest changes with which the engine would start, each tried with its own rules."""
        from llmlint.facts.remedy import changes

        return changes(self.facts)

    @fact("machine.gpus")
    def usable(self) -> Memory | None:
        """What programs see of one GPU."""
        return self.outcome.usable if self.outcome is not None else None

    @fact("machine.gpus")
    def budget(self) -> Memory | None:
        """What the engine takes of one GPU."""
        return self.outcome.budget if self.outcome is not None else None

    @fact("workload.context", "machine.gpus")
    def max_context(self) -> Count | None:
        """Tokens of the longest request that the engine would serve."""
        cache = self.outcome.cache if self.outcome is not None else None
        return cache.max_context if cache is not None else None

    @fact("workload.context", "machine.gpus")
    def max_concurrency(self) -> Number | None:
        """Requests of the full context that the engine would hold at once."""
        cache = self.outcome.cache if self.outcome is not None else None
        return cache.max_concurrency if cache is not None else None

    @fact()
    def bits(self) -> Number:
        """Bits a parameter, for the speed."""
        return FORMATS[self.facts.precision.weights].bits
