"""Which layers of a GGUF model look back over a window only: as llama.cpp decides, mostly from the architecture's name.

Read in src/models/*.cpp and llama-model.cpp (load_swa_pattern) as vendored in llama-cpp-python 0.3.36. An architecture
that is not here keeps every token in every layer, whatever its keys say: so llama.cpp runs it.
"""

from __future__ import annotations

from llmlint.catalog.gguf_metadata import Metadata
from llmlint.tuples import NamedTuple


class Pattern(NamedTuple):
    """Which layers are windowed where the file has no list of them."""

    period: int | None = None
    """Every n-th layer keeps all tokens; None where the file must list them."""
    full_first: bool = False
    """The first of a period keeps all, instead of the last."""
    window: int | None = None
    """Tokens, where the file states none."""
    fixed: bool = False
    """The window is `window` whatever the file states."""
    chunked: bool = False
    only_layers: int | None = None
    """Applies to models of so many layers only."""


PATTERNS = {
    "afmoe": Pattern(4),
    "cohere2": Pattern(4),
    "cohere2moe": Pattern(4, full_first=True),
    "exaone-moe": Pattern(4, window=128),
    "exaone4": Pattern(4, window=4096, only_layers=64),
    "gemma2": Pattern(2, window=4096),
    "gemma3": Pattern(6),
    "gemma3n": Pattern(5),
    "gemma4": Pattern(),
    "gemma-embedding": Pattern(6),
    "gpt-oss": Pattern(2),
    "granite-swa": Pattern(),
    "llama4": Pattern(4, window=8192, fixed=True, chunked=True),
    "mellum": Pattern(4),
    "mimo2": Pattern(),
    "olmo2": Pattern(4),
    "plamo3": Pattern(8),
    "smallthinker": Pattern(4, full_first=True, window=4096, fixed=True),
    "step35": Pattern(),
}
NO_WINDOW_STATED = {"afmoe", "gemma3", "mellum", "olmo2", "plamo3", "smallthinker"}
"""Without the key these keep everything in every layer; the others of the table cannot do without a window."""


def window(metadata: Metadata, layer: int) -> tuple[int | None, bool]:
    """Tokens that a layer looks back (None: all), and whether they come in chunks."""
    pattern = PATTERNS.get(metadata.arch or "")
    if pattern is None or (pattern.only_layers is not None and metadata.number("block_count") != pattern.only_layers):
        return None, False
    stated = metadata.number("attention.sliding_window")
    if stated == 0 or (stated is None and (pattern.window is None or metadata.arch in NO_WINDOW_STATED)):
        return None, False
    size = pattern.window if pattern.fixed or stated is None else stated
    return (size, pattern.chunked) if _windowed(metadata, pattern, layer) else (None, False)


def _windowed(metadata: Metadata, pattern: Pattern, layer: int) -> bool:
    listed = metadata.get("attention.sliding_window_pattern")
    if isinstance(listed, tuple):
        return layer < len(listed) and bool(listed[layer])
    period = metadata.number("attention.sliding_window_pattern") or pattern.period
    if period is None:
        return False
    return layer % period != (0 if pattern.full_first else period - 1)


def unused_window(metadata: Metadata) -> int | None:
    """A window that the file states and llama.cpp does not apply."""
    stated = metadata.number("attention.sliding_window")
    return stated if stated and metadata.arch not in PATTERNS else None
