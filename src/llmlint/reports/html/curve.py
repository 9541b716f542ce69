"""What a deployment's cache holds: requests at once over their length, as a plot and as a table."""

from __future__ import annotations

from llmlint.capacity import CONTEXT_ARGUMENT, Capacity, Point
from llmlint.reports.html.markup import Attributes, Html, joined, tag
from llmlint.reports.html.plot import HEIGHT, plotted, shown, tokens


def curve_card(found: Capacity, engine: str) -> Html:
    """The plot, what it says in words, and its figures."""
    words = _words(found)
    size: Attributes = {"class": "curve", "width": "100%", "height": HEIGHT, "role": "img", "aria-label": words}
    plot = tag("svg", size, tag("title", None, words), plotted(found))
    argument = CONTEXT_ARGUMENT.get(engine)
    method = f"with --{argument} set to it" if argument else "in this deployment as it is"
    asked = f"Each point is the engine's own calculation for requests of that length, {method}"
    note = f"{asked}; a cross at the foot is a length that it refuses."
    return joined([tag("p", None, words), plot, tag("p", {"class": "meta"}, note), _table(found)])


def _words(found: Capacity) -> str:
    served = [point for point in found.points if point.requests is not None]
    first, last = served[0], served[-1]
    text = f"Requests at once: {_many(first)} of {tokens(first.context)} tokens"
    if last is not first:
        text += f", {_many(last)} of {tokens(last.context)}"
    if found.points[-1].requests is None:
        text += "; longer ones are refused"
    return f"{text}.{_planned(found)}"


def _many(point: Point) -> str:
    assert point.requests is not None
    return shown(point.requests)


def _planned(found: Capacity) -> str:
    if found.context is None or found.concurrency is None:
        return ""
    plan = f" Planned are {found.concurrency} of {tokens(found.context)} tokens"
    if found.held is None:
        return f"{plan}, which are refused."
    return f"{plan}: {shown(found.held)} are held{'' if found.suffices else ', the others wait'}."


def _table(found: Capacity) -> Html:
    columns = (
        tag("th", {"scope": "col", "class": "amount"}, words) for words in ("Tokens of a request", "Requests at once")
    )
    rows = (
        tag("tr", None, tag("th", {"scope": "row", "class": "amount"}, f"{point.context:,}"),
            tag("td", {"class": "amount"}, "refused" if point.requests is None else shown(point.requests)))
        for point in found.points
    )  # fmt: skip
    table = tag(
        "table",
        {"class": "figures"},
        tag("caption", None, "Requests that the cache holds at once, by their length"),
        tag("thead", None, tag("tr", None, columns)),
        tag("tbody", None, rows),
    )
    return tag("details", None, tag("summary", None, "The figures"), table)
