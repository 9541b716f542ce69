"""Colours of the terminal, as the standard's plain codes (ECMA-48, select graphic rendition)."""

from __future__ import annotations

from llmlint.finding import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

Paint: TypeAlias = "Callable[[str, str], str]"
"""Of a style and a text, the text in that style."""

OF_SEVERITY: dict[Severity, str] = {"error": "1;31", "warning": "1;33", "info": "1;36"}
BOLD, FAINT, GREEN, BLUE = "1", "2", "32", "34"


def painter(colour: bool) -> Paint:
    """Paints, or leaves everything as it is."""
    return _painted if colour else _plain


def _painted(style: str, text: str) -> str:
    return f"\033[{style}m{text}\033[0m" if text else text


def _plain(style: str, text: str) -> str:  # the other painter uses it
    return text
