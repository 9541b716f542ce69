from __future__ import annotations

import pytest

from llmlint.document import comments, read
from llmlint.finding import Span

from .documents import BACKENDS, cut, one, paths

PLACES = """\
# a comment: with a colon
model: "phi-4"   # trailing
machine: &box
  ram: 24GB # not 32
  gpus:
  - {name: RTX 4090, count: 2}
  - name: "é😀"  # emoji
    count: 1
  empty:
text: |  # heading
  one
  # not a comment
after: >-
  folded
tagged: !Ref  &t  value
other:
  <<: *box
  own: [a, *t, [b]]
again: *box
? explicit
: 5
"""
PLACED = [
    (("model",), "model", '"phi-4"'),
    (("machine",), "machine", "ram: 24GB"),
    (("machine", "ram"), "ram", "24GB"),
    (("machine", "gpus"), "gpus", "- {name: RTX 4090, count: 2}"),
    (("machine", "gpus", 0), "{name: RTX 4090, count: 2}", "{name: RTX 4090, count: 2}"),
    (("machine", "gpus", 0, "count"), "count", "2"),
    (("machine", "gpus", 1), 'name: "é😀"', 'name: "é😀"'),
    (("machine", "gpus", 1, "name"), "name", '"é😀"'),
    (("machine", "empty"), "empty", ""),
    (("text",), "text", "|  # heading\n  one\n  # not a comment"),
    (("after",), "after", ">-\n  folded"),
    (("tagged",), "tagged", "value"),
    (("other",), "other", "<<: *box"),
    (("other", "ram"), "ram", "24GB"),
    (("other", "gpus", 1, "count"), "count", "1"),
    (("other", "own"), "own", "[a, *t, [b]]"),
    (("other", "own", 1), "*t", "*t"),
    (("other", "own", 2), "[b]", "[b]"),
    (("again",), "again", "*box"),
    (("again", "ram"), "ram", "24GB"),
    (("explicit",), "explicit", "5"),
]


@BACKENDS
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("path", "key", "value"), PLACED)
def test_place(path: tuple[str | int, ...], key: str, value: str, line_break: str, pure: bool) -> None:
    text = PLACES.replace("\n", line_break)
    document = one(text, pure)
    assert cut(text, document.key_span(path)) == key.replace("\n", line_break)
    assert cut(text, document.value_span(path)) == value.replace("\n", line_break) == document.written(path)


@BACKENDS
def test_places_in_numbers(pure: bool) -> None:
    document = one(PLACES, pure)
    assert document.key_span(("machine", "ram")) == Span(4, 3, 4, 6)
    assert document.value_span(("machine", "ram")) == Span(4, 8, 4, 12)
    assert document.value_span(("machine", "gpus", 1, "name")) == Span(7, 11, 7, 15)
    assert document.value_span(("machine", "empty")) == Span(9, 9, 9, 9)
    assert document.value_span(("text",)) == Span(10, 7, 12, 18)
    assert document.value_span(("other", "ram")) == Span(4, 8, 4, 12)
    assert document.value_span(()) == Span(2, 1, 2, 15)


@BACKENDS
@pytest.mark.parametrize("text", ["a: 1", "a: 1\n", "a:", "- ", "[a: 1]", "? x", "a: |", "a: &x", "a: {b, c: }", "'a'"])
def test_the_end_of_the_text_is_a_place_too(text: str, pure: bool) -> None:
    document = one(text, pure)
    for path in paths(document.data):
        for span in (document.value_span(path), document.key_span(path)):
            assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column) <= (2, 1)
    assert one("[a: 1]", pure).written((0,)) == "a: 1"


def test_paths_that_lead_nowhere() -> None:
    document = one("a: [1, {b: text}]\n")
    assert document.holds(())
    assert document.holds(("a", 1, "b"))
    for path in [("b",), ("a", 2), ("a", "0"), ("a", 1, "b", 0), ("a", 0, "x"), (0,)]:
        assert not document.holds(path)
        with pytest.raises(KeyError):
            document.value_span(path)


def test_ambiguities() -> None:
    document = one("a: no\nb: 'no'\nc: [010, 12:30:45, 1e3, x]\nyes: 2026-01-01\n")
    found = [(ambiguity.text, ambiguity.span.line) for ambiguity in document.ambiguities()]
    assert found == [("no", 1), ("010", 3), ("12:30:45", 3), ("1e3", 3), ("yes", 4), ("2026-01-01", 4)]


# Comments.


@BACKENDS
def test_comments(pure: bool) -> None:
    source = read(
        (PLACES + "url: http://x/#y  #z\nlist: [a, # in flow\n  '#b']\nc: it's # quote\n").encode(), pure=pure
    )
    assert [(comment.line, comment.column, comment.text, comment.alone) for comment in comments(source)] == [
        (1, 1, "# a comment: with a colon", True),
        (2, 18, "# trailing", False),
        (4, 13, "# not 32", False),
        (7, 17, "# emoji", False),
        (10, 10, "# heading", False),
        (22, 19, "#z", False),
        (23, 11, "# in flow", False),
        (25, 9, "# quote", False),
    ]
    assert [comment.line for comment in comments(source, "emoji")] == [7]


def test_comments_up_to_a_fault() -> None:
    source = read(b"a: 1 # one\nb: 2 # two\nc: [ # three\n")
    assert [comment.text for comment in comments(source)] == ["# one", "# two"]
    assert comments(read(b"\xff")) == []
