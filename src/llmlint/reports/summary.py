"""Counts over a whole run: the last thing that a report says."""

from __future__ import annotations

from llmlint.finding import SEVERITIES, FileResult


class Summary:
    """Files, deployments and findings so far."""

    def __init__(self) -> None:
        self.files = 0
        self.passed_over = 0
        self.deployments = 0
        self.suppressed = 0
        self.not_checked: dict[str, int] = {}
        """Rule id to how many deployments it could not be decided for."""
        self.findings: dict[str, int] = dict.fromkeys(SEVERITIES, 0)

    def add(self, result: FileResult) -> None:
        """Count one file in."""
        self.files += 1
        self.passed_over += bool(result.passed_over)
        self.deployments += result.deployments
        self.suppressed += result.suppressed
        for finding in result.findings:
            self.findings[finding.severity] += 1
        for one in result.not_checked:
            self.not_checked[one.rule] = self.not_checked.get(one.rule, 0) + 1

    @property
    def total(self) -> int:
        """Findings of all severities."""
        return sum(self.findings.values())

    @property
    def recognised(self) -> int:
        """Files in which something was linted."""
        return self.files - self.passed_over


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def sentence(summary: Summary) -> str:
    """The summary in one line."""
    found = [counted(number, noun) for noun, number in _named(summary) if number]
    parts = [f"{counted(summary.recognised, 'file')}, {counted(summary.deployments, 'deployment')}: "]
    parts.append(", ".join(found) if found else "nothing found")
    if summary.suppressed:
        parts.append(f"; {summary.suppressed} suppressed")
    if summary.passed_over:
        parts.append(f"; {counted(summary.passed_over, 'file')} passed over")
    if summary.not_checked:
        parts.append(f"; {counted(len(summary.not_checked), 'rule')} not checked for want of facts")
    return "".join(parts)


def _named(summary: Summary) -> list[tuple[str, int]]:
    return [(noun, summary.findings[severity]) for severity, noun in zip(SEVERITIES, ("error", "warning", "note"), strict=True)]
