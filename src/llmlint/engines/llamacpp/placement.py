"""Which layers go where: llama.cpp's division of a model over GPUs and host.

The last n of L + 1 layers go to the devices, the output head being the last; input embeddings stay on the host. Devices
take contiguous runs in proportion to their free memory (load_tensors in src/llama-model.cpp, llama-cpp-python 0.3.36).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from llmlint.catalog.rows import Model
from llmlint.engines.llamacpp import buffers, cache
from llmlint.engines.llamacpp.settings import Settings
from llmlint.engines.weights.gguf import File
from llmlint.engines.weights.order import order


class Piece(NamedTuple):
    """One layer in bytes; the last piece of a model is its output."""

    weights: int
    experts: int
    """The part of the weights that are routed experts."""
    cache: int
    state: int


class Device(NamedTuple):
    """What one GPU would hold, in bytes."""

    weights: int = 0
    cache: int = 0
    state: int = 0
    compute: int = 0

    @property
    def used(self) -> int:
        """All of it."""
        return sum(self)


class Load(NamedTuple):
    """A model laid out for a context."""

    context: int
    devices: tuple[Device, ...]
    host: Device
    """Weights with the embeddings, cache and states that stay on the host."""
    layers: int
    """Layers on devices, the output counted."""


def pieces(model: Model, settings: Settings, file: File, context: int) -> list[Piece] | None:
    """The layers in order, then the output; None where the cache is not known."""
    groups = model.groups or ()
    caches = [cache.layer_bytes(model, group, settings, context) for group in groups]
    recurrent = sum(group.n for group in groups if group.mixer.kind in ("gdn", "mamba2", "shortconv"))
    state = cache.state_bytes(model, settings) // recurrent if recurrent else 0
    found = []
    for number, index in enumerate(order(groups)):
        size = caches[index]
        if size is None:
            return None
        holds = state if groups[index].mixer.kind in ("gdn", "mamba2", "shortconv") else 0
        found.append(Piece(file.layers[number], file.experts[number], size, holds))
    return [*found, Piece((file.head or file.embedding) + file.others, 0, 0, 0)]


def spread(
    model: Model, settings: Settings, file: File, context: int, shares: Sequence[float], layers: int, on_host: int
) -> Load | None:
    """The model on devices that take `shares`, with the last `layers` there and the experts of the first `on_host` not."""
    found = pieces(model, settings, file, context)
    if found is None:
        return None
    count = min(layers, len(found)) if shares else 0
    start = len(found) - count
    bounds = [edge / sum(shares) for edge in accumulate(shares)]
    owner = [min(bisect_right(bounds, turn / count), len(shares) - 1) for turn in range(count)]
    return assigned(model, settings, file, context, found, [-1] * start + owner, on_host, len(shares))


def assigned(
    model: Model,
    settings: Settings,
    file: File,
    context: int,
    found: Sequence[Piece],
    owner: Sequence[int],
    on_host: int,
    devices: int,
) -> Load:
    """Bytes by device, with each layer's owner given; -1 is the host."""
    held = [[0, 0, 0] for _ in range(devices + 1)]
    for number, (piece, place) in enumerate(zip(found, owner, strict=True)):
        kept = piece.experts if number < on_host else 0
        last = number == len(found) - 1
        held[place][0] += piece.weights - kept if place >= 0 or not last or file.head else file.others
        held[-1][0] += kept if place >= 0 else 0
        held[-1 if not settings.cache_on_device else place][1] += piece.cache
        held[-1 if not settings.cache_on_device else place][2] += piece.state
    held[-1][0] += file.embedding
    compute = buffers.compute(model, settings, context)
    gpus = tuple(Device(*sizes, compute if any(sizes) else 0) for sizes in held[:-1])
    count = sum(place >= 0 for place in owner)
    return Load(context, gpus, Device(*held[-1], compute if not count else 0), count)
