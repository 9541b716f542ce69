"""No mutation of any fixture crashes a reader: data with parts deleted, doubled or retyped, text cut and garbled.

Every place that a plan names is also asked for: a report would.
"""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from llmlint import document
from llmlint.read import Around, read_plans
from tests.readers.test_readers import FIXTURES, beside

VALUES: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, float("inf"), "", "x", "${X}", "$(Y)", "{{ z }}", "a b", "'", "1Gi", "--x ",
    "\u0000\ud83d\ude00",
    [], [[]], [None], ["a", 1, {}], {}, {"": None}, {"name": []}, {"name": "a", "value": {"b": [1]}},
]  # fmt: skip
SNIPPETS = [
    "",
    "\n",
    " ",
    "'",
    '"',
    "\\",
    "$",
    "${",
    "$(",
    "`",
    "#",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "&a ",
    "*a",
    "\t",
    "\r",
    "|",
    "é",
    "\0",
]


def routes(data: Any, route: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Ways to every value below the root."""
    found = [route] if route else []
    if len(route) < 25:
        inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, value in inner:
            found += routes(value, (*route, key))
    return found


def changed(data: Any, route: tuple[Any, ...], how: str, value: Any) -> Any:
    """The data with the value at a route mutated."""
    data = copy.deepcopy(data)
    holder = data
    for step in route[:-1]:
        holder = holder[step]
    last = route[-1]
    if how == "delete":
        del holder[last]
    elif how == "retype":
        holder[last] = value
    elif how == "wrap":
        holder[last] = [holder[last]] if value else {"x": holder[last]}
    elif how == "rename" and isinstance(holder, dict):
        holder[str(value)] = holder.pop(last)
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder["copy"] = copy.deepcopy(holder[last])
    return data


def dumped(documents: list[Any]) -> str:
    """The documents as YAML."""
    out = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.dump_all(documents, out)
    return out.getvalue()


def survives(text: str, path: Path) -> None:
    """Reads a text as the fixture's file, and asks for every place."""
    data = text.encode("utf-8", "surrogatepass")
    for plan in read_plans(data, str(path), named=False, around=Around(beside(path))).plans:
        for spot in (plan.origins or {}).values():
            assert spot.placed().span.line >= 1
        assert plan.place([("model", "id"), ("engine", "args")]).span.line >= 1


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(choice=st.data())
def test_mutated_data_crashes_nothing(path: Path, choice: st.DataObject) -> None:
    documents = [one.data for one in document.read(path.read_bytes()).documents]
    for _ in range(choice.draw(st.integers(1, 3))):
        ways = routes(documents)
        if not ways:
            return
        route = choice.draw(st.sampled_from(ways))
        how = choice.draw(st.sampled_from(["delete", "retype", "retype", "wrap", "double", "rename"]))
        documents = changed(documents, route, how, choice.draw(st.sampled_from(VALUES)))
    try:
        text = dumped(documents)
    except (YAMLError, ValueError):
        return
    survives(text, path)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(choice=st.data())
def test_garbled_text_crashes_nothing(path: Path, choice: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    for _ in range(choice.draw(st.integers(1, 4))):
        start = choice.draw(st.integers(0, len(text)))
        end = start + choice.draw(st.sampled_from([0, 0, 1, 2, 10, len(text)]))
        text = text[:start] + choice.draw(st.sampled_from(SNIPPETS)) + text[end:]
    survives(text, path)
