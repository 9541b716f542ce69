"""YAML in a string of a document, with the places of its values in the file that holds the string."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmlint import document as yaml
from llmlint.finding import Path, Span
from llmlint.readers import alignment
from llmlint.readers.values import text
from llmlint.readers.wording import Inside

if TYPE_CHECKING:
    from llmlint.plan import Written

MOST_TEXT = 200_000


class Nested:
    """The document in a string at a path of another. Paths in it begin with that path; others are the outer's."""

    def __init__(self, outer: Written, path: Path, inner: Written, said: str) -> None:
        self.index = outer.index
        self.data = outer.data
        self.outer, self.path, self.inner = outer, path, inner
        self._said = said
        self._places = Inside(outer, path, text=said)

    @property
    def content(self) -> Any:
        """What the string says."""
        return self.inner.data

    def _own(self, path: Path) -> Path | None:
        """The path from the root of the string; None where it leads elsewhere, or to the string itself."""
        depth = len(self.path)
        return path[depth:] if path[:depth] == self.path and len(path) > depth else None

    def holds(self, path: Path) -> bool:
        """Whether the path leads to a value."""
        own = self._own(path)
        return self.outer.holds(path) if own is None else self.inner.holds(own)

    def value_span(self, path: Path) -> Span:
        """Where a value is written in the file."""
        own = self._own(path)
        return self.outer.value_span(path) if own is None else self._moved(self.inner.value_span(own))

    def key_span(self, path: Path) -> Span:
        """Where its key is."""
        own = self._own(path)
        return self.outer.key_span(path) if own is None else self._moved(self.inner.key_span(own))

    def _moved(self, span: Span) -> Span:
        whole = Span(1, 1, 1, 1)
        start = alignment.offset(self._said, whole, span.line, span.column)
        end = alignment.offset(self._said, whole, span.end_line, span.end_column)
        spot = self._places.at(start, end)
        return spot.span if spot.span is not None else self.outer.value_span(self.path)


def nested(outer: Written, path: Path) -> Nested | None:
    """The mapping that a string holds as YAML; None where there is none, or it cannot be read."""
    said = text(outer.data, *path)
    if said is None or len(said) > MOST_TEXT:
        return None
    source = yaml.read(said.encode("utf-8", "surrogatepass"))
    if source.problems or len(source.documents) != 1 or not isinstance(source.documents[0].data, dict):
        return None
    return Nested(outer, path, source.documents[0], said)
