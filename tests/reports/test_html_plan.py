"""The page of plans: memory to scale, capacity as it was reckoned, changes as they were found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlint.capacity import Capacity, Point
from llmlint.cli.options import Options
from llmlint.cli.plan_page import views_of
from llmlint.finding import Finding, Span
from llmlint.ledger import CacheEntry, EngineEntry, ItemEntry, PlanEntry
from llmlint.quantity import binary_size
from llmlint.reading import Text
from llmlint.reports.html.curve import curve_card
from llmlint.reports.html.markup import tag
from llmlint.reports.html.page import page
from llmlint.reports.html.plan import View, plan_page
from llmlint.reports.html.plot import shown, tokens
from llmlint.reports.printable import printable
from llmlint.settings import checking
from llmlint.suggest import Answer, Suggestion

from ..cli.command import BAD, GOOD, llmlint
from .parsed import Node, parsed
from .test_hostile import TEXT, TEXTS

CHECKING = checking(Options(isolated=True), None)


def views(text: str, file: str = "deploy.yaml") -> list[View]:
    found, faults = views_of(Text(file, True, CHECKING, text.encode()))
    assert not faults
    return found


@pytest.mark.parametrize(
    ("engine", "cards", "title"),
    [
        ("{name: llama.cpp}", 1, "Memory of the GPU"),
        ("{name: llama.cpp}", 2, "Memory of the fullest of 2 GPUs"),
        ("{name: vllm, args: [--tensor-parallel-size=2]}", 2, "Memory of each of 2 GPUs"),
    ],
)
def test_a_divided_model_fills_one_gpu_most(engine: str, cards: int, title: str) -> None:
    text = f"model: Qwen/Qwen3-14B\nengine: {engine}\nmachine: {{gpus: [{{name: RTX 4090, count: {cards}}}]}}\n"
    root = parsed(str(plan_page(views(text), [])))
    assert title in [one.text for one in root.all("h3")]


def shares(root: Node, kind: str) -> list[float]:
    return [float((one.attributes["width"] or "").rstrip("%")) for one in root.all("rect", kind)]


def test_the_bar_is_to_scale() -> None:
    (view,) = views(GOOD.read_text())
    root = parsed(plan_page([view]))
    card = next(root.all("section", "card"))
    gpu = view.entry["gpu"]
    usable, budget = gpu["usable_bytes"] or 0, gpu["budget_bytes"] or 0
    assert shares(card, "others") == [100.0]
    assert shares(card, "free") == [pytest.approx(100 * budget / usable, abs=0.001)]
    by_name = {item["name"]: item for item in gpu["items"]}
    order = ["weights", "activations", "cuda_graphs", "runtime", "kv_cache"]
    for number, name in enumerate(order):
        assert shares(card, f"s{number}") == [pytest.approx(100 * by_name[name]["bytes"] / usable, abs=0.001)]
    assert [row.one("th").text for row in card.one("tbody").all("tr")] == [
        f"{number} {name}" for number, name in enumerate(order, 1)
    ]


def test_the_range_is_that_of_the_room_for_the_cache() -> None:
    (view,) = views(GOOD.read_text())
    gpu = view.entry["gpu"]
    cache = next(item for item in gpu["items"] if item["name"] == "kv_cache")
    ends = [
        binary_size((gpu["budget_bytes"] or 0) - (cache["high"] or 0)),
        binary_size((gpu["budget_bytes"] or 0) - (cache["low"] or 0)),
    ]
    card = next(parsed(plan_page([view])).all("section", "card"))
    assert f"{ends[0]} to {ends[1]}" in card.one("p", "meta").text
    assert len(list(card.all("line", "range"))) == 3


def test_what_is_too_much_is_striped_and_said() -> None:
    (view,) = views(BAD.read_text())
    card = next(parsed(plan_page([view])).all("section", "card"))
    assert len(shares(card, "over")) == 1
    assert "is too much" in card.one("p", "meta").text
    assert "too much" in next(card.all("p")).text


def test_the_rule_of_thumb_has_no_range() -> None:
    (view,) = views("model: {parameters: 8B}\nprecision: fp16\nmachine: {gpus: L4}\n")
    card = next(parsed(plan_page([view])).all("section", "card"))
    assert list(card.all("line", "range")) == []
    assert "nobody has measured" in card.one("p", "meta").text


def test_the_curve_shows_the_points_that_were_reckoned() -> None:
    (view,) = views(GOOD.read_text())
    root = parsed(plan_page([view]))
    assert view.capacity is not None
    rows = [
        [cell.text for cell in row.parts if isinstance(cell, Node)]
        for row in root.one("table", "figures").one("tbody").all("tr")
    ]
    assert rows == [
        [f"{point.context:,}", "refused" if point.requests is None else shown(point.requests)]
        for point in view.capacity.points
    ]
    assert len(list(root.all("circle", "held"))) == sum(point.requests is not None for point in view.capacity.points)
    assert len(list(root.all("svg", "refused"))) == sum(point.requests is None for point in view.capacity.points)
    assert len(list(root.all("circle", "plan"))) == 1


def test_a_plan_that_is_not_held_is_a_cross_with_words() -> None:
    (view,) = views(GOOD.read_text().replace("concurrency: 4", "concurrency: 40"))
    root = parsed(plan_page([view]))
    assert len(list(root.all("circle", "plan"))) == 0
    assert len(list(root.all("svg", "plan"))) == 1
    assert root.one("text", "plan").text == "planned: not held"


def test_the_suggested_changes_are_those_of_suggest() -> None:
    (view,) = views(BAD.read_text())
    assert view.answer is not None
    card = parsed(plan_page([view])).one("section", "changes")
    titles = [one.text for one in card.all("h4")]
    assert titles == [one.title for one in view.answer.suggestions] != []
    diffs = ["\n".join(row.text for row in one.all("div", "row")) + "\n" for one in card.all("div", "diff")]
    assert diffs == [one.diff for one in view.answer.suggestions]


def test_the_command_prints_the_page_and_keeps_its_codes(tmp_path: Path) -> None:
    code, out, err = llmlint("plan", "--format", "html", GOOD, BAD)
    assert (code, err) == (0, "")
    assert [one.text for one in parsed(out).one("nav").all("a")] == ["1. chat", "2. meta-llama/Llama-3.1-70B-Instruct"]
    assert out == llmlint("plan", "--format", "html", GOOD, BAD).out
    broken = tmp_path / "broken.yaml"
    broken.write_text("model: [\n")
    code, out, err = llmlint("plan", "--format", "html", broken)
    assert code == 1
    assert f"{broken}:" in err
    assert "What could not be read" in parsed(out).text
    (tmp_path / "other.yaml").write_text("a: 1\n")
    code, out, _ = llmlint("plan", "--format", "html", tmp_path / "other.yaml", tmp_path / "nothing.yaml")
    assert code == 2
    parsed(out) if out else None


BYTES = st.integers(0, 2**50)
BASES: st.SearchStrategy[Literal["exact", "engine", "fitted", "rule-of-thumb"]]
BASES = st.sampled_from(("exact", "engine", "fitted", "rule-of-thumb"))
ENGINES = st.builds(EngineEntry, name=TEXT, version=st.one_of(st.none(), TEXT))
SIZES = st.one_of(st.none(), BYTES)
CACHES = st.builds(
    CacheEntry, bytes_per_token=SIZES, capacity_tokens=SIZES, needed_bytes=SIZES, max_context=SIZES,
    max_concurrency=st.none(),
)  # fmt: skip


@st.composite
def items(draw: st.DrawFn) -> ItemEntry:
    size = draw(BYTES)
    low, high = draw(st.one_of(st.just((None, None)), st.tuples(st.integers(0, size), st.integers(size, 2**51))))
    return {"name": draw(TEXT), "bytes": size, "low": low, "high": high, "basis": draw(BASES), "because": draw(TEXT)}


@st.composite
def entries(draw: st.DrawFn) -> PlanEntry:
    some = st.lists(items(), max_size=3)
    return {
        "file": draw(TEXT),
        "document": draw(st.integers(0, 3)),
        "name": draw(st.one_of(st.none(), TEXT)),
        "format": "native",
        "model": {"id": draw(st.one_of(st.none(), TEXT)), "parameters": draw(SIZES), "basis": draw(TEXT)},
        "method": draw(st.sampled_from(["formula", "engine"])),
        "engine": draw(st.one_of(st.none(), ENGINES)),
        "gpu": {"count": draw(st.sampled_from([None, 0, 1, 8])), "usable_bytes": draw(SIZES),
                "budget_bytes": draw(SIZES), "items": draw(some)},
        "kv": draw(st.one_of(st.none(), CACHES)),
        "host": {"usable_bytes": draw(SIZES), "items": draw(some)},
        "storage": {"free_bytes": draw(SIZES), "items": draw(some)},
        "verdict": draw(st.sampled_from(["fits", "tight", "does-not-fit", "unknown"])),
        "unknown": list(draw(TEXTS)),
        "remarks": list(draw(TEXTS)),
        "speed": None,
    }  # fmt: skip


SUGGESTIONS = st.builds(
    Suggestion, title=TEXT, changes=st.just(()), text=TEXT, diff=TEXT, verdict=st.just("fits"), buys=TEXT,
    max_context=st.none(), max_concurrency=st.none(), warnings=TEXTS,
)  # fmt: skip
ERRORS = st.builds(lambda rule, words, file: Finding(rule, "error", words, file, Span(1, 1, 1, 2)), TEXT, TEXT, TEXT)
ANSWERS = st.builds(
    Answer, document=st.just(0), name=TEXT, errors=st.lists(ERRORS, max_size=2).map(tuple),
    verdict=st.sampled_from(["fits", "does-not-fit"]), refusal=TEXT, lints=st.just(1), why=TEXT,
    suggestions=st.lists(SUGGESTIONS, max_size=2).map(tuple),
)  # fmt: skip
POINTS = st.builds(Point, st.integers(1, 2**24), st.one_of(st.none(), st.floats(0.001, 1e6)))
CAPACITIES = st.builds(
    lambda points, planned: Capacity(tuple(sorted(points)), *planned),
    st.lists(POINTS, min_size=1, max_size=6, unique_by=lambda one: one.context),
    st.one_of(st.just((None, None, None)), st.tuples(st.integers(1, 2**24), st.integers(1, 10**6), st.floats(0, 1e6))),
).filter(lambda found: any(point.requests for point in found.points))
VIEWS = st.builds(
    View, entries(), gpus=TEXT, fills=st.booleans(), capacity=st.one_of(st.none(), CAPACITIES),
    answer=st.one_of(st.none(), ANSWERS),
)  # fmt: skip


@given(st.lists(VIEWS, max_size=2), st.lists(st.tuples(TEXT, ERRORS), max_size=1))
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
def test_hostile_names_and_values_are_texts(found: list[View], broken: list[tuple[str, Finding]]) -> None:
    root = parsed(plan_page(found, broken))
    sections = list(root.all("section", "plan"))
    assert len(sections) == len(found)
    for section, view in zip(sections, found, strict=True):
        assert next(section.all("dd")).text.startswith(printable(view.entry["file"]))
        titles = (
            [printable(one.title) for one in view.answer.suggestions] if view.answer and not view.answer.why else []
        )
        if view.answer is None or not view.answer.nothing_to_mend:
            assert [one.text for one in section.all("h4")] == titles
    for node in root.all():
        for name in ("x", "width", "x1", "x2", "cx", "y", "y1", "y2", "cy"):
            value = node.attributes.get(name)
            assert value is None or re.fullmatch(r"-?\d+(\.\d+)?%?", value), (name, value)
            if value is not None and value.endswith("%"):
                assert -0.01 <= float(value[:-1]) <= 100.01
    for line in root.text.split("\n"):
        assert line.replace("\t", "").isprintable(), ascii(line)


@given(CAPACITIES)
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
def test_every_capacity_can_be_drawn(found: Capacity) -> None:
    root = parsed(page("t", tag("h1", None, "t"), curve_card(found, "vllm")))
    assert len(list(root.all("circle", "held"))) == sum(bool(point.requests) for point in found.points)


@pytest.mark.parametrize(("count", "words"), [(1024, "1K"), (1000, "1,000"), (131072, "128K"), (1536, "1,536")])
def test_tokens(count: int, words: str) -> None:
    assert tokens(count) == words
