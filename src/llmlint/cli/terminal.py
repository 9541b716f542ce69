"""What the terminal is like: whether it takes colour, and how wide it is."""

from __future__ import annotations

import os
import sys


def coloured(color: str = "auto", *, terminal: bool, to_file: bool = False) -> bool:
    """By the option, else by the usual variables, else for terminals; never into a file."""
    if to_file:
        return False
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Cells of the terminal, COLUMNS before what the terminal says."""
    text = os.environ.get("COLUMNS", "")
    if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) > 0:
        return int(text)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 120
    except (OSError, ValueError):
        return 120
