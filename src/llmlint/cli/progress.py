"""Says on a terminal how far a long run is, in a line that is gone at its end. Loaded once a run has taken a second."""

from __future__ import annotations

import os
import sys
import time

from llmlint.reports.printable import printable_file

ERASE = "\r\x1b[2K"
BETWEEN = 0.1
"""Seconds between two lines."""


class Progress:
    """A line of standard error."""

    def __init__(self) -> None:
        self._written = 0.0
        self._is_there = False

    def show(self, number: int, path: str) -> None:
        """Say which file is being linted."""
        now = time.monotonic()
        if now - self._written < BETWEEN:
            return
        self._written = now
        text = f"llmlint: {number} files, now {printable_file(path)}"
        sys.stderr.write(ERASE + text[: _width()])
        sys.stderr.flush()
        self._is_there = True

    def erase(self) -> None:
        """Leave the terminal as it would be without."""
        if self._is_there:
            sys.stderr.write(ERASE)
            sys.stderr.flush()
            self._is_there = False


def _width() -> int:
    try:
        return max((os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1, 20)
    except (OSError, ValueError):
        return 79


def wanted(quiet: bool) -> bool:
    """Whether somebody looks on: at a terminal that can erase a line, and not in CI."""
    if quiet or os.environ.get("CI") or os.environ.get("TERM", "dumb") == "dumb":
        return False
    return sys.stderr.isatty()
