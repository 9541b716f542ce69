"""The ledger of one kind of memory on a page: its bar, and a table with the numbers and the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from llmlint.ledger import ItemEntry, PlanEntry, whose_memory
from llmlint.quantity import binary_size, decimal_size
from llmlint.reports.html.bar import COLOURS, Bar, Range, bar_svg
from llmlint.reports.html.markup import Html, joined, tag
from llmlint.tuples import NamedTuple

Size: TypeAlias = Callable[[int], str]
BASES = {
    "exact": "exact",
    "engine": "the engine's own sum",
    "fitted": "fitted to recorded runs",
    "rule-of-thumb": "rule of thumb",
}
CACHE = "kv_cache"


class Memory(NamedTuple):
    """A kind of memory, and what is put there."""

    title: str
    items: Sequence[ItemEntry]
    limit: str
    """What the budget is."""
    budget: int | None
    usable: int | None
    size: Size = binary_size
    fills: bool = False
    """The engine fills it with its cache, which takes up what is open."""

    @property
    def needed(self) -> int:
        """Bytes of all parts."""
        return sum(item["bytes"] for item in self.items)


def gpu_card(entry: PlanEntry, fills: bool) -> Html | None:
    """The memory of one GPU; `fills`: the engine fills its share with cache."""
    gpu = entry["gpu"]
    whose = whose_memory(entry)
    title = f"Memory of {'the GPU' if whose == 'GPU' else whose}"
    items = _cache_last(gpu["items"]) if fills else list(gpu["items"])
    budget, usable = gpu["budget_bytes"], gpu["usable_bytes"]
    if budget is not None and usable is not None and budget < sum(item["bytes"] for item in items) <= usable:
        budget = usable  # some items lie outside of the engine's share
    limit = "the engine's share" if budget != usable else "the memory that programs see"
    return _card(Memory(title, items, limit, budget, usable, fills=fills))


def host_card(entry: PlanEntry) -> Html | None:
    """System memory."""
    usable = entry["host"]["usable_bytes"]
    return _card(Memory("System memory", entry["host"]["items"], "the memory", usable, usable))


def storage_card(entry: PlanEntry) -> Html | None:
    """Storage, in the decimal units that it is sold in."""
    free = entry["storage"]["free_bytes"]
    return _card(Memory("Storage", entry["storage"]["items"], "the free storage", free, free, decimal_size))


def _cache_last(items: Sequence[ItemEntry]) -> list[ItemEntry]:
    """What an engine fills the rest with stands behind what it needs in any case."""
    return sorted(items, key=lambda item: item["name"] == CACHE)


def _range(memory: Memory) -> Range | None:
    """Where the end of what is needed may lie; None where nobody has measured anything of it.

    An engine that fills its share leaves to the cache what the rest does not take, so that the cache's own bounds, from
    the end of the budget, say where the rest ends.
    """
    cache = next((item for item in memory.items if item["name"] == CACHE), None)
    if memory.fills and cache is not None and cache["bytes"] and memory.budget is not None:
        if cache["low"] is None or cache["high"] is None:
            return None
        return Range(max(memory.budget - cache["high"], 0), memory.budget - cache["low"])
    items = [item for item in memory.items if item["low"] is not None and item["high"] is not None]
    low = memory.needed + sum((item["low"] or 0) - item["bytes"] for item in items)
    high = memory.needed + sum((item["high"] or 0) - item["bytes"] for item in items)
    return Range(low, high) if low < high else None


def _card(memory: Memory) -> Html | None:
    if not memory.items:
        return None
    drawing = None
    if memory.budget is not None:
        usable = max(memory.usable or 0, memory.budget)
        bar = Bar(memory.items, memory.budget, usable, _range(memory), memory.size)
        drawing = joined([bar_svg(bar, _spoken(bar)), _legend(bar, memory)])
    heading = tag("h3", None, memory.title)
    return tag("section", {"class": "card"}, heading, tag("p", None, _total(memory)), drawing, _table(memory))


def _total(memory: Memory) -> str:
    needed, budget, size = memory.needed, memory.budget, memory.size
    if budget is None:
        return f"{size(needed)} of an unknown amount"
    left = f"{size(needed - budget)} too much" if needed > budget else f"{size(budget - needed)} left"
    if memory.fills and needed == budget:
        left = "the cache takes what the rest leaves"
    return f"{size(needed)} of {size(budget)}: {left}"


def _spoken(bar: Bar) -> str:
    parts = ", ".join(f"{item['name']} {bar.size(item['bytes'])}" for item in bar.items)
    unsure = (
        f"; what is needed ends between {bar.size(bar.range.low)} and {bar.size(bar.range.high)}" if bar.range else ""
    )
    return f"{parts}, of {bar.size(bar.budget)}{unsure}"


def _legend(bar: Bar, memory: Memory) -> Html:
    """What the line and the range mean, and whose the rest is."""
    size = bar.size
    words = [f"The line is {memory.limit}, {size(bar.budget)}"]
    if bar.usable > bar.budget:
        words.append(f"{size(bar.usable - bar.budget)} behind it are left to others")
    if bar.needed > bar.budget:
        words.append(f"what is striped, {size(bar.needed - bar.budget)}, is too much")
    if bar.range is not None:
        rest = "what is needed without the cache" if memory.fills and bar.needed <= bar.budget else "what is needed"
        words.append(
            f"the range above the bar is where {rest} may end, {size(bar.range.low)} to {size(bar.range.high)}"
        )
    elif any(item["low"] is None for item in bar.items):
        words.append("nobody has measured how far these figures may be off")
    return tag("p", {"class": "meta"}, "; ".join(words) + ".")


def _table(memory: Memory) -> Html:
    head = (("Part", ""), ("Likely", "amount"), ("Between", "amount"), ("Because", ""))
    columns = (tag("th", {"scope": "col", "class": kind or None}, words) for words, kind in head)
    rows = (_row(number, item, memory.size) for number, item in enumerate(memory.items))
    total = tag("th", {"scope": "row"}, "Total"), tag("td", {"class": "amount"}, memory.size(memory.needed))
    return tag(
        "table",
        {"class": "ledger"},
        tag("caption", None, f"{memory.title}, part by part"),
        tag("thead", None, tag("tr", None, columns)),
        tag("tbody", None, rows),
        tag("tfoot", None, tag("tr", None, total, tag("td", {"colspan": 2}))),
    )


def _row(number: int, item: ItemEntry, size: Size) -> Html:
    swatch = tag("span", {"class": f"swatch s{number % COLOURS}", "aria-hidden": "true"}, str(number + 1))
    reason = f"{item['because']} ({BASES[item['basis']]})" if item["because"] else BASES[item["basis"]]
    cells = (
        tag("th", {"scope": "row"}, swatch, " ", item["name"]),
        tag("td", {"class": "amount"}, size(item["bytes"])),
        tag("td", {"class": "amount bounds"}, _bounds(item, size)),
        tag("td", {"class": "because"}, reason),
    )
    return tag("tr", None, cells)


def _bounds(item: ItemEntry, size: Size) -> str:
    if item["low"] is None or item["high"] is None:
        return "not measured"
    return "exact" if item["low"] == item["high"] else f"{size(item['low'])} – {size(item['high'])}"
