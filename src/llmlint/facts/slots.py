"""Facts about llama.cpp's slots: the context that is asked for is divided among them."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Place, Places, Words, fact

SHORT = 8_192
"""Tokens of a slot up to which conversations with tools or documents soon end."""
LONG = 131_072
"""Tokens of a model's context that few machines hold whole."""
VECTORS = ("embedding", "embeddings", "reranking", "rerank", "pooling")
"""Options of a server that answers with vectors, whose inputs are short."""


class SlotFacts(Group):
    """Requests that llama.cpp serves at once, and the context of each."""

    def _number(self, name: str) -> int | None:
        flags = self.facts.engine.flags
        value = flags.values.get(name) if flags is not None else None
        text = str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
        return int(text) if text.lstrip("-").isdigit() else None

    @fact()
    def divide(self) -> Flag:
        """Whether a manifest has llama.cpp divide a context that is written among slots that are written."""
        if self.facts.plan.unit is None or self.facts.engine.name != "llama.cpp" or self._answers_with_vectors:
            return False
        flags = self.facts.engine.flags
        unified = flags is not None and flags.values.get("kv-unified") not in (None, False, "false", "0")
        return (self._number("parallel") or 0) > 1 and (self._number("ctx-size") or 0) > 0 and not unified

    @property
    def _answers_with_vectors(self) -> bool:
        flags = self.facts.engine.flags
        vectors = flags is not None and any(flags.values.get(name) for name in VECTORS)
        return vectors or self.facts.model.category == "embedding"

    @fact()
    def each(self) -> Count:
        """Tokens of each slot; 0 where nothing is written."""
        return (self._number("ctx-size") or 0) // max(self._number("parallel") or 1, 1)

    @fact()
    def shown(self) -> Words:
        """How it comes about."""
        whole, slots = self._number("ctx-size") or 0, self._number("parallel") or 1
        return f"{whole:,} tokens among {slots} slots are {self.each:,} for each request"

    @fact()
    def is_enough(self) -> Flag:
        """Whether a slot has more than a short context, or all that the model has."""
        most = self.facts.context.model_context
        return self.each > SHORT or (most is not None and self.each >= most)

    @fact()
    def remedy(self) -> Words:
        """The context that gives each slot what was written for all."""
        whole, slots = self._number("ctx-size") or 0, self._number("parallel") or 1
        return f"--ctx-size {whole * slots} if each request shall have {whole:,} tokens; fewer slots; or --kv-unified"

    @fact()
    def place(self) -> Places:
        """The argument for the context. Where findings point."""
        return (Place(self.facts.engine.place("ctx-size"), ""),)

    @fact()
    def take_all(self) -> Flag:
        """Whether a manifest writes a context of 0, and nothing shortens what the engine then takes."""
        if self.facts.plan.unit is None or self.facts.engine.name != "llama.cpp" or self._number("ctx-size") != 0:
            return False
        from llmlint.engines.llamacpp.settings import settings

        request = self.facts.engine.request
        return request is not None and not settings(request).fit

    @fact()
    def model_is_long(self) -> Flag:
        """Whether the model's context is one that few machines hold."""
        return (self.facts.default_context.tokens or 0) >= LONG

    @fact()
    def model_tokens(self) -> Words:
        """The model's context in words."""
        return f"{self.facts.default_context.tokens or 0:,} tokens"
