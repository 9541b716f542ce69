"""Bytes to text: the encodings that YAML knows, strictly, and no character that two readers would see differently."""

from __future__ import annotations

from llmlint.document.position import Lines
from llmlint.finding import Problem, Span

_ALLOWED_ASCII = bytes([0x09, 0x0A, 0x0D, *range(0x20, 0x7F)])
_REFUSED = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
"""Not printable in YAML 1.2 (5.1), or a line break to some readers and not to others, or a stray byte order mark."""
_NAMES = {
    "\x00": "a NUL character",
    "\x85": "the line break NEL (U+0085)",
    "\u2028": "the line separator U+2028",
    "\u2029": "the paragraph separator U+2029",
    "\ufeff": "a byte order mark in the middle of the text",
}
_AMBIGUOUS_BREAKS = "\x85\u2028\u2029"
_BYTE_ORDER_MARKS = (  # the longer ones first: UTF-32-LE begins like UTF-16-LE
    (b"\xff\xfe\x00\x00", "UTF-32", None),
    (b"\x00\x00\xfe\xff", "UTF-32", None),
    (b"\xef\xbb\xbf", "UTF-8", "utf-8"),
    (b"\xff\xfe", "UTF-16", "utf-16-le"),
    (b"\xfe\xff", "UTF-16", "utf-16-be"),
)
_SAVE_AS_UTF8 = "save the file as UTF-8"


def decode(data: bytes) -> tuple[str, Problem | None]:
    """The text of a file without its byte order mark, or why it is refused (the text is then empty or unfit)."""
    if data.isascii():
        text = data.decode("ascii")
        return text, _refused_character(text) if data.translate(None, _ALLOWED_ASCII) else None
    skipped, name, codec = _encoding(data)
    if codec is None:
        return "", Problem(f"the file is {name}, which is not read", Span(1, 1, 1, 1), _SAVE_AS_UTF8)
    try:
        text = data[skipped:].decode(codec)
    except UnicodeDecodeError as error:
        return "", _invalid_bytes(data, skipped, name, error)
    return text, _refused_character(text)


def _encoding(data: bytes) -> tuple[int, str, str | None]:
    for mark, name, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return len(mark), name, codec
    return 0, "UTF-8", "utf-8"


def _invalid_bytes(data: bytes, skipped: int, name: str, error: UnicodeDecodeError) -> Problem:
    offset = skipped + error.start
    before = data[skipped:offset].decode(error.encoding, "replace")
    line, column = Lines(before).place(len(before))
    message = f"byte {offset} of the file (0x{data[offset]:02x}) is not {name}"
    return Problem(message, Span(line, column, line, column), _SAVE_AS_UTF8)


def _refused_character(text: str) -> Problem | None:
    import re

    found = re.search(_REFUSED, text)
    if found is None:
        return None
    character = found.group()
    name = _NAMES.get(character, f"the control character U+{ord(character):04X}")
    remedy = "remove it"
    if character in _AMBIGUOUS_BREAKS:
        remedy = "write an ordinary line break, or an escape inside double quotes: YAML readers disagree on this one"
    elif character == "\x00":
        remedy = "is this a text file? UTF-16 is read only with its byte order mark"
    return Problem(f"{name} is not allowed in YAML", Lines(text).span(found.start(), found.end()), remedy)
