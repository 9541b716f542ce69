"""Findings as SARIF has them: message, region, and the changes that would mend them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, TypeAlias
from urllib.parse import quote

from llmlint.finding import Finding, Fix, Remedy, Span
from llmlint.reports.fingerprint import pointer
from llmlint.reports.frame import lines_of
from llmlint.reports.json import whole
from llmlint.reports.printable import printable
from llmlint.reports.wording import details

Changed: TypeAlias = tuple[str, list[tuple[Span, str]]]
"""What a change is, and the stretches of the text with what comes in their place."""
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""What a reader of SARIF makes a link of: `[text](target)`."""


def result_entry(finding: Finding, text: str, place: str) -> dict[str, Any]:
    """A finding, without its place among the rules and without fingerprints."""
    entry: dict[str, Any] = {
        "ruleId": whole(finding.rule),
        "level": LEVELS[finding.severity],
        "message": {"text": LINK.sub(r"\\[", "\n".join(details(finding))) or "-"},
        "locations": [{"physicalLocation": _location(finding.span, text, place)}],
        "properties": {"document": finding.document, "path": whole(pointer(finding.path))},
    }
    changed = [*_fixes(finding.fix), *map(_remedied, finding.remedies)]
    fixes = [_entry(what, changes, place) for what, changes in changed if changes]
    return entry | ({"fixes": fixes} if fixes else {})


def uri(place: str) -> str:
    """A path in the repository as a relative reference, one outside as a file's address."""
    try:
        name = os.fsencode(place)
    except UnicodeEncodeError:  # half a character that no file system gave
        name = place.encode("utf-8", "surrogatepass")
    quoted = quote(name, safe="/")
    return f"file://{quoted}" if place.startswith("/") else quoted


def _location(span: Span, text: str, place: str) -> dict[str, Any]:
    """A stretch of several lines is marked at its first, the rest being its context.

    GitHub shows an alert in a pull request only where all lines of its region were changed.
    """
    found: dict[str, Any] = {"artifactLocation": {"uri": uri(place)}}
    if span.end_line == span.line:
        return found | {"region": region(span)}
    lines = lines_of(text)
    end = len(lines[span.line - 1]) + 1 if span.line <= len(lines) else span.column
    first = Span(span.line, span.column, span.line, max(span.column, end))
    return found | {"region": region(first), "contextRegion": region(span)}


def region(span: Span) -> dict[str, int]:
    """A stretch of text; the end is exclusive in both."""
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fixes(fix: Fix | None) -> Iterator[Changed]:
    if fix is not None:
        how = "--fix" if fix.safe else "--fix --unsafe-fixes"
        yield f"as llmlint {how} makes it", [(edit.span, edit.text) for edit in fix.edits]


def _remedied(remedy: Remedy) -> Changed:
    """The lines that differ between the file and its remedy."""
    before, after = (_lines(one.removeprefix("\ufeff")) for one in (remedy.before, remedy.after))
    changes = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            changes.append((_of_lines(before, start, end), "".join(after[new_start:new_end])))
    left = f"; then {', '.join(map(printable, remedy.left))} is left" if remedy.left else ""
    return f"the smallest change that was found, linted again{left}", changes


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text)


def _of_lines(lines: list[str], start: int, end: int) -> Span:
    """The stretch of whole lines; up to the end of the text where there is none behind them."""
    last = Span(start + 1, 1, end + 1, 1)
    if end < len(lines) or not lines or lines[-1].endswith(("\r", "\n")):
        return last
    place = (len(lines), len(lines[-1]) + 1)
    return Span(*(place if start == end else (start + 1, 1)), *place)


def _entry(what: str, changes: list[tuple[Span, str]], place: str) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": region(span)} | ({"insertedContent": {"text": whole(text)}} if text else {})
        for span, text in changes
    ]
    change = {"artifactLocation": {"uri": uri(place)}, "replacements": replacements}
    return {"description": {"text": what}, "artifactChanges": [change]}
