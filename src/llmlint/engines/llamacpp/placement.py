"""Which layers go where: llama.cpp's division of a model over GPUs and host.

The last n of L + 1 layers go to the devices, the output head being the last; input embeddings stay on the host. Devices
take contiguous runs in proportion to their free memory (load_tensors in src/llama-model.cpp, llama-cpp-python 0.3.36).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from llmlint.catalog.rows import Model
from llmlint.engines.llamacpp import buffers, cache
from llmlint.engines.llamacpp.settings import Settings
from llmlint.engines.weights.gguf import File
from llmlint.engines.weights.order import order
from llmlint.tuples import NamedTuple

RECURRENT = ("gdn", "mamba2", "shortconv")


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
    parted: int
    """Layers on devices whose experts stay on the host."""


class Job(NamedTuple):
    """What is to be loaded."""

    model: Model
    settings: Settings
    file: File


class Places(NamedTuple):
    """Who owns what."""

    owners: Sequence[int]
    """The device of every piece; -1 is the host."""
    on_host: int
    """The first layers whose experts stay on the host."""
    devices: int


def pieces(job: Job, context: int) -> list[Piece] | None:
    """The layers in order, then the output; None where the cache is not known."""
    model, settings, file = job
    groups = model.groups or ()
    caches = [cache.layer_bytes(model, group, settings, context) for group in groups]
    recurrent = [group.mixer.kind in RECURRENT for group in groups]
    count = sum(group.n for group, keeps in zip(groups, recurrent, strict=True) if keeps)
    state = cache.state_bytes(model, settings) // count if count else 0
    found = []
    for number, index in enumerate(order(groups)):
        size = caches[index]
        if size is None:
            return None
        found.append(Piece(file.layers[number], file.experts[number], size, state if recurrent[index] else 0))
    return [*found, Piece((file.head or file.embedding) + file.others, 0, 0, 0)]


def spread(job: Job, context: int, shares: Sequence[float], layers: int, on_host: int) -> Load | None:
    """The model on devices that take `shares`: the last `layers` there, the experts of the first `on_host` not."""
    found = pieces(job, context)
    if found is None:
        return None
    count = min(layers, len(found)) if shares else 0
    start = len(found) - count
    total = sum(shares)
    bounds = [edge / total for edge in accumulate(shares)]
    owners = [min(bisect_right(bounds, turn / count), len(shares) - 1) for turn in range(count)]
    return assigned(job, context, found, Places([-1] * start + owners, on_host, len(shares)))


def assigned(job: Job, context: int, found: Sequence[Piece], places: Places) -> Load:
    """Bytes by device, with each piece's owner given."""
    model, settings, file = job
    weights, kept, states = ([0] * (places.devices + 1) for _ in range(3))
    parted = 0
    for number, (piece, owner) in enumerate(zip(found, places.owners, strict=True)):
        experts = piece.experts if number < places.on_host and owner >= 0 else 0
        parted += experts > 0
        shared = owner < 0 and number == len(found) - 1 and not file.head
        weights[owner] += file.others if shared else piece.weights - experts
        weights[-1] += experts
        holder = owner if settings.cache_on_device else -1
        kept[holder] += piece.cache
        states[holder] += piece.state
    weights[-1] += file.embedding
    compute = buffers.compute(model, settings, context)
    sizes = zip(weights, kept, states, strict=True)
    held = [Device(weight, size, state, compute if weight else 0) for weight, size, state in sizes]
    count = sum(owner >= 0 for owner in places.owners)
    return Load(context, tuple(held[:-1]), held[-1]._replace(compute=0 if count else compute), count, parted)
