"""Words of command lines with their places in the file: items of a list, or parts of a string that is split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from llmlint.finding import Path, Span
from llmlint.plans import Spot
from llmlint.readers import alignment, shell
from llmlint.unit import Word

if TYPE_CHECKING:
    from llmlint.plans import Written

MOST_TEXT = 200_000
"""Characters of a string that are split."""


def plain(value: object) -> str:
    """A scalar as it would be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def listed(document: Written, path: Path, items: Sequence[object]) -> tuple[Word, ...]:
    """The items of a list, a word each."""
    return tuple(Word(plain(item), Spot(document, (*path, index))) for index, item in enumerate(items))


def split(document: Written, path: Path, text: str, *, comments: bool = False) -> tuple[Word, ...]:
    """The words of a string, as a shell would split it."""
    text = text[:MOST_TEXT]
    places = Inside(document, path, text=text)
    return tuple(places.word(token, text) for token in shell.words(text, comments=comments))


def split_at(spot: Spot, text: str) -> tuple[Word, ...]:
    """The words of a string that stands at a spot, in this file or in another."""
    text = text[:MOST_TEXT]
    places = inside(spot, text)
    return tuple(places.word(token, text) for token in shell.words(text))


class Inside:
    """Finds the parts of a scalar in what is written.

    `text`: what the document decodes the scalar to, or the part of it that stands at `span`. Where that is not what is
    written there (something was filled in), parts are looked for one behind the other.
    """

    def __init__(self, document: Written, path: Path, span: Span | None = None, text: str | None = None) -> None:
        self.document = document
        self.path = path
        self.whole = span
        self.raw, self.start = _written(document, path, span)
        self.offsets = alignment.offsets(self.raw, text) if text is not None and self.raw else None
        self.cursor = 0
        self._lines = alignment.Lines(self.raw, self.start) if self.start is not None else None

    def word(self, token: shell.Token, text: str) -> Word:
        """A token of the decoded text as a word, in its place."""
        if self.offsets is None:
            return Word(token.text, self.spot(text[token.start : token.end]), item=False)
        return Word(token.text, self.at(token.start, token.end), item=False)

    def at(self, start: int, end: int) -> Spot:
        """Where the part of the decoded text between two offsets is written; the whole scalar if that is not known."""
        if self.offsets is None or self._lines is None or not 0 <= start <= end < len(self.offsets):
            return Spot(self.document, self.path, self.whole)
        last = self.offsets[end - 1] + 1 if end > start else self.offsets[end]
        return Spot(self.document, self.path, self._lines.span(self.offsets[start], last))

    def spot(self, sought: str) -> Spot:
        """The next place at which a stretch of text is written; the whole scalar where it is not found."""
        first = sought.split("\n", 1)[0].rstrip("\r\\ ")
        at = self.raw.find(first, self.cursor) if first else -1
        if at < 0 or self._lines is None:
            return Spot(self.document, self.path, self.whole)
        self.cursor = at + len(first)
        return Spot(self.document, self.path, self._lines.span(at, self.cursor))


class Outside:
    """What is written in another file: its parts have the place that stands for it here."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot

    def word(self, token: shell.Token, text: str) -> Word:  # noqa: ARG002  # a place for every text
        """A token as a word."""
        return Word(token.text, self._spot, item=False)


class Places(Protocol):
    """Gives tokens their places."""

    def word(self, token: shell.Token, text: str) -> Word:
        """A token of the decoded text as a word, in its place."""


def inside(spot: Spot, text: str | None = None) -> Places:
    """Places of the parts of what is written at a spot; `text` is what the document decodes it to."""
    return Outside(spot) if spot.elsewhere else Inside(spot.document, spot.path, spot.span, text)


def _written(document: Written, path: Path, span: Span | None) -> tuple[str, Span | None]:
    """What is written at a path, or at a stretch of it, and where that begins."""
    source: Any = getattr(document, "written", None)
    if source is None:
        return "", span
    try:
        raw, whole = source(path), document.value_span(path)
    except KeyError:
        return "", span
    if span is None:
        return raw, whole
    start, end = (
        alignment.offset(raw, whole, span.line, span.column),
        alignment.offset(raw, whole, span.end_line, span.end_column),
    )
    return raw[start:end], span
