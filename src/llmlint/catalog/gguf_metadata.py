"""Typed access to the metadata of a GGUF file, whose values a stranger wrote."""

from __future__ import annotations

from collections.abc import Mapping

from llmlint.catalog.gguf import Count, Value
from llmlint.catalog.settings import MOST, NotStated

MOST_LAYERS = 10_000


class Metadata:
    """Values of the architecture's own keys; a key may hold one value for all layers or one for each."""

    def __init__(self, raw: Mapping[str, Value]) -> None:
        self.raw = raw
        named = raw.get("general.architecture")
        self.arch = named if isinstance(named, str) and 0 < len(named) <= 60 else None

    def get(self, key: str) -> Value | None:
        """The value of `<architecture>.<key>`."""
        return self.raw.get(f"{self.arch}.{key}")

    def number(self, key: str, layer: int = 0) -> int | None:
        """A count, of one layer where they differ; 0 is a count here (layers without heads), beyond reason is None."""
        value = self.get(key)
        if isinstance(value, tuple):
            value = value[layer] if layer < len(value) else None
        return value if type(value) is int and 0 <= value <= MOST else None

    def need(self, key: str, layer: int = 0) -> int:
        """The same, for what the shape cannot do without."""
        value = self.number(key, layer)
        if not value:
            raise NotStated(f"the GGUF states no usable {key}")
        return value

    @property
    def layers(self) -> int:
        """How many layers, those for multi-token prediction included."""
        count = self.need("block_count")
        if count > MOST_LAYERS:
            raise NotStated(f"the GGUF states {count:,} layers")
        return count

    @property
    def vocabulary(self) -> int | None:
        """Tokens of the tokenizer."""
        tokens = self.raw.get("tokenizer.ggml.tokens")
        if isinstance(tokens, Count):
            return tokens.length
        return self.number("vocab_size")
