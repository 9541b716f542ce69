"""llama.cpp's --fit: a context that was not asked for shrinks, then layers move to the host, until a margin stays free.

Read from common/fit.cpp as vendored in llama-cpp-python 0.3.36. It changes nothing that the user set; where it may not
change what it must, it says why and the load goes on as asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.engines.llamacpp.placement import Job, Load, Piece, Places, assigned, pieces, spread
from llmlint.engines.llamacpp.settings import ALL, Settings
from llmlint.tuples import NamedTuple

MULTIPLE = 256
"""A reduced context is a multiple of it, in every stream."""


class Fitted(NamedTuple):
    """How the model would be loaded."""

    load: Load
    failure: str
    """Why --fit gave up, in its words; empty where it did not."""
    beside: tuple[int, ...] = ()
    """Bytes of a draft model on each device; empty without one."""


def fitted(job: Job, context: int, free: Sequence[int]) -> Fitted | None:
    """The load on devices with `free` bytes each; None where the cache is not known."""
    settings = job.settings
    shares = settings.split if len(settings.split) == len(free) else tuple(map(float, free))
    layers = ALL if settings.layers is None else settings.layers

    def at(tokens: int) -> Load | None:
        return spread(job, tokens, shares, layers, settings.experts_on_host)

    full = at(context)
    if full is None or not settings.fit or not free or _meets(full, free, settings.margin):
        return Fitted(full, "") if full is not None else None
    if settings.context is None:
        full = at(_reduced(full, at(settings.least), free, settings)) or full
        if _meets(full, free, settings.margin):
            return Fitted(full, "")
    forbidden = _forbidden(settings, len(free))
    if forbidden:
        return Fitted(full, forbidden)
    moved = _moved(job, full.context, free)
    return Fitted(moved, "") if moved is not None else None


def _forbidden(settings: Settings, devices: int) -> str:
    """Why layers may not move: the user placed them."""
    if settings.layers is not None:
        return f"n_gpu_layers already set by user to {settings.layers}, abort"
    if settings.split and devices > 1:
        return "model_params::tensor_split already set by user, abort"
    return "model_params::tensor_buft_overrides already set by user, abort" if settings.experts_on_host else ""


def _meets(load: Load, free: Sequence[int], margin: int) -> bool:
    return all(device.used + margin <= room for device, room in zip(load.devices, free, strict=True))


def _reduced(full: Load, least: Load | None, free: Sequence[int], settings: Settings) -> int:
    """Between the full and the least context in a straight line, rounded down."""
    if least is None or full.context <= settings.least:
        return full.context
    target = sum(free) - settings.margin * len(free)
    if len(free) > 1:
        target -= (len(free) + 1) * sum(device.weights for device in full.devices) // max(full.layers, 1) // 2
    most, few = (sum(device.used for device in load.devices) for load in (full, least))
    if target <= few or most <= few:
        return settings.least
    tokens = settings.least + (full.context - settings.least) * (target - few) // (most - few)
    align = MULTIPLE * settings.streams
    return max(min(tokens, full.context) // align * align, settings.least)


def _moved(job: Job, context: int, free: Sequence[int]) -> Load | None:
    """Layers from the back as far as they fit; of a mixture first without experts, then with those of the last."""
    found = pieces(job, context)
    if found is None:
        return None
    mixture = any(job.file.experts)
    scratch = assigned(job, context, found, Places([0] * len(found), 0, 1)).devices[0].compute
    room = [size - job.settings.margin - scratch for size in free]
    owners = _filled(found, list(room), mixture)
    load = assigned(job, context, found, Places(owners, len(found) if mixture else 0, len(free)))
    if not mixture or -1 in owners:
        return load
    left = sum(room) + scratch * len(free) - sum(device.used for device in load.devices)
    kept = len(found) - 1
    while kept > 0 and left >= found[kept - 1].experts:
        kept -= 1
        left -= found[kept].experts
    return assigned(job, context, found, Places(_balanced(found, kept, len(free)), kept, len(free)))


def _filled(found: Sequence[Piece], room: list[int], without_experts: bool) -> list[int]:
    """Owners of the layers when devices are filled from the last to the first, from the back of the model."""
    owners, device = [-1] * len(found), len(room) - 1
    for number in range(len(found) - 1, -1, -1):
        piece = found[number]
        size = piece.weights + piece.cache + piece.state - (piece.experts if without_experts else 0)
        while device >= 0 and size > room[device]:
            device -= 1
        if device < 0:
            break
        room[device] -= size
        owners[number] = device
    return owners


def _balanced(found: Sequence[Piece], kept: int, devices: int) -> list[int]:
    """Owners such that every device holds about the same: the experts of the first `kept` layers count for nothing."""
    sizes = [p.weights + p.cache - (p.experts if number < kept else 0) for number, p in enumerate(found)]
    total, done, owners = sum(sizes) or 1, 0, []
    for size in sizes:
        owners.append(min((done + size // 2) * devices // total, devices - 1))
        done += size
    return owners
