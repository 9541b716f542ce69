"""What llama-server would run with: its flags, and the defaults of its build where a flag is not given.

Read from common/arg.cpp, common/common.h and tools/server/server.cpp as vendored in llama-cpp-python 0.3.36. Builds
before that had other defaults; the numbers below come from the dates of the changes: right to some dozens of builds.
"""

from __future__ import annotations

from llmlint.engines import options
from llmlint.engines.request import Request
from llmlint.engines.weights.mixtures import BLOCKS
from llmlint.tuples import NamedTuple

MIB = 2**20
NEWEST = 10**6
ALL = 10**6
"""As many layers as there are."""
LATENT_SINCE = 5130
"""Latent attention keeps its compressed cache; before, full keys and values."""
WINDOW_SINCE = 5440
"""Layers with a window have a cache of their own size; before, the whole context."""
AUTO_SINCE = 6325
"""Flash attention is chosen and all layers go to the GPU; before, both had to be asked for."""
SLOTS_SINCE = 6900
"""The server makes four slots of one cache; before, one slot."""
PAD_SINCE = 7000
"""Caches are whole multiples of 256 cells; before, of 32 without flash attention."""
FIT_SINCE = 7400
"""--fit is there, and on."""
SLOTS, BATCH, MICRO_BATCH, MARGIN, LEAST, PROMPT_CACHE = 4, 2048, 512, 1024, 4096, 8192


class Settings(NamedTuple):
    """All that memory depends on. Sizes in tokens, or bytes where it is said."""

    context: int | None
    """Cells that the user asked for, over all slots; None where the model's own context is taken."""
    slots: int
    unified: bool
    """All slots share one cache."""
    micro: int
    """Tokens of one pass through the graph."""
    key_type: str
    value_type: str
    flash: bool
    layers: int | None
    """Layers for the GPU; None where the engine chooses."""
    fit: bool
    margin: int
    """Bytes that --fit leaves free on each device."""
    least: int
    """The context that --fit does not go below."""
    whole_windows: bool
    """Layers with a window keep the whole context."""
    compressed: bool
    """Latent attention keeps its compressed form."""
    padding: int
    cache_on_device: bool
    experts_on_host: int
    """The first layers whose experts stay on the host."""
    split: tuple[float, ...]
    one_device: bool
    prompt_cache: int
    """Bytes of host memory that the server keeps old prompts in."""

    @property
    def streams(self) -> int:
        """Caches side by side."""
        return 1 if self.unified else self.slots

    def cells(self, context: int) -> int:
        """Cells of one stream for a context over all of them."""
        return _padded(_padded(context, self.padding) // self.streams, self.padding)


def settings(request: Request) -> Settings:
    """The settings of a request."""
    flags, build = request.flags, _build(request.version)
    slots = options.whole(flags, "parallel")
    auto = (slots is None or slots < 0) and build >= SLOTS_SINCE
    flash = _flash(flags.get("flash-attn"), build)
    micro = min(options.whole(flags, "ubatch-size") or MICRO_BATCH, options.whole(flags, "batch-size") or BATCH)
    chosen = slots if slots is not None and slots > 0 else SLOTS if auto else 1
    return Settings(
        context=options.whole(flags, "ctx-size") or None,
        slots=chosen,
        unified=_unified(request, auto),
        micro=micro,
        key_type=(options.text(flags, "cache-type-k") or request.cache or "f16").lower(),
        value_type=(options.text(flags, "cache-type-v") or request.cache or "f16").lower(),
        flash=flash,
        layers=_layers(options.text(flags, "n-gpu-layers"), build),
        fit=build >= FIT_SINCE and (options.text(flags, "fit") or "on").lower() not in ("off", "false", "0"),
        margin=_margin(options.text(flags, "fit-target")),
        least=options.whole(flags, "fit-ctx") or LEAST,
        whole_windows=options.given(flags, "swa-full") or build < WINDOW_SINCE,
        compressed=build >= LATENT_SINCE,
        padding=256 if flash or build >= PAD_SINCE else 32,
        cache_on_device=flags.get("kv-offload") is not False,
        experts_on_host=ALL if options.given(flags, "cpu-moe") else options.whole(flags, "n-cpu-moe") or 0,
        split=_split(options.text(flags, "tensor-split")),
        one_device=options.text(flags, "split-mode") == "none",
        prompt_cache=_prompt_cache(options.whole(flags, "cache-ram"), build),
    )


def known_type(name: str) -> str | None:
    """A cache type in llama.cpp's words, None for types that only a fork knows."""
    known = {"fp16": "f16", "fp32": "f32"}.get(name, name)
    return known if known in BLOCKS else None


def _build(version: tuple[int, ...] | None) -> int:
    """Build numbers are single; anything else (llama-cpp-python, a date) is taken as new."""
    return version[0] if version is not None and len(version) == 1 and version[0] >= 1000 else NEWEST


def _padded(cells: int, padding: int) -> int:
    return -(-cells // padding) * padding


def _flash(written: object, build: int) -> bool:
    """`auto` chooses flash attention wherever the device has it: taken as yes. Older builds had a switch."""
    if written is None:
        return build >= AUTO_SINCE
    return written is True or str(written).lower() in ("on", "auto", "1", "true", "enabled")


def _unified(request: Request, auto: bool) -> bool:
    if request.flags.get("kv-unified") is False:
        return False
    return auto or options.given(request.flags, "kv-unified")


def _layers(written: str | None, build: int) -> int | None:
    """`all`, or a number; -1 and `auto` leave it to the engine, as does nothing from AUTO_SINCE on."""
    if written is None or written.lower() == "auto":
        return None if build >= AUTO_SINCE else 0
    if written.lower() == "all" or not written.lstrip("-").isdigit():
        return ALL
    number = int(written)
    return None if number == -1 else number if number >= 0 else ALL


def _margin(written: str | None) -> int:
    """Megabytes, or one number for each device, of which the largest is taken."""
    parts = [part.strip() for part in (written or "").split(",")]
    return max((int(part) for part in parts if part.isdigit()), default=MARGIN) * MIB


def _split(written: str | None) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in (written or "").replace("/", ",").split(",") if part.strip())
    except ValueError:
        return ()


def _prompt_cache(megabytes: int | None, build: int) -> int:
    if megabytes is None:
        return PROMPT_CACHE * MIB if build >= SLOTS_SINCE else 0
    return max(megabytes, 0) * MIB
