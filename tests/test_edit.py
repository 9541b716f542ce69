"""One value changed in the bytes of a file: everything else stays, in the text and in what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmlint.document import read
from llmlint.edit import SHORTHANDS, Change, edited, same, with_value
from llmlint.finding import Path

COUNT = ("machine", "gpus", 0, "count")
TALKATIVE = """\
# what we plan
model: meta-llama/Llama-3.1-8B-Instruct   # ours
precision: int4  # for now
engine:
    name: vllm
    args:
      - --enforce-eager   # why not
      - "--seed=1"
# the box
machine:
  gpus:
  - RTX 4090  # the old one
  ram: '64GB'
"""


def changed(text: str, path: Path, value: Any) -> list[tuple[str, str]]:
    """Lines that differ after a change, before and after."""
    after = edited(text, 0, [Change(path, value)])
    assert after is not None
    old, new = text.split("\n"), after.split("\n")
    if len(old) == len(new):
        return [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    added = [line for line in new if line not in old]
    assert [line for line in new if line not in added] == old
    return [("", line) for line in added]


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("machine", "ram"), "128GB", "  ram: '64GB'", "  ram: '128GB'"),
        (("precision",), "awq", "precision: int4  # for now", "precision: awq  # for now"),
        (("precision", "weights"), "awq", "precision: int4  # for now", "precision: awq  # for now"),
        (
            ("precision", "kv_cache"),
            "fp8",
            "precision: int4  # for now",
            "precision: {weights: int4, kv_cache: fp8}  # for now",
        ),
        (
            ("machine", "gpus", 0, "count"),
            2,
            "  - RTX 4090  # the old one",
            "  - {name: RTX 4090, count: 2}  # the old one",
        ),
        (("machine", "gpus", 0, "name"), "L4", "  - RTX 4090  # the old one", "  - L4  # the old one"),
        (("workload", "context"), 4096, "", "workload: {context: 4096}"),
        (("engine", "version"), "1.0", "", '    version: "1.0"'),
        (("engine", "args", 0), "--x", "      - --enforce-eager   # why not", "      - --x   # why not"),
        (("engine", "args", 1), "--seed=2", '      - "--seed=1"', '      - "--seed=2"'),
        (("engine", "args", 2), "--new=1", "", '      - "--new=1"'),
        (("machine", "storage"), "1TB", "", "  storage: 1TB"),
        (("machine", "storage", "free"), "1TB", "", "  storage: {free: 1TB}"),
        (("machine", "network"), "no", "", '  network: "no"'),
    ],
)
def test_one_line_changes(path: Path, value: Any, before: str, after: str) -> None:
    assert changed(TALKATIVE, path, value) == [(before, after)]


@pytest.mark.parametrize(
    ("text", "path", "value", "wanted"),
    [
        ("{model: x}", ("precision",), "int4", "{model: x, precision: int4}"),
        ("model: x\nengine: {}\n", ("engine", "name"), "vllm", "model: x\nengine: {name: vllm}\n"),
        ("model: x\nworkload:\n", ("workload", "context"), 9, "model: x\nworkload: {context: 9}\n"),
        ("model: x\nworkload: # none\n", ("workload", "context"), 9, "model: x\nworkload: {context: 9} # none\n"),
        ("model: x", ("precision",), "int4", "model: x\nprecision: int4"),
        ("model: x\r\nprecision: fp16\r\n", ("precision",), "int4", "model: x\r\nprecision: int4\r\n"),
        ("model: x\r\nengine: vllm\r\n", ("precision",), "a", "model: x\r\nprecision: a\r\nengine: vllm\r\n"),
        ("model: x\nmachine: {gpus: L4,}\n", ("machine", "ram"), "8GB", "model: x\nmachine: {gpus: L4, ram: 8GB,}\n"),
        ("gpus: [a, b]\nx: 1\n", ("gpus", 1), "c", "gpus: [a, c]\nx: 1\n"),
        ("machine: {gpus: [a, b]}", ("machine", "gpus", 1, "count"), 2, "machine: {gpus: [a, {name: b, count: 2}]}"),
        ("machine: {gpus: L4}\n", COUNT, 2, "machine: {gpus: {name: L4, count: 2}}\n"),
        ("machine:\n  gpus: {name: L4}\n", COUNT, 2, "machine:\n  gpus: {name: L4, count: 2}\n"),
        ("model: &m x\nname: n\n", ("model",), "z", "model: &m z\nname: n\n"),
        ("x-a: &a 9\nworkload: {context: *a}\n", ("workload", "context"), 5, "x-a: &a 9\nworkload: {context: 5}\n"),
        ('{"model": "x",\n "engine": "vllm"}', ("engine",), "sglang", '{"model": "x",\n "engine": "sglang"}'),
        (
            '{"model": "x",\n  "machine": {\n    "gpus": "L4",\n    "ram": "8GB"\n  }\n}\n',
            ("machine", "psu"),
            "1kW",
            '{"model": "x",\n  "machine": {\n    "gpus": "L4",\n    "ram": "8GB",\n    "psu": "1kW"\n  }\n}\n',
        ),
        ('{"machine": {"gpus": "L4"}}', COUNT, 2, '{"machine": {"gpus": {"name": "L4", "count": 2}}}'),
    ],
)  # fmt: skip
def test_every_style(text: str, path: Path, value: Any, wanted: str) -> None:
    assert edited(text, 0, [Change(path, value)]) == wanted


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("x-a: &a {context: 9}\nworkload: *a\n", ("workload", "context"), 5),  # the anchor's own value would change
        ("x-a: &a\n  context: 9\nworkload:\n  <<: *a\n", ("workload", "context"), 5),
        ("workload: &a {context: 9}\nx-b: *a\n", ("workload", "context"), 5),
        ("machine:\n  ram: 8GB\n", ("machine",), "aws/g6.xlarge"),  # would take lines and comments with it
        ("model: x\nmodel: y\n", ("model",), "z"),
        ("model: x\n", ("model", "id", "deeper"), "z"),
        ("model: x\nengine: {args: [a]}\n", ("engine", "args", 5), "b"),
        ("a: [", ("a",), 1),
        ("", ("a",), 1),
        ("just text", ("model",), 1),
    ],
)
def test_what_is_not_safe_is_not_done(text: str, path: Path, value: Any) -> None:
    assert edited(text, 0, [Change(path, value)]) is None


def test_only_the_document_that_is_meant_changes() -> None:
    text = "model: a\n---\n# second\nmodel: a\n...\n---\nmodel: a\n"
    assert edited(text, 1, [Change(("model",), "b")]) == "model: a\n---\n# second\nmodel: b\n...\n---\nmodel: a\n"


def test_a_piece_of_a_text_keeps_its_lines() -> None:
    text = "engine:\n  args: >-\n    --a 1\n    --b 2  \n"
    change = Change(("engine", "args"), "--a 1 --b 3  ", ("--b 2", "--b 3"))
    assert edited(text, 0, [change]) in (None, text.replace("--b 2", "--b 3"))


# Properties: any document, any path in it.

WORDS = st.one_of(
    st.sampled_from(["x", "RTX 4090", "--a=1", "no", "1.0", "", " ", "a: b", "#", "'", '"', "a,b", "{", "é", "~"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=6),
)  # fmt: skip
SCALARS = st.one_of(
    WORDS, st.integers(-99, 10**6), st.booleans(), st.floats(-10, 10).map(lambda number: round(number, 3))
)
KEYS = st.sampled_from(["model", "engine", "machine", "gpus", "ram", "name", "args", "context", "a b", "yes"])
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(KEYS, DATA, min_size=1, max_size=4)


def block(data: Any, indent: str, line: str, comments: bool) -> str:
    """Data as block YAML, with a comment behind what can have one."""
    note = "  # 'kept' [" if comments else ""
    if isinstance(data, dict) and data:
        pairs = [
            f"{line}{indent}{json.dumps(key)}:{block(item, indent + '  ', line, comments)}"
            for key, item in data.items()
        ]
        return note + "".join(pairs)
    if isinstance(data, list) and data:
        return note + "".join(f"{line}{indent}-{block(item, indent + '  ', line, comments)}" for item in data)
    return f" {json.dumps(data, ensure_ascii=False)}{note}"


def written(data: dict[str, Any], style: str) -> str:
    if style == "json":
        return json.dumps(data, indent=2, ensure_ascii=False)
    line = "\r\n" if style == "crlf" else "\n"
    text = block(data, "", line, style != "plain").lstrip(" ")
    return text.lstrip("\r\n") + line if style == "plain" else text + line


def every_path(data: Any, path: Path = ()) -> list[Path]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(below for step, item in items for below in every_path(item, (*path, step)))]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, Path, Any]:
    data = draw(DOCUMENTS)
    path = draw(st.sampled_from(every_path(data)))
    path = (*path, *draw(st.lists(KEYS | st.integers(0, 3), max_size=2)))
    value = draw(SCALARS | st.dictionaries(KEYS, SCALARS, max_size=2) | st.lists(SCALARS, max_size=2))
    return written(data, draw(st.sampled_from(["json", "plain", "comments", "crlf"]))), path, value


def outside(before: str, after: str) -> str:
    """What is gone from the text, cut at both ends where it agrees with the new one."""
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end]


@settings(max_examples=400)
@given(cases())
def test_an_edit_changes_that_value_and_nothing_else(case: tuple[str, Path, Any]) -> None:
    text, path, value = case
    source = read(text.encode())
    after = edited(text, 0, [Change(path, value)]) if path else None
    if after is None or source.problems:
        return
    (old,), (new,) = source.documents, read(after.encode()).documents
    assert read(after.encode()).problems == []
    assert same(new.data, with_value(old.data, path, value))
    gone = outside(text, after)
    if old.holds(path):
        assert len(gone) <= len(old.written(path))  # no character outside the value
    elif not any(
        old.holds(path[:end]) and not isinstance(_at(old.data, path[:end]), (dict, list)) for end in range(1, len(path))
    ):
        assert gone == ""  # what is new takes nothing away
    assert text.count("# 'kept' [") == after.count("# 'kept' [")


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@settings(max_examples=200)
@given(DOCUMENTS, WORDS, st.sampled_from(["json", "plain", "comments", "crlf"]))
def test_a_scalar_can_nearly_always_be_changed(data: dict[str, Any], value: str, style: str) -> None:
    text = written(data, style)
    source = read(text.encode())
    if source.problems:
        return
    for path in every_path(data):
        if path and not isinstance(_at(data, path), (dict, list)):
            after = edited(text, 0, [Change(path, value)])
            assert after is not None
            assert same(read(after.encode()).documents[0].data, with_value(source.documents[0].data, path, value))


def test_shorthands_are_those_of_the_models() -> None:
    from llmlint.compiled.shapes import SHAPES

    names = {"gpus": "Gpu", "storage": "StorageDevice"}
    for path, key in SHORTHANDS.items():
        assert SHAPES[names.get(str(path[-1]), str(path[-1]).title())][3] == key
