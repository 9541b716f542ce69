"""Which character of a scalar, as it is written in YAML, gives which character of what it says."""

from __future__ import annotations

import re
from bisect import bisect_right

from llmlint.finding import Span

BLANKS = " \t\r\n"
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "N": "\x85", "_": "\xa0"}
CODES = {"x": 2, "u": 4, "U": 8}
"""How many hexadecimal digits follow."""


def offsets(raw: str, text: str) -> list[int] | None:
    """For each character of `text`, and its end, the offset in `raw`; None where `raw` does not say `text`.

    Knows the five styles of YAML by what they have in common: characters stand for themselves but for escapes in
    quotes, and any run of blanks and line breaks may stand for any other.
    """
    quote = raw[0] if raw[0] in "'\"" and text[:1] != raw[0] else ""
    at = 1 if quote else _behind_heading(raw, text)
    found: list[int] = []
    for character in text:
        position, at = _character(raw, at, character, quote)
        if position < 0:
            return None
        found.append(position)
    return [*found, min(at, len(raw))]


def _behind_heading(raw: str, text: str) -> int:
    """Behind the `|-` or `>2 # comment` of a block scalar."""
    heading = re.match(r"[|>][-+0-9]{0,2}[ \t]*(?:#[^\r\n]*)?\r?\n", raw)
    return heading.end() if heading is not None and not text.startswith(heading[0]) else 0


def _character(raw: str, at: int, character: str, quote: str) -> tuple[int, int]:
    """Where the next character is written, and the offset behind it; -1 where it is not."""
    if character in BLANKS:
        return _blank(raw, at, character, quote)
    while at < len(raw) and raw[at] != character and (raw[at] in BLANKS or _is_joined(raw, at, quote)):
        at += 1 if raw[at] in BLANKS else 2
    if quote == '"' and raw[at : at + 1] == "\\":
        said, end = _escape(raw, at)
        return (at, end) if said == character else (-1, at)
    if quote == "'" and character == "'" and raw.startswith("''", at):
        return at, at + 2
    return (at, at + 1) if raw[at : at + 1] == character else (-1, at)


def _blank(raw: str, at: int, character: str, quote: str) -> tuple[int, int]:
    """A blank or line break, which may be written as another, or follow from none of its own (`|` keeps its last)."""
    if raw[at : at + 1] == character:
        return at, at + 1
    if quote == '"' and raw[at : at + 1] == "\\":
        said, end = _escape(raw, at)
        if said == character:
            return at, end
    start = at
    while at < len(raw) and raw[at] in BLANKS:
        at += 1
        if raw[at - 1] == character or (raw[at - 1] == "\n" and character == " "):
            return at - 1, at
    return min(start, max(len(raw) - 1, 0)), start


def _is_joined(raw: str, at: int, quote: str) -> bool:
    """A backslash that ends a line between double quotes."""
    return quote == '"' and raw[at] == "\\" and raw[at + 1 : at + 2] in ("\n", "\r")


def _escape(raw: str, at: int) -> tuple[str, int]:
    """What an escape says, and the offset behind it."""
    letter = raw[at + 1 : at + 2]
    if letter in CODES:
        end = at + 2 + CODES[letter]
        code = raw[at + 2 : end]
        valid = re.fullmatch(r"[0-9a-fA-F]+", code) is not None and int(code, 16) < 0x110000
        return (chr(int(code, 16)) if valid else "", end)
    return ESCAPES.get(letter, letter), at + 2


class Lines:
    """Places in a stretch of text that begins at a place of the file."""

    def __init__(self, raw: str, start: Span) -> None:
        self.start = start
        self.breaks = [found.end() for found in re.finditer(r"\r\n?|\n", raw)]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self.breaks, offset)
        if line == 0:
            return self.start.line, self.start.column + offset
        return self.start.line + line, offset - self.breaks[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The stretch between two offsets."""
        return Span(*self.place(start), *self.place(end))


def offset(raw: str, whole: Span, line: int, column: int) -> int:
    """The offset in `raw`, which begins where `whole` does, of a line and column of the file."""
    if line <= whole.line:
        return max(column - whole.column, 0)
    breaks = [found.end() for found in re.finditer(r"\r\n?|\n", raw)]
    index = min(line - whole.line, len(breaks)) - 1
    return (breaks[index] if index >= 0 else 0) + column - 1
