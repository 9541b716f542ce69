"""`llmlint PATHS…`: lint files and report what is found."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import IO

from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, guarded, tell
from llmlint.cli.reading import texts
from llmlint.cli.settings import Checkings, UsageError, fails
from llmlint.finding import FileResult
from llmlint.lint import lint
from llmlint.reports import ReportOptions, begin
from llmlint.reports.summary import Summary, Tally

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


def _check(options: Options, out: IO[str], *, terminal: bool) -> int:
    report = begin(options.format, out, _report_options(options, terminal))
    tally = Tally()
    failed = crashed = False
    for result, fail_on in _results(options):
        report.file(result)
        tally.add(result)
        failed = failed or any(fails(finding.severity, fail_on) for finding in result.findings)
        crashed = crashed or any(finding.rule == "internal-error" for finding in result.findings)
    summary = tally.summary()
    report.end(summary)
    if crashed:
        return UNUSABLE
    if failed:
        return FINDINGS
    if not summary.recognised and not options.allow_empty:
        tell(_nothing(summary))
        return NOTHING
    return CLEAN


def _nothing(summary: Summary) -> str:
    if not summary.files:
        return "nothing to lint: no YAML or JSON file was found"
    return (
        f"nothing recognised to lint among {summary.files} file{'s' if summary.files > 1 else ''}: a deployment is a mapping with `model` and one of "
        "precision, workload, engine, machine (-v gives the reason for each file; --allow-empty makes this no failure)"
    )


def _report_options(options: Options, terminal: bool) -> ReportOptions:
    return ReportOptions(
        colour=_coloured(options, terminal),
        width=_width() if terminal else 0,
        verbosity="quiet" if options.quiet else "verbose" if options.verbose else "normal",
        min_severity=options.min_severity,  # type: ignore[arg-type]  # one of the option's choices
    )


def _coloured(options: Options, terminal: bool) -> bool:
    """By the option, else by the usual variables, else for terminals; never into a file."""
    if options.color != "auto":
        return options.color == "always" and options.output is None
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    forced = environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE")
    return (bool(forced) and options.output is None) or (terminal and environment.get("TERM") != "dumb")


def _width() -> int:
    """Cells of the terminal, COLUMNS before what the terminal says."""
    text = os.environ.get("COLUMNS", "")
    if text.isdecimal() and int(text) > 0:
        return int(text)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 120
    except (OSError, ValueError):
        return 120
