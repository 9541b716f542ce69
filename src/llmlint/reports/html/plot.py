"""The plot of requests at once over their length, as SVG: both scales logarithmic, every point one that was asked.

Positions are per cent of the plot's own frame, so that it is as wide as the page and its words keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from llmlint.capacity import Capacity
from llmlint.reports.html.markup import Attributes, Html, joined, tag
from llmlint.tuples import NamedTuple

HEIGHT = 216
"""Pixels of the frame. The words of its scales stand outside, where the style leaves room for them."""
LABELS = 6
"""Words along a scale at most: more do not fit a phone."""
THOUSAND = 1024


class Scale(NamedTuple):
    """A logarithmic scale between two values."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value lies, in per cent; those outside lie at the end."""
        within = min(max(value, self.low), self.high)
        return 100 * math.log(within / self.low) / math.log(self.high / self.low)


class Plot(NamedTuple):
    """A capacity on its scales."""

    found: Capacity
    x: Scale
    y: Scale

    @property
    def served(self) -> list[tuple[float, float]]:
        """Length and number of the requests that are held."""
        return [(point.context, point.requests) for point in self.found.points if point.requests]

    def place(self, context: float, requests: float) -> tuple[str, str]:
        """A point of the frame; numbers grow upwards."""
        return _at(self.x.at(context)), _at(100 - self.y.at(requests))


def plotted(found: Capacity) -> Html:
    """The frame with everything in it, and the names of its scales."""
    plot = Plot(found, *_scales(found))
    across = tag("text", {"class": "tick", "x": "0%", "y": HEIGHT + 38}, "tokens of a request →")
    upwards = tag("text", {"class": "tick", "x": "0%", "y": -8}, "↑ requests at once")
    return joined([*_grid(plot), *_held(plot), *_refused(plot), *_plan(plot), across, upwards])


def _scales(found: Capacity) -> tuple[Scale, Scale]:
    served = [point.requests for point in found.points if point.requests]
    most = max([*served, float(found.concurrency or 0), 2.0])
    least = min([*served, 1.0])
    contexts = [point.context for point in found.points]
    return (
        Scale(min(contexts), max(*contexts, 2 * min(contexts))),
        Scale(2.0 ** math.floor(math.log2(least)), 2.0 ** math.ceil(math.log2(most))),
    )


def _grid(plot: Plot) -> Iterator[Html]:
    yield tag("rect", {"class": "frame-line", "width": "100%", "height": "100%"})
    for value in _steps(plot.y):
        _, at = plot.place(plot.x.low, value)
        yield tag("line", {"class": "grid", "x1": "0%", "y1": at, "x2": "100%", "y2": at})
        yield tag("text", {"class": "tick", "x": -8, "y": at, "dy": 4, "text-anchor": "end"}, f"{value:,g}")
    for value in _steps(plot.x):
        at, _ = plot.place(value, plot.y.low)
        yield tag("line", {"class": "grid", "x1": at, "y1": "0%", "x2": at, "y2": "100%"})
        yield tag("text", {"class": "tick", "x": at, "y": HEIGHT + 18, "text-anchor": "middle"}, tokens(int(value)))


def _steps(scale: Scale) -> list[float]:
    """Powers of two along a scale, as many as there is room for."""
    first, last = math.ceil(math.log2(scale.low)), math.floor(math.log2(scale.high))
    every = max(math.ceil((last - first + 1) / LABELS), 1)
    return [2.0**exponent for exponent in range(first, last + 1, every)]


def _held(plot: Plot) -> Iterator[Html]:
    places = [plot.place(*one) for one in plot.served]
    for one, other in pairwise(places):
        yield tag("line", {"class": "held", "x1": one[0], "y1": one[1], "x2": other[0], "y2": other[1]})
    for across, down in places:
        yield tag("circle", {"class": "held", "cx": across, "cy": down, "r": 3.5})


def _refused(plot: Plot) -> Iterator[Html]:
    """Crosses at the foot of the frame."""
    for point in plot.found.points:
        if point.requests is None:
            yield _cross("refused", plot.place(point.context, plot.y.low), 4)


def _plan(plot: Plot) -> Iterator[Html]:
    """What is planned: a ring where it is held, a cross where it is not, with its name."""
    found = plot.found
    if not found.context or not found.concurrency:
        return
    across, down = plot.place(found.context, found.concurrency)
    if found.suffices:
        yield tag("circle", {"class": "plan", "cx": across, "cy": down, "r": 7})
    else:
        yield _cross("plan", (across, down), 7)
    late = plot.x.at(found.context) > 50
    anchor, aside, below = ("end", -10, -12) if late else ("start", 10, -12)
    if found.suffices:
        anchor, aside, below = "end", -10, 22  # below the curve, to its left
    words = f"planned{'' if found.suffices else ': not held'}"
    place: Attributes = {"x": across, "dx": aside, "y": down, "dy": below, "text-anchor": anchor}
    yield tag("text", {"class": "plan", **place}, words)


def _cross(kind: str, place: tuple[str, str], half: int) -> Html:
    """Two strokes, in a frame of their own about the place."""
    arms: Sequence[tuple[int, int, int, int]] = ((-half, -half, half, half), (-half, half, half, -half))
    strokes = [tag("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2}) for x1, y1, x2, y2 in arms]
    return tag("svg", {"class": f"cross {kind}", "x": place[0], "y": place[1], "overflow": "visible"}, strokes)


def _at(position: float) -> str:
    return f"{position:.3f}%"


def tokens(count: int) -> str:
    """Tokens in binary thousands where they are whole ones."""
    return f"{count // THOUSAND}K" if count >= THOUSAND and count % THOUSAND == 0 else f"{count:,}"


def shown(requests: float) -> str:
    """A number of requests; small ones with a decimal, since 0.9 of a request is none."""
    return f"{math.floor(requests * 10) / 10:g}" if requests < 100 else f"{requests:,.0f}"
