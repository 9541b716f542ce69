"""Says on standard error why a run could not be made: bad paths, configurations, rules. All end with code 2."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from llmlint.cli.discovery import Unreadable
from llmlint.cli.settings import UsageError
from llmlint.config import InvalidConfig
from llmlint.finding import Finding, Problem
from llmlint.reports.printable import printable, printable_file

UNUSABLE = 2


def guarded(run: Callable[[], int]) -> int:
    """The exit code of `run`; what is wrong with the request is told, and gives 2."""
    try:
        return run()
    except (UsageError, Unreadable) as problem:
        return tell(str(problem))
    except InvalidConfig as problem:
        return tell_placed(problem.file, problem.problems)
    except BrokenPipeError:  # here, since typer would make 1 of it
        return 141
    except Exception as problem:
        if not hasattr(problem, "problems"):  # InvalidRule, InvalidCatalogue: their modules load only where needed
            raise
        return tell_placed(problem.file, problem.problems)  # type: ignore[attr-defined]


def tell(*lines: str) -> int:
    """Print to standard error; the code for what cannot be done."""
    for line in lines:
        sys.stderr.write(f"llmlint: {printable(line)}\n")
    return UNUSABLE


def tell_placed(file: str, problems: Iterable[Problem | Finding]) -> int:
    """Print problems with their places first, as editors look for them."""
    for problem in problems:
        remedy = f" ({printable(problem.help)})" if problem.help else ""
        place = f"{printable_file(file)}:{problem.span.line}:{problem.span.column}"
        sys.stderr.write(f"{place}: {printable(problem.message)}{remedy}\n")
    return UNUSABLE
