"""Shows a plan's ledger as text: items, a bar of the memory, the verdict and its method."""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.ledger import ItemEntry, PlanEntry, whose_memory
from llmlint.quantity import binary_size, count, decimal_size

FILLS = "█▓▒▞▚"
"""One for each item, in order; what is free is ░, what is over is !."""
BAR = 48
VERDICTS = {
    "fits": "fits",
    "tight": "tight: it fits, with little or nothing to spare",
    "does-not-fit": "does not fit",
    "unknown": "unknown",
}
COLOURS = {"fits": "32", "tight": "33", "does-not-fit": "31", "unknown": "36"}


def ledger_text(entry: PlanEntry, colour: bool = False) -> str:
    """The ledger of one plan, lines ended."""
    lines = [_head(entry), ""]
    if entry["gpu"]["items"]:
        lines += _section(whose_memory(entry), entry["gpu"]["items"], _room(entry))
    if entry["host"]["items"]:
        lines += _section("system memory", entry["host"]["items"], entry["host"]["usable_bytes"])
    if entry["storage"]["items"]:
        lines += _section("storage", entry["storage"]["items"], entry["storage"]["free_bytes"], decimal=True)
    lines += _verdict(entry, colour)
    return "\n".join(lines) + "\n"


def _head(entry: PlanEntry) -> str:
    where = entry["file"] if entry["document"] == 0 else f"{entry['file']} (document {entry['document'] + 1})"
    name = f" {entry['name']}:" if entry["name"] else ""
    model = entry["model"]
    parameters = f", {count(model['parameters'])} parameters" if model["parameters"] else ""
    return f"{where}:{name} {model['id'] or 'a model'}{parameters} ({model['basis']})"


def _room(entry: PlanEntry) -> int | None:
    """What the items are held against: the engine's share, or the whole GPU where the share is not for all of them."""
    budget, usable = entry["gpu"]["budget_bytes"], entry["gpu"]["usable_bytes"]
    needed = sum(item["bytes"] for item in entry["gpu"]["items"])
    return usable if budget is not None and usable is not None and budget < needed <= usable else budget


def _section(title: str, items: Sequence[ItemEntry], total: int | None, *, decimal: bool = False) -> list[str]:
    needed = sum(item["bytes"] for item in items)
    size = decimal_size if decimal else binary_size
    lines = [f"  {title}"]
    for item in items:
        lines.append(f"    {item['name']:<12} {size(item['bytes']):>11}   {item['because']} [{item['basis']}]")
    lines.append(f"    {'total':<12} {size(needed):>11}   {_of(needed, total, size)}")
    if total:
        lines.append(f"    {bar([item['bytes'] for item in items], total)}")
    return [*lines, ""]


def _of(needed: int, total: int | None, size: object) -> str:
    assert callable(size)
    if total is None:
        return "of an unknown amount"
    if needed > total:
        return f"of {size(total)}: {size(needed - total)} too much"
    return f"of {size(total)}: {size(total - needed)} left"


def bar(parts: Sequence[int], total: int, width: int = BAR) -> str:
    """A bar of `width` cells for `total`; where the parts are more than it, the excess follows in the same measure."""
    whole = max(sum(parts), total)
    cells = max(round(width * total / whole), 1) if whole else width
    drawn = ""
    end = 0
    for position, part in enumerate(parts):
        end += part
        drawn += FILLS[position % len(FILLS)] * (round(width * end / whole) - len(drawn))
    if len(drawn) <= cells:
        return f"[{drawn}{'░' * (cells - len(drawn))}]"
    return f"[{drawn[:cells]}]{'!' * (len(drawn) - cells)}"


def _verdict(entry: PlanEntry, colour: bool) -> list[str]:
    words = VERDICTS[entry["verdict"]]
    if colour:
        words = f"\033[{COLOURS[entry['verdict']]}m{words}\033[0m"
    lines = [f"  verdict: {words} (method: {entry['method']})"]
    if entry["unknown"]:
        lines.append(f"  unknown: write {', '.join(entry['unknown'])}")
    return [*lines, *(f"  note: {remark}" for remark in entry["remarks"])]
