"""Says on standard error why a run could not be made: bad paths, configurations, rules. All end with code 2."""

from __future__ import annotations

import os
import sys

from llmlint.config import InvalidConfig
from llmlint.discovery import NotThere, Unreadable
from llmlint.finding import Finding, Problem
from llmlint.reports.printable import printable, printable_file
from llmlint.settings import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

UNUSABLE = 2


def guarded(run: Callable[[], int]) -> int:
    """The exit code of `run`; what is wrong with the request is told, and gives 2."""
    try:
        return run()
    except UsageError as problem:
        return tell(f"--{problem}" if problem.option else str(problem))
    except Unreadable as problem:
        return tell(f"{problem}{_command_meant(problem)}")
    except InvalidConfig as problem:
        return tell_placed(problem.file, problem.problems)
    except BrokenPipeError:  # here, since typer would make 1 of it
        return 141
    except Exception as problem:
        if not hasattr(problem, "problems"):  # InvalidRule, InvalidCatalogue: their modules load only where needed
            raise
        return tell_placed(problem.file, problem.problems)  # type: ignore[attr-defined]


def _command_meant(problem: Unreadable) -> str:
    """The command that comes near a path that is not there."""
    if not isinstance(problem, NotThere) or problem.near or os.path.dirname(problem.path):
        return ""
    from difflib import get_close_matches

    from llmlint.cli.options import COMMANDS

    near = get_close_matches(problem.path, COMMANDS, n=1, cutoff=0.6)
    return f"; did you mean `llmlint {near[0]}`?" if near else ""


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


def tell_all(file: str, findings: Iterable[Finding], unreadable: str) -> None:
    """Print what keeps a file from being read, whole or in part."""
    if unreadable:
        tell(f"{file}: {unreadable}")
    tell_placed(file, findings)
