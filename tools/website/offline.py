"""Finds what a page would load from elsewhere: the site asks nothing of anybody, and works where nothing is reached."""

from __future__ import annotations

import re
from pathlib import Path

LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object|input|track)\b[^>]*?\s(?:src|srcset|data|poster)\s*=\s*"
    r"[\"']?\s*((?:https?:)?//[^\"'\s>]+)",
    re.IGNORECASE,
)
LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
HREF = re.compile(r"href\s*=\s*[\"']?((?:https?:)?//[^\"'\s>]+)", re.IGNORECASE)
IN_STYLES = re.compile(r"(?:@import\s+|url\(\s*)[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)


def loaded(page: str) -> list[str]:
    """Addresses that a browser would ask for when it shows this HTML."""
    links = [found for found in LINK.findall(page) if 'rel="canonical"' not in found]
    return (
        LOADED.findall(page) + [address for link in links for address in HREF.findall(link)] + IN_STYLES.findall(page)
    )


def loaded_by_styles(folder: Path) -> list[str]:
    """Addresses that the style sheets of a built site ask for."""
    sheets = sorted(folder.rglob("*.css"))
    return [address for sheet in sheets for address in IN_STYLES.findall(sheet.read_text(encoding="utf-8"))]
