"""`llmlint PATHS…`: lint files and report what is found."""

from __future__ import annotations

import os
import sys
from time import monotonic

from llmlint.cli import terminal
from llmlint.cli.options import FORMATS, Options
from llmlint.cli.problems import UNUSABLE, guarded, tell
from llmlint.finding import FileResult
from llmlint.reading import Inputs, Text, checked, texts, with_fixes_tried
from llmlint.reports import Report, ReportOptions, begin
from llmlint.reports.summary import Summary, Tally
from llmlint.settings import Checkings, UsageError, fails

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO, Protocol, TypeAlias

    from llmlint.cache.results import Results
    from llmlint.cli.progress import Progress
    from llmlint.cli.since import Since
    from llmlint.suggest.findings import Remedies

    class Sieve(Protocol):
        """Holds back findings that are known already."""

        def sift(self, result: FileResult, text: Text) -> FileResult:
            """What is left of a file's."""

        def gone(self) -> int:
            """Entries of files that are not there any more."""


Read: TypeAlias = "Callable[[Text, Options], tuple[FileResult, Text]]"
"""Lints a file, and gives its text as it is by then."""
SEVERAL = 16
"""Files from which on other processes may help, and results are kept: before, the start is most of what a run takes."""
CLEAN, FINDINGS, NOTHING = 0, 1, 3
"""Exit codes; `problems.UNUSABLE` is the fourth."""
UNSEEN = 1.0
"""Seconds after which a run says how far it is."""
COUNTING = {"text": "statistics", "concise": "statistics", "auto": "statistics", "json": "statistics-json"}
"""What stands for a format with --statistics."""
PLAIN = ("text", "concise", "json", "statistics", "statistics-json")
"""Formats that want to know nothing of a run but its results."""
WITH_REMEDIES = frozenset(FORMATS) - {"concise"}
"""Formats that show remedies; for others none is looked for."""


def check(options: Options) -> int:
    """The exit code of one lint run."""
    return guarded(lambda: _check(options))


def _check(options: Options) -> int:
    if options.show_settings:
        from llmlint.cli.shown_settings import show_settings

        return show_settings(options)
    if options.statistics:
        options = _counting(options)
    if options.watch:
        from llmlint.cli.watch import watch

        return watch(options, lambda: lint_all(options))
    if options.fix or options.diff:
        from llmlint.cli.fixing import check_and_fix

        return check_and_fix(options)
    return lint_all(options)


def _counting(options: Options) -> Options:
    """The same with reports that count; raises `UsageError` for those that cannot."""
    wrong = [one.format for one in options.reports if one.format not in COUNTING]
    if wrong:
        raise UsageError(f"--statistics has no {wrong[0]}: text and json count")
    return options._replace(reports=tuple(one._replace(format=COUNTING[one.format]) for one in options.reports))


def lint_all(options: Options, read: Read | None = None, terminal: IO[str] | None = None) -> int:
    """Lint the files of a run, and report them in their order; the exit code.

    `read`: what lints a file, where that is more than looking at it; then one is linted after another. `terminal`: in
    place of standard output.
    """
    checkings = Checkings(options)
    since = since_of(options, checkings)
    inputs = texts(options, checkings, since.kept if since is not None else None)
    sieves = [*([since] if since is not None else []), *_sieves(options, checkings)]
    stream = terminal or sys.stdout
    if len(options.reports) == 1 and options.reports[0].output is None and options.reports[0].format in PLAIN:
        report = begin(options.reports[0].format, stream, shown_on(stream, options))
        return _lint(inputs, options, checkings, read, _Run(options, report, sieves))
    from llmlint.cli.reporting import opened

    with opened(options, checkings, stream) as report:
        return _lint(inputs, options, checkings, read, _Run(options, report, sieves))


def _lint(inputs: Inputs, options: Options, checkings: Checkings, read: Read | None, run: _Run) -> int:
    """Lint the files, one after another, or as many are."""
    if read is not None or (len(inputs) < SEVERAL and options.jobs is None):
        return _lint_all(_one_by_one(inputs, options, read or _as_it_is), run)
    from llmlint.cli.keeping import results_of, write
    from llmlint.cli.several import looked_at

    run.results = results_of(options) if len(inputs) >= SEVERAL else None
    code = _lint_all(looked_at(inputs, options, checkings, run.results), run)
    write(run.results, options)
    return code


def _one_by_one(inputs: Inputs, options: Options, read: Read) -> Iterator[tuple[Text, FileResult]]:
    """Every file with what is found in it."""
    for text in inputs:
        if text.unreadable:
            yield text, FileResult(text.path, "")
        else:
            result, now = read(text, options)
            yield now, result


def since_of(options: Options, checkings: Checkings) -> Since | None:
    """What has changed, where that is asked for."""
    if options.since is None:
        return None
    from llmlint.cli.since import Since

    return Since(options, checkings)


def _sieves(options: Options, checkings: Checkings) -> list[Sieve]:
    """What holds findings back that are known already."""
    found: list[Sieve] = []
    configured = checkings.baselines()
    if options.baseline or configured:
        from llmlint.cli.baselines import Baselines

        found.append(Baselines(options, configured))
    return found


def _lint_all(looked_at: Iterator[tuple[Text, FileResult]], run: _Run) -> int:
    try:
        for text, result in looked_at:
            run.progress(text)
            run.take(text, result)
    except Exception as error:  # the run fails, and what is written of it until then is a whole report all the same
        import contextlib

        with contextlib.suppress(Exception):
            run.report.end(run.tally.summary()._replace(failure=str(error) or type(error).__name__))
        raise
    finally:
        run.erase()
        looked_at.close()  # type: ignore[attr-defined]  # a generator, which may have processes to end
    summary = run.summary()
    run.report.end(summary)
    if run.unusable:
        return UNUSABLE
    return FINDINGS if run.failed else _clean(summary, run.options)


class _Run:
    """Takes one file after another, and tells the report."""

    def __init__(self, options: Options, report: Report, sieves: Sequence[Sieve] = ()) -> None:
        self.tally = Tally()
        self.failed = self.unusable = False
        self.options, self.report, self._sieves = options, report, sieves
        self._helped = any(one.format in WITH_REMEDIES for one in options.reports)
        self._writes = any(one.output is not None for one in options.reports)
        self._remedies: Remedies | None = None
        self.results: Results | None = None
        """Those that are kept."""
        self._started = monotonic()
        self._progress: Progress | None = None
        self._looked_on = True

    def take(self, text: Text, result: FileResult) -> None:
        """Report what was found in a file."""
        if text.unreadable:
            self.unusable = True
            self.erase()
            tell(f"{text.path}: {text.unreadable}")
            self.tally.cannot_read(text.path, text.unreadable)
            return
        if self._writes and not result.passed_over:
            refuse_to_overwrite(text.path, self.options)
        for sieve in self._sieves:
            result = sieve.sift(result, text)
        if self._helped and _asks_for_remedies(result, text):
            result = self._with_remedies(result, text)
        if result.findings or self.options.verbose:  # the report may write of it at once
            self.erase()
        self.report.file(result)
        self.tally.add(result)
        for finding in result.findings:
            self.failed = self.failed or fails(finding.severity, text.checking.fail_on)
            self.unusable = self.unusable or finding.rule == "internal-error"

    def progress(self, text: Text) -> None:
        """Say on a terminal how far it is, once it has taken a second."""
        if not self._looked_on or monotonic() - self._started < UNSEEN:
            return
        if self._progress is None:
            from llmlint.cli.progress import Progress, wanted

            self._looked_on = wanted(self.options.quiet)
            if not self._looked_on:
                return
            self._progress = Progress()
        self._progress.show(self.tally.files, text.path)

    def erase(self) -> None:
        """Take back what was said of progress."""
        if self._progress is not None:
            self._progress.erase()

    def summary(self) -> Summary:
        """What the run comes to so far."""
        found = self.tally.summary()
        return found._replace(stale=found.stale + sum(sieve.gone() for sieve in self._sieves))

    def _with_remedies(self, result: FileResult, text: Text) -> FileResult:
        from llmlint.cli.remedies import helped, remedies_of_a_run

        remedies = self._remedies = self._remedies or remedies_of_a_run()
        named = is_named(text, self.options)
        if self.results is None or self._sieves:  # what is left behind sieves does not rest on the file alone
            return helped(result, text, remedies, named=named)
        from llmlint.cli.keeping import KeptRemedies

        kept = KeptRemedies(self.results)
        return kept.helped(result, text, remedies, lambda result: helped(result, text, remedies, named=named))


def _as_it_is(text: Text, options: Options) -> tuple[FileResult, Text]:
    return with_fixes_tried(result_of(text, options), text, named=is_named(text, options)), text


def result_of(text: Text, options: Options) -> FileResult:
    """What is found in a file that holds these bytes."""
    result = checked(text, named=is_named(text, options))
    if not result.passed_over:
        refuse_to_overwrite(text.path, options)
    return result._replace(data=text.data)


def refuse_to_overwrite(path: str, options: Options) -> None:
    """Raise `UsageError` where a report would be written over what is linted."""
    for one in options.reports:
        if one.output is not None and _is_same_file(path, one.output):
            raise UsageError(f"--output {one.output}: would overwrite a file that is linted")


def _is_same_file(path: str, output: str) -> bool:
    try:
        return os.path.samefile(path, output)
    except OSError:
        return False


def is_named(text: Text, options: Options) -> bool:
    """Whether a file is taken for a deployment whatever it looks like."""
    return text.named and not options.skip_unrecognised


def _asks_for_remedies(result: FileResult, text: Text) -> bool:
    """Whether the smallest change is to be looked for: for errors of rules that say so."""
    if not result.findings:
        return False
    broken = {finding.rule for finding in result.findings if finding.severity == "error"}
    return bool(broken) and any(rule.suggested and rule.id in broken for rule in text.checking.settings.rules)


def _clean(summary: Summary, options: Options) -> int:
    if summary.recognised or options.allow_empty:
        return CLEAN
    if options.since is not None:  # a change that touches nothing of ours is in order
        tell(f"nothing that is linted has changed since {options.since}")
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


def shown_on(stream: IO[str], options: Options) -> ReportOptions:
    """How a report is shown on standard output or standard error."""
    interactive = stream.isatty()
    return ReportOptions(
        colour=terminal.coloured(options.color, terminal=interactive),
        width=terminal.width() if interactive else 0,
        verbosity="quiet" if options.quiet else "verbose" if options.verbose else "normal",
        min_severity=options.min_severity,  # type: ignore[arg-type]  # one of the option's choices
    )
