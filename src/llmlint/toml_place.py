"""Finds the lines of keys in a pyproject.toml: the library that reads TOML keeps no places. Slow path."""

from __future__ import annotations

import re

from llmlint.finding import Path, Span

HEADER = re.compile(
    r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*llmlint[ \t]*((?:\.[ \t]*(?:[\w\-]+|\"[^\"]*\"|'[^']*')[ \t]*)*)\]"
)
NAME = re.compile(r"[\w\-]+|\"[^\"]*\"|'[^']*'")
ANY_HEADER = re.compile(r"^[ \t]*\[")


def toml_span(text: str, place: Path) -> Span:
    """The line of the key that a path under [tool.llmlint] begins with; the table's own line for what is not found."""
    names = [part for part in place if isinstance(part, str)]
    header = Span(1, 1, 1, 2)
    table: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        found = HEADER.match(line)
        if found:
            table = [name.strip("\"'") for name in NAME.findall(found[1])]
            whole = Span(number, 1, number, len(line) + 1)
            if table == names[: len(table)]:
                header = whole
        elif ANY_HEADER.match(line):
            table = None
        elif table is not None and names[: len(table)] == table and _is_key(line, names[len(table) :]):
            start = len(line) - len(line.lstrip()) + 1
            return Span(number, start, number, len(line.rstrip()) + 1)
    return header


def _is_key(line: str, names: list[str]) -> bool:
    if not names:
        return False
    key, equals, _ = line.partition("=")
    return bool(equals) and key.strip().strip("\"'").partition(".")[0].strip() == names[0]
