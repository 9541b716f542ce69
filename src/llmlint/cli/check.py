"""`llmlint PATHS…`: lint files and report what is found."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from llmlint.cli import terminal
from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, guarded, tell
from llmlint.cli.reading import Text, texts
from llmlint.finding import FileResult
from llmlint.linting import lint
from llmlint.reports import ReportOptions, begin
from llmlint.reports.summary import Summary, Tally
from llmlint.rulebook import internal_error
from llmlint.settings import UsageError, fails

if TYPE_CHECKING:
    from llmlint.suggest.findings import Remedies

CLEAN, FINDINGS, NOTHING = 0, 1, 3
"""Exit codes; `problems.UNUSABLE` is the fourth."""
WITH_REMEDIES = ("text", "json")
"""Formats that show remedies; for others none is looked for."""


def check(options: Options) -> int:
    """The exit code of one lint run."""
    return guarded(lambda: _to_terminal(options) if options.output is None else _to_file(options, options.output))


def _to_terminal(options: Options) -> int:
    return _check(options, sys.stdout, interactive=sys.stdout.isatty())


def _to_file(options: Options, path: str) -> int:
    from llmlint.cli.output import replaced

    if any(_is_output(one, path) for one in options.paths):
        raise UsageError(f"--output {path}: would overwrite a file that is linted")
    try:
        with replaced(path) as out:
            return _check(options, out, interactive=False)
    except OSError as error:
        raise UsageError(f"--output {path}: {(error.strerror or str(error)).lower()}") from None


def _is_output(path: str, output: str | None) -> bool:
    try:
        return output is not None and os.path.samefile(path, output)
    except OSError:
        return False


def _check(options: Options, out: IO[str], *, interactive: bool) -> int:
    if options.fix or options.diff:
        from llmlint.cli.fixing import check_and_fix

        return check_and_fix(options, out, interactive=interactive)
    return lint_all(options, out, _as_it_is, interactive=interactive)


def lint_all(
    options: Options, out: IO[str], read: Callable[[Text, Options], tuple[FileResult, Text]], *, interactive: bool
) -> int:
    """Lint the files of a run one by one, and report; the exit code."""
    inputs = texts(options)
    report = begin(options.format, out, _report_options(options, interactive))
    tally = Tally()
    remedies: Remedies | None = None
    failed = unusable = False
    for text in inputs:
        if text.unreadable:
            unusable = True
            tell(f"{text.path}: {text.unreadable}")
            continue
        result, now = read(text, options)
        if options.format in WITH_REMEDIES and _asks_for_remedies(result, now):
            from llmlint.cli.remedies import helped, remedies_of_a_run

            remedies = remedies or remedies_of_a_run()
            result = helped(result, now, remedies, named=_is_named(text, options))
        report.file(result)
        tally.add(result)
        failed = failed or any(fails(finding.severity, text.checking.fail_on) for finding in result.findings)
        unusable = unusable or any(finding.rule == "internal-error" for finding in result.findings)
    summary = tally.summary()
    report.end(summary)
    if unusable:
        return UNUSABLE
    return FINDINGS if failed else _clean(summary, options)


def _as_it_is(text: Text, options: Options) -> tuple[FileResult, Text]:
    return result_of(text, options), text


def result_of(text: Text, options: Options) -> FileResult:
    """What is found in a file that holds these bytes."""
    if text.passed_over:
        return FileResult(text.path, "", passed_over=text.passed_over)
    try:
        result = lint(text.data, text.path, text.checking.settings, named=_is_named(text, options))
    except Exception as error:  # a bug of ours in one file must not hide what is wrong with the others
        return FileResult(text.path, "", (internal_error(error, "linting", text.path),))
    if not result.passed_over and _is_output(text.path, options.output):
        raise UsageError(f"--output {options.output}: would overwrite a file that is linted")
    return result


def _is_named(text: Text, options: Options) -> bool:
    """Whether a file is taken for a deployment whatever it looks like."""
    return text.named and not options.skip_unrecognised


def _asks_for_remedies(result: FileResult, text: Text) -> bool:
    """Whether the smallest change is to be looked for: for errors of rules that say so."""
    broken = {finding.rule for finding in result.findings if finding.severity == "error"}
    return bool(broken) and any(rule.suggested and rule.id in broken for rule in text.checking.settings.rules)


def _clean(summary: Summary, options: Options) -> int:
    if summary.recognised or options.allow_empty:
        return CLEAN
    if not summary.files:
        tell("nothing to lint: no YAML or JSON file was found")
    else:
        files = f"{summary.files} file{'s' if summary.files > 1 else ''}"
        rendered = "lint what templates render (helm template … | llmlint -); " if summary.templates else ""
        tell(
            f"nothing recognised to lint among {files}: {rendered}a deployment is a mapping with `model` "
            "and one of precision, workload, engine, machine (-v gives the reason for each file; "
            "--allow-empty makes this no failure)"
        )
    return NOTHING


def _report_options(options: Options, interactive: bool) -> ReportOptions:
    return ReportOptions(
        colour=terminal.coloured(options.color, terminal=interactive, to_file=options.output is not None),
        width=terminal.width() if interactive else 0,
        verbosity="quiet" if options.quiet else "verbose" if options.verbose else "normal",
        min_severity=options.min_severity,  # type: ignore[arg-type]  # one of the option's choices
    )
