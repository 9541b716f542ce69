"""Facts about how many requests an engine's cache holds."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Number, Words, fact
from llmlint.facts.faults import size

AT_ONCE = {"vllm": "max-num-seqs", "sglang": "max-running-requests"}
"""Arguments that limit how many requests run at once."""


class KvFacts(Group):
    """The engine's cache of keys and values."""

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

        return options.positive(self.facts.engine.words, name)

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
