from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from llmlint.document import comments, read
from llmlint.finding import Span

from .documents import check_spans, cut, one, paths

# Both parsers, any tree, any style.


class Leaf(NamedTuple):
    source: str
    value: Any


WORDS = st.from_regex(r"[A-Za-z][A-Za-z0-9_./-]{0,8}( [A-Za-z0-9]{1,5})?", fullmatch=True).filter(
    lambda word: word.lower() not in ("true", "false", "null")
)
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"), max_size=8
)
LEAVES = st.one_of(
    WORDS.map(lambda word: Leaf(word, word)),
    TEXTS.map(lambda text: Leaf("'" + text.replace("'", "''") + "'", text)),
    TEXTS.map(lambda text: Leaf(json.dumps(text, ensure_ascii=False), text)),
    st.integers(-(10**20), 10**20).map(lambda number: Leaf(str(number), number)),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: Leaf(repr(number), number)),
    st.sampled_from([Leaf("true", True), Leaf("False", False), Leaf("~", None), Leaf("null", None), Leaf("0x10", 16)]),
)
KEYS = st.one_of(
    WORDS.map(lambda word: Leaf(word, word)),
    TEXTS.map(lambda text: Leaf(json.dumps(text, ensure_ascii=False), text)),
)


class Style(NamedTuple):
    flow: bool
    indentation: int
    comment: bool


def mappings(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(KEYS, children), max_size=4, unique_by=lambda pair: pair[0].value)


STYLES = st.builds(Style, st.booleans(), st.integers(1, 4), st.booleans())
TREES = st.recursive(
    LEAVES,
    lambda children: st.one_of(
        st.tuples(STYLES, st.just("mapping"), mappings(children)),
        st.tuples(STYLES, st.just("list"), st.lists(children, max_size=4)),
    ),
    max_leaves=12,
)


def flow(tree: Any) -> str:
    if isinstance(tree, Leaf):
        return tree.source
    _, kind, children = tree
    if kind == "list":
        return "[" + ", ".join(map(flow, children)) + "]"
    return "{" + ", ".join(f"{key.source}: {flow(child)}" for key, child in children) + "}"


def block(tree: Any, indentation: int) -> str:
    """The tree as it stands behind a colon or dash: on the same line, or on lines of its own."""
    if isinstance(tree, Leaf) or tree[0].flow or not tree[2]:
        return " " + flow(tree) + "\n"
    style, kind, children = tree
    inner = indentation + style.indentation
    lines = [" # it's a comment\n" if style.comment else "\n"]
    for child in children:
        head, value = ("-", child) if kind == "list" else (f"{child[0].source}:", child[1])
        lines.append(" " * inner + head + block(value, inner))
    return "".join(lines)


def value_of(tree: Any) -> Any:
    if isinstance(tree, Leaf):
        return tree.value
    _, kind, children = tree
    if kind == "list":
        return [value_of(child) for child in children]
    return {key.value: value_of(child) for key, child in children}


def sources(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str | None, str]]:
    """Path, source of the key and source of the value of each scalar."""
    if isinstance(tree, Leaf):
        yield path, None, tree.source
        return
    for number, child in enumerate(tree[2]):
        if tree[1] == "list":
            yield from sources(child, (*path, number))
        else:
            key, value = child
            inner = list(sources(value, (*path, key.value)))
            yield from [(p, key.source if len(p) == len(path) + 1 else k, v) for p, k, v in inner]


@settings(max_examples=200)
@given(TREES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_trees(tree: Any, line_break: str) -> None:
    text = ("---" + block(tree, -1)).replace("\n", line_break)
    documents = [one(text, pure) for pure in (False, True)] if value_of(tree) is not None else []
    for document in documents:
        assert document.data == value_of(tree)
        for path, key, value in sources(tree):
            assert cut(text, document.value_span(path)) == value
            assert key is None or cut(text, document.key_span(path)) == key
    if documents:
        c, pure = documents
        assert [(c.value_span(p), c.key_span(p)) for p in paths(c.data)] == [
            (pure.value_span(p), pure.key_span(p)) for p in paths(pure.data)
        ]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(TEXTS, children, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150)
@given(JSON_VALUES, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_json(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps([value], indent=indent, ensure_ascii=ascii_only)
    c, pure = one(text), one(text, pure=True)
    assert c.data == pure.data == [value]
    for path in paths(c.data):
        assert (c.value_span(path), c.key_span(path)) == (pure.value_span(path), pure.key_span(path))
        assert json.loads(cut(text, c.value_span(path))) == step_into(c.data, path)


def step_into(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


# Any bytes at all.

YAML_ISH = st.text(st.sampled_from(list("ab01:-?[]{},&*!|>'\"%@`#~=<.\\xu \n\n  \t\ré😀\x85\u2028\x00{}")), max_size=60)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "a: ",
            "- ",
            "\n",
            "  ",
            "&a ",
            "*a",
            "<<: ",
            "!!int ",
            "!x ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "'",
            '"',
            "|\n",
            ">-\n",
            "# c",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "? ",
            ": ",
            "{{ x }}",
            "1e999",
            "no",
            "\\u00e9",
            "\t",
            "\r\n",
            "%TAG ! x\n",
        ]
    ),
    max_size=25,
).map("".join)


def check_robust(data: bytes) -> None:
    for pure in (False, True):
        source = read(data, pure=pure)
        check_spans(source, data)
        json.dumps([document.data for document in source.documents])
        for comment in comments(source):
            assert cut(source.text, Span(comment.line, comment.column, comment.line, 10**9)).startswith(comment.text)


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_any_bytes(data: bytes) -> None:
    check_robust(data)


@settings(max_examples=400)
@given(YAML_ISH)
def test_any_text(text: str) -> None:
    check_robust(text.encode())


@settings(max_examples=600)
@given(FRAGMENTS)
def test_any_pieces_of_yaml(text: str) -> None:
    check_robust(text.encode())
