"""Says on standard error why a run could not be made: bad paths, configurations, rules. All end with code 2."""

from __future__ import annotations

import sys
from collections.abc import Callable

from llmlint.cli.discovery import Unreadable
from llmlint.cli.settings import UsageError
from llmlint.config import InvalidConfig
from llmlint.finding import Problem

UNUSABLE = 2


def guarded(run: Callable[[], int]) -> int:
    """The exit code of `run`; what is wrong with the request is told, and gives 2."""
    try:
        return run()
    except (UsageError, Unreadable) as problem:
        return tell(str(problem))
    except InvalidConfig as problem:
        return tell(*_placed(problem.file, problem.problems))
    except Exception as problem:
        if not hasattr(problem, "problems"):  # InvalidRule, InvalidCatalogue: their modules load only where needed
            raise
        return tell(*_placed(problem.file, problem.problems))  # type: ignore[attr-defined]


def tell(*lines: str) -> int:
    """Print to standard error; the code for what cannot be done."""
    for line in lines:
        sys.stderr.write(f"llmlint: {printable(line)}\n")
    return UNUSABLE


def printable(text: str) -> str:
    """Text that cannot move a terminal's cursor or forge a line."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _placed(file: str, problems: list[Problem]) -> list[str]:
    lines = []
    for problem in problems:
        remedy = f" ({problem.help})" if problem.help else ""
        lines.append(f"{file}:{problem.span.line}:{problem.span.column}: {problem.message}{remedy}")
    return lines
