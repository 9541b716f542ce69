"""The code frame: the flagged line with carets under what is meant, below the key that it belongs to."""

from __future__ import annotations

from llmlint.finding import Span
from llmlint.reports.colour import BLUE, Paint
from llmlint.reports.layout import columns, wrap
from llmlint.reports.view import view
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REACH = 100
"""Lines above the flagged one among which its parent is looked for."""
GUTTER = 3
"""Columns of a gutter beside the line's number: blank, bar, blank."""


class Style(NamedTuple):
    """How a frame is drawn."""

    width: int
    """Columns of the widest line."""
    paint: Paint
    mark: str
    """The style of carets and label."""


def lines_of(text: str) -> list[str]:
    """The lines of a text as the document counts them; `splitlines` would break at more characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def frame(lines: Sequence[str], span: Span, label: str, style: Style) -> Iterator[str]:
    """The lines of a frame, for a span that lies within `lines`; the label is printable."""
    digits, line = len(str(span.line)), lines[span.line - 1]
    room = style.width - digits - GUTTER
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    part = view(line, span.column - 1, end, room)
    yield _row("", digits, "", style)
    yield from _context(lines, span.line, digits, room, style)
    yield _row(str(span.line), digits, part.text, style)
    if span.end_line > span.line:
        label = f"to line {span.end_line}{': ' if label else ''}{label}"
    carets = "^" * part.width
    if part.start + part.width + 1 + columns(label) <= room:
        yield _row("", digits, _marked(part.start, f"{carets} {label}".rstrip(), style), style)
    else:
        yield _row("", digits, _marked(part.start, carets, style), style)
        for text in wrap(label, room):
            yield _row("", digits, _marked(0, text, style), style)
    yield _row("", digits, "", style)


def _context(lines: Sequence[str], line: int, digits: int, room: int, style: Style) -> Iterator[str]:
    above = parent(lines, line)
    if above is None:
        return
    yield _row(str(above), digits, view(lines[above - 1], 0, 0, room).text, style)
    if above < line - 1:
        yield _row("", digits, "", style, bar="⋮")


def _row(number: str, digits: int, text: str, style: Style, bar: str = "│") -> str:
    gutter = style.paint(BLUE, f"{number:>{digits}} {bar}")
    return f"{gutter} {text}" if text else gutter


def _marked(start: int, text: str, style: Style) -> str:
    return " " * start + style.paint(style.mark, text)


def parent(lines: Sequence[str], line: int) -> int | None:
    """The line of the key that a line belongs to, by indentation; None at the top, or where it is too far away."""
    depth, item = _depth(lines[line - 1])
    for number in range(line - 1, max(0, line - 1 - REACH), -1):
        text = lines[number - 1].strip()
        if text.startswith(("---", "...")):
            return None
        if not text or text.startswith("#"):
            continue
        above, above_item = _depth(lines[number - 1])
        if above < depth or (above == depth and item and not above_item):
            return number
    return None


def _depth(line: str) -> tuple[int, bool]:
    """Indentation, and whether the line begins an item of a list."""
    content = line.lstrip()
    return len(line) - len(content), content == "-" or content.startswith("- ")
