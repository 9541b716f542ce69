"""The page of `llmlint plan --format html`: for each deployment its memory, its cache, and the changes that mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmlint.capacity import Capacity
from llmlint.finding import Finding
from llmlint.ledger import CacheEntry, PlanEntry, SpeedEntry
from llmlint.quantity import binary_size, count
from llmlint.reports.html.bar import patterns
from llmlint.reports.html.changes import changes_card
from llmlint.reports.html.curve import curve_card
from llmlint.reports.html.ledger import gpu_card, host_card, storage_card
from llmlint.reports.html.markup import Html, joined, tag
from llmlint.reports.html.page import page
from llmlint.reports.ledger import VERDICTS
from llmlint.suggest import Answer
from llmlint.tuples import NamedTuple

VERDICT_BADGES = {"fits": "Fits", "tight": "Tight", "does-not-fit": "Does not fit", "unknown": "Unknown"}
METHODS = {"engine": "as the engine itself would reckon", "formula": "by rule of thumb"}


class View(NamedTuple):
    """What is shown of one deployment."""

    entry: PlanEntry
    gpus: str
    """The GPUs in words; empty where they are not known."""
    fills: bool
    """The engine fills its share of the memory with its cache."""
    capacity: Capacity | None
    answer: Answer | None
    """What there is to suggest; None where it was not looked for."""


def plan_page(views: Sequence[View], broken: Sequence[tuple[str, Finding]] = ()) -> Html:
    """The whole page. `broken`: what kept files, or parts of them, from being read."""
    number = len(views)
    words = f"{number} deployment{'' if number == 1 else 's'}" if number else "Nothing was recognised as a deployment."
    header = joined([tag("h1", None, "llmlint plan"), tag("p", {"class": "verdict"}, words)])
    sections = [plan_section(view, at, number > 1) for at, view in enumerate(views, 1)]
    return page("llmlint plan", header, joined([patterns(), _contents(views), _faults(broken), *sections]))


def _contents(views: Sequence[View]) -> Html | None:
    if len(views) < 2:
        return None
    items = (
        tag("li", None, tag("a", {"href": f"#plan-{at}"}, f"{at}. {_title(view.entry)}"), " ", _badge(view.entry))
        for at, view in enumerate(views, 1)
    )
    title = tag("h2", None, "Deployments")
    return tag("nav", {"aria-label": "Deployments"}, title, tag("ul", {"class": "contents"}, items))


def _faults(broken: Sequence[tuple[str, Finding]]) -> Html | None:
    if not broken:
        return None
    title = tag("h2", {"id": "faults"}, "What could not be read")
    items = (
        tag("li", None, tag("code", None, f"{file}:{one.span.line}:{one.span.column}"), f": {one.message}")
        for file, one in broken
    )
    return tag("section", {"class": "file", "aria-labelledby": "faults"}, title, tag("ul", None, items))


def plan_section(view: View, number: int, several: bool) -> Html:
    """One deployment; where there are several its number stands before its title."""
    name = f"plan-{number}"
    title = f"{number}. {_title(view.entry)}" if several else _title(view.entry)
    heading = tag("h2", {"id": f"{name}-title"}, title, " ", _badge(view.entry))
    attributes = {"class": "plan", "id": name, "aria-labelledby": f"{name}-title"}
    return tag("section", attributes, heading, _about(view), *cards(view))


def cards(view: View) -> Iterator[Html]:
    """What is said of a deployment, part by part."""
    entry = view.entry
    yield from filter(None, (_remarks(entry), gpu_card(entry, view.fills), _cache(view), _speed(entry["speed"])))
    yield from filter(None, (host_card(entry), storage_card(entry)))
    if view.answer is not None:
        yield changes_card(view.answer)


def _title(entry: PlanEntry) -> str:
    return entry["name"] or entry["model"]["id"] or "a model"


def _badge(entry: PlanEntry) -> Html:
    return tag("span", {"class": f"badge {entry['verdict']}"}, VERDICT_BADGES[entry["verdict"]])


def _about(view: View) -> Html:
    entry = view.entry
    model, engine = entry["model"], entry["engine"]
    parameters = f", {count(model['parameters'])} parameters" if model["parameters"] else ""
    where = entry["file"] + (f", document {entry['document'] + 1}" if entry["document"] else "")
    rows = [
        ("File", where),
        ("Model", f"{model['id'] or 'not named'}{parameters} ({model['basis']})"),
        ("Engine", f"{engine['name']} {engine['version'] or ''}".strip() if engine is not None else "none is named"),
        ("GPUs", view.gpus or "not known"),
        ("Verdict", f"{VERDICTS[entry['verdict']]}, {METHODS[entry['method']]}"),
    ]
    return _list(rows, "about")


def _list(rows: Sequence[tuple[str, str]], kind: str) -> Html:
    return tag("dl", {"class": kind}, (tag("div", None, tag("dt", None, a), tag("dd", None, b)) for a, b in rows))


def _remarks(entry: PlanEntry) -> Html | None:
    words = [*entry["remarks"]]
    if entry["unknown"]:
        words.insert(0, f"for a verdict, write {', '.join(entry['unknown'])}")
    if not words:
        return None
    return tag(
        "ul",
        {"class": "remarks", "aria-label": "What to know of these figures"},
        (tag("li", None, one) for one in words),
    )


def _cache(view: View) -> Html | None:
    cache = view.entry["kv"]
    if cache is None:
        return None
    rows = list(_cache_rows(cache, view.entry["gpu"]["count"] or 1))
    engine = view.entry["engine"]
    if view.capacity is not None and engine is not None:
        body = curve_card(view.capacity, engine["name"])
    else:
        body = tag("p", None, "How many requests it holds is not known.")
    return tag(
        "section", {"class": "card"}, tag("h3", None, "KV cache"), _list(rows, "numbers") if rows else None, body
    )


def _cache_rows(cache: CacheEntry, cards: int) -> Iterator[tuple[str, str]]:
    if cache["bytes_per_token"] is not None:
        yield f"A token takes{', on each' if cards > 1 else ''}", binary_size(cache["bytes_per_token"])
    if cache["capacity_tokens"] is not None:
        yield "Tokens it holds", f"{cache['capacity_tokens']:,}"
    if cache["needed_bytes"] is not None:
        yield f"The workload takes{', on all' if cards > 1 else ''}", binary_size(cache["needed_bytes"])
    if cache["max_context"] is not None:
        yield "Longest request", f"{cache['max_context']:,} tokens"


def _speed(speed: SpeedEntry | None) -> Html | None:
    if speed is None or speed["decode_tokens_per_second"] is None:
        return None
    rate = speed["decode_tokens_per_second"]
    words = f"{rate['likely']:.3g} tokens a second for one request, between {rate['low']:.3g} and {rate['high']:.3g}"
    return tag("section", {"class": "card"}, tag("h3", None, "Speed"), tag("p", None, f"{words}."),
               tag("p", {"class": "meta"}, speed["basis"]))  # fmt: skip
