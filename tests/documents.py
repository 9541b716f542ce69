"""What the tests of the document layer share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from llmlint.document import Document, Source, read
from llmlint.finding import Span

BACKENDS = pytest.mark.parametrize("pure", [False, True], ids=["C", "pure"])


def one(text: str | bytes, pure: bool = False) -> Document:
    source = read(text.encode() if isinstance(text, str) else text, pure=pure)
    assert [problem.message for problem in source.problems] == []
    (only,) = source.documents
    return only


def cut(text: str, span: Span) -> str:
    """The stretch of text that a span covers, by an editor's way of counting."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    middle = lines[span.line : span.end_line - 1]
    return "".join([lines[span.line - 1][span.column - 1 :], *middle, lines[span.end_line - 1][: span.end_column - 1]])


def paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    for step, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from paths(value, (*path, step))


def check_spans(source: Source, data: bytes) -> None:
    text = (
        source.text
        if source.written
        else data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    )
    lines = re.split(r"\r\n|\r|\n", text)
    spans = [problem.span for problem in source.problems]
    for document in source.documents:
        for path in paths(document.data):
            spans += [document.value_span(path), document.key_span(path)]
    for span in spans:
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
