"""`--fix` and `--diff`: mends files, or shows how they would be mended."""

from __future__ import annotations

import sys
from typing import IO

from llmlint.cli.check import FINDINGS, is_named, lint_all, result_of, since_of
from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, tell
from llmlint.cli.written import NotWritten, write
from llmlint.finding import FileResult
from llmlint.fix import Fixed, fixed
from llmlint.reading import Text, texts, trial_of, with_fixes_tried
from llmlint.settings import Checkings, UsageError

PIPE = "-"


def check_and_fix(options: Options) -> int:
    """The exit code of a run that mends, or shows how."""
    if options.fix and options.diff:
        raise UsageError("--fix changes files, --diff does not: give one of them")
    if options.diff:
        return _show_diff(options)
    fixing = _Fixing()
    code = lint_all(options, fixing.result, sys.stderr if PIPE in options.paths else None)
    return UNUSABLE if fixing.failed else code


def _show_diff(options: Options) -> int:
    if len(options.reports) > 1:
        raise UsageError("--diff shows a diff in place of a report: give at most one --output")
    output = options.reports[0].output
    if output is None:
        return _show(options, sys.stdout)
    from llmlint.cli.reporting import written

    with written(output, options) as out:
        return _show(options, out)


def _fixed(text: Text, options: Options) -> Fixed:
    if text.passed_over:
        return Fixed(text.data, FileResult(text.path, "", passed_over=text.passed_over))

    def lint(data: bytes) -> FileResult:
        return result_of(text._replace(data=data), options)

    return fixed(text.data, lint, trial_of(text, named=is_named(text, options)), unsafe=options.unsafe_fixes)


class _Fixing:
    """Mends one file after another."""

    def __init__(self) -> None:
        self.failed = False

    def result(self, text: Text, options: Options) -> tuple[FileResult, Text]:
        """What is left in a file once it is mended, and its text; as it was where it could not be written."""
        done = _fixed(text, options)
        if PIPE in options.paths:
            _to_pipe(done.data)
        elif done.data != text.data:
            try:
                write(text.path, text.data, done.data)
            except NotWritten as problem:
                self.failed = True
                tell(f"{text.path}: not fixed: {problem}")
                return result_of(text, options), text
        now = text._replace(data=done.data)
        left = with_fixes_tried(done.result, now, named=is_named(now, options))
        return left._replace(fixed=len(done.fixed), untried=left.untried or done.result.untried), now


def _to_pipe(data: bytes) -> None:
    """The mended text on standard output, byte for byte."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a stream of text in its place
        sys.stdout.write(data.decode("utf-8", "surrogateescape"))
    else:
        buffer.write(data)
        buffer.flush()


def _show(options: Options, out: IO[str]) -> int:
    """The diffs of all files; 1 where there are any."""
    from llmlint.suggest.diff import unified

    changes = unusable = 0
    checkings = Checkings(options)
    since = since_of(options, checkings)
    for text in texts(options, checkings, since.kept if since is not None else None):
        if text.unreadable:
            unusable += 1
            tell(f"{text.path}: {text.unreadable}")
            continue
        done = _fixed(text, options)
        if done.data != text.data:
            changes += len(done.fixed)
            out.write(unified(_text(text.data), _text(done.data), text.path))
    if changes and not options.quiet:
        sys.stderr.write(f"Would fix {changes} finding{'s' if changes > 1 else ''}.\n")
    if unusable:
        return UNUSABLE
    return FINDINGS if changes else 0


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
