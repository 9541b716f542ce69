"""Compose fills `${NAME}` in before it reads a value: from the file `.env` beside it, and from the caller's variables.

The caller's are not known, so that a reference without a value there and without a default stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from llmlint.readers import dotenv, variables
from llmlint.readers.registry import Surroundings
from llmlint.tuples import NamedTuple
from llmlint.unit import Source


class Filled(NamedTuple):
    """A text with its references filled in."""

    text: str
    source: Source
    """literal where it holds none; config: from `.env`; default: as far as the file tells; caller: left open."""


class Interpolation:
    """The variables of a project."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def __call__(self, text: str) -> str:
        """The text alone."""
        return self.filled(text).text

    def filled(self, text: str) -> Filled:
        """The text, and where its values come from."""
        if "$" not in text:
            return Filled(text, "literal")
        asked: set[str] = set()

        def known(name: str) -> str | None:
            asked.add(name)
            return self.values.get(name)

        found = variables.shell(text, known, dollars=True)
        missing = {name for name in asked if name not in self.values}
        if not missing.isdisjoint(re.findall(r"\$\{?(\w+)", found)):
            return Filled(found, "caller")
        return Filled(found, "default" if missing else "config" if asked else "literal")


def of_project(surroundings: Surroundings) -> Interpolation:
    """With the `.env` of the file's folder."""
    text = surroundings.text(".env") if surroundings.file not in ("", "-") else None
    return Interpolation(dotenv.entries(text) if text is not None else {})
