"""The GPUs of a request as an engine's processes find them: how many, and what programs see of the smallest."""

from __future__ import annotations

from llmlint.engines.request import Card, Request
from llmlint.tuples import NamedTuple

VISIBLE = (0.985, 0.95, 1.0)
"""Share of the memory as sold that programs see of an NVIDIA card that nobody has measured: likely, least, most.

On Linux 0.5 to 2.7 % less than the driver reports is seen, and ECC takes 6 % of GDDR6 (132 recorded devices).
"""

UNIFIED_VISIBLE = (0.95, 0.93, 0.96)
"""The same of shared memory: 122,502 to 124,610 MiB were seen of 128 GiB."""


class Device(NamedTuple):
    """One GPU."""

    usable: int
    below: int
    """By how many bytes it may be less."""
    above: int
    card: Card
    measured: bool


def smallest(request: Request) -> Device | None:
    """The GPU with the least memory; None where no card's memory is known."""
    found = [device for card in request.cards or () if (device := _device(card)) is not None]
    if not found or len(found) != len(request.cards or ()):
        return None
    return min(found, key=lambda device: device.usable)


def count(request: Request) -> int | None:
    """How many GPUs there are; None where nobody knows."""
    return None if request.cards is None else sum(card.count for card in request.cards)


def lacking(request: Request, ranks: int) -> str:
    """What a process says that is given a GPU which is not there, in the driver's words; empty where all have one."""
    there = count(request)
    if there is None or ranks <= there or request.spread:
        return ""
    rows = (card.row for card in request.cards or ())
    runtime = "HIP" if any(row is not None and row.vendor == "amd" for row in rows) else "CUDA"
    return f"{runtime} error: invalid device ordinal"


def nvlink(device: Device) -> bool:
    """Whether NVLink joins such cards: those on SXM boards, and Hopper and Blackwell of data centres unless the name
    says PCIe (a bare H100 counts as the card with the least memory, and yet is mostly an SXM board)."""
    row = device.card.row
    if row is None or "pcie" in device.card.name.lower():
        return False
    return "sxm" in row.id or (row.cc or "").startswith(("9.", "10."))


def _device(card: Card) -> Device | None:
    # Whole GiB in a file are what a card is sold with; other figures were read off a driver.
    round_figure = card.usable_basis == "declared" and card.usable is not None and card.usable % 2**30 == 0
    if card.usable is not None and card.usable_basis != "estimated" and not round_figure:
        spread = 0 if card.usable_basis in ("measured", "declared") else round(card.usable * 0.01)
        return Device(card.usable, spread, spread, card, card.usable_basis == "measured")
    if card.usable is None and card.sold is None:
        return _shared(card)
    reported = card.row.reported_bytes if card.row is not None else None
    whole = min((size for size in (reported, card.sold) if size is not None), default=card.usable)
    if whole is None:
        return None
    unified = card.row is not None and card.row.unified
    return _estimated(whole, UNIFIED_VISIBLE if unified else VISIBLE, card)


def _shared(card: Card) -> Device | None:
    """Memory that GPU and CPU share, for chips that are sold with one size of it only."""
    options = card.row.ram_options_gb if card.row is not None and card.row.unified else ()
    if len(options) != 1:
        return None
    return _estimated(options[0] * 2**30, UNIFIED_VISIBLE, card)


def _estimated(whole: int, shares: tuple[float, float, float], card: Card) -> Device:
    likely, least, most = (round(whole * share) for share in shares)
    return Device(likely, likely - least, most - likely, card, False)
