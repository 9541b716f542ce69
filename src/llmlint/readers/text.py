"""Texts that are no YAML, as documents that know their places: Modelfiles and systemd units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from llmlint.document import Source
from llmlint.document.places import Text
from llmlint.document.position import Lines
from llmlint.finding import Path, Span
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.document import Document


class Stretch(NamedTuple):
    """Offsets of a key and its value."""

    key: tuple[int, int]
    value: tuple[int, int]


class TextDocument:
    """Settings found in a text by its reader, by path. `data` maps a section or keyword to what was given to it."""

    templated = False

    def __init__(self, text: str) -> None:
        self.index = 0
        self.text = text
        self.lines = Lines(text)
        self.data: dict[str, Any] = {}
        self.comments: list[int] = []
        """Offsets at which comments begin."""
        self._places: dict[Path, Stretch] = {}

    def put(self, path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
        """Says where the value at a path is written; `data` is filled by the reader."""
        self._places[path] = Stretch(key, value)

    def holds(self, path: Path) -> bool:
        """Whether the path leads to a value."""
        return not path or path in self._places

    def value_span(self, path: Path) -> Span:
        """Where a value is written; the beginning of the text for the empty path."""
        return self.lines.span(*self._places[path].value) if path else Span(1, 1, 1, 1)

    def key_span(self, path: Path) -> Span:
        """Where its keyword is written."""
        return self.lines.span(*self._places[path].key) if path else Span(1, 1, 1, 1)

    def written(self, path: Path) -> str:
        """A value as it is written."""
        start, end = self._places[path].value
        return self.text[start:end]


class _Commented(Text):
    """Comments are where the reader of the format saw them."""

    __slots__ = ("_comments",)

    def __init__(self, document: TextDocument) -> None:
        super().__init__(document.text)
        self._comments = sorted(document.comments)

    def comment_start(self, start: int, end: int) -> int:
        from bisect import bisect_left

        position = bisect_left(self._comments, start)
        found = self._comments[position] if position < len(self._comments) else end
        return min(found, end)


def source(document: TextDocument) -> Source:
    """The text as a source, so that comments in it silence findings as anywhere else."""
    made = Source(document.text)
    made.documents = [cast("Document", document)]
    made.written = _Commented(document)
    made.end = len(document.text)
    return made
