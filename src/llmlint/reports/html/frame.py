"""Code frames and diffs: numbered lines that wrap, with what is meant marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmlint.finding import Span
from llmlint.reports.frame import parent
from llmlint.reports.html.markup import Html, code, tag

REACH = 120
"""Characters shown to the left and to the right of the mark."""
LONGEST_MARK = 400
MOST_LINES = 6
"""Lines of one mark that are shown."""
CUT = "…"
KINDS = {"+": "added", "-": "removed", "@": "place"}
"""Of the lines of a diff, by their first character."""


def frame(lines: Sequence[str], span: Span, label: str) -> Html:
    """The flagged lines below the key that they belong to."""
    return tag("div", {"class": "frame"}, *_rows(lines, span, label))


def _rows(lines: Sequence[str], span: Span, label: str) -> Iterator[Html]:
    above = parent(lines, span.line)
    if above is not None:
        yield _row(str(above), _cut(lines[above - 1]))
        if above < span.line - 1:
            yield _row("⋮", Html(""))
    last = min(max(span.end_line, span.line), len(lines))
    for number in range(span.line, min(last, span.line + MOST_LINES - 1) + 1):
        yield _row(str(number), _marked(lines[number - 1], span, number), flagged=True)
    if last > span.line + MOST_LINES - 1:
        yield _row("⋮", tag("span", {"class": "label"}, f"to line {span.end_line}"))
    if label:
        yield _row("", tag("span", {"class": "label"}, label))


def _row(number: str, content: Html, *, flagged: bool = False) -> Html:
    kind = "row flagged" if flagged else "row"
    return tag("div", {"class": kind}, tag("span", {"class": "number"}, number), tag("code", None, content))


def _marked(line: str, span: Span, number: int) -> Html:
    """A line with the part of it that lies in the span; an empty part still shows where it is."""
    start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(line.rstrip())
    start = min(start, len(line))
    end = max(start, min(end, len(line)))
    meant = line[start : min(end, start + LONGEST_MARK)] + (CUT if end - start > LONGEST_MARK else "")
    return Html(_before(line[:start]) + tag("mark", None, code(meant or " ")) + _after(line[end:]))


def _before(text: str) -> Html:
    return code(CUT + text[-REACH:] if len(text) > REACH else text)


def _after(text: str) -> Html:
    return code(text[:REACH] + CUT if len(text) > REACH else text)


def _cut(line: str) -> Html:
    return _after(line.rstrip())


def diff(text: str) -> Html:
    """A unified diff, a row each line; what was added and removed keeps its sign."""
    rows = text.removesuffix("\n").split("\n")
    return tag("div", {"class": "frame diff"}, *(_diff_row(row.removesuffix("\r")) for row in rows))


def _diff_row(row: str) -> Html:
    header = row.startswith(("--- ", "+++ "))
    kind = "place" if header else KINDS.get(row[:1], "")
    return tag("div", {"class": f"row {kind}".rstrip()}, tag("code", None, code(row)))
