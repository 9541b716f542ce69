"""The fenced blocks of a written page: what they hold, where, and what the page says about running them."""

from __future__ import annotations

import re
from typing import NamedTuple

FENCE = re.compile(r"^(?P<indent> *)(?P<marks>`{3,})(?P<language>[\w.-]*) *(?P<rest>.*)$")
TITLE = re.compile(r'title="([^"]+)"')
NOT_RUN = re.compile(r"^<!-- not run: (.+) -->$")


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    """The first word behind the fence; empty where there is none."""
    title: str
    """The file that it shows, of `title="…"`."""
    text: str
    first: int
    """The index of its first line in the page's lines, behind the fence."""
    last: int
    """The index of the closing fence."""
    indent: int
    not_run: str
    """The reason why it is not run, of a comment above it."""


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    lines = page.splitlines()
    found: list[Block] = []
    at = 0
    while at < len(lines):
        opened = FENCE.match(lines[at])
        if opened is None:
            at += 1
            continue
        last = _closed(lines, at, opened["marks"])
        indent = len(opened["indent"])
        text = "\n".join(line[indent:] for line in lines[at + 1 : last])
        titled = TITLE.search(opened["rest"])
        reason = NOT_RUN.match(_above(lines, at))
        found.append(
            Block(
                opened["language"],
                titled[1] if titled else "",
                text,
                at + 1,
                last,
                indent,
                reason[1] if reason else "",
            )
        )
        at = last + 1
    return found


def replaced(page: str, texts: dict[int, str]) -> str:
    """The page with the blocks that begin at these lines holding other texts."""
    lines = page.splitlines()
    for block in reversed(blocks(page)):
        if block.first in texts:
            new = [f"{' ' * block.indent}{line}".rstrip() for line in texts[block.first].splitlines()]
            lines[block.first : block.last] = new
    return "\n".join(lines) + "\n"


def _closed(lines: list[str], opened: int, marks: str) -> int:
    for at in range(opened + 1, len(lines)):
        if lines[at].strip() == marks:
            return at
    raise AssertionError(f"line {opened + 1}: the block has no end")


def _above(lines: list[str], at: int) -> str:
    """The last line above that is not blank."""
    for line in reversed(lines[:at]):
        if line.strip():
            return line.strip()
    return ""
