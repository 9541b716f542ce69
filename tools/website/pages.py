"""All generated pages, by the names that links use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from website import catalogue, engines, formats, home, rules

STEPS: tuple[Callable[[Path], dict[str, str]], ...] = (
    home.generated,
    rules.generated,
    formats.generated,
    engines.generated,
    catalogue.generated,
)


def generated(root: Path) -> dict[str, str]:
    """The text of each page, as Markdown; of files that are not pages, as they are."""
    return {name: text for step in STEPS for name, text in step(root).items()}
