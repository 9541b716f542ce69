"""A finding in words that can be shown anywhere: its sentence, its arithmetic, and what to do."""

from __future__ import annotations

from llmlint.finding import Finding
from llmlint.reports.printable import printable


def sentence(finding: Finding) -> str:
    """What is wrong, on one line."""
    return printable(finding.message)


def remedy(finding: Finding) -> str:
    """What to do, on one line; empty where nobody knows."""
    text = printable(finding.help)
    how = "" if finding.fix is None else "--fix" if finding.fix.safe else "--fix --unsafe-fixes"
    mended = f"mended by llmlint {how}" if how else ""
    return f"{text} ({mended})" if text and mended else text or mended


def details(finding: Finding) -> list[str]:
    """All of it, a line each: the sentence, the arithmetic, the remedy."""
    last = remedy(finding)
    return [sentence(finding), *map(printable, finding.notes), *([f"to do: {last}"] if last else [])]


def counted(number: int, what: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
