"""Facts about the context that an engine sets up where nobody names one."""

from __future__ import annotations

from llmlint.facts import where
from llmlint.facts.context import OPTIONS
from llmlint.facts.fact import Count, Flag, Group, Place, Places, Words, fact
from llmlint.quantity import decimal_size

WHOLE = ("vllm", "sglang")
"""Engines that set up the model's whole context."""
PLAIN = ("LLMInferenceService",)
"""Objects whose operator adds arguments, and none for the context (kserve, config/llmisvcconfig)."""
LONG = 100_000
"""Tokens of a context that few need whole, and that takes gigabytes of cache."""
LITTLE = 8 * 10**9
"""Bytes of cache that GPUs for language models have beside the weights."""
AMPLE = 2**40
"""Bytes of a GPU that holds everything: what one request takes does not depend on it."""
NOBODY = "of a length that nobody knows"
OLLAMA = 4_096
"""Tokens of Ollama's context on GPUs below 24 GiB; 32k from there, 256k from 48 GiB (ollama, docs/context-length.mdx,
at commit 948f693; 4,096 on any GPU in late 2025)."""


class DefaultContextFacts(Group):
    """The context of an engine that is told none."""

    @fact()
    def is_left(self) -> Flag:
        """Whether a manifest leaves the context to an engine that serves."""
        unit, flags = self.facts.plan.unit, self.facts.engine.flags
        if unit is None or unit.fragment or flags is None or unit.launch is None or not unit.environment_complete:
            return False
        hidden = unit.launch.scripted and not unit.launch.program
        names = OPTIONS.get(self.facts.engine.name or "", ())
        told = any(name in flags.values or name in unit.environment for name in (*names, "config"))
        chosen = "arguments" in unit.supplies and unit.kind not in PLAIN
        return unit.serves and not chosen and not told and not hidden

    @fact()
    def is_unplanned(self) -> Flag:
        """Whether it is the model's whole context on GPUs that nobody knows, or Ollama's default."""
        return (self.is_whole and not self.facts.engine.knows_gpu) or self.is_ollama

    @fact()
    def is_whole(self) -> Flag:
        """Whether the engine then sets up the model's whole context."""
        return self.is_left and self.facts.engine.name in WHOLE

    @fact("model.id")
    def tokens(self) -> Count | None:
        """Tokens of the model's whole context."""
        row = self.facts.model.row
        return self.facts.context.model_context or (row.max_ctx if row is not None else None)

    @fact()
    def is_cheap(self) -> Flag:
        """Whether the context is a short one, takes little memory, or is not known at all; no for Ollama's default."""
        if self.facts.engine.name == "ollama":
            return False
        return (self.tokens or 0) < LONG or (self._bytes is not None and self._bytes < LITTLE)

    @property
    def _bytes(self) -> int | None:
        """What one request of the whole context takes, over all GPUs; None where nobody knows."""
        from llmlint.engines.request import Card
        from llmlint.facts.remedy import outcome

        cards = self.facts.parallel.ranks or 1
        found = outcome(self.facts, cards=(Card("GPU", cards, AMPLE, "declared", AMPLE),))
        each = found.cache.bytes_per_token if found is not None and found.cache is not None else None
        return each * self.tokens * cards if each and self.tokens else None

    @fact()
    def cost(self) -> Words:
        """What one request of the whole context takes, in words."""
        if not self.tokens:
            return ""
        shown = f", {decimal_size(self._bytes)} of cache for one request" if self._bytes else ""
        return f"{self.tokens:,} tokens{shown}"

    @fact()
    def is_ollama(self) -> Flag:
        """Whether Ollama is told no context in a container of one's own."""
        unit = self.facts.plan.unit
        return self.is_left and self.facts.engine.name == "ollama" and unit is not None and "image" not in unit.supplies

    @fact()
    def is_tgi(self) -> Flag:
        """Whether TGI is left to guess it from the memory that is free."""
        return self.is_left and self.facts.engine.name == "tgi"

    @fact()
    def finding(self) -> Words:
        """What the engine sets up, in words."""
        if self.facts.engine.name == "ollama":
            return (
                f"without OLLAMA_CONTEXT_LENGTH Ollama goes by the memory of the GPU, {OLLAMA:,} tokens below 24 GiB, "
                "and cuts off longer prompts"
            )
        option, title = self.facts.context.option or "a context", self.facts.engine.title
        return f"without {option} {title} sets up the model's whole context: {self.cost or NOBODY}"

    @fact()
    def advice(self) -> Words:
        """What to write."""
        option = (
            "OLLAMA_CONTEXT_LENGTH" if self.facts.engine.name == "ollama" else self.facts.context.option or "a context"
        )
        return f"{option} with the longest request that is to be served"

    @fact()
    def place(self) -> Places:
        """The engine's arguments, else the container. Where findings point."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        words = unit.launch.words if unit.launch is not None else ()
        return (
            Place(
                ("engine", "args") if words else ("container", "image"), "", None if words else where.container(unit)
            ),
        )
