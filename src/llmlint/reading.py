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


def texts(
    options: WantedOfFiles, checkings: Checkings | None = None, only: Callable[[list[Found]], list[Found]] | None = None
) -> Iterator[Text]:
    """The files of a run, each with what it is checked with; `only` chooses among them.

    Everything is found and every configuration is read before the first text: what is wrong with the request is known
    before a report begins. Raises what `discovery` and `settings` raise.
    """
    checkings = checkings or Checkings(options)
    found = _found(options)
    found = found if only is None else only(found)
    run = Run([one.path for one in found if not one.passed_over])
    planned = [(one, checkings.of(one.path).beside(one.path, run)) for one in found]
    return (_text(one, checking, options.paths) for one, checking in planned)


def _found(options: WantedOfFiles) -> list[Found]:
    if "-" not in options.paths:
        return list(discovery.find(options.paths, gitignore=not options.no_gitignore))
    if len(options.paths) > 1:
        raise discovery.Unreadable("-: standard input cannot be mixed with files")
    return [Found(options.stdin_filename or STDIN, True)]


def _text(one: Found, checking: Checking, paths: Sequence[str]) -> Text:
    bare = Text(one.path, one.named, checking, passed_over=one.passed_over, unreadable=one.unreadable)
    if one.passed_over or one.unreadable:
        return bare
    if not one.named and checking.config.excludes(one.path):
        return bare._replace(passed_over="excluded by the configuration")
    try:
        return bare._replace(data=_stdin() if "-" in paths else discovery.read(one.path))
    except discovery.Unreadable as problem:
        why = str(problem).removeprefix(f"{one.path}: ")
        if isinstance(problem, discovery.NoFile) and not one.named:
            return bare._replace(passed_over=why)
        return bare._replace(unreadable=why)


def checked(text: Text, *, named: bool) -> FileResult:
    """What is found in a file that holds these bytes. `named`: it is a deployment, whatever it looks like."""
    if text.passed_over:
        return FileResult(text.path, "", passed_over=text.passed_over)
    try:
        return lint(text.data, text.path, text.checking.settings, named=named)
    except Exception as error:  # a bug of ours in one file must not hide what is wrong with the others
        return FileResult(text.path, "", (internal_error(error, "linting", text.path),))


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
