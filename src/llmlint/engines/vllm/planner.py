"""vLLM's KV cache planner: layers to groups, groups to blocks, and whether one request fits.

A pure function of layer specs and bytes, written after vllm 0.33.0 (vllm/v1/core/kv_cache_planning.py and
vllm/v1/kv_cache_interface.py) and equal to it to the byte: tests/engines/vllm_planner.jsonl holds its answers. All
layers draw blocks from one pool; every block has the same bytes; a request holds blocks per group. Sizes are bytes of
one rank.
"""

from __future__ import annotations

from llmlint.engines.vllm import texts
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal, TypeAlias


class Spec(NamedTuple):
    """The cache of one layer on one rank."""

    kind: Literal["full", "mla", "sliding", "chunked", "state"]
    block: int
    """Tokens of a block."""
    page: int
    """Bytes of a block of this layer, padding included."""
    shape: tuple[int, ...] = ()
    """What tells layers of equal page apart: heads and their widths."""
    window: int = 0
    """sliding, chunked: tokens that are looked back at."""
    resident: int = 1
    """state: blocks that a request holds, however long it is."""


class Group(NamedTuple):
    """Layers that share their blocks."""

    specs: tuple[Spec, ...]
    """The kinds of layers in it: one, unless layers of several widths share the group."""
    bytes: int
    """Of one block, over all layers of the group."""
    number: int = 1
    """How many such groups there are."""


class Unplannable(ValueError):
    """The engine refuses such a mixture of layers, or plans it in a way that is not modelled."""


class Plan(NamedTuple):
    """The pool of one rank."""

    block: int
    """Tokens of a block of the first group; the smallest where they differ."""
    block_bytes: int
    page: int
    """Bytes of a block of the layer that has the largest."""
    blocks: int
    request_blocks: int
    """Blocks that a request of the full context holds at most."""
    groups: int
    refusal: str
    """The engine's own words where no request of the full context fits, else empty."""
    longest: int
    """Tokens of the longest request that fits, at most the context asked for; 0 for none."""

    @property
    def request_bytes(self) -> int:
        """Bytes that a request of the full context holds at most."""
        return self.block_bytes * self.request_blocks

    @property
    def concurrency(self) -> float:
        """Requests of the full context that the pool holds at once."""
        return self.blocks / self.request_blocks


Layers: TypeAlias = "Iterable[tuple[Spec, int]]"
"""Specs and how many layers have each."""


def plan(layers: Layers, available: int, context: int, in_flight: int, hybrid: bool = True) -> Plan:
    """What the engine makes of `available` bytes for requests of up to `context` tokens.

    `in_flight` tokens may be scheduled and not yet settled. `hybrid` False is --disable-hybrid-kv-cache-manager. One
    block is kept back for the null block. Raises Unplannable.
    """
    return planned(grouped(merged(layers), hybrid), available, context, in_flight)


def planned(groups: Sequence[Group], available: int, context: int, in_flight: int) -> Plan:
    """The same for layers that are grouped already."""
    size, blocks = max(group.bytes for group in groups), _blocks(groups, context, in_flight)
    room, needed = available - size, size * blocks
    longest = context
    if needed > room:
        longest = _longest(lambda tokens: size * _blocks(groups, tokens, in_flight) <= room, context)
    refusal = texts.no_memory() if room <= 0 else ""
    if not refusal and needed > room:
        refusal = texts.one_request(context, needed, room, longest)
    block = min((spec.block for group in groups for spec in group.specs if spec.kind != "state"), default=0)
    count = sum(group.number for group in groups)
    page = max(spec.page for group in groups for spec in group.specs)
    return Plan(block, size, page, max(available // size, 0), blocks, count, refusal, longest)


def request_bytes(groups: Sequence[Group], tokens: int, in_flight: int) -> int:
    """Bytes that a request of so many tokens holds at most."""
    return max(group.bytes for group in groups) * _blocks(groups, tokens, in_flight)


def _blocks(groups: Sequence[Group], tokens: int, in_flight: int) -> int:
    return sum(group.number * _pages(group, tokens, in_flight) for group in groups)


def merged(layers: Layers) -> dict[Spec, int]:
    """Layers counted by spec, in the order in which each first appears."""
    counted: dict[Spec, int] = {}
    for spec, number in layers:
        counted[spec] = counted.get(spec, 0) + number
    return counted


def grouped(layers: dict[Spec, int], hybrid: bool = True) -> list[Group]:
    """The groups that the engine forms, for layouts whose outermost dimension is the layer (its default).

    vllm/v1/core/kv_cache_planning.py: get_kv_cache_groups.
    """
    if not hybrid:
        layers = _promoted(layers)
    if _one_type(layers):
        return [Group(tuple(layers), sum(spec.page * number for spec, number in layers.items()))]
    return _even_groups(merged((_unified(spec, max(other.page for other in layers)), n) for spec, n in layers.items()))


def _one_type(layers: dict[Spec, int]) -> bool:
    """Whether a request needs the same number of tokens of all layers, so that they share one group."""
    first = next(iter(layers))
    return all(spec.block == first.block and _similar(first, spec) for spec in layers)


def _similar(first: Spec, other: Spec) -> bool:
    if first.kind in ("full", "mla"):
        return other.kind in ("full", "mla")
    if first.kind == "state":
        return other.kind == "state" and (other.page, other.resident) == (first.page, first.resident)
    return other.kind == first.kind and other.window == first.window


def _unified(spec: Spec, largest: int) -> Spec:
    """The layer with the largest page: in larger blocks where that divides it, else padded."""
    if spec.page == largest:
        return spec
    if spec.kind != "state" and largest % spec.page == 0:
        return spec._replace(block=spec.block * (largest // spec.page), page=largest)
    if spec.kind == "mla":
        raise Unplannable("pages of latent attention cannot be padded")
    return spec._replace(page=largest)


def _even_groups(layers: dict[Spec, int]) -> list[Group]:
    """Groups of equally many layers, the last one of each kind padded.

    As many as the rarest kind has layers, or as the most frequent has where that is less than half as many again
    (vllm/v1/core/kv_cache_planning.py: _get_kv_cache_groups_uniform_page_size).
    """
    fewest, most = min(layers.values()), max(layers.values())
    size = most if most < fewest * 1.5 else fewest
    return [
        Group((spec,), spec.page * -(-number // -(-number // size)), -(-number // size))
        for spec, number in layers.items()
    ]


def _promoted(layers: dict[Spec, int]) -> dict[Spec, int]:
    """Windowed layers as full ones: what is left of them without the hybrid manager."""
    if _one_type(layers):
        return layers
    full = next((spec for spec in layers if spec.kind in ("full", "mla")), None)
    if full is None or any(spec.kind == "state" for spec in layers):
        raise Unplannable("Failed to promote local KV cache specs to one unified type.")
    return merged(
        (spec._replace(kind="full", window=0) if spec.window else spec, number) for spec, number in layers.items()
    )


def _pages(group: Group, tokens: int, in_flight: int) -> int:
    """Blocks of one group that a request of `tokens` holds at most."""
    return max(pages(spec, tokens, in_flight) for spec in group.specs)


def pages(spec: Spec, tokens: int, in_flight: int) -> int:
    """Blocks of one layer that a request of `tokens` holds at most (vllm/v1/kv_cache_interface.py)."""
    if spec.kind == "state":
        return spec.resident
    if spec.kind == "sliding":  # one more, since a window need not begin with a block
        return -(-min(spec.window - 1 + in_flight, tokens) // spec.block) + 1
    if spec.kind == "chunked":
        return -(-min(spec.window + in_flight, tokens) // spec.block)
    return -(-tokens // spec.block)


def _longest(fits: Callable[[int], bool], context: int) -> int:
    """The most tokens up to `context` that fit, by the engine's own bisection."""
    if not fits(1):
        return 0
    left, right, found = 1, context, 1
    while left <= right:
        middle = (left + right) // 2
        if fits(middle):
            found, left = middle, middle + 1
        else:
            right = middle - 1
    return found
