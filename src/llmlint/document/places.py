"""A composed document: plain data, and where in the text each key and value of it is written.

While composing, only references to the parser's events are kept; lines and columns are made of them when asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from math import inf

from llmlint.document.position import Lines, line_end
from llmlint.finding import Path, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    from llmlint.document.yaml11 import Ambiguity

_PROPERTIES = r"(?:(?:&[^\s,\[\]{}]*|!<[^>\s]*>|![^\s,\[\]{}]*)\s*(?:#[^\r\n]*\s*)*){0,2}"
"""Anchor and tag before a scalar, with the comments that may follow them."""

Entries: TypeAlias = "dict[str, tuple[Any, Any]] | list[Any]"
"""The events of a mapping's keys and values, or of a list's items."""


Place: TypeAlias = "tuple[Any, Any, Entries]"
"""Where a container is written: its start event; the mark behind it, which is behind a block collection the next
token's, lines away perhaps; the places of what is in it."""


class Text:
    """A text with its scalars, in order: what tells a comment from a `#` in a value."""

    __slots__ = ("_ranges", "content", "lines", "scalars")

    def __init__(self, content: str) -> None:
        self.content = content
        self.lines = Lines(content)
        self.scalars: list[Any] = []
        self._ranges: list[tuple[int, int]] = []

    def scalar_range(self, event: Any) -> tuple[int, int]:
        """Offsets of a scalar without its anchor and tag, and without the line breaks behind a block scalar."""
        content, start, end = self.content, event.start_mark.index, min(event.end_mark.index, len(self.content))
        if event.anchor is not None or event.ctag is not None:
            import re

            found = re.compile(_PROPERTIES).match(content, start, end)
            start = found.end() if found else start
        if event.style and event.style in "|>":
            end = start + len(content[start:end].rstrip())
        return start, end

    def ranges(self) -> list[tuple[int, int]]:
        """The stretches in which a `#` begins no comment; the heading of a block scalar may have one."""
        if len(self._ranges) != len(self.scalars):
            self._ranges = [self._without_heading(event) for event in self.scalars]
        return self._ranges

    def _without_heading(self, event: Any) -> tuple[int, int]:
        start, end = self.scalar_range(event)
        if event.style and event.style in "|>":
            start = min(line_end(self.content, start), end)
        return start, end

    def comment_start(self, start: int, end: int) -> int:
        """Offset of the first comment between two offsets, `end` where there is none."""
        ranges = self.ranges()
        at = self.content.find("#", start, end)
        while at >= 0:
            before = bisect_right(ranges, (at, len(self.content))) - 1
            if before < 0 or ranges[before][1] <= at:
                return at
            at = self.content.find("#", at + 1, end)
        return end

    def content_end(self, offset: int) -> int:
        """Offset at which the content of the line ends in which `offset` lies: before blanks and comment."""
        end = self.comment_start(offset, line_end(self.content, offset))
        return offset + len(self.content[offset:end].rstrip())


class Document:
    """One document of a file. `data` is plain Python: dict (keys are strings), list, str, int, float, bool, None.

    Mappings that the file names by aliases are shared, never copied. Where a path is not in the document, the
    methods that give spans raise KeyError.
    """

    __slots__ = ("_first", "_last", "_places", "_root", "_text", "_written", "data", "index", "version")

    def __init__(  # noqa: PLR0913 – made in one place only
        self,
        index: int,
        *,
        data: Any,
        root: Any,
        places: dict[int, Place],
        text: Text,
        scalars: tuple[int, int],
        version: tuple[int, int] | None,
    ) -> None:
        self.index = index
        """Place in the stream, from 0; empty documents count."""
        self._written: dict[Path, Any] = {}  # what `spots.entries` found, once for all edits
        self.data = data
        self.version = version
        """What a %YAML directive says."""
        self._root = root
        self._places = places
        self._text = text
        self._first, self._last = scalars

    @property
    def most_values(self) -> float:
        """No document holds more values than it has characters, but where aliases repeat them."""
        content = self._text.content
        return inf if "*" in content else len(content)

    def holds(self, path: Path) -> bool:
        """Whether the path leads to a value."""
        try:
            self._find(path)
        except KeyError:
            return False
        return True

    def value_span(self, path: Path) -> Span:
        """Where a value is written, without anchor and tag.

        A flow collection is covered whole, a quoted or block scalar from its first to its last character. A block
        collection is represented by its first line, from the first key or dash to the end of that line's content.
        For an alias it is the alias; what is behind it is found by longer paths. An absent value (`key:`) is an
        empty span.
        """
        _, event, value = self._find(path)
        return self._text.lines.span(*self._range(event, value))

    def key_span(self, path: Path) -> Span:
        """Where the key of a value is written; for an item of a list, and for the root, the value itself.

        A value that came by a merge (`<<`) has its key in the mapping it was merged from.
        """
        key, _, _ = self._find(path)
        return self.value_span(path) if key is None else self._text.lines.span(*self._text.scalar_range(key))

    def written(self, path: Path) -> str:
        """A value as it is written, quotes and all; the stretch of text that `value_span` covers."""
        _, event, value = self._find(path)
        start, end = self._range(event, value)
        return self._text.content[start:end]

    def comment_behind(self, path: Path) -> str:
        """What the comment on the line where a value ends says; empty where there is none."""
        _, event, value = self._find(path)
        content, (_, end) = self._text.content, self._range(event, value)
        line = content[end : line_end(content, end)].strip()
        return line.lstrip("#").strip() if line.startswith("#") else ""

    def tag(self, path: Path) -> str | None:
        """The explicit tag of a value, such as `!Ref`."""
        _, event, _ = self._find(path)
        tag = getattr(event, "ctag", None)
        return None if tag is None else str(tag)

    def ambiguities(self) -> list[Ambiguity]:
        """The unquoted words that mean something else to readers of YAML 1.1 (`no`, `010`, `12:30:45`)."""
        from llmlint.document.yaml11 import Ambiguity

        span, offsets = self._text.lines.span, self._text.scalar_range
        return [Ambiguity(event.value, reading, span(*offsets(event))) for event, reading in self.other_readings()]

    def other_readings(self) -> Iterator[tuple[Any, str]]:
        """The same as events of the parser."""
        from llmlint.document.yaml11 import reading_1_1

        for event in self._scalars():
            if event.implicit[0] and event.ctag is None and (reading := reading_1_1(event.value)):
                yield event, reading

    def _scalars(self) -> list[Any]:
        return self._text.scalars[self._first : self._last]

    def _find(self, path: Path) -> tuple[Any, Any, Any]:
        """Events of key (None in a list) and value, and the value."""
        key, event, value = None, self._root, self.data
        for step in path:
            if not isinstance(value, (dict, list)):
                raise KeyError(path)
            entries = self._places[id(value)][2]
            try:
                entry, value = entries[step], value[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                raise KeyError(path) from None
            key, event = entry if isinstance(entries, dict) else (None, entry)
        return key, event, value

    def _range(self, event: Any, value: Any) -> tuple[int, int]:
        """Offsets of a value, given its event."""
        if not hasattr(event, "flow_style"):
            if hasattr(event, "ctag"):
                return self._text.scalar_range(event)
            return event.start_mark.index, event.end_mark.index
        behind = event.end_mark.index  # the bracket's; before it may stand anchor and tag
        if event.flow_style:
            start = behind - 1 if behind > event.start_mark.index else behind  # `[key: value]` has no bracket
            end = self._places[id(value)][1].index
            return start, start + len(self._text.content[start:end].rstrip())
        if isinstance(value, list) and not self._text.content.startswith("-", behind):
            behind -= 1  # a list no deeper than its key: the event covers its first dash
        return behind, self._text.content_end(behind)
