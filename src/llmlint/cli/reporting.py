"""The reports of a run that asks for more than one on the terminal: files written whole, the job's summary in CI."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from types import FrameType, TracebackType
from typing import IO

from llmlint.cli.check import refuse_to_overwrite, shown_on
from llmlint.cli.job_summary import of_the_job
from llmlint.cli.options import Asked, Options
from llmlint.cli.output import replaced
from llmlint.cli.repository_place import Places
from llmlint.cli.rule_texts import described
from llmlint.config import TOML_NAME, YAML_NAME
from llmlint.finding import FileResult
from llmlint.reports import Report, ReportOptions, begin
from llmlint.reports.summary import Summary
from llmlint.settings import Checkings, UsageError


@contextlib.contextmanager
def opened(options: Options, checkings: Checkings, terminal: IO[str]) -> Iterator[Report]:
    """One report that is all those of a run; its files are in place once the block is left without an exception."""
    _refuse_shared(options.reports, terminal)
    shown = shown_on(terminal, options)._replace(place=Places(os.getcwd()), rules=lambda: described(checkings))
    wanted = [one for asked in options.reports for one in _automatic(asked)]
    files_first = sorted(wanted, key=lambda one: one.output is None)  # what cannot be written is known then
    with _tidy(), contextlib.ExitStack() as stack, of_the_job(wanted, shown) as summaries:
        yield Reports([*(_begin(one, options, shown, terminal, stack) for one in files_first), *summaries])


@contextlib.contextmanager
def _tidy() -> Iterator[None]:
    """What ends the run from outside, as CI services do, ends it like Ctrl-C: no half-written file is left behind."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # only the main thread may
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _automatic(asked: Asked) -> list[Asked]:
    """`auto` is text, and in GitHub Actions annotations behind it."""
    if asked.format != "auto":
        return [asked]
    text = asked._replace(format="text")
    annotated = os.environ.get("GITHUB_ACTIONS") == "true" and asked.output is None
    return [text, asked._replace(format="github")] if annotated else [text]


def _begin(
    wanted: Asked, options: Options, shown: ReportOptions, terminal: IO[str], stack: contextlib.ExitStack
) -> Report:
    if wanted.output is None:
        return begin(wanted.format, terminal, shown)
    out = stack.enter_context(written(wanted.output, options))
    return _Named(wanted.output, out, begin(wanted.format, out, shown._replace(colour=False, width=0)))


def _refuse_shared(reports: Sequence[Asked], terminal: IO[str]) -> None:
    """Two reports in one file, under whichever names, would be none."""
    taken: list[os.stat_result] = []
    names: set[str] = set()
    for one in reports:
        if one.output == os.devnull:
            continue
        name = os.path.realpath(one.output) if one.output is not None else ""
        status = _status(one.output) if one.output is not None else _status_of(terminal)
        if name in names or any(status is not None and os.path.samestat(status, other) for other in taken):
            raise UsageError(f"--output {one.output or '-'}: two reports cannot go there")
        names.add(name)
        taken += [status] if status is not None else []


def _refuse_settings(output: str, options: Options) -> None:
    """A report never takes the place of what says how to lint."""
    if not output:
        raise UsageError("--output: the name of the file is empty")
    target = _status(output)
    settings = (options.config, options.baseline, *options.rules, *options.catalogue)
    known = [_status(one) for one in settings if one is not None]
    if target is not None and (
        os.path.basename(output) in (YAML_NAME, TOML_NAME)
        or any(one is not None and os.path.samestat(target, one) for one in known)
    ):
        raise UsageError(f"--output {output}: would overwrite what llmlint is configured with")


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _status_of(stream: IO[str]) -> os.stat_result | None:
    try:
        return os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None


class written:  # noqa: N801  # reads as what `with` makes of it
    """The file of a report while it is written; what goes wrong with it is a `UsageError` that names it."""

    def __init__(self, path: str, options: Options) -> None:
        self._path = path
        for one in options.paths:
            refuse_to_overwrite(one, options)
        _refuse_settings(path, options)
        self._file = replaced(path)

    def __enter__(self) -> IO[str]:
        try:
            return self._file.__enter__()
        except (OSError, ValueError) as error:
            raise not_written(self._path, error) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            return self._file.__exit__(kind, error, trace)
        except OSError as problem:
            if problem is error:
                raise
            raise not_written(self._path, problem) from None


def not_written(path: str, error: Exception) -> UsageError:
    """What to say of a file that cannot be written."""
    why = error.strerror if isinstance(error, OSError) else None
    return UsageError(f"--output {path}: {(why or str(error)).lower()}")


class _Named:
    """A report in a file: an error of writing tells which."""

    def __init__(self, path: str, out: IO[str], report: Report) -> None:
        self._path, self._out, self._report = path, out, report

    def file(self, result: FileResult) -> None:
        """Add what was found in one file."""
        try:
            self._report.file(result)
        except OSError as error:
            raise not_written(self._path, error) from None

    def end(self, summary: Summary) -> None:
        """Complete the report, and see that all of it can be written."""
        try:
            self._report.end(summary)
            self._out.flush()
        except OSError as error:
            raise not_written(self._path, error) from None


class Reports:
    """Several reports as one."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = reports

    def file(self, result: FileResult) -> None:
        """Add what was found in one file."""
        for report in self._reports:
            report.file(result)

    def end(self, summary: Summary) -> None:
        """Complete each."""
        for report in self._reports:
            report.end(summary)
