"""Where in the text a finding's place can be edited: offsets, and what is written there, if it counts there alone."""

from __future__ import annotations

from typing import Any

from llmlint.document import Document
from llmlint.document.position import Lines
from llmlint.document.spots import is_shared, spot
from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.tuples import NamedTuple


class Stretch(NamedTuple):
    """A scalar, or a word inside of one."""

    text: str
    """Of the whole file."""
    lines: Lines
    start: int
    end: int
    document: Document | None
    """Where its places are known as those of YAML; None for texts of other kinds."""
    path: Path
    whole: bool
    """It is the whole scalar, not a word in it."""

    @property
    def raw(self) -> str:
        """As it is written."""
        return self.text[self.start : self.end]


def home(document: Any) -> Any:
    """The document of the file in which another, in a string, stands."""
    while hasattr(document, "outer"):
        document = document.outer.document if isinstance(document.outer, Spot) else document.outer
    return document


def text_of(document: Any) -> tuple[str, Lines]:
    """The text of the file that a document is of, and its lines."""
    document = home(document)
    if isinstance(document, Document):
        return document._text.content, document._text.lines
    return document.text, document.lines


def stretch(place: Spot) -> Stretch | None:
    """What a place covers; None where nothing is written there, or what is counts elsewhere too."""
    own: Any = home(place.document)
    text, lines = text_of(own)
    yaml = own if isinstance(own, Document) else None
    try:
        if yaml is not None and _counts_elsewhere(yaml, place.path):
            return None
        if place.span is not None or own is not place.document:
            span = place.span or place.document.value_span(place.path)
            start, end = lines.offset(span.line, span.column), lines.offset(span.end_line, span.end_column)
            return Stretch(text, lines, start, end, yaml, place.path, False)
        if yaml is not None:
            found = spot(yaml, place.path)
            if found.kind != "scalar":
                return None
            return Stretch(text, lines, found.start, found.end, yaml, place.path, True)
        places: Any = own
        start, end = places._places[place.path].value
    except (KeyError, IndexError):
        return None
    return Stretch(text, lines, start, end, None, place.path, False)


def _counts_elsewhere(document: Document, path: Path) -> bool:
    while path and not document.holds(path):  # inside a string
        path = path[:-1]
    return is_shared(document, path)
