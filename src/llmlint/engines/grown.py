"""The KV cache of engines that keep it in plain tensors: bytes of a token, of a request, and the longest that fits.

Used for engines whose cache is heads × tokens without the planning that vLLM, SGLang and llama.cpp do.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.catalog.rows import LayerGroup, Mixer
from llmlint.tuples import NamedTuple

LONGEST = 2**24
"""Tokens beyond which nobody asks."""


class Form(NamedTuple):
    """How an engine stores the cache on one rank."""

    ranks: int = 1
    """Ranks that divide the heads."""
    width: float = 2
    """Bytes of an element."""
    expanded: bool = False
    """Latent attention keeps keys and values of every head, not its compressed form."""
    windowed: bool = True
    """Layers with a window drop what lies before it; else they keep every token."""
    step: int = 1
    """Tokens by which the cache grows."""


def of_token(mixer: Mixer, form: Form) -> int:
    """Bytes of one token in one layer of one rank; 0 for layers that keep a state instead."""
    if mixer.kind == "gqa":
        value = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
        return int(-(-mixer.kv_heads // form.ranks) * (mixer.head_dim + value) * form.width)
    if mixer.kind != "mla":
        return 0
    if form.expanded:
        return int(-(-mixer.heads // form.ranks) * (mixer.nope + mixer.rope + mixer.v) * form.width)
    return int((mixer.kv_lora + mixer.rope) * form.width)


def per_token(groups: Sequence[LayerGroup], form: Form) -> int:
    """Bytes of one more token of a long request, in the layers that keep all of them."""
    return sum(group.n * of_token(group.mixer, form) for group in groups if not (form.windowed and group.mixer.window))


def of_request(groups: Sequence[LayerGroup], tokens: int, form: Form) -> int:
    """Bytes of one request of so many tokens on one rank, states not counted."""
    held = -(-tokens // form.step) * form.step
    total = 0
    for group in groups:
        window = group.mixer.window if form.windowed else None
        total += group.n * of_token(group.mixer, form) * (min(held, window) if window else held)
    return total


def longest(groups: Sequence[LayerGroup], room: int, form: Form, most: int = LONGEST) -> int:
    """Tokens of the longest request that so many bytes of one rank hold, `most` at most."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if of_request(groups, middle, form) <= room else (low, middle - 1)
    return low
