"""From parser events to documents, in one loop with its own stack: nothing here recurses, whatever the nesting.

libyaml's own composer dies of deep nesting, and all of them expand merges at any cost; this one keeps to `limits`.
A fault from which composing can go on is noted; one from which it cannot raises Refused.
"""

from __future__ import annotations

from itertools import islice

from llmlint.document import limits, tags
from llmlint.document.anchors import Anchor, Anchors
from llmlint.document.disguise import Disguise
from llmlint.document.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    next_event,
)
from llmlint.document.merge import KEY as MERGE
from llmlint.document.merge import merge
from llmlint.document.notes import TEMPLATE, TEMPLATE_REMEDY, Notes, Refused, quoted
from llmlint.document.places import Document, Place, Text
from llmlint.document.scalar import WORDS, NumberRefused, Scalar, number
from llmlint.finding import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KNOWN_VERSIONS = (None, (1, 1), (1, 2))
DUPLICATE = "duplicate-key"
"""The fault of a key that is written twice; the last value is kept."""
_IN_LIST: Any = object()
"""What a frame has for a key where it needs none; None is a mapping that waits for its next key."""


class Collection:
    """A collection that serves as a key, in the shape of a scalar event."""

    __slots__ = ("anchor", "ctag", "end_mark", "implicit", "start_mark", "style", "value")

    def __init__(self, start_mark: Any, end_mark: Any, value: str) -> None:
        self.start_mark, self.end_mark, self.value = start_mark, end_mark, value
        self.anchor = self.ctag = None
        self.implicit = (False, False)
        self.style = ">"  # its end, like a block scalar's, may lie behind line breaks


def _disguised(content: str, hide_colons: bool) -> Disguise | None:
    disguise = Disguise(content)
    disguise.hide_pairs()
    if hide_colons:
        disguise.hide_colons()
    return disguise if disguise.active else None


def _has_marks(content: str) -> bool:
    """Without these a short text has neither anchor, tag, escape nor a key that is longer than the parsers allow."""
    return "&" in content or "!" in content or "\\" in content or "?" in content


class Composer:
    """Composes all documents of one text; `documents` and the notes grow as it goes."""

    def __init__(self, content: str, pure: bool, hide_colons: bool = False) -> None:
        self.text = Text(content)
        self.notes = Notes(self.text)
        self.documents: list[Document] = []
        self._count = 0
        self._version: tuple[int, int] | None = None
        self._first_scalar = 0
        self._templated = False
        self._anchors = Anchors(self.notes)
        self._places: dict[int, Place] = {}
        self._most_nodes, self._most_characters = limits.MAX_NODES, len(content)
        if pure:
            self._most_nodes, self._most_characters = limits.MAX_NODES_PURE, limits.MAX_LENGTH_PURE
        self._escapes = "\\" in content
        self._careful = len(content) > limits.MAX_KEY * 8 or hide_colons or _has_marks(content)
        self._disguise: Disguise | None = None
        if self._escapes or hide_colons:
            self._disguise = _disguised(content, hide_colons)
        self._next_event = next_event(self._disguise.text if self._disguise else content, pure)

    def run(self) -> None:  # noqa: PLR0912, PLR0915 – some ten events a line come by here: calls would be half the time
        """Read to the end; raises Refused, or what the parser raises."""
        self._check_length()
        self._check_directives()
        next_event, scalars, careful, most_nodes = self._next_event, self.text.scalars, self._careful, self._most_nodes
        anchors, places = self._anchors, self._places
        stack: list[tuple[Any, Any, Any, Any, Any]] = []
        container: Any = []  # the outermost frame is a list of one, the root
        entries: Any = []
        key: Any = _IN_LIST
        key_event: Any = None
        start: Any = None
        value: Any
        nodes = 0
        words, in_list = WORDS, _IN_LIST
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                scalars.append(event)
                value = event.value
                if key is None:
                    key, key_event = value, event
                    if careful:
                        nodes += 1
                        key = self._odd_key(event, len(stack))
                    continue
                if careful:
                    nodes += 1
                    if nodes > most_nodes:
                        raise self._too_many(event)
                if careful and self._is_odd(event):
                    value = self._odd_scalar(event, len(stack))
                elif not event.style:
                    if value < ":":  # what begins like a number, and little else
                        try:
                            value = number(value)
                        except NumberRefused as fault:
                            tags.note_number(event, fault, self.notes)
                    else:
                        value = words.get(value, value)
                if key is in_list:
                    container.append(value)
                    entries.append(event)
                    continue
                if key in container:
                    self._note_duplicate(key, entries[key][0], key_event)
                container[key] = value
                entries[key] = (key_event, event)
                key = None
                continue
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                value = {} if kind is MappingStartEvent else []
                if event.ctag is not None:
                    tags.collection(event, value, self.notes)
                if event.anchor is not None or anchors.open:
                    anchors.enter(event, value, len(stack), nodes)
                nodes += 2
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                if kind is MappingEndEvent and MERGE in entries:
                    merge(container, entries, places, self.notes)
                places[id(container)] = (start, event.end_mark, entries)
                if anchors.open and anchors.open[-1].value is container:
                    anchors.leave(nodes)
                ended = start
                container, entries, key, key_event, start = stack.pop()
                if key is ended:  # the collection was itself a key
                    key_event = self._collection_key(ended, event.end_mark)
                    key = key_event.value
                continue
            elif kind is AliasEvent:
                anchor = anchors.alias(event, len(stack))
                value = anchor.value
                nodes += anchor.nodes
                if nodes > most_nodes:
                    raise self.notes.refused(event, f"aliases stand for more than {most_nodes:,} values in all")
                if key is None:
                    key_event = event
                    key = self._alias_key(event, anchor)
                    continue
            elif kind is DocumentStartEvent:
                self._start_document(event)
                anchors, places = self._anchors, self._places
                continue
            elif kind is DocumentEndEvent:
                self._end_document(container.pop(), entries.pop())
                continue
            elif event is None:
                return
            else:
                continue

            if nodes > most_nodes:
                raise self._too_many(event)
            is_key = key is None
            if key is in_list:
                container.append(value)
                entries.append(event)
            elif not is_key:
                if key in container:
                    self._note_duplicate(key, entries[key][0], key_event)
                container[key] = value
                entries[key] = (key_event, event)
                key = None
            if kind is not AliasEvent:
                stack.append((container, entries, event if is_key else key, key_event, start))
                if len(stack) > limits.MAX_DEPTH:
                    raise self.notes.refused(event, f"nested more than {limits.MAX_DEPTH} levels deep")
                container, start = value, event
                entries, key = ({}, None) if kind is MappingStartEvent else ([], in_list)

    def _too_many(self, event: Any) -> Refused:
        return self.notes.refused(event, f"the file holds more than {self._most_nodes:,} values")

    def _check_length(self) -> None:
        length = len(self.text.content)
        if length > self._most_characters:
            message = f"the file has {length:,} characters; without the C parser {self._most_characters:,} are read"
            raise Refused(Problem(message, self.text.lines.span(0, 0), "install ruamel.yaml.clib"))

    def _check_directives(self) -> None:
        if "%TAG" in (content := self.text.content):
            import re

            found = list(islice(re.finditer("^%TAG", content, re.MULTILINE), limits.MAX_TAG_DIRECTIVES, None))
            if found:
                span = self.text.lines.span(*found[0].span())
                raise Refused(Problem(f"more than {limits.MAX_TAG_DIRECTIVES} %TAG directives", span))

    def _start_document(self, event: Any) -> None:
        if self._count >= limits.MAX_DOCUMENTS:
            raise self.notes.refused(event, f"the file holds more than {limits.MAX_DOCUMENTS:,} documents")
        if event.version not in _KNOWN_VERSIONS:  # the C parser refuses them by itself
            raise self.notes.refused(event, "only %YAML 1.1 and 1.2 are read")
        self._version = event.version
        self._first_scalar = len(self.text.scalars)
        self._anchors = Anchors(self.notes)
        self._places = {}

    def _end_document(self, data: Any, root: Any) -> None:
        index, self._count = self._count, self._count + 1
        if data is None and type(root) is ScalarEvent and not root.value and root.ctag is None:
            return
        scalars = (self._first_scalar, len(self.text.scalars))
        document = Document(
            index, data=data, root=root, places=self._places, text=self.text, scalars=scalars, version=self._version
        )
        self.documents.append(document)
        if self._version == (1, 1):
            self._note_other_readings(document)

    def _note_other_readings(self, document: Document) -> None:
        for event, reading in document.other_readings():
            message = (
                f"{quoted(event.value)} is {reading} in YAML 1.1, which the file asks for, but is read as YAML 1.2"
            )
            self.notes.note(event, message, "quote it, or write what is meant, and drop the %YAML line")

    # What does not come by on every line.

    def _is_odd(self, event: Any) -> bool:
        return (
            event.anchor is not None
            or event.ctag is not None
            or len(event.value) > limits.MAX_KEY
            or (event.style == '"' and self._escapes)
            or self._disguise is not None
        )

    def _odd_key(self, event: Any, depth: int) -> str:
        if not self._is_odd(event):
            return str(event.value)
        text = self._text_of(event)
        if event.ctag is not None:
            tags.scalar(event, text, self.notes)
        if event.anchor is not None:
            self._anchors.scalar(event, text, depth)
        if len(text) > limits.MAX_KEY:
            self.notes.note(event, f"the key is longer than {limits.MAX_KEY:,} characters")
        return text[: limits.MAX_KEY]

    def _odd_scalar(self, event: Any, depth: int) -> Scalar:
        text = self._text_of(event)
        if len(text) > limits.MAX_SCALAR:
            self.notes.note(event, f"the value is longer than {limits.MAX_SCALAR:,} characters")
            text = text[: limits.MAX_SCALAR]
        value = tags.scalar(event, text, self.notes)
        if event.anchor is not None:
            self._anchors.scalar(event, value, depth)
        return value

    def _text_of(self, event: Any) -> str:
        """The text of a scalar in which there may have been escapes."""
        if self._disguise is not None:
            event.value = self._disguise.restore(event.value, event.style == '"')
        if event.style == '"':
            if "\0" in event.value:
                self.notes.note(event, "a NUL character is not allowed in a value")
                event.value = event.value.replace("\0", "\ufffd")
            if any("\ud800" <= mark <= "\udfff" for mark in event.value):  # the C parser refuses them by itself
                raise self.notes.refused(event, "an escape stands for half a character", "write the character itself")
        return str(event.value)

    def _alias_key(self, event: Any, anchor: Anchor) -> str:
        if isinstance(anchor.value, dict | list):
            self.notes.note(event, f"*{quoted(event.anchor)} names a collection, which cannot be a key")
            return f"*{event.anchor}"
        return self._text_of(anchor.event) if anchor.event is not None else f"*{event.anchor}"

    def _collection_key(self, start: Any, end_mark: Any) -> Collection:
        begin = start.start_mark.index
        content = self.text.content
        written = content[begin : min(end_mark.index, begin + limits.MAX_KEY)].rstrip()
        key = Collection(start.start_mark, end_mark, written)
        if begin and content.startswith("{{", begin - 1):
            if self._templated:
                return key
            self._templated = True  # once is enough: the rest is rendered with it
            self.notes.note_at(key, (begin - 1, begin + 1), TEMPLATE, TEMPLATE_REMEDY)
        else:
            self.notes.note(key, "a list or mapping cannot be a key here", "quote it if it is text")
        return key

    def _note_duplicate(self, key: str, first: Any, second: Any) -> None:
        if self.notes.leave_out(second):
            return
        places = f"{self.notes.place(first)}, and {self.notes.place(second)}"
        message = f"the key {quoted(key)} is written twice: {places}"
        self.notes.note(second, message, "keep one of the two: readers disagree on which one counts", DUPLICATE)
