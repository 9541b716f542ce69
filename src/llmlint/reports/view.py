"""The part of a source line that is shown, and where in it the marked stretch lies."""

from __future__ import annotations

from itertools import accumulate

from llmlint.reports.layout import columns
from llmlint.reports.printable import commands, visible
from llmlint.tuples import NamedTuple

CUT = "…"
LONGEST_COMMAND = 16
"""Characters behind the shown part that are looked at: it may end in the beginning of a runner's command."""
TAB = 4
"""Columns between tab stops, for alignment only: columns in reports count characters."""


class View(NamedTuple):
    """A line as shown, and the columns of the mark in it: its first, from 0, and how many."""

    text: str
    start: int
    width: int


def view(line: str, start: int, end: int, room: int) -> View:
    """What of a line fits `room` columns: the stretch between two offsets in it, or the beginning of that."""
    start = min(start, len(line))
    if room >= len(line) + 1 and line.isascii() and line.isprintable() and "##" not in line:
        return View(line.rstrip(), start, max(1, min(end, len(line)) - start))
    first = max(0, start - room)
    last = min(len(line), start + room)  # what cannot be shown is not looked at
    cells = _cells(line, first, last)
    if start == len(line):
        cells.append(" ")
    return _window(cells, start - first, max(start + 1, min(end, last)) - first, room, (first > 0, last < len(line)))


def _cells(line: str, first: int, last: int) -> list[str]:
    """Each character as it is shown."""
    cells: list[str] = []
    column = 0
    escaped = commands(line[max(0, first - 1) : last + LONGEST_COMMAND])
    for offset in range(first, last):
        if line[offset] == "\t":
            cell = " " * (TAB - column % TAB)
        elif offset - max(0, first - 1) in escaped:
            cell = "\\u0023"
        else:
            cell = visible(line[offset])
        cells.append(cell)
        column += columns(cell)
    return cells


def _window(cells: list[str], start: int, end: int, room: int, cut: tuple[bool, bool]) -> View:
    """The cells that are shown; `cut` says whether the line goes on to the left and to the right of them."""
    at = [0, *accumulate(map(columns, cells))]
    first, last = 0, len(cells)
    if cut[0] or at[end] > room - (cut[1] or end < last):
        first = _first(at, start, end, room - 2)
    left = CUT if first or cut[0] else ""
    room -= len(left)
    if cut[1] or at[last] - at[first] > room:
        last = max(one for one in range(first, last + 1) if at[one] - at[first] <= room - 1)
        cut = (cut[0], True)
    text = left + "".join(cells[first:last]) + (CUT if cut[1] else "")
    mark = at[min(end, last)] - at[start]
    return View(text.rstrip(), len(left) + at[start] - at[first], max(1, mark))


def _first(at: list[int], start: int, end: int, room: int) -> int:
    """The first cell that is shown: some way before the mark, and all of the mark behind it if that is possible."""
    mark = at[end] - at[start]
    before = min(room * 2 // 3, room - mark) if mark <= room else room // 4
    return next(one for one in range(start + 1) if at[start] - at[one] <= before)
