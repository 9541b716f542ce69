"""Shows what there is to suggest for a plan: in words with diffs, or as the entries of a JSON report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypedDict

from llmlint.ledger import Verdict
from llmlint.reports.json import whole
from llmlint.reports.printable import printable
from llmlint.suggest import Answer, Suggestion

RED, GREEN, BOLD = "31", "32", "1"


class ErrorEntry(TypedDict):
    """A finding that a suggestion removes."""

    rule: str
    """Id of the rule."""
    message: str
    """What is wrong, in a sentence."""
    line: int
    """From 1."""


class SuggestionEntry(TypedDict):
    """A change that has been proven by linting the file with it."""

    title: str
    """The change in words."""
    verdict: Verdict
    """Of the changed plan: fits, tight, or unknown."""
    max_context: int | None
    """Tokens of the longest request that the engine would then serve; null where that is not known."""
    max_concurrency: float | None
    """Requests of the full context that it would hold at once; null where that is not known."""
    new_warnings: list[str]
    """Rules of severity warning that speak only then."""
    diff: str
    """A unified diff, as `git apply` takes it."""


class AnswerEntry(TypedDict):
    """What there is to suggest for one deployment."""

    file: str
    """As it was named or found."""
    document: int
    """Which document of the file, from 0."""
    name: str | None
    """Its label; null if not written."""
    verdict: Verdict
    """As the plan is: fits, tight, does-not-fit, or unknown."""
    refusal: str
    """What the engine would say; empty where it would start."""
    errors: list[ErrorEntry]
    """What is wrong with it, of severity error."""
    suggestions: list[SuggestionEntry]
    """Cheapest first."""
    why: str
    """Why there is none; empty where there is one or nothing to mend."""
    lints: int
    """How many times the file was linted to find out."""


class SuggestReport(TypedDict):
    """What `llmlint suggest --format json` prints."""

    version: Literal[1]
    """Fields are only ever added within a version."""
    plans: list[AnswerEntry]
    """One for each deployment that can be read."""


def answer_entry(answer: Answer, file: str) -> AnswerEntry:
    """The answer as it stands in the report."""
    return {
        "file": whole(file),
        "document": answer.document,
        "name": whole(answer.name) if answer.name is not None else None,
        "verdict": answer.verdict,
        "refusal": whole(answer.refusal),
        "errors": [
            {"rule": whole(one.rule), "message": whole(one.message), "line": one.span.line} for one in answer.errors
        ],
        "suggestions": [_suggestion(one) for one in answer.suggestions],
        "why": whole(answer.why),
        "lints": answer.lints,
    }


def _suggestion(one: Suggestion) -> SuggestionEntry:
    return {
        "title": whole(one.title),
        "verdict": one.verdict,
        "max_context": one.max_context,
        "max_concurrency": one.max_concurrency,
        "new_warnings": list(map(whole, one.warnings)),
        "diff": whole(one.diff),
    }


def answer_text(answer: Answer, file: str, *, colour: bool = False) -> str:
    """The answer for people, lines ended. The diffs are whole: what a terminal would obey is spelt out in them."""

    def painted(text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if colour and text else text

    lines = [painted(_head(answer, file), BOLD)]
    if answer.nothing_to_mend:
        return "\n".join([*lines, "  nothing to mend: it passes as it is", ""])
    lines += [f"  error[{printable(one.rule)}]: {printable(one.message)}" for one in answer.errors]
    if answer.verdict == "does-not-fit" and answer.refusal:
        lines.append(f"  the engine would say: {printable(answer.refusal)}")
    if answer.why:
        lines.append(f"  no suggestion: {printable(answer.why)}")
    for number, one in enumerate(answer.suggestions, 1):
        lines += ["", painted(f"{number}. {printable(one.title)}", BOLD), f"   {one.buys}"]
        if one.warnings:
            lines.append(f"   new warnings: {', '.join(map(printable, one.warnings))}")
        lines += _diff(one.diff, painted)
    return "\n".join(lines) + "\n"


def _head(answer: Answer, file: str) -> str:
    where = printable(file) if answer.document == 0 else f"{printable(file)} (document {answer.document + 1})"
    return f"{where}: {printable(answer.name)}" if answer.name else where


def _diff(diff: str, painted: Callable[[str, str], str]) -> list[str]:
    """The lines of a diff, added and removed ones in colour."""
    codes = {"+": GREEN, "-": RED}
    rows = diff.removesuffix("\n").split("\n")
    return [painted(_shown(row), codes.get(row[:1], "")) if row[:1] in codes else _shown(row) for row in rows]


def _shown(row: str) -> str:
    """A line of a diff, tabs and the carriage return of its line end kept."""
    body, end = (row[:-1], "\r") if row.endswith("\r") else (row, "")
    return "\t".join(map(printable, body.split("\t"))) + end
