"""Facts about the context that an engine sets up, and how many requests its cache holds."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Number, Place, Places, Words, fact
from llmlint.facts.faults import size

OPTIONS = {
    "vllm": ("max-model-len",),
    "sglang": ("context-length",),
    "llama.cpp": ("ctx-size",),
    "ollama": ("num_ctx", "OLLAMA_CONTEXT_LENGTH"),
    "tgi": ("max-total-tokens",),
    "tensorrt-llm": ("max-seq-len",),
}
"""Arguments that say how long a request may be."""
AT_ONCE = {"vllm": "max-num-seqs", "sglang": "max-running-requests"}
"""Arguments that limit how many requests run at once."""
REFUSING = {
    "vllm": "VLLM_ALLOW_LONG_MAX_MODEL_LEN=1",
    "sglang": "SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN=1",
}
"""Engines that refuse a context beyond the model's, and the variable with which they do not: vLLM 0.33.0
config/model.py:2662, SGLang 0.5.23 configs/model_config.py:1303. llama.cpp only warns."""
EXTENDING = ("hf-overrides", "rope-scaling", "rope-theta", "json-model-override-args")
"""Arguments that change the model's own context."""


class KvFacts(Group):
    """The engine's context and its cache of keys and values."""

    @fact()
    def option(self) -> Words:
        """The engine's option for the context."""
        names = OPTIONS.get(self.facts.engine.name or "", ("",))
        return names[0] if self.facts.engine.name == "ollama" else f"--{names[0]}" if names[0] else ""

    @fact()
    def place(self) -> Places:
        """The argument for the context. Where findings point."""
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

        return options.positive(flags.words(), *OPTIONS.get(self.facts.engine.name or "", ()))

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
        if variable is None:
            return "answers beyond it are of no use"
        what = "refuses to start" if self.stated is not None else "refuses such requests"
        return f"{self.facts.engine.title} {what}, unless {variable} is set"

    @fact("workload.context", "workload.concurrency", "machine.gpus")
    def held(self) -> Count | None:
        """Requests of the workload's context that the engine holds at once; the others wait, or are preempted."""
        outcome = self.facts.engine.outcome
        cache, context = outcome.cache if outcome is not None else None, self.facts.workload.context
        if outcome is None or cache is None or context is None:
            return None
        if self.facts.engine.name != "vllm":
            return self._by_tokens(int(context))
        if not cache.needed_bytes:
            return None
        each = cache.needed_bytes / (self.facts.workload.concurrency or 1)
        found = int(size(outcome, "kv_cache") * (self.facts.parallel.ranks or 1) / each)
        return min(found, self._at_once or found)

    def _by_tokens(self, context: int) -> int | None:
        outcome = self.facts.engine.outcome
        cache = outcome.cache if outcome is not None else None
        if cache is None or cache.capacity_tokens is None:
            return None
        if self.facts.engine.name in ("llama.cpp", "ollama"):
            return int(cache.max_concurrency) if cache.max_concurrency is not None else None
        found = cache.capacity_tokens // context
        return min(found, self._at_once or found)

    @property
    def _at_once(self) -> int | None:
        flags, name = self.facts.engine.flags, AT_ONCE.get(self.facts.engine.name or "")
        if flags is None or name is None:
            return None
        from llmlint.engines import options

        return options.positive(flags.words(), name)

    @fact("workload.context", "workload.concurrency", "machine.gpus")
    def serves(self) -> Flag | None:
        """Whether the engine holds all the workload's requests at once."""
        wanted = self.facts.workload.concurrency
        return None if self.held is None or wanted is None else self.held >= wanted

    @fact()
    def capacity(self) -> Words:
        """What the cache holds, in words."""
        outcome = self.facts.engine.outcome
        cache = outcome.cache if outcome is not None else None
        if cache is None or cache.capacity_tokens is None:
            return "the size of the cache is not known"
        return f"{self.facts.engine.shown} would set up a cache of {cache.capacity_tokens} tokens"

    @fact()
    def relief(self) -> Words:
        """What would let the engine hold more requests."""
        held, wanted = self.held or 0, int(self.facts.workload.concurrency or 0)
        name, limit = self.facts.engine.name or "", self._at_once
        if limit is not None and limit < wanted and held == limit:
            return f"--{AT_ONCE[name]}={wanted}, where the cache holds them, or a concurrency of {held}"
        if name == "ollama":
            return f"OLLAMA_NUM_PARALLEL={wanted}, or a concurrency of {held}"
        if name == "llama.cpp":
            tokens = wanted * int(self.facts.workload.context or 0)
            return f"--parallel {wanted} --ctx-size {tokens}, or a concurrency of {held}"
        return f"a concurrency of {held}, a cache in fp8 ({self._cache_option}), or more memory for the cache"

    @property
    def _cache_option(self) -> str:
        return "--kv-cache-dtype=fp8_e5m2" if self.facts.engine.name == "sglang" else "--kv-cache-dtype=fp8"

    @fact("model.id", "machine.gpus")
    def longest(self) -> Number | None:
        """Tokens of the longest context with which the engine starts."""
        from llmlint.facts.remedy import longest_context

        return longest_context(self.facts)

    @fact()
    def wait(self) -> Words:
        """What becomes of the requests beyond those that are held."""
        if self.facts.engine.name in ("llama.cpp", "ollama"):
            slots = "OLLAMA_NUM_PARALLEL" if self.facts.engine.name == "ollama" else "--parallel"
            return f"the others wait for a slot ({slots})"
        return "the others wait, or are preempted and computed again"
