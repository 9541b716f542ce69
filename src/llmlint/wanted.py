"""What a run is asked for: the options of the command line, or the arguments of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from llmlint.tuples import NamedTuple


class Wanted(Protocol):
    """What settings are made of."""

    @property
    def fail_on(self) -> str | None:
        """The least severity that fails the run; None: as configured."""

    @property
    def select(self) -> Sequence[str]:
        """Rules in place of the configuration's selection: ids, subjects such as memory/, or all."""

    @property
    def ignore(self) -> Sequence[str]:
        """Rules to leave out besides."""

    @property
    def rules(self) -> Sequence[str]:
        """Paths of rules of one's own."""

    @property
    def catalogue(self) -> Sequence[str]:
        """Paths of catalogue files of one's own."""

    @property
    def machine(self) -> str | None:
        """For deployments whose files name none."""

    @property
    def config(self) -> str | None:
        """Path of a configuration in place of the nearest."""

    @property
    def isolated(self) -> bool:
        """Whether no configuration is looked for."""

    @property
    def today(self) -> str | None:
        """ISO date that `until=` is held against; None: the clock's."""


class WantedOfFiles(Wanted, Protocol):
    """The same, with the files."""

    @property
    def paths(self) -> Sequence[str]:
        """Files, folders and globs; `-` alone for standard input."""

    @property
    def no_gitignore(self) -> bool:
        """Whether also files are looked at that .gitignore leaves out."""

    @property
    def stdin_filename(self) -> str | None:
        """The name that standard input is reported under."""


class Request(NamedTuple):
    """The arguments of a call. What they mean is said above."""

    paths: tuple[str, ...] = ()
    fail_on: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    machine: str | None = None
    config: str | None = None
    isolated: bool = False
    today: str | None = None
    no_gitignore: bool = False
    stdin_filename: str | None = None
