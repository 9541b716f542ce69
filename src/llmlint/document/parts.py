"""The events that the C parser makes where the command line loads it by itself: places, words and nothing else.

ruamel's own are made by three constructors that call one another, which is a fifth of reading a file. Fields and the
order of arguments are theirs (ruamel.yaml.clib 0.2.15).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Event:
    __slots__ = ("end_mark", "start_mark")

    def __init__(self, start_mark: Any, end_mark: Any) -> None:
        self.start_mark, self.end_mark = start_mark, end_mark


class StreamStartEvent(_Event):
    """Of every text."""

    __slots__ = ()

    def __init__(self, start_mark: Any, end_mark: Any, _encoding: Any) -> None:
        self.start_mark, self.end_mark = start_mark, end_mark


class StreamEndEvent(_Event):
    """Likewise."""

    __slots__ = ()


class DocumentStartEvent(_Event):
    """With what a %YAML directive says."""

    __slots__ = ("version",)

    def __init__(self, start_mark: Any, end_mark: Any, _explicit: Any, version: Any, _tags: Any) -> None:
        self.start_mark, self.end_mark, self.version = start_mark, end_mark, version


class DocumentEndEvent(_Event):
    """The end of a document."""

    __slots__ = ()

    def __init__(self, start_mark: Any, end_mark: Any, _explicit: Any) -> None:
        self.start_mark, self.end_mark = start_mark, end_mark


class AliasEvent(_Event):
    """`*name`."""

    __slots__ = ("anchor",)

    def __init__(self, anchor: Any, start_mark: Any, end_mark: Any) -> None:
        self.anchor, self.start_mark, self.end_mark = anchor, start_mark, end_mark


class ScalarEvent(_Event):
    """A word or text, a key or a value."""

    __slots__ = ("anchor", "ctag", "implicit", "style", "value")

    def __init__(  # noqa: PLR0913, PLR0917 – as the parser calls it
        self, anchor: Any, tag: Any, implicit: Any, value: Any, start_mark: Any, end_mark: Any, style: Any
    ) -> None:
        self.anchor = anchor
        self.ctag = tag
        self.implicit = implicit
        self.value = value
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.style = style


class _CollectionStartEvent(_Event):
    __slots__ = ("anchor", "ctag", "flow_style", "implicit")

    def __init__(  # noqa: PLR0913, PLR0917 – likewise
        self, anchor: Any, tag: Any, implicit: Any, start_mark: Any, end_mark: Any, flow_style: Any
    ) -> None:
        self.anchor = anchor
        self.ctag = tag
        self.implicit = implicit
        self.start_mark = start_mark
        self.end_mark = end_mark
        self.flow_style = flow_style


class SequenceStartEvent(_CollectionStartEvent):
    """Of a list."""

    __slots__ = ()


class MappingStartEvent(_CollectionStartEvent):
    """Of a mapping."""

    __slots__ = ()


class SequenceEndEvent(_Event):
    """Of a list."""

    __slots__ = ()


class MappingEndEvent(_Event):
    """Of a mapping."""

    __slots__ = ()
