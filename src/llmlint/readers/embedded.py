"""YAML that stands in a string of the file: what it holds, and where in the file each of its values is."""

from __future__ import annotations

import re
from typing import Any

from llmlint.finding import Path, Span
from llmlint.plan import Spot
from llmlint.readers.wording import MOST_TEXT
from llmlint.unit import Said

HEADER = r"\|(?:[1-9][+-]?|[+-]?[1-9]?)[ \t]*(?:#.*)?"
"""Of a literal block, the only form in which lines of the string are lines of the file."""


class Embedded:
    """The first document of such a string."""

    def __init__(self, said: Said[str]) -> None:
        from llmlint import document

        self.outer = said.spot
        source = document.read(said.value[:MOST_TEXT].encode("utf-8", "replace"))
        self.document = source.documents[0] if source.documents else None
        self.data: Any = self.document.data if self.document is not None else None
        self.start, self.indent = _lines(said)

    def spot(self, *path: str | int, key: bool = False) -> Spot:
        """Where a value, or its key, is written; the whole string where its lines are not those of the file."""
        if self.document is None or not self.start:
            return self.outer
        end = len(path)
        while end and not self.document.holds(path[:end]):
            end -= 1
        at_key = key or end < len(path)
        span = self.document.key_span(path[:end]) if at_key else self.document.value_span(path[:end])
        return self.outer._replace(span=self._outside(span))

    def _outside(self, span: Span) -> Span:
        return Span(
            span.line + self.start,
            span.column + self.indent,
            span.end_line + self.start,
            span.end_column + self.indent,
        )


def _lines(said: Said[str]) -> tuple[int, int]:
    """The file's line before the string's first, and how far its lines are indented; 0 where it is no block."""
    try:
        written, span = _written(said.spot), said.spot.document.value_span(said.spot.path)
    except KeyError:
        return 0, 0
    heading, _, body = written.partition("\n")
    if re.fullmatch(HEADER, heading.rstrip("\r")) is None:
        return 0, 0
    return span.line, _indentation(body) - _indentation(said.value)


def _indentation(text: str) -> int:
    """Of the first line that holds anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(first) - len(first.lstrip(" "))


def _written(spot: Spot) -> str:
    written = getattr(spot.document, "written", None)
    return written(spot.path) if written is not None else ""


def in_document(document: Any, path: Path = ()) -> Any:
    """The same for values that stand in the file itself: a function from paths to places."""

    def spot(*steps: str | int, key: bool = False) -> Spot:
        return Spot(document, (*path, *steps), key=key)

    return spot
