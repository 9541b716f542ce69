"""That a report says what was found, no more and no less, when it is read by somebody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llmlint.finding import SEVERITIES, FileResult, Finding
from llmlint.reports import ReportOptions
from llmlint.reports.json import whole
from llmlint.reports.printable import printable

from . import readers
from .readers import Read
from .reporting import reported


def in_a_folder(file: str) -> str:
    """The place of a file whose name may be any, and empty too."""
    return f"x/{file}"


def assert_agrees(result: FileResult, form: str, options: ReportOptions | None = None) -> None:
    """Read the report of a file and compare."""
    options = (options or ReportOptions())._replace(place=in_a_folder, min_severity="info")
    found = getattr(readers, form)(reported(result, form=form, options=options))
    assert len(found) == len(result.findings)
    AGREES[form](found, result.findings)


def as_bytes_say(file: str) -> str:
    """A name as it comes back from its bytes."""
    try:
        return file.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return file.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")


def by_weight(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: SEVERITIES.index(one.severity))


def _sarif(found: Sequence[Read], findings: Sequence[Finding]) -> None:
    levels = {"error": "error", "warning": "warning", "info": "note"}
    for read, one in zip(found, findings, strict=True):
        assert read[:3] == (levels[one.severity], as_bytes_say(in_a_folder(one.file)), one.span.line)
        assert read.message == printable(one.message) or not one.message


def _github(found: Sequence[Read], findings: Sequence[Finding]) -> None:
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    assert list(found) == [
        Read(levels[one.severity], whole(in_a_folder(one.file)), one.span.line, printable(one.message))
        for one in by_weight(findings)
    ]


def _gitlab(found: Sequence[Read], findings: Sequence[Finding]) -> None:
    levels = {"error": "critical", "warning": "major", "info": "info"}
    for read, one in zip(found, findings, strict=True):
        assert read[:3] == (levels[one.severity], whole(in_a_folder(one.file)), one.span.line)
        assert read.message.startswith(f"{printable(one.rule)}: {printable(one.message)}")


def _junit(found: Sequence[Read], findings: Sequence[Finding]) -> None:
    assert list(found) == [
        Read(one.severity, printable(in_a_folder(one.file)), one.span.line, printable(one.message)) for one in findings
    ]


def _markdown(found: Sequence[Read], findings: Sequence[Finding]) -> None:
    def spaced(text: str) -> str:
        return " ".join(text.replace("`", "").split())  # words between backticks are shown as code

    for read, one in zip(found, by_weight(findings), strict=True):
        assert (read.level, read.line) == (one.severity, one.span.line)
        assert spaced(read.file) == spaced(printable(in_a_folder(one.file)))
        assert spaced(read.message) == spaced(f"{printable(one.rule)}: {printable(one.message)}")


AGREES: dict[str, Callable[[Sequence[Read], Sequence[Finding]], None]] = {
    "sarif": _sarif,
    "github": _github,
    "gitlab": _gitlab,
    "junit": _junit,
    "markdown": _markdown,
}
"""By format, whether what is read is what was found."""
