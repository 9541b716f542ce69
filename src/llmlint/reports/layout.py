"""How wide text is on a terminal, and how it is broken into lines."""

from __future__ import annotations

from llmlint.once import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMAND = "::(?=[A-Za-z])"
"""What GitHub's runner obeys at the start of a line, and so after a break (`printable` guards what needs no break)."""
_NARROW_BELOW = "\u0300"
"""All printable characters before the first combining one take one column."""


def columns(text: str) -> int:
    """Columns that printable text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


@once
def _columns_of(character: str) -> int:
    if character < _NARROW_BELOW:
        return 1
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int, hang: int = 0) -> list[str]:
    """Lines of at most `width` columns, the later ones of `hang` fewer, for the indent that the caller gives them.

    Breaks are at blanks, and inside words that are wider than a line. Without a width the text stays whole.
    """
    if width <= 0 or columns(text) <= width:
        return [text]
    import re

    lines, room = [""], width
    for gap, piece in _pieces(re.sub(_COMMAND, r":\\u003a", text), width - hang):
        needed = columns(piece) + (len(gap) if lines[-1] else 0)
        if needed > room and lines[-1]:
            lines.append(piece)
            room = width - hang - columns(piece)
        else:
            lines[-1] += gap + piece if lines[-1] else piece
            room -= needed
    return lines


def _pieces(text: str, most: int) -> Iterator[tuple[str, str]]:
    """Words with the blank before them, and the pieces of words that are wider than a line."""
    for word in filter(None, text.split(" ")):
        gap, start, taken = " ", 0, 0
        for offset, character in enumerate(word) if columns(word) > most else ():
            taken += columns(character)
            if taken > most:
                yield gap, word[start:offset]
                gap, start, taken = "", offset, columns(character)
        yield gap, word[start:]
