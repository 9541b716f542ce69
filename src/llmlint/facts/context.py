"""Facts about the context that an engine sets up: what is asked for, what the model has, and what is served."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Place, Places, Words, fact

OPTIONS = {
    "vllm": ("max-model-len",),
    "sglang": ("context-length",),
    "llama.cpp": ("ctx-size",),
    "ollama": ("num_ctx", "OLLAMA_CONTEXT_LENGTH"),
    "tgi": ("max-total-tokens",),
    "tensorrt-llm": ("max-seq-len",),
}
"""Arguments that say how long a request may be."""
REFUSING = {
    "vllm": "VLLM_ALLOW_LONG_MAX_MODEL_LEN=1",
    "sglang": "SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN=1",
}
"""Engines that refuse a context beyond the model's, and the variable with which they do not: vLLM 0.33.0
config/model.py:2662, SGLang 0.5.23 configs/model_config.py:1303. llama.cpp only warns."""
EXTENDING = (
    *("hf-overrides", "rope-scaling", "rope-theta", "json-model-override-args", "rope-scale", "rope-freq-base"),
    *("rope-freq-scale", "yarn-orig-ctx", "yarn-ext-factor", "override-kv"),
)
"""Arguments that change the model's own context."""

STRETCHED = frozenset({"internlm2"})
"""Families whose checkpoints come with dynamic scaling of their positions, by a factor that the catalogue lacks;
engines multiply the context by it (InternLM2: 2.0, and 2.5 for the long one, in OpenCompass' lmdeploy settings)."""


class ContextFacts(Group):
    """Tokens of a request, prompt and answer together."""

    @fact()
    def option(self) -> Words:
        """The engine's option for the context."""
        names = OPTIONS.get(self.facts.engine.name or "", ("",))
        return names[0] if self.facts.engine.name == "ollama" else f"--{names[0]}" if names[0] else ""

    @fact()
    def place(self) -> Places:
        """The argument for the context; the GPUs where an operator writes the arguments. Where findings point."""
        unit = self.facts.plan.unit
        if unit is not None and unit.gpus is not None and (unit.launch is None or not unit.launch.words):
            return (Place(("machine", "gpus"), ""),)  # an operator's object without arguments
        return (Place(self.facts.engine.place(*OPTIONS.get(self.facts.engine.name or "", ())), ""),)

    @fact()
    def asked_place(self) -> Places:
        """Where the context that is asked for is written. Where findings point."""
        written = self.is_stated and self.facts.engine.name in REFUSING
        return self.place if written else (Place(("workload", "context"), ""),)

    @fact("engine.args")
    def stated(self) -> Count | None:
        """Tokens of a request that the arguments allow; None where they leave it to the engine."""
        flags = self.facts.engine.flags
        if flags is None:
            return None
        from llmlint.engines import options

        return options.positive(self.facts.engine.words, *OPTIONS.get(self.facts.engine.name or "", ()))

    @fact()
    def is_stated(self) -> Flag:
        """Whether the arguments say how long a request may be."""
        return self.stated is not None

    @fact("model.id", "model.architecture.max_ctx")
    def model_context(self) -> Count | None:
        """Tokens of the longest context that the model was made for, where its own config was read."""
        row = self.facts.model.row
        if row is None:
            described = self.facts.deployment.model.architecture
            return described.max_ctx if described is not None else None
        if row.arch in STRETCHED and self.facts.model.basis != "local":
            return None
        sure = self.facts.model.basis == "local" or row.quality.startswith("A")
        return row.max_ctx if sure else None

    @fact("workload.context", "engine.args")
    def asked(self) -> Count | None:
        """Tokens of a request that the arguments ask for, else the workload."""
        own = self.stated if self.facts.engine.name in REFUSING else None
        workload = self.facts.workload.context
        return own if own is not None else None if workload is None else int(workload)

    @fact()
    def asked_tokens(self) -> Words:
        """The same for messages."""
        return f"{self.asked or 0:,} tokens"

    @fact()
    def model_tokens(self) -> Words:
        """The model's context for messages."""
        return f"{self.model_context or 0:,}"

    @fact("model.id", "workload.context")
    def beyond_model(self) -> Flag | None:
        """Whether more context is asked for than the model has, with nothing that extends it."""
        asked, most = self.asked, self.model_context
        if asked is None or most is None:
            return None
        return asked > most and not self._extended

    @fact("model.id")
    def likely_model_context(self) -> Count | None:
        """Tokens of the longest context that the model was made for, also by second-hand figures that are sure enough.

        What was made for more, of the same shape, counts as its own: an extension of the context.
        """
        row = self.facts.model.row
        if self.model_context is not None or row is None or row.arch in STRETCHED:
            return self.model_context
        asked = self.likely_asked
        if row.max_ctx is None or asked is None or asked <= row.max_ctx:  # nobody needs to know
            return row.max_ctx
        from llmlint.facts.relatives import longest_context

        return longest_context(row, self.facts.catalogue)

    @fact("workload.context", "engine.args")
    def likely_asked(self) -> Count | None:
        """The same as what is asked for; of llama.cpp's arguments the part of each slot, which is what it serves."""
        if self.facts.engine.name != "llama.cpp" or self.facts.plan.unit is None:
            return self.asked
        return self.facts.slots.each or None

    @fact()
    def likely_asked_tokens(self) -> Words:
        """The same for messages."""
        return f"{self.likely_asked or 0:,} tokens"

    @fact()
    def likely_model_tokens(self) -> Words:
        """The model's context for messages, and how that is known."""
        most = f"{self.likely_model_context or 0:,}"
        return most if self.model_context is not None else f"{most}, as far as second-hand figures tell"

    @fact("model.id", "workload.context")
    def likely_beyond_model(self) -> Flag | None:
        """Whether more is asked for than the model likely has, where that is no error: engines warn, or who knows."""
        asked, most = self.likely_asked, self.likely_model_context
        if asked is None or most is None:
            return None
        return asked > most and not self._extended and self.beyond_model is not True

    @fact()
    def likely_asked_place(self) -> Places:
        """Where the context that is asked for is written. Where findings point."""
        return self.place if self.facts.engine.name == "llama.cpp" and self.is_stated else self.asked_place

    @property
    def _extended(self) -> bool:
        """Whether an argument or a variable of the container lets the engine go beyond the model."""
        flags = self.facts.engine.flags
        container = self.facts.deployment.container
        variables = (container.environment if container is not None else None) or {}
        allowed = REFUSING.get(self.facts.engine.name or "", "").partition("=")[0]
        return allowed in variables or any(name in EXTENDING for name in (flags.values if flags is not None else ()))

    @fact()
    def refuses_beyond(self) -> Flag:
        """Whether the engine would refuse to start with a context beyond the model's."""
        return self.facts.engine.name in REFUSING and self.stated is not None

    @fact()
    def allowance(self) -> Words:
        """What the engine does with a context beyond the model's, and how it is told to go on."""
        variable = REFUSING.get(self.facts.engine.name or "")
        if self.facts.engine.name == "llama.cpp":
            return "beyond it llama.cpp warns, or serves no more than the model has, and keeps a cache for all"
        if variable is None:
            return "answers beyond it are of no use"
        what = "refuses to start" if self.stated is not None else "refuses such requests"
        return f"{self.facts.engine.title} {what}, unless {variable} is set"

    @fact("model.id", "machine.gpus")
    def served(self) -> Count | None:
        """Tokens of the longest request that the engine serves once it has started."""
        outcome = self.facts.engine.outcome
        cache = outcome.cache if outcome is not None else None
        if cache is None or cache.max_context is None:
            return None
        return min(cache.max_context, self.stated or cache.max_context)

    @fact()
    def is_long_enough(self) -> Flag:
        """Whether the engine is known to start and to serve at least one request of the workload's context."""
        wanted = self.facts.workload.context
        starts = self.facts.engine.fault == "none"
        return starts and wanted is not None and self.served is not None and wanted <= self.served

    @fact()
    def served_tokens(self) -> Words:
        """The same for messages."""
        return f"{self.served or 0:,}"

    @fact()
    def workload_tokens(self) -> Words:
        """The workload's context for messages."""
        return f"{int(self.facts.workload.context or 0):,}"

    @fact()
    def served_place(self) -> Places:
        """The argument for the context, else the engine. Where findings point."""
        return self.place if self.is_stated else (Place(self.facts.engine.place(), ""),)

    @fact()
    def limit(self) -> Words:
        """What limits the length of a request, in words."""
        if self.is_stated:
            return f"{self.option} says so; with several slots or streams each has its part of it"
        if not self.option:
            return "the cache grows with each request, into what the weights leave"
        return f"{self.facts.kv.capacity}; {self.option} is not written"

    @fact()
    def longer(self) -> Words:
        """What would let the engine serve the workload's requests, tried; else what is short."""
        from llmlint.facts.remedy import outcome, starts

        wanted = int(self.facts.workload.context or 0)
        slots = self.facts.workload.concurrency if self.facts.engine.name == "llama.cpp" else None
        tokens = wanted * int(slots or 1)
        found = outcome(self.facts, {self.option.lstrip("-"): str(tokens)})
        cache = found.cache if found is not None else None
        if starts(found) and cache is not None and (cache.max_context or 0) >= wanted:
            return f"{self.option}={tokens}" if self.facts.engine.name != "llama.cpp" else f"{self.option} {tokens}"
        return f"a context of at most {self.served_tokens}, or more memory for the cache"
