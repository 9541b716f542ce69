"""YAML in a string of a document, with the places of its values in the file that holds the string."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llmlint import document as yaml
from llmlint.finding import Path, Span
from llmlint.plans import Spot
from llmlint.readers import alignment
from llmlint.readers.wording import MOST_TEXT, Inside

if TYPE_CHECKING:
    from llmlint.plans import Written
    from llmlint.unit import Said


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


def nested(said: Said[str]) -> Nested | None:
    """The mapping that a string holds as YAML, its first document; None where there is none."""
    source = yaml.read(said.value[:MOST_TEXT].encode("utf-8", "replace"))
    if not source.documents or not isinstance(source.documents[0].data, dict):
        return None
    return Nested(said.spot.document, said.spot.path, source.documents[0], said.value[:MOST_TEXT])


def spots(document: Any, path: Path = ()) -> Callable[..., Spot]:
    """A function from steps below a path to places; one that leads nowhere stands for its nearest ancestor."""

    def spot(*steps: str | int, key: bool = False) -> Spot:
        return Spot(document, (*path, *steps), key=key)

    return spot
