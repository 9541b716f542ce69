"""What the server's documents are checked with: the nearest configuration of each, kept until one changes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from pygls.uris import to_fs_path

from llmlint.finding import Error, Problem
from llmlint.settings import Checking, Checkings, checking
from llmlint.tuples import NamedTuple
from llmlint.wanted import Request

UNTITLED = "<untitled>"
"""The name of a document that is no file. Nothing is read beside it."""
CONFIGURATIONS = (".llmlint.yaml", "pyproject.toml")


class Broken(NamedTuple):
    """A file of the team's own that cannot be used."""

    file: str
    problems: tuple[Problem, ...]
    message: str

    @property
    def uri(self) -> str:
        """The address of the file."""
        return FilePath(self.file).absolute().as_uri()

    @property
    def text(self) -> str:
        """What the file holds; nothing where it cannot be read."""
        try:
            with open(self.file, encoding="utf-8", errors="replace") as file:
                return file.read(1 << 20)
        except OSError:
            return ""


class Settled(NamedTuple):
    """The settings of a document, and why they are not those that were configured."""

    checking: Checking
    broken: Broken | None = None


class Session:
    """Gives each document its settings."""

    def __init__(self, request: Request | None = None) -> None:
        self.request = request or Request()
        self._checkings = Checkings(self.request)

    def forget(self) -> None:
        """Read every configuration, rule and catalogue anew when it is next asked for."""
        self._checkings = Checkings(self.request)

    def settled(self, path: str) -> Settled:
        """For a path. A configuration that cannot be used is told, and the rest is checked without it."""
        try:
            if path == UNTITLED:
                return Settled(self._apart(reads_files=False).beside(path))
            return Settled(_fresh(self._checkings.of(path)).beside(path))
        except (Error, OSError) as error:
            return Settled(self._apart(reads_files=path != UNTITLED).beside(path), _broken(error))

    def _apart(self, *, reads_files: bool) -> Checking:
        return checking(Request(), None, reads_files=reads_files)


def faults_of(path: str, text: str) -> Broken | None:
    """What keeps the text of an open configuration, or a file that it names, from being used."""
    if path.endswith(".toml") and "llmlint" not in text:
        return None
    try:
        checking(Request(), path, config_data=text.encode("utf-8", "surrogatepass"))
    except (Error, OSError) as error:
        return _broken(error)
    return None


def _broken(error: Error | OSError) -> Broken:
    file = getattr(error, "file", "")
    return Broken(os.path.abspath(file) if file else "", tuple(getattr(error, "problems", ())), str(error))


def is_configuration(path: str) -> bool:
    """Whether a document is a configuration, by its name."""
    return os.path.basename(path) in CONFIGURATIONS


def _fresh(found: Checking) -> Checking:
    """With a view of the catalogue of its own: what it remembers of names is not for several threads at once."""
    from llmlint.settings import team_catalogue

    return found._replace(settings=found.settings._replace(catalogue=team_catalogue(found.config.catalogue)))


def request_of(options: object) -> Request:
    """The settings that an editor gives at the start: `config`, `machine`, `isolated`, `select`, `ignore`."""
    given: Mapping[str, Any] = options if isinstance(options, Mapping) else {}
    return Request(
        config=_text(given.get("config")),
        machine=_text(given.get("machine")),
        select=_texts(given.get("select")),
        ignore=_texts(given.get("ignore")),
        isolated=given.get("isolated") is True,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def path_of(uri: str) -> str:
    """The path of a document, relative to the current folder where it lies in it; `UNTITLED` for what is no file."""
    if not uri.startswith("file:"):
        return UNTITLED
    return to_fs_path(uri) or UNTITLED
