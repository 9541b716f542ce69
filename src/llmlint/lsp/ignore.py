"""Writes the comment that silences a finding, where the text takes one; what was written is proven by linting it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from llmlint.document import read
from llmlint.finding import Finding
from llmlint.lsp.analysis import Analysis
from llmlint.suppression import LOUD

_DIRECTIVE = re.compile(r"#\s*llmlint:\s*ignore\[([^\]]*)(?=\])")


def ignored(analysis: Analysis, finding: Finding) -> bytes | None:
    """The text with a comment that silences the finding and changes nothing else; None where none does."""
    if finding.rule in LOUD or analysis.path.endswith(".json"):
        return None
    for text in _tried(analysis, finding):
        data = text.encode("utf-8", "surrogatepass")
        if _silences(analysis, data, finding):
            return data
    return None


def _tried(analysis: Analysis, finding: Finding) -> Iterator[str]:
    """Texts with the comment: in the one that is there, at the end of the line, on a line of its own above."""
    lines = re.split(r"(\r\n|\r|\n)", analysis.positions.text)
    position = (finding.span.line - 1) * 2
    if position >= len(lines):
        return
    line = lines[position]
    comment = f"# llmlint: ignore[{finding.rule}]"
    present = _DIRECTIVE.search(line)
    if present is not None:
        more = f"{line[: present.end()]}, {finding.rule}{line[present.end() :]}"
        yield "".join([*lines[:position], more, *lines[position + 1 :]])
    elif "#" not in line:
        yield "".join([*lines[:position], f"{line.rstrip()}  {comment}", *lines[position + 1 :]])
    indent = line[: len(line) - len(line.lstrip())]
    end = lines[1] if len(lines) > 1 else "\n"
    yield "".join([*lines[:position], indent, comment, end, *lines[position:]])


def _silences(analysis: Analysis, data: bytes, finding: Finding) -> bool:
    """Whether that finding is gone, nothing is new, and every value is what it was."""
    after = analysis.lint(data)
    before = Counter((one.rule, one.message) for one in analysis.result.findings)
    left = Counter((one.rule, one.message) for one in after.findings)
    gone = before - left
    if left - before or not gone or {rule for rule, _ in gone} != {finding.rule}:
        return False
    old, new = read(analysis.data), read(data)
    return bool(old.problems) or [one.data for one in old.documents] == [one.data for one in new.documents]
