"""Results of files as lines of text: what a process of its own sends to the one that reports, and what a cache keeps.

JSON, since it can neither run anything nor break a reader. What is read back makes the same report, byte for byte, in
every format: facts that are no plain values are written as the words that reports show of them, and the text of a file
is made of its bytes again.
"""

from __future__ import annotations

from llmlint.catalog.index import loads
from llmlint.document.decode import decode
from llmlint.finding import Edit, FileResult, Finding, Fix, NotChecked, Remedy, Span, TextEdit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

CLEAN, SPEAKING = "c", "f"
"""How a line begins: of a file without findings, of one with some, whose bytes a report needs."""
MOST_KNOWN = 512
"""Lines of clean files that are kept read, since most of a tree's say the same."""


def pack(result: FileResult, data: bytes) -> str:
    """The line of what was found in a file that holds these bytes; raises ValueError for what no line can hold."""
    findings = tuple(finding._replace(facts=_plain(finding.facts)) for finding in result.findings)
    same = not findings or decode(data)[0] == result.text
    fields = [*result._replace(file="", text="" if same else result.text, findings=findings, data=b"")[:-1], same]
    return (SPEAKING if findings else CLEAN) + dumps(fields)


def dumps(value: object) -> str:
    """JSON in ASCII without blanks; what it has no form for is its text.

    By the encoder of the json package without the package, whose import takes as long as several files.
    """
    try:
        from _json import encode_basestring_ascii, make_encoder

        encoder = make_encoder(None, str, encode_basestring_ascii, None, ":", ",", False, False, True)
        return "".join(encoder(value, 0))
    except (ImportError, TypeError):  # another interpreter, or one whose encoder takes something else
        import json

        return json.dumps(value, default=str, separators=(",", ":"))


def _plain(facts: Sequence[tuple[str, object]]) -> tuple[tuple[str, object], ...]:
    """Facts whose values are as reports show them: lists would not be read back as what they were."""
    return tuple(
        (name, value if value is None or isinstance(value, (str, int, float)) else str(value)) for name, value in facts
    )


class Unpacker:
    """Reads lines back."""

    def __init__(self) -> None:
        self._clean: dict[str, FileResult] = {}

    def unpack(self, line: str, file: str, data: bytes) -> FileResult:
        """The result of a file that holds these bytes. Raises ValueError, TypeError, LookupError for other lines."""
        if line[:1] == SPEAKING:
            return _result(loads(line[1:].encode()), file, data)
        known = self._clean.get(line)
        if known is None:
            if len(self._clean) >= MOST_KNOWN:
                self._clean.clear()
            known = self._clean[line] = _result(loads(line[1:].encode()), file, b"")
        return known._replace(file=file)


def is_speaking(line: str) -> bool:
    """Whether the file of a line has findings, so that its bytes are needed for a report."""
    return line[:1] == SPEAKING


def _result(fields: list[Any], file: str, data: bytes) -> FileResult:
    *written, same = fields
    if len(written) != len(FileResult._fields) - 1:
        raise ValueError("a result of another version")
    result = FileResult._make([*written, data])
    return result._replace(
        file=file,
        text=decode(data)[0] if same and result.findings else result.text,
        findings=_each(_finding, result.findings),
        not_checked=_each(_not_checked, result.not_checked),
        formats=tuple(result.formats),
    )


def _not_checked(fields: list[Any]) -> NotChecked:
    rule, document, facts, keys = fields
    return NotChecked(rule, document, tuple(facts), tuple(keys))


def _finding(fields: list[Any]) -> Finding:
    one = Finding(*fields)
    return one._replace(
        span=Span(*one.span),
        path=tuple(one.path),
        notes=tuple(one.notes),
        facts=tuple((name, value) for name, value in one.facts),
        remedies=_each(_remedy, one.remedies),
        fix=None if one.fix is None else _fix(one.fix),
        aliases=tuple(one.aliases),
    )


def _each(read: Callable[[Any], Any], rows: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(map(read, rows)) if rows else ()


def _remedy(fields: list[Any]) -> Remedy:
    edits, before, after, file, left = fields
    return Remedy(
        tuple(Edit(tuple(path), old, new, line) for path, old, new, line in edits), before, after, file, tuple(left)
    )


def _fix(fields: Sequence[Any]) -> Fix:
    safe, edits, within = fields
    made = tuple(TextEdit(start, end, text, Span(*span)) for start, end, text, span in edits)
    return Fix(safe, made, tuple((document, tuple(path)) for document, path in within))
