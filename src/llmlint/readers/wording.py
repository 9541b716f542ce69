"""Words of command lines with their places in the file: items of a list, or parts of a string that is split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmlint.finding import Path, Span
from llmlint.plan import Spot
from llmlint.readers import shell
from llmlint.unit import Word

if TYPE_CHECKING:
    from llmlint.document import Document

MOST_TEXT = 200_000
"""Characters of a string that are split."""


def plain(value: object) -> str:
    """A scalar as it would be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def listed(document: Document, path: Path, items: Sequence[object]) -> tuple[Word, ...]:
    """The items of a list, a word each."""
    return tuple(Word(plain(item), Spot(document, (*path, index))) for index, item in enumerate(items))


def split(document: Document, path: Path, text: str) -> tuple[Word, ...]:
    """The words of a string, as a shell would split it."""
    places = Inside(document, path)
    return tuple(places.word(token, text) for token in shell.words(text[:MOST_TEXT]))


def scripted(spot: Spot, text: str) -> list[tuple[Word, ...]]:
    """The commands of a script that is written at a spot, word by word."""
    places = Inside(spot.document, spot.path, spot.span)
    return [tuple(places.word(token, text) for token in command) for command in shell.commands(text[:MOST_TEXT])]


class Inside:
    """Finds the words of a scalar in what is written: they follow each other in both."""

    def __init__(self, document: object, path: Path, span: Span | None = None) -> None:
        self.document = document
        self.path = path
        self.start = span
        self.raw: str = ""
        self.cursor = 0
        self.line, self.column, self.counted = 0, 0, 0
        written = getattr(document, "written", None)
        if written is not None and span is None:
            try:
                self.raw = written(path)
                self.start = document.value_span(path)  # type: ignore[attr-defined]
            except KeyError:
                self.raw = ""
        if self.start is not None:
            self.line, self.column = self.start.line, self.start.column

    def word(self, token: shell.Token, text: str) -> Word:
        """A token of the decoded text as a word, in its place; in that of the whole scalar where it is not found."""
        return Word(token.text, self.spot(text[token.start : token.end]), item=False)

    def spot(self, sought: str) -> Spot:
        """The next place at which a stretch of the decoded text is written."""
        first = sought.split("\n", 1)[0].rstrip("\r\\ ")
        at = self.raw.find(first, self.cursor) if first else -1
        if at < 0:
            return Spot(self.document, self.path, self.start if not self.raw else None)  # type: ignore[arg-type]
        start = self._position(at)
        end = self._position(at + len(first))
        self.cursor = at + len(first)
        return Spot(self.document, self.path, Span(*start, *end))  # type: ignore[arg-type]

    def _position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; offsets come in order, so that each line is counted once."""
        breaks = self.raw.count("\n", self.counted, offset)
        if breaks:
            self.line += breaks
            self.column = offset - self.raw.rfind("\n", 0, offset)
        else:
            self.column += offset - self.counted
        self.counted = offset
        return self.line, self.column
