"""Texts of the files that a run looks at, and facts of their deployments for the commands that show them."""

from __future__ import annotations

import os
import sys

from llmlint import discovery
from llmlint.discovery import Found
from llmlint.document import MAX_BYTES
from llmlint.facts import Facts
from llmlint.finding import FileResult, Finding
from llmlint.linting import all_facts, lint, read_plans
from llmlint.neighbours import Run
from llmlint.rulebook import internal_error
from llmlint.settings import Checking, Checkings
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from llmlint.plans import Surroundings
    from llmlint.wanted import WantedOfFiles

STDIN = "<stdin>"


class Text(NamedTuple):
    """A file's bytes, or why there are none."""

    path: str
    named: bool
    checking: Checking
    data: bytes = b""
    passed_over: str = ""
    unreadable: str = ""
    """It could not be read and should have been: the run cannot end well."""

    def among(self, surroundings: Surroundings) -> Text:
        """The same with other files around it."""
        checking, settings = self.checking, self.checking.settings
        settings = settings._replace(around=settings.around._replace(surroundings=surroundings))
        return self._replace(checking=checking._replace(settings=settings))


def texts(
    options: WantedOfFiles, checkings: Checkings | None = None, only: Callable[[list[Found]], list[Found]] | None = None
) -> Inputs:
    """The files of a run, each with what it is checked with; `only` chooses among them.

    Everything is found and every configuration is read before the first text: what is wrong with the request is known
    before a report begins. Raises what `discovery` and `settings` raise.
    """
    found = _found(options)
    return Inputs(found if only is None else only(found), checkings or Checkings(options), options.paths)


class Inputs:
    """The files of a run by their numbers. Texts are read when they are asked for, and not kept."""

    def __init__(self, found: Sequence[Found], checkings: Checkings, paths: Sequence[str]) -> None:
        self._found, self._checkings, self._is_stdin = found, checkings, "-" in paths
        self._run = Run([one.path for one in found if not one.passed_over])
        for one in found:
            checkings.of(one.path)

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, number: int) -> Text:
        one = self.bytes_of(number)
        return one if one.passed_over or one.unreadable else self.beside(one)

    def bytes_of(self, number: int) -> Text:
        """A file with its bytes, or why there are none, without what the run knows beside it."""
        path, named, unreadable, passed_over = self._found[number]
        if passed_over or unreadable:
            return self.bare(number)
        checking = self._checkings.of(path)
        if not named and checking.config.excludes(path):
            return self.bare(number)._replace(passed_over="excluded by the configuration")
        try:
            data = _stdin() if self._is_stdin else discovery.read(path)
        except discovery.Unreadable as problem:
            return _unread(self.bare(number), problem)
        return Text(path, named, checking, data, "", "")

    def __iter__(self) -> Iterator[Text]:
        for number in range(len(self._found)):
            yield self[number]

    def bare(self, number: int) -> Text:
        """What is known of a file before it is read."""
        path, named, unreadable, passed_over = self._found[number]
        return Text(path, named, self._checkings.of(path), b"", passed_over, unreadable)

    def beside(self, text: Text) -> Text:
        """The same with what the run knows beside the file."""
        return text._replace(checking=text.checking.beside(text.path, self._run))

    def checkings(self) -> list[Checking]:
        """What the files are checked with, each once."""
        return self._checkings.all()


def _unread(one: Text, problem: discovery.Unreadable) -> Text:
    why = str(problem).removeprefix(f"{one.path}: ")
    if isinstance(problem, discovery.NoFile) and not one.named:
        return one._replace(passed_over=why)
    return one._replace(unreadable=why)


def _found(options: WantedOfFiles) -> list[Found]:
    if "-" not in options.paths:
        return list(discovery.find(options.paths, gitignore=not options.no_gitignore))
    if len(options.paths) > 1:
        raise discovery.Unreadable("-: standard input cannot be mixed with files")
    return [Found(options.stdin_filename or STDIN, True)]


def checked(text: Text, *, named: bool) -> FileResult:
    """What is found in a file that holds these bytes. `named`: it is a deployment, whatever it looks like."""
    if text.passed_over:
        return FileResult(text.path, "", passed_over=text.passed_over)
    try:
        return lint(text.data, text.path, text.checking.settings, named=named)
    except Exception as error:  # a bug of ours in one file must not hide what is wrong with the others
        return FileResult(text.path, "", (internal_error(error, "linting", text.path),))


def with_fixes_tried(result: FileResult, text: Text, *, named: bool) -> FileResult:
    """The result with those fixes alone that hold where they are made."""
    if all(finding.fix is None for finding in result.findings):
        return result
    from llmlint.fix import offered

    return offered(text.data, result, trial_of(text, named=named))


def trial_of(text: Text, *, named: bool) -> Callable[[bytes], FileResult]:
    """Lints other bytes in the file's place, without words."""
    mute = text._replace(checking=text.checking.mute())
    return lambda data: checked(mute._replace(data=data), named=named)


def from_here(path: str) -> str:
    """A path as `git apply` takes it in the current folder, where it leads to something in there."""
    near = os.path.relpath(path)
    return path if near.startswith(os.pardir) else near


def _stdin() -> bytes:
    if sys.stdin is None:
        raise discovery.Unreadable("standard input is closed")
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        raise discovery.Unreadable(discovery.reason(error)) from None


class Shown(NamedTuple):
    """The deployments of one file as facts, and what keeps it from being read."""

    file: str
    facts: Sequence[Facts]
    findings: Sequence[Finding]
    unreadable: str = ""
    """Why it could not be read and should have been; empty where it was."""


def facts_of(options: WantedOfFiles) -> Iterator[Shown]:
    """File by file, those that hold deployments; raises what `texts` raises."""
    for text in texts(options):
        if text.unreadable:
            yield Shown(text.path, (), (), text.unreadable)
        elif not text.passed_over:
            read = read_plans(text.data, text.path, named=text.named, around=text.checking.settings.around)
            if not read.passed_over:
                facts = all_facts(read.plans, text.checking.settings.catalogue, text.path)
                yield Shown(text.path, facts, read.findings)
