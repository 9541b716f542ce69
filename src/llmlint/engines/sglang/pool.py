"""Tokens of SGLang's memory pool: bytes of a token, two pools for windowed layers, states beside the tokens.

[engine: sglang 0.5.23, sglang/srt/model_executor/pool_configurator.py:340-535, sglang/srt/arg_groups/fields/
schedule.py:150,220]
"""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.catalog.rows import LayerGroup
from llmlint.engines import options
from llmlint.engines.request import Request
from llmlint.tuples import NamedTuple

WINDOW_TOKENS = 0.8
"""Tokens of the windowed layers' pool for one of the others (--swa-full-tokens-ratio)."""
STATE_MEMORY = 0.9
"""Memory of recurrent states for one byte of the others (--mamba-full-memory-ratio)."""


class Cell(NamedTuple):
    """Bytes of one token on one rank."""

    full: int
    windowed: int
    states: bool


def cell(groups: Sequence[LayerGroup], ranks: int, width: float) -> Cell:
    """Bytes of one token in the layers that keep every token and in those with a window."""
    full = windowed = 0
    for group in groups:
        mixer = group.mixer
        if mixer.kind == "mla":  # not divided among the ranks
            index = mixer.indexer_dim + mixer.indexer_dim // 128 * 4 if mixer.indexer_heads else 0
            full += group.n * (int((mixer.kv_lora + mixer.rope) * width) + index)
        elif mixer.kind == "gqa":
            value = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
            size = int(group.n * max(1, mixer.kv_heads // ranks) * (mixer.head_dim + value) * width)
            full, windowed = (full, windowed + size) if mixer.window else (full + size, windowed)
    states = any(group.mixer.kind in ("gdn", "mamba2", "shortconv") for group in groups)
    return Cell(full, windowed, states)


def tokens(request: Request, size: Cell, room: int) -> int:
    """Tokens that fit in so many bytes of one rank."""
    flags = request.flags
    ratio = options.share(flags, "swa-full-tokens-ratio") or WINDOW_TOKENS
    if size.states:
        room = int(room / (1 + (options.share(flags, "mamba-full-memory-ratio") or STATE_MEMORY)))
    if not size.full:  # nothing but windowed layers: they are the pool
        each = float(size.windowed)
    elif options.given(flags, "disable-hybrid-swa-memory"):
        each = float(size.full + size.windowed)
    else:
        each = size.full + ratio * size.windowed
    found = int(max(room, 0) / each) if each else 0
    most = options.positive(flags, "max-total-tokens")
    return min(found, most) if most else found
