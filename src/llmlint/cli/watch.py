"""`--watch`: lints again whenever something changes. Files are looked at by their times, which works everywhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator

from llmlint import discovery
from llmlint.cli.options import Options
from llmlint.cli.problems import guarded, tell
from llmlint.settings import Checkings, UsageError

PAUSE = 0.5
"""Seconds between two looks; where a look takes long, ten times as long as it takes."""
CLEAR = "\x1b[2J\x1b[3J\x1b[H"
MOST_NAMES = 20_000
"""Files beside those that are linted that are looked at."""


def watch(options: Options, lint: Callable[[], int]) -> int:
    """Lint until it is interrupted: 0 then. What is wrong with configuration and rules is told, and can be mended."""
    if "-" in options.paths:
        raise UsageError("--watch looks at files, not at standard input")
    if options.fix or options.diff:
        raise UsageError("--watch only looks: give it without --fix and --diff")
    try:
        while True:
            before = _state(options)
            _lint_once(options, lint)
            _wait(options, before)
    except KeyboardInterrupt:
        sys.stderr.write("\n" if sys.stderr.isatty() else "")
        return 0


def _lint_once(options: Options, lint: Callable[[], int]) -> None:
    interactive = sys.stdout.isatty()
    if interactive:
        sys.stdout.write(CLEAR)
    guarded(lint)
    sys.stdout.flush()
    if not options.quiet:
        tell("watching for changes; Ctrl-C ends it")
        sys.stderr.flush()


def _wait(options: Options, before: dict[str, tuple[int, int]]) -> None:
    """Return when something is not as it was."""
    while True:
        start = time.monotonic()
        changed = _state(options) != before
        if changed:
            return
        time.sleep(max(PAUSE, 10 * (time.monotonic() - start)))


def _state(options: Options) -> dict[str, tuple[int, int]]:
    """Time and size of whatever a run looks at: files, their neighbours, configurations, rules and catalogues."""
    found: dict[str, tuple[int, int]] = {}
    written = {os.path.abspath(one.output) for one in options.reports if one.output is not None}
    streams = _streams()
    for path in _paths(options):
        if path not in found and len(found) < MOST_NAMES and os.path.abspath(path) not in written:
            try:
                status = os.stat(path)
            except (OSError, ValueError):
                continue
            if (status.st_dev, status.st_ino) not in streams:
                found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _streams() -> set[tuple[int, int]]:
    """What the run itself prints to, which may be a file of a folder that is looked at."""
    found = set()
    for stream in (sys.stdout, sys.stderr):
        try:
            status = os.fstat(stream.fileno())
        except (OSError, ValueError):
            continue
        found.add((status.st_dev, status.st_ino))
    return found


def _paths(options: Options) -> Iterator[str]:
    folders: dict[str, None] = {}
    try:
        for one in discovery.find(options.paths, gitignore=not options.no_gitignore):
            yield one.path
            folders[os.path.dirname(one.path) or "."] = None
    except discovery.Unreadable:
        yield from options.paths  # a file that is being replaced
    for folder in folders:
        yield from _in_folder(folder)
    yield from _inputs(options, folders)


def _in_folder(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.path for entry in entries if entry.is_file())
    except OSError:
        return


def _inputs(options: Options, folders: dict[str, None]) -> Iterator[str]:
    """What files are checked with; what is wrong with it is told by the run."""
    yield from _below([*options.rules, *options.catalogue])
    yield from (path for path in (options.config, options.baseline) if path is not None)
    checkings = Checkings(options)
    for folder in folders:
        try:
            config = checkings.of(os.path.join(folder, "x")).config
        except Exception:  # whatever it is, the run has told it, and looks again once something changes
            continue
        named = [one.file for one in (*config.bases, config) if one.file is not None]
        yield from _below([*named, *config.rules, *config.catalogue])


def _below(paths: list[str]) -> Iterator[str]:
    for path in paths:
        yield path
        if os.path.isdir(path):
            for folder, _, names in os.walk(path):
                yield from (os.path.join(folder, name) for name in names)
