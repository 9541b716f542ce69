"""Reads catalogue files of the team's own."""

from __future__ import annotations

from llmlint import discovery, document
from llmlint.catalog.own_rows import UserRows
from llmlint.catalog.user import InvalidCatalogue, user_rows
from llmlint.finding import Error, Problem, Span


class UnusableCatalogue(Error):
    """A catalogue file that cannot be used, with every problem at its place."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        super().__init__(f"{file}: {problems[0].message}")
        self.file = file
        self.problems = problems


def load_user_rows(path: str) -> UserRows:
    """The rows of one file; raises `UnusableCatalogue`, or `discovery.Unreadable`."""
    source = document.read(discovery.read(path))
    if source.problems:
        raise UnusableCatalogue(path, source.problems)
    if len(source.documents) != 1:
        message = "a catalogue file is one mapping with models, accelerators or machines"
        raise UnusableCatalogue(path, [Problem(message, Span(1, 1, 1, 2))])
    written = source.documents[0]
    try:
        return user_rows(written.data)
    except InvalidCatalogue as invalid:
        problems = [Problem(message, written.value_span(where)) for where, message in invalid.problems]
        raise UnusableCatalogue(path, problems) from None
