"""Other instance types that would do, for remedies: nobody adds a card or memory to a cloud instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmlint.quantity import binary_size
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator, Machine
    from llmlint.facts import Facts


class Instance(NamedTuple):
    """An instance type and what it holds, in bytes."""

    row: Machine
    card: Accelerator
    vram: int
    ram: int


def with_vram(facts: Facts, needed: int) -> str | None:
    """The provider's smallest instance type whose accelerators hold so many bytes: the same kind if it can be."""
    found = [one for one in _others(facts) if one.vram >= needed]
    present = _present(facts)
    kind = present.accelerator if present is not None else ""
    least = min(found, key=lambda one: (one.card.id != kind, one.vram, one.ram, one.row.id), default=None)
    if least is None:
        return None
    return f"instance {least.row.id} ({least.row.count} × {least.card.name}, {binary_size(least.vram)})"


def with_ram(facts: Facts, needed: int) -> str | None:
    """The provider's smallest instance type with the same accelerators and at least so much system memory."""
    row = _present(facts)
    found = [
        one
        for one in _others(facts)
        if row is not None and one.card.id == row.accelerator and one.row.partition >= row.partition
        if one.row.count >= row.count and one.ram >= needed
    ]
    least = min(found, key=lambda one: (one.vram, one.ram, one.row.id), default=None)
    return f"instance {least.row.id} ({binary_size(least.ram)} of RAM)" if least is not None else None


def _present(facts: Facts) -> Machine | None:
    return facts.on_machine(lambda one: one.machine.row)


def _others(facts: Facts) -> Iterator[Instance]:
    """Instance types of the present one's provider, with accelerators of the same maker. Reads the whole catalogue."""
    from llmlint.catalog.rows import Machine

    present = _present(facts)
    maker = facts.catalogue.accelerator(present.accelerator).row if present is not None else None
    if present is None or maker is None:
        return
    provider = present.id.partition("/")[0]
    for row in facts.catalogue.search("machine", [provider]):
        if not isinstance(row, Machine) or row.id.partition("/")[0] != provider:
            continue
        card = facts.catalogue.accelerator(row.accelerator).row
        if card is not None and card.memory_bytes is not None and card.vendor == maker.vendor:
            yield Instance(row, card, int(row.count * row.partition * card.memory_bytes), row.ram_bytes or 0)
