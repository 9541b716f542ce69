"""The draft model of speculative decoding beside the large one: weights, a cache of its own, a compute buffer.

It takes over the large model's settings, its context and slots among them, but has layers and cache types of its own
(common_base_params_to_speculative in common/speculative.cpp, llama-cpp-python 0.3.36); --fit counts it with the large
model (common_fit_extra_model in common/fit.cpp).
"""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.engines import options
from llmlint.engines.llamacpp.placement import Job, spread
from llmlint.engines.llamacpp.settings import ALL, Settings
from llmlint.engines.request import Request
from llmlint.engines.weights import gguf


def used(request: Request, chosen: Settings, context: int, shares: Sequence[float]) -> tuple[int, ...]:
    """Bytes of the draft model on each device that takes `shares`; zeros without one whose layers are known."""
    draft, none = request.draft, (0,) * len(shares)
    file = gguf.file(draft.model, draft.weights) if draft is not None else None
    if draft is None or file is None:
        return none
    if draft.model.checkpoint_bytes is not None:
        file = file.scaled(draft.model.checkpoint_bytes)
    found = spread(Job(draft.model, _own(request, chosen), file), context, shares, _layers(request), 0)
    return tuple(device.used for device in found.devices) if found is not None else none


def _own(request: Request, chosen: Settings) -> Settings:
    """The large model's settings with the draft model's cache types."""
    key, value = (options.text(request.flags, f"spec-draft-type-{which}") or "f16" for which in "kv")
    return chosen._replace(key_type=key.lower(), value_type=value.lower(), experts_on_host=0)


def _layers(request: Request) -> int:
    """Layers on devices: `auto` and `all` are all of them."""
    asked = options.whole(request.flags, "spec-draft-ngl")
    return asked if asked is not None and asked >= 0 else ALL
