"""Finds one line of a sorted file by bisection over its bytes, and one row of a JSON Lines file by its offset.

A line of an index is a key, a tab, and what the key leads to. Lines are sorted as bytes and compared with the tab: a
tab sorts before every character of a key, so that no key is taken for another that merely begins with it.
"""

from __future__ import annotations

import os
from io import FileIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
PROBE = 128
"""Bytes read at a time in an index: a little more than a line."""
ROW = 1024
"""Bytes read at a time in a file of rows."""


def data_file(name: str) -> str:
    """Path of a file of the catalogue's data."""
    return os.path.join(DATA, name)


class _Plain:
    """How the scanner reads: what the json package sets when it is asked for nothing special."""

    strict, object_hook, object_pairs_hook, memo = True, None, None, {}  # type: ignore[var-annotated]
    parse_float, parse_int, parse_constant = float, int, float


def loads(data: bytes) -> Any:
    """What a piece of the catalogue's own JSON says, by the scanner of the json package without the package.

    Its import is a twentieth of a cold start, most of it `re`. Raises ValueError for what is no JSON.
    """
    try:
        from _json import make_scanner
    except ImportError:  # not CPython
        import json

        return json.loads(data)
    try:
        return make_scanner(_Plain)(data.decode().strip(), 0)[0]  # type: ignore[arg-type]  # the stub wants its result
    except StopIteration as stopped:
        raise ValueError(f"no JSON at offset {stopped.value}") from None


def find(path: str, key: str) -> list[str] | None:
    """What follows the key on its line, split at tabs; None where the index has no such key."""
    wanted = key.encode("utf-8", "replace") + b"\t"
    with open(path, "rb", buffering=0) as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:  # the line, if there is one, starts at low or later, and before high
            middle = (low + high) // 2
            start = middle if middle == low else _next_line(file, middle - 1)
            if start >= high:
                high = middle
                continue
            line = _line(file, start, PROBE)
            if line.startswith(wanted):
                return line[len(wanted) :].decode().split("\t")
            if line < wanted:
                low = start + len(line) + 1
            else:
                high = middle
    return None


def row_at(path: str, offset: int) -> dict[str, Any]:
    """The row that starts at a byte offset."""
    with open(path, "rb", buffering=0) as file:
        row: dict[str, Any] = loads(_line(file, offset, ROW))
        return row


def rows(path: str) -> list[dict[str, Any]]:
    """Every row, for what need not be fast."""
    with open(path, "rb") as file:
        return [loads(line) for line in file]


def keys(path: str) -> list[list[str]]:
    """Every line of an index, split at tabs, for what need not be fast."""
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def _next_line(file: FileIO, position: int) -> int:
    """Where the line after the one at `position` starts."""
    return position + len(_line(file, position, PROBE)) + 1


def _line(file: FileIO, start: int, step: int) -> bytes:
    """From `start` to the end of the line, without the line feed."""
    file.seek(start)
    text = b""
    while True:
        part = file.read(step)
        head, feed, _ = part.partition(b"\n")
        text += head
        if feed or not part:
            return text
