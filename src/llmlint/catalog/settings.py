"""Values of a stranger's config.json, taken one by one and only if they are what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST = 2**40
"""No count of a config.json is larger."""
MOST_LAYERS = 10_000


class NotStated(Exception):
    """A fact that the shape needs and the file does not state; the message is the note for the user."""


class Settings:
    """A config.json with the defaults that its class in transformers has."""

    def __init__(self, raw: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> None:
        self.raw, self.defaults = raw, defaults or {}

    def get(self, key: str) -> Any:
        """The value as it stands, else the class's default, else None."""
        return self.raw[key] if key in self.raw else self.defaults.get(key)

    def number(self, *keys: str) -> int | None:
        """The first of the keys that holds a count; 0 and null are None."""
        for key in keys:
            value = self.get(key)
            if type(value) is int and 0 < value <= MOST:
                return value
        return None

    def need(self, *keys: str) -> int:
        """The same, for what the shape cannot do without."""
        value = self.number(*keys)
        if value is None:
            raise NotStated(f"config.json states no usable {keys[0]}")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """A truth value."""
        value = self.get(key)
        return value if isinstance(value, bool) else default

    def each_layer(self, *keys: str) -> list[Any] | None:
        """A list with an element for each layer."""
        for key in keys:
            value = self.get(key)
            if isinstance(value, list) and len(value) == self.layers:
                return value
        return None

    def indices(self, key: str) -> frozenset[int]:
        """A list of layer numbers."""
        value = self.get(key)
        return frozenset(item for item in value if type(item) is int) if isinstance(value, list) else frozenset()

    @property
    def layers(self) -> int:
        """How many layers."""
        count = self.number("num_hidden_layers", "n_layer", "num_layers") or self._listed_layers()
        if count > MOST_LAYERS:
            raise NotStated(f"config.json states {count:,} layers")
        return count

    def _listed_layers(self) -> int:
        """Nemotron H may leave the number to the list."""
        listed = self.get("layers_block_type")
        if not isinstance(listed, list) or not listed:
            raise NotStated("config.json states no usable num_hidden_layers")
        return len(listed)

    @property
    def hidden(self) -> int:
        """Width of the model."""
        return self.need("hidden_size", "n_embd", "d_model")
