"""From offsets in a text to lines and columns, as editors count them."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from llmlint.finding import Span

_LINE_BREAK = r"\r\n?|\n"


class Lines:
    """The lines of one text; they are looked for when the first place is asked for, not before."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of the character at an offset; of the text's end for what lies beyond."""
        if not self._starts:
            self._starts = _line_starts(self._text)
        offset = min(offset, len(self._text))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Offset of a line and column."""
        self.place(0)
        return min(self._starts[min(line, len(self._starts)) - 1] + column - 1, len(self._text))

    def span(self, start: int, end: int) -> Span:
        """The stretch between two offsets; `end` is exclusive."""
        return Span(*self.place(start), *self.place(max(start, end)))


def line_end(text: str, offset: int) -> int:
    """Offset of the line break (or the end of the text) that ends the line in which `offset` lies."""
    line_feed = text.find("\n", offset)
    end = len(text) if line_feed < 0 else line_feed
    carriage_return = text.find("\r", offset, end)
    return end if carriage_return < 0 else carriage_return


def _line_starts(text: str) -> list[int]:
    """Offset of every line: of LF alone in most files; re costs as much to load as a tenth of a lint."""
    if "\r" not in text:
        return list(accumulate((len(line) + 1 for line in text.split("\n")[:-1]), initial=0))
    import re

    return [0, *(line_break.end() for line_break in re.finditer(_LINE_BREAK, text))]
