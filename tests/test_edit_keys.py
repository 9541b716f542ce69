"""Keys and items that edits put into mappings and lists: where they go, and where there is no place for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmlint.document import read
from llmlint.edit import keys
from llmlint.edit.patch import Patch
from llmlint.finding import Path

TO = "HF_TOKEN"


def put(text: str, path: Path, value: Any, edit: Callable[..., Patch | None] = keys.put) -> str | None:
    """The text with the edit made, which has to read as YAML again."""
    patch = edit(read(text.encode()).documents[0], text, path, value)
    if patch is None:
        return None
    after = text[: patch.start] + patch.text + text[patch.end :]
    assert read(after.encode()).problems == []
    return after


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\nvolumes: {b: {}}\n", "a: 1\nvolumes: {b: {}, models: {}}\n"),
        ("a: 1\nvolumes:\n  b: {}\n", "a: 1\nvolumes:\n  b: {}\n  models: {}\n"),
        ("volumes:  # later\nb: 1\n", "volumes:  # later\n  models: {}\nb: 1\n"),
        ("volumes:", "volumes:\n  models: {}"),
        ("volumes: {}\r\n", "volumes: {models: {}}\r\n"),
        ("volumes:\r\n", "volumes:\r\n  models: {}\r\n"),
        ("volumes: ~\n", "volumes: {models: {}}\n"),
        ("a: 1\n", "a: 1\nvolumes:\n  models: {}\n"),
        ('{"a": 1}', '{"a": 1, "volumes": {"models": {}}}'),
        ("volumes: [a]\n", None),  # a list has no keys
        ("volumes:\n  - a\n", None),
        ("volumes: text\n", None),
        ("{volumes}\n", None),
        ("? volumes\n", None),
        ("volumes: &v {}\nother: *v\n", None),
        ("x: &v {b: {}}\nvolumes: *v\n", None),
        ("x: &v {volumes: {}}\n<<: *v\n", None),
    ],
)
def test_a_key_goes_into_mappings_only(text: str, wanted: str | None) -> None:
    assert put(text, ("volumes", "models"), {}) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("e:\n  - A=b\n", 'e:\n  - A=b\n  - "HF_TOKEN=${HF_TOKEN}"\n'),
        ("e: [A=b]\n", 'e: [A=b, "HF_TOKEN=${HF_TOKEN}"]\n'),
        ("e: {A: b}\n", 'e: {A: b, HF_TOKEN: "${HF_TOKEN}"}\n'),
        ("e:\n  A: b\n", 'e:\n  A: b\n  HF_TOKEN: "${HF_TOKEN}"\n'),
        ("a: b\n", 'a: b\ne:\n  HF_TOKEN: "${HF_TOKEN}"\n'),
    ],
)
def test_variables_of_compose_are_listed_where_the_others_are(text: str, wanted: str) -> None:
    assert put(text, ("e", TO), "${HF_TOKEN}", keys.listed) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("v: [a]\n", "v: [a, b]\n"),
        ("v: []\n", "v: [b]\n"),
        ("v:\n- a  # ours\nw: 1\n", "v:\n- a  # ours\n- b\nw: 1\n"),
        ("v:\n", "v: [b]\n"),
        ("w: 1\n", "w: 1\nv: [b]\n"),
        ("v: {a: 1}\n", None),
        ("v: a\n", None),
        ("v: &l [a]\nw: *l\n", None),
    ],
)
def test_an_item_goes_into_lists_only(text: str, wanted: str | None) -> None:
    assert put(text, ("v",), "b", keys.added) == wanted
