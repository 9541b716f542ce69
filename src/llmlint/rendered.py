"""Which template a finding comes from, in what `helm template` has rendered into one stream."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from llmlint.finding import Finding

MARK = "# Source: "
RENDERED = "rendered from "
"""How the note of a finding begins that names its template."""
SOURCE = re.compile(r"(?m)^(?:# Source: (\S{1,300})[ \t]*|---.*)\r?$")
"""The comment that Helm writes at the head of a document, and what ends one."""


def with_templates(findings: Sequence[Finding], text: str) -> list[Finding]:
    """The findings, those in a document that names its template with a note of it."""
    if MARK not in text:
        return list(findings)
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
    marks = [(bisect_right(starts, found.start()), found[1]) for found in SOURCE.finditer(text)]
    lines = [line for line, _ in marks]
    return [_noted(one, marks[at - 1][1] if (at := bisect_right(lines, one.span.line)) else None) for one in findings]


def _noted(finding: Finding, template: str | None) -> Finding:
    return finding if template is None else finding._replace(notes=(*finding.notes, f"{RENDERED}{template}"))
