"""The page that GitHub Actions shows of a job: what annotations have no room for is appended to it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Sequence

from llmlint.cli.options import Asked
from llmlint.cli.problems import tell
from llmlint.reports import Report, ReportOptions, begin

VARIABLE = "GITHUB_STEP_SUMMARY"
MOST = 1 << 20
"""Bytes of a step's summary; GitHub refuses one that is longer."""


@contextlib.contextmanager
def of_the_job(wanted: Sequence[Asked], shown: ReportOptions) -> Iterator[list[Report]]:
    """A report for the job's summary where annotations are asked for and there is one; written at the end, at once."""
    path = os.environ.get(VARIABLE)
    if not path or all(one.format != "github" for one in wanted):
        yield []
        return
    page = io.StringIO()
    yield [begin("markdown", page, shown._replace(colour=False, width=0, room=max(MOST - _size(path), 1)))]
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(page.getvalue())
    except OSError as error:  # the report itself is written all the same
        tell(f"{VARIABLE}: {(error.strerror or str(error)).lower()}")


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
