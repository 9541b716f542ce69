"""Takes back the findings that people have silenced with comments or annotations, and judges those in turn.

Every rule can be silenced, and `schema` too; `syntax`, a fault of the program and findings about these comments cannot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from llmlint.builtin import BUILT_IN
from llmlint.document import Source, comments
from llmlint.finding import Finding, Problem
from llmlint.suppression.directive import Directive, Id, directive
from llmlint.suppression.remarks import Remarks
from llmlint.suppression.scope import Lines, Scopes
from llmlint.tuples import NamedTuple

__all__ = ["LOUD", "WORD", "Applied", "apply", "speaks"]

WORD, PREFIX = "llmlint:", "llmlint.dev/"
"""A text without either has no directives: comments begin with the one, annotations with the other."""
LOUD = frozenset(BUILT_IN) - {"schema", "duplicate-key"}
"""Ids that nothing silences."""


class Applied(NamedTuple):
    """What is left to report."""

    findings: tuple[Finding, ...]
    """Those that nothing silenced in their order, then those about the comments."""
    suppressed: int
    """How many were taken back."""


def apply(  # noqa: PLR0913  # all of it is about one file
    source: Source,
    findings: Sequence[Finding],
    *,
    ran: Collection[str],
    known: Collection[str],
    file: str,
    today: str,
) -> Applied:
    """Hold the findings of one file against its comments.

    `ran`: rules that were decided on this file; an unused comment about any other is no fault. `known`: all there are.
    `today`: an ISO date, or empty for the clock's; `until=` holds to the end of its day.
    """
    if not speaks(source.text):
        return Applied(tuple(findings), 0)
    lines = Lines(source.text)
    remarks = Remarks(source, lines, file)
    written = list(_directives(source, lines, remarks))
    expired = _expired(written, today)
    valid = [one for one in written if one not in expired]
    left, used = _silenced(findings, Scopes(source, lines, valid))
    for one in expired:
        remarks.expired(one)
    _remark_on_ids(written, remarks, known)
    judged = set(_judged(findings, ran)) - LOUD
    for one in valid:
        remarks.unused(each for each in one.ids if each.name in judged and each not in used)
    return Applied((*left, *remarks.findings()), len(findings) - len(left))


def speaks(text: str) -> bool:
    """Whether a text may say anything to us."""
    return WORD in text or PREFIX in text


def _silenced(findings: Iterable[Finding], scopes: Scopes) -> tuple[list[Finding], set[Id]]:
    """The findings that are left, and the ids that took the others back."""
    left: list[Finding] = []
    used: set[Id] = set()
    for finding in findings:
        silencing = set() if finding.rule in LOUD else set(scopes.concerning(finding))
        used |= silencing
        if not silencing:
            left.append(finding)
    return left, used


def _expired(directives: Iterable[Directive], today: str) -> set[Directive]:
    dated = [one for one in directives if one.until]
    today = today or (_today() if dated else "")
    return {one for one in dated if one.until < today}


def _directives(source: Source, lines: Lines, remarks: Remarks) -> Iterable[Directive]:
    first = lines.after(0)
    for comment in comments(source, WORD):
        one = directive(comment)
        if isinstance(one, Problem):
            remarks.invalid(one)
        elif one is not None and one.whole_file and (not one.alone or 0 < first < one.line):
            help_text = "move it up, or use ignore[…] at the place"
            remarks.invalid(Problem("file-ignore stands above the first key of the file", one.span, help_text))
        elif one is not None:
            yield one
    if PREFIX in source.text:
        from llmlint.suppression.annotations import annotated

        for said in annotated(source):
            if isinstance(said, Problem):
                remarks.invalid(said)
            else:
                yield said


def _remark_on_ids(directives: Iterable[Directive], remarks: Remarks, known: Collection[str]) -> None:
    for one in directives:
        for each in one.ids:
            if each.name in LOUD:
                remarks.invalid(
                    Problem(f"{each.name} cannot be ignored", each.span, "delete it, and mend what is found")
                )
            elif each.name not in known:
                remarks.unknown(each, sorted(set(known) - LOUD))


def _judged(findings: Iterable[Finding], ran: Collection[str]) -> Collection[str]:
    """Rules of which can be said that a comment about them has nothing to do: broken documents were not checked."""
    found = {finding.rule for finding in findings}
    if "syntax" in found:
        return ()
    return {"schema"} & set(ran) if "schema" in found else ran


def _today() -> str:
    from time import strftime

    return strftime("%Y-%m-%d")
