"""llama.cpp's --fit: a context that was not asked for shrinks, then layers move to the host, until a margin stays free.

Read from common/fit.cpp as vendored in llama-cpp-python 0.3.36. It changes nothing that the user set; where it may not
change what it must, it says why and the load goes on as asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from llmlint.catalog.rows import Model
from llmlint.engines.llamacpp.placement import Load, Piece, assigned, pieces, spread
from llmlint.engines.llamacpp.settings import ALL, Settings
from llmlint.engines.weights.gguf import File

MULTIPLE = 256
"""A reduced context is a multiple of it, in every stream."""


class Fitted(NamedTuple):
    """How the model would be loaded."""

    load: Load
    failure: str
    """Why --fit gave up, in its words; empty where it did not."""


def fitted(model: Model, settings: Settings, file: File, context: int, free: Sequence[int]) -> Fitted | None:
    """The load on devices with `free` bytes each; None where the cache is not known."""
    shares = settings.split if len(settings.split) == len(free) else free
    layers = ALL if settings.layers is None else settings.layers

    def at(tokens: int) -> Load | None:
        return spread(model, settings, file, tokens, [float(s) for s in shares], layers, settings.experts_on_host)

    full = at(context)
    if full is None or not settings.fit or not free or _meets(full, free, settings.margin):
        return Fitted(full, "") if full is not None else None
    if settings.context is None:
        reduced = at(_reduced(full, at(settings.least), context, free, settings))
        if reduced is not None and _meets(reduced, free, settings.margin):
            return Fitted(reduced, "")
        full = reduced or full
    if settings.layers is not None:
        return Fitted(full, f"n_gpu_layers already set by user to {settings.layers}, abort")
    if settings.split and len(free) > 1:
        return Fitted(full, "model_params::tensor_split already set by user, abort")
    if settings.experts_on_host:
        return Fitted(full, "model_params::tensor_buft_overrides already set by user, abort")
    moved = _moved(model, settings, file, full.context, free)
    return Fitted(moved, "") if moved is not None else None


def _meets(load: Load, free: Sequence[int], margin: int) -> bool:
    return all(device.used + margin <= room for device, room in zip(load.devices, free, strict=True))


def _reduced(full: Load, least: Load | None, context: int, free: Sequence[int], settings: Settings) -> int:
    """Between the full and the least context in a straight line, rounded down."""
    if least is None or context <= settings.least:
        return context
    target = sum(free) - settings.margin * len(free)
    if len(free) > 1:
        target -= (len(free) + 1) * sum(device.weights for device in full.devices) // max(full.layers, 1) // 2
    most, few = (sum(device.used for device in load.devices) for load in (full, least))
    if target <= few or most <= few:
        return settings.least
    tokens = settings.least + (context - settings.least) * (target - few) // (most - few)
    align = MULTIPLE * settings.streams
    return max(min(tokens, context) // align * align, settings.least)


def _moved(model: Model, settings: Settings, file: File, context: int, free: Sequence[int]) -> Load | None:
    """Layers from the back as far as they fit; of a mixture first without its experts, then those of the last layers."""
    found = pieces(model, settings, file, context)
    if found is None:
        return None
    mixture = any(file.experts)
    scratch = assigned(model, settings, file, context, found, [0] * len(found), 0, 1).devices[0].compute
    room = [size - settings.margin - scratch for size in free]
    owner = _filled(found, list(room), [piece.experts if mixture else 0 for piece in found])
    load = assigned(model, settings, file, context, found, owner, len(found) if mixture else 0, len(free))
    if not mixture or -1 in owner:
        return load
    left = sum(room) + scratch * len(free) - sum(device.used for device in load.devices)
    kept = len(found) - 1
    while kept > 0 and left >= found[kept - 1].experts:
        kept -= 1
        left -= found[kept].experts
    return assigned(model, settings, file, context, found, _even(len(found), len(free)), kept, len(free))


def _filled(found: Sequence[Piece], room: list[int], without: Sequence[int]) -> list[int]:
    """Owners of the layers when devices are filled from the last to the first, from the back of the model."""
    owner, device = [-1] * len(found), len(room) - 1
    for number in range(len(found) - 1, -1, -1):
        size = sum((found[number].weights, found[number].cache, found[number].state)) - without[number]
        while device >= 0 and size > room[device]:
            device -= 1
        if device < 0:
            break
        room[device] -= size
        owner[number] = device
    return owner


def _even(layers: int, devices: int) -> list[int]:
    return [number * devices // layers for number in range(layers)]
