"""`llmlint PATHS…`: lint files and report what is found."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import IO

from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, guarded
from llmlint.cli.reading import texts
from llmlint.cli.settings import Checkings, UsageError, fails
from llmlint.finding import FileResult
from llmlint.lint import lint

CLEAN, FINDINGS, NOTHING = 0, 1, 3
"""Exit codes; `problems.UNUSABLE` is the fourth."""


def check(options: Options) -> int:
    """The exit code of one lint run."""
    return guarded(lambda: _to_terminal(options) if options.output is None else _to_file(options, options.output))


def _to_terminal(options: Options) -> int:
    return _check(options, sys.stdout, terminal=sys.stdout.isatty())


def _to_file(options: Options, path: str) -> int:
    from llmlint.cli.output import replaced

    if any(os.path.exists(one) and os.path.exists(path) and os.path.samefile(one, path) for one in options.paths):
        raise UsageError(f"--output {path}: would overwrite a file that is linted")
    try:
        with replaced(path) as out:
            return _check(options, out, terminal=False)
    except OSError as error:
        raise UsageError(f"--output {path}: {(error.strerror or str(error)).lower()}") from None


def _results(options: Options) -> Iterator[tuple[FileResult, str]]:
    checkings = Checkings(options)
    for path, named, data in texts(options.paths, options.stdin_filename):
        checking = checkings.of(path)
        yield lint(data, path, checking.settings, named=named and not options.skip_unrecognised), checking.fail_on
