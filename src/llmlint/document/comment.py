"""The comments of a text: on the slow path, for suppressions and fixes."""

from __future__ import annotations

from llmlint.document.places import Text
from llmlint.document.position import line_end
from llmlint.tuples import NamedTuple


class Comment(NamedTuple):
    """A comment, from its `#` to the end of the line; line and column from 1."""

    line: int
    column: int
    text: str
    alone: bool
    """Whether nothing but blanks stands before it on its line."""


def comments_of(text: Text, end: int, word: str) -> list[Comment]:
    """All comments that hold a word and begin before an offset, in order."""
    found, offset = [], 0
    while (start := text.comment_start(offset, end)) < end:
        offset = line_end(text.content, start)
        if text.content.find(word, start, offset) < 0:
            continue
        line, column = text.lines.place(start)
        alone = not text.content[start - column + 1 : start].strip()
        found.append(Comment(line, column, text.content[start:offset].rstrip(), alone))
    return found
