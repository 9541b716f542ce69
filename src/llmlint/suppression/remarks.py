"""Findings about the comments that silence rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from llmlint.builtin import BUILT_IN
from llmlint.document import Source
from llmlint.finding import Finding, Problem, Span
from llmlint.suppression.directive import Directive, Id, clipped
from llmlint.suppression.scope import Lines

MOST_SUGGESTIONS = 20
"""Misspelt ids of a file for which a similar one is looked up, which is slow."""


class Remarks:
    """Collects what is to be said of one file's directives."""

    def __init__(self, source: Source, lines: Lines, file: str) -> None:
        self._file = file
        self._lines = lines
        self._indices = [document.index for document in source.documents]
        self._beginnings = [document.value_span(()).line for document in source.documents]
        self._findings: list[Finding] = []
        self._suggestions = 0

    def findings(self) -> list[Finding]:
        """All of them, in the order of the text."""
        return sorted(self._findings, key=lambda one: (one.span, one.rule))

    def invalid(self, problem: Problem) -> None:
        """A directive, or a part of one, that does nothing."""
        self._add("suppression-invalid", problem.message, problem.span, problem.help)

    def unknown(self, one: Id, known: Sequence[str]) -> None:
        """An id that no rule has."""
        self._add(
            "suppression-unknown-rule", f"no rule is called '{clipped(one.name)}'", one.span, self._near(one, known)
        )

    def expired(self, one: Directive) -> None:
        """A directive whose day has passed."""
        names = ", ".join(clipped(each.name) for each in one.ids)
        self._add("suppression-expired", f"ignored {names} until {one.until}, which has passed", one.span)

    def unused(self, ids: Iterable[Id]) -> None:
        """Ids that took nothing back."""
        for one in ids:
            self._add("suppression-unused", f"{one.name} has nothing to say here", one.span)

    def _near(self, one: Id, known: Sequence[str]) -> str:
        if one.name in ("all", "*") or one.name.endswith("/"):
            return "name each rule: nothing ignores several at once"
        self._suggestions += 1
        if self._suggestions <= MOST_SUGGESTIONS:
            from difflib import get_close_matches

            near = get_close_matches(clipped(one.name.lower().replace("_", "-")), known, n=1)
            if near:
                return f"did you mean {near[0]}?"
        return "`llmlint rule` lists all ids"

    def _add(self, rule: str, message: str, span: Span, help_text: str = "") -> None:
        kind = BUILT_IN[rule]
        document = self._document(span.line)
        self._findings.append(
            Finding(rule, kind.severity, message, self._file, span, document, help=help_text or kind.fix)
        )

    def _document(self, line: int) -> int:
        """The document that a comment belongs to: that of the text beside or behind it."""
        place = bisect_right(self._beginnings, self._lines.after(line - 1) or line)
        return self._indices[max(0, place - 1)] if self._indices else 0
