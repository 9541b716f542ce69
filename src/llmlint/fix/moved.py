"""Where places of a text are once edits are made in it: by them findings are known again in what it became."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from llmlint.document.position import Lines
from llmlint.finding import FileResult, Finding, TextEdit


def moved(offsets: Iterable[int], edits: Iterable[TextEdit]) -> list[int]:
    """The same places behind edits that do not overlap; one in a stretch that is replaced is at its beginning."""
    ordered = sorted(set(edits), key=lambda edit: (edit.start, edit.end))
    starts = [edit.start for edit in ordered]
    grown = list(accumulate((len(edit.text) - (edit.end - edit.start) for edit in ordered), initial=0))
    found = []
    for offset in offsets:
        before = bisect_right(starts, offset)
        last = ordered[before - 1] if before else None
        if last is not None and offset < last.end:
            found.append(last.start + grown[before - 1])
        else:
            found.append(offset + grown[before])
    return found


def starts(result: FileResult, findings: Sequence[Finding]) -> list[int]:
    """Offsets at which findings of a file begin."""
    lines = Lines(result.text)
    return [lines.offset(one.span.line, one.span.column) for one in findings]
