"""Text from the input, made safe for terminals and logs: nothing in it can move the cursor, forge a line or hide."""

from __future__ import annotations

WIDE = "WF"
"""East Asian widths that fill two cells of a terminal."""


def printable(text: str) -> str:
    """Every character that is not plainly visible as its escape: control characters, line breaks, bidi marks, surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character == "\u00a0":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def cells(text: str) -> int:
    """How many cells of a terminal a printable text fills."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in WIDE else 1 for one in text)


def wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """Text in lines of at most `width` cells, the first begun with `first`, the others with `rest`; words stay whole."""
    lines, line = [], first
    empty = True
    for word in text.split(" "):
        if not empty and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]
