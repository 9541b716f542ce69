"""Places as an editor counts them: lines from 0, and characters in the units that it asked for, UTF-16 if nothing else.

llmlint counts columns in code points, and lines by CR LF, LF and CR, as the protocol does.
"""

from __future__ import annotations

import re

from lsprotocol import types

from llmlint.finding import Span

BYTE_ORDER_MARK = "\ufeff"
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Positions:
    """Translates places of one text."""

    def __init__(self, text: str, encoding: str = types.PositionEncodingKind.Utf16) -> None:
        self._mark = 1 if text.startswith(BYTE_ORDER_MARK) else 0
        """A byte order mark is a character to the editor, and none to llmlint."""
        self.text = text[self._mark :]
        """As llmlint sees it."""
        self._starts = [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]
        self._lines = _LINE_BREAK.split(self.text)
        self._encoding = encoding

    def line(self, number: int) -> str:
        """A line by its number from 0, without its break; empty behind the last."""
        return self._lines[number] if 0 <= number < len(self._lines) else ""

    def position(self, line: int, column: int) -> types.Position:
        """Of a line and column as llmlint counts them, from 1."""
        number = min(max(line, 1), len(self._lines)) - 1
        before = self._lines[number][: max(column - 1, 0)]
        return types.Position(number, self._units(before) + (self._mark if number == 0 else 0))

    def range(self, span: Span) -> types.Range:
        """Of a span."""
        return types.Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def at_offset(self, offset: int) -> types.Position:
        """Of an offset in code points."""
        from bisect import bisect_right

        line = bisect_right(self._starts, min(max(offset, 0), len(self.text)))
        return self.position(line, offset - self._starts[line - 1] + 1)

    def stretch(self, start: int, end: int) -> types.Range:
        """Between two offsets in code points."""
        return types.Range(self.at_offset(start), self.at_offset(end))

    def place(self, position: types.Position) -> tuple[int, int]:
        """Line and column from 1, in code points, of an editor's position; the nearest one where there is none."""
        number = min(max(position.line, 0), len(self._lines) - 1)
        left = position.character - (self._mark if number == 0 else 0)
        column = 1
        for character in self._lines[number]:
            if left <= 0:
                break
            left -= self._units(character)
            column += 1
        return number + 1, column

    def offset(self, position: types.Position) -> int:
        """Offset in code points of an editor's position."""
        line, column = self.place(position)
        return self._starts[line - 1] + column - 1

    def _units(self, text: str) -> int:
        if self._encoding == types.PositionEncodingKind.Utf32:
            return len(text)
        if self._encoding == types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def overlap(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a place, their ends included."""
    first, second = _ends(one), _ends(other)
    return first[0] <= second[1] and second[0] <= first[1]


def _ends(one: types.Range) -> tuple[tuple[int, int], tuple[int, int]]:
    return (one.start.line, one.start.character), (one.end.line, one.end.character)
