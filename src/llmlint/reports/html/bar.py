"""A stacked bar of memory against its budget, as SVG: parts to scale, the budget as a line, what is open as a range.

Positions are per cent, so that the bar is as wide as the page and its words keep their size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from llmlint.ledger import ItemEntry
from llmlint.reports.html.markup import Attributes, Html, tag
from llmlint.tuples import NamedTuple

COLOURS = 6
"""Kinds of parts that the style tells apart; each also carries its number."""
HEIGHT, TOP, BOTTOM = 66, 18, 46
WORTH_A_NUMBER = 4.0
"""Per cent of the bar from which a part is wide enough for its number."""


class Range(NamedTuple):
    """Where a boundary of the bar may lie, in bytes."""

    low: int
    high: int


class Bar(NamedTuple):
    """What is drawn."""

    items: Sequence[ItemEntry]
    """In the order of the table beside it."""
    budget: int
    """What the parts are held against."""
    usable: int
    """All there is: what lies behind the budget belongs to others."""
    range: Range | None
    """Of the end of the parts that are needed in any case."""
    size: Callable[[int], str]
    """Writes sizes in the units that this memory is sold in."""

    @property
    def needed(self) -> int:
        """Bytes of all parts."""
        return sum(item["bytes"] for item in self.items)

    @property
    def whole(self) -> int:
        """What the width of the bar stands for."""
        return max(self.needed, self.budget, self.usable, self.range.high if self.range else 0, 1)


def bar_svg(bar: Bar, words: str) -> Html:
    """The drawing; `words` say the same to those who do not see it."""
    size: Attributes = {"width": "100%", "height": HEIGHT, "class": "bar", "role": "img", "aria-label": words}
    return tag("svg", size, tag("title", None, words), *_drawn(bar))


def patterns() -> Html:
    """The stripes that the style draws over what is too much; once on a page."""
    size: Attributes = {"id": "over", "class": "stripes", "width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}
    lines = [tag("line", {"x1": x, "y1": 8, "x2": x + 8, "y2": 0}) for x in (-8, 0, 8)]
    ground = tag("rect", {"width": 8, "height": 8})
    definitions = tag("defs", None, tag("pattern", size, ground, lines))
    return tag("svg", {"class": "defs", "aria-hidden": "true"}, definitions)


def _drawn(bar: Bar) -> Iterator[Html]:
    part = 100 / bar.whole
    yield _rect("others", 0, bar.usable * part)
    yield _rect("free", 0, bar.budget * part)
    start = 0.0
    for number, item in enumerate(bar.items):
        width = item["bytes"] * part
        yield _rect(f"s{number % COLOURS}", start, width)
        if width >= WORTH_A_NUMBER:
            yield _words("on", start + width / 2, (TOP + BOTTOM) / 2 + 4, "middle", str(number + 1))
        start += width
    if bar.needed > bar.budget:
        yield _rect("over", bar.budget * part, (bar.needed - bar.budget) * part)
    yield _line("limit", bar.budget * part, TOP - 5, bar.budget * part, BOTTOM + 5)
    if bar.range is not None:
        yield from _whisker(bar.range, part)
    yield from _scale(bar, part)


def _whisker(found: Range, part: float) -> Iterator[Html]:
    """A range above the bar, with its ends."""
    low, high, middle, half = found.low * part, found.high * part, TOP - 9, 4
    yield _line("range", low, middle, high, middle)
    for end in (low, high):
        yield _line("range", end, middle - half, end, middle + half)


def _scale(bar: Bar, part: float) -> Iterator[Html]:
    at = bar.budget * part
    yield _words("tick", 0, HEIGHT - 4, "start", "0")
    yield _words("tick", at, HEIGHT - 4, "end" if at > 50 else "start", bar.size(bar.budget))


def _rect(kind: str, start: float, width: float) -> Html:
    return tag("rect", {"class": kind, "x": _at(start), "y": TOP, "width": _at(width), "height": BOTTOM - TOP})


def _line(kind: str, start: float, top: int, end: float, bottom: int) -> Html:
    return tag("line", {"class": kind, "x1": _at(start), "y1": top, "x2": _at(end), "y2": bottom})


def _words(kind: str, at: float, height: float, anchor: str, words: str) -> Html:
    return tag("text", {"class": kind, "x": _at(at), "y": f"{height:g}", "text-anchor": anchor}, words)


def _at(position: float) -> str:
    """A position in per cent, in as many digits as anybody can see."""
    return f"{max(position, 0):.3f}%"
