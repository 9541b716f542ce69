"""What an engine would do with a request: its memory on one GPU, the cache that is left, and whether it starts."""

from __future__ import annotations

from llmlint.engines.estimate import Item
from llmlint.engines.request import Request
from llmlint.tuples import NamedTuple
from llmlint.typed import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Verdict: TypeAlias = 'Literal["fits", "tight", "does-not-fit", "unknown"]'
Late: TypeAlias = 'Literal["", "likely", "sure"]'


class Cache(NamedTuple):
    """The KV cache that the engine would set up. None is unknown."""

    bytes_per_token: int | None = None
    """Of one more token of a request on one GPU, over the layers that keep every token."""
    capacity_tokens: int | None = None
    """Tokens that the engine would print at this version, over all requests."""
    needed_bytes: int | None = None
    """What the workload's context × concurrency takes, over all GPUs."""
    max_context: int | None = None
    """Tokens of the longest request that it would serve, alone."""
    max_concurrency: float | None = None
    """Requests of the full context that it would hold at once."""


class Outcome(NamedTuple):
    """What the engine would do. Bytes are of one GPU (rank); the fullest, where they differ."""

    engine: str
    version: str
    usable: int | None = None
    """What programs see of one GPU."""
    budget: int | None = None
    """The engine's own share of it."""
    gpu: tuple[Item, ...] = ()
    """weights, kv_cache, activations, cuda_graphs, runtime: those that are known."""
    host: tuple[Item, ...] = ()
    storage: tuple[Item, ...] = ()
    """The checkpoint is called weights."""
    cache: Cache | None = None
    verdict: Verdict = "unknown"
    refusal: str = ""
    """The engine's own words where it would refuse to start."""
    late: Late = ""
    """It refuses for want of what lies outside its share, while it measures its graphs or once its cache is there:
    `sure` where it does at every end of the intervals."""
    unknown: tuple[str, ...] = ()
    """Paths of the deployment whose absence leaves something open."""
    remarks: tuple[str, ...] = ()
    """What a reader must know of the method."""


class Engine(Protocol):
    """A package engines/<name>; `flags.FLAGS` beside it is the table of its arguments."""

    NAME: str

    def outcome(self, request: Request) -> Outcome:
        """What the engine would do with a request."""
        ...
