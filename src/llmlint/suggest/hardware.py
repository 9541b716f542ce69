"""What has to be bought or rented: more or larger cards, larger machine types, system memory, storage. No prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from llmlint.catalog import Catalogue
from llmlint.catalog.rows import Accelerator, Machine
from llmlint.edit import Change
from llmlint.facts import Facts
from llmlint.facts.sold import SIZES_SOLD
from llmlint.finding import Finding
from llmlint.quantity import binary_size
from llmlint.suggest.serving import TENSOR, parallel
from llmlint.suggest.step import Argument, Dimension, Step

COUNTS = (2, 3, 4, 6, 8)
"""Cards that machines are built with."""
STORAGE = (50, 100, 200, 250, 500, 1000, 2000, 4000, 8000, 16000)
"""Sizes of disks in GB."""
MOST_MACHINES = 24
"""Machine types that are tried."""
MOST_CARDS = 12
NAMES = {"cards", "card", "machine"}
"""Dimensions that are other accelerators."""


def dimensions(facts: Facts) -> Iterator[Dimension]:
    """Cheapest first."""
    machine = facts.deployment.machine
    if machine is None or facts.shared.name is not None:
        return
    if machine.gpus:
        yield Dimension("cards", tuple(_more_cards(facts)))
        yield Dimension("card", tuple(_larger_cards(facts)), pairs=False)
    elif machine.gpus is None and facts.machine.row is not None:
        yield Dimension("machine", tuple(_machines(facts, facts.machine.row)), pairs=False)


def needs(facts: Facts, errors: Iterable[Finding]) -> Iterator[Dimension]:
    """Memory and storage, where findings are about them."""
    machine = facts.deployment.machine
    paths = [finding.path for finding in errors]
    if machine is None or machine.instance is not None:
        return
    if any(path[:2] == ("machine", "ram") for path in paths) and machine.ram is not None:
        sizes = [size for size in SIZES_SOLD if size * 2**30 > machine.ram]
        steps = tuple(_size("ram", "RAM", size, ("machine", "ram")) for size in sizes)
        yield Dimension("ram", steps, at=("machine", "ram"))
    if any(path[:2] == ("machine", "storage") for path in paths) and machine.storage is not None:
        yield Dimension("storage", tuple(_storage(facts)), at=("machine", "storage"))


def _size(name: str, words: str, size: int, *paths: tuple[str, ...]) -> Step:
    """A size in GB for some keys."""
    written = f"{size // 1000}TB" if name == "storage" and size % 1000 == 0 else f"{size}GB"
    return Step(f"{written} of {words}", 7, tuple(Change(path, written) for path in paths))


def _storage(facts: Facts) -> Iterator[Step]:
    machine = facts.deployment.machine
    device = machine.storage if machine is not None else None
    if device is None:
        return
    present = device.free if device.free is not None else device.capacity or 0
    key = "free" if device.free is not None else "capacity"
    for size in STORAGE:
        if size * 10**9 > present:
            larger = device.free is not None and device.capacity is not None and device.capacity < size * 10**9
            keys = (key, "capacity") if larger else (key,)
            words = "free storage" if key == "free" else "storage"
            yield _size("storage", words, size, *(("machine", "storage", one) for one in keys))


def _more_cards(facts: Facts) -> Iterator[Step]:
    cards = facts.gpu.named
    if len(cards) != 1 or not cards[0].number:
        return
    for count in COUNTS:
        if count <= cards[0].number or (count in (3, 6) and facts.engine.name in TENSOR):
            continue
        changes: tuple[Change | Argument, ...] = (Change(("machine", "gpus", 0, "count"), count),)
        changes += parallel(facts, count)
        yield Step(f"{count} × {cards[0].label}", 10 + count / 10, changes)


def _larger_cards(facts: Facts) -> Iterator[Step]:
    """Other cards of the same maker, the smallest first: by memory, then those of the same kind, then the newest."""
    cards = facts.gpu.named
    machine = facts.deployment.machine
    if len(cards) != 1 or cards[0].row is None or cards[0].row.unified or not cards[0].memory or machine is None:
        return
    present, stated = cards[0].row, machine.gpus is not None and machine.gpus[0].memory is not None
    for rank, row in enumerate(_by_memory(facts, present, cards[0].memory)[:MOST_CARDS]):
        changes = [Change(("machine", "gpus", 0, "name"), row.name)]
        if stated:
            changes.append(Change(("machine", "gpus", 0, "memory"), f"{(row.memory_bytes or 0) // 2**30}GB"))
        each = " each" if cards[0].number > 1 else ""
        title = f"{cards[0].number} × {row.name} ({binary_size(row.memory_bytes or 0)}{each})"
        yield Step(title, 14 + rank / 10, tuple(changes))


def _by_memory(facts: Facts, present: Accelerator, least: int) -> list[Accelerator]:
    """One card of each size above `least`."""
    best: dict[int, Accelerator] = {}
    for row in _rows(facts.catalogue, "accelerator"):
        if not isinstance(row, Accelerator) or row.vendor != present.vendor or row.unified or row.devices_per_card > 1:
            continue
        memory = row.memory_bytes
        if memory is None or memory <= least:
            continue
        if facts.catalogue.accelerator(row.name).row != row:
            continue
        if memory not in best or _nearness(row, present) > _nearness(best[memory], present):
            best[memory] = row
    return [best[memory] for memory in sorted(best)]


@lru_cache(maxsize=4)
def _rows(catalogue: Catalogue, kind: Literal["accelerator", "machine"]) -> tuple[object, ...]:
    """All rows of a kind; reading them takes longer than a hundred lints."""
    return tuple(catalogue.search(kind, []))


def _nearness(row: Accelerator, present: Accelerator) -> tuple[bool, str, str]:
    return row.arch == present.arch, row.released or "", row.id


def _machines(facts: Facts, present: Machine) -> Iterator[Step]:
    """Machine types with more GPU memory: of the same provider first, each by memory in all, then count."""
    provider = present.id.partition("/")[0]
    least = _vram(facts, present) or 0
    maker = facts.catalogue.accelerator(present.accelerator).row
    found: dict[tuple[bool, int], tuple[int, int, str, Machine, Accelerator]] = {}
    for row in _rows(facts.catalogue, "machine"):
        if not isinstance(row, Machine):
            continue
        card, memory = facts.catalogue.accelerator(row.accelerator).row, _vram(facts, row)
        if card is None or memory is None or memory <= least or maker is None or card.vendor != maker.vendor:
            continue
        key = (row.id.partition("/")[0] != provider, memory)
        entry = (row.count, row.ram_bytes or 0, row.id, row, card)
        if key not in found or entry[:3] < found[key][:3]:
            found[key] = entry
    for rank, key in enumerate(sorted(found)[:MOST_MACHINES]):
        count, _, _, row, card = found[key]
        title = f"machine {row.id} ({count} × {card.name}, {binary_size(key[1])})"
        yield Step(title, 20 + rank / 10, (Change(("machine", "instance"), row.id), *parallel(facts, count)))


def _vram(facts: Facts, row: Machine) -> int | None:
    card = facts.catalogue.accelerator(row.accelerator).row
    return int(row.count * row.partition * card.memory_bytes) if card is not None and card.memory_bytes else None
