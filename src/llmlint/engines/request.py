"""What an engine is asked: one deployment in plain terms, with every name already looked up. Sizes are bytes."""

from __future__ import annotations

from llmlint.catalog.record import Record
from llmlint.catalog.rows import Accelerator, Model
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

Flag: TypeAlias = "str | bool | int | float | Sequence[object] | Mapping[str, object] | None"
"""What an argument says: a word, a switch, a number, words or JSON."""


class Card(Record):
    """Accelerators of one kind."""

    name: str
    count: int
    usable: int | None = None
    """What the driver reports to programs, of one card."""
    usable_basis: str | None = None
    """measured, reserved, estimated or declared; None where nothing is known."""
    sold: int | None = None
    """Memory of one card as it is sold, or as the file states it."""
    row: Accelerator | None = None


class Draft(NamedTuple):
    """A second model that proposes tokens."""

    model: Model
    weights: str
    """Number format of its weights in a deployment's words."""


class Request(NamedTuple):
    """One deployment, as an engine sees it."""

    model: Model
    """A catalogue row, one read from local files, or one that the file describes; its groups may be unknown."""
    model_basis: str
    """catalogue, alias, derived-from-name, local, user or declared."""
    weights: str
    """Number format of the weights in a deployment's words: fp16, awq, q4_k_m, …"""
    weights_stated: bool = False
    """The file or the checkpoint says so; False where it is assumed."""
    cache: str | None = None
    """Number format of the KV cache; None for the engine's default."""
    context: int | None = None
    """Tokens of a request that the workload names, prompt and answer together."""
    concurrency: int | None = None
    """Requests in flight that the workload names."""
    version: tuple[int, ...] | None = None
    """The engine's; None where nobody states it."""
    newest: bool = False
    """It is not stated, but known to be whatever is newest: a tag such as `latest`, an installation without a pin."""
    flags: Mapping[str, Flag] = {}
    """The engine's arguments by their canonical long names, without dashes in front."""
    cards: tuple[Card, ...] | None = None
    """None = not known, () = none."""
    spread: bool = False
    """It spans machines of which these cards are those of one."""
    unified: bool = False
    """CPU and GPU share one memory."""
    working_set: int | None = None
    """What the GPU may use of a memory that it shares; None where it shares none, or nobody knows."""
    working_sets: tuple[int, int] | None = None
    """The same of the least and of the most memory that the chip is sold with, where none is stated."""
    ram: int | None = None
    offload: str = "none"
    """none, cpu or disk: where the user lets layers go that do not fit."""
    draft: Draft | None = None
    """The draft model of speculative decoding, for engines that place it like the large one (llama.cpp)."""
