"""Tries fixes on the bytes of a file: makes them, lints what comes of it, and says which are to blame where it fails.

How much is tried of one file is bounded by what the lints cost, counted in bytes, deployments and findings and never in
seconds, so that a report is the same on every machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from llmlint.document import Source, read
from llmlint.edit.mend import BEHIND
from llmlint.finding import FileResult, Finding, Fix, Path, TextEdit
from llmlint.fix.compare import same_beside
from llmlint.fix.moved import moved, starts
from llmlint.tuples import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BYTES = 64
"""Bytes that cost one unit of work, some 0.2 ms of a trial."""
NATIVE, DEPLOYMENT = 6, 16
"""Units that a deployment costs, one of the native format and one in a manifest, for which more rules are asked."""
Lint: TypeAlias = Callable[[bytes], FileResult]
Key: TypeAlias = "tuple[str, int]"
"""Rule and offset of a finding, by which it is found again in a text that has changed."""


class Tried(NamedTuple):
    """What came of some fixes made together."""

    data: bytes
    result: FileResult
    edits: tuple[TextEdit, ...]
    holds: bool
    stays: frozenset[int] = frozenset()
    """Numbers of those fixes whose findings are still there."""
    blamed: frozenset[int] = frozenset()
    """Numbers of those that are to blame, these among them: where an error is new, or another value changed. None where
    nothing tells."""


class Trials:
    """Tries the fixes of one file while work is left."""

    def __init__(self, lint: Lint, work: int) -> None:
        self._lint, self._left = lint, work
        self._known: tuple[bytes, Source] | None = None
        self.spent = False
        """Whether something was left untried."""

    def affords(self, state: FileResult, size: int) -> bool:
        """Whether one more trial of a file may be made; it is counted."""
        native = state.formats.count("native")
        deployments = NATIVE * native + DEPLOYMENT * (state.deployments - native)
        cost = size // BYTES + deployments + len(state.findings) // 2 + 1
        self._left -= cost
        self.spent = self.spent or self._left < 0
        return not self.spent

    def tried(self, data: bytes, before: FileResult, findings: Sequence[Finding]) -> Tried | None:
        """What comes of the fixes of some findings; None where the file is none of ours with them."""
        fixes = [one.fix for one in findings if one.fix is not None]
        text = patched(before.text, fixes)
        changed = as_bytes(data, text)
        after = self._lint(changed)
        if after.passed_over:
            return None
        edits = tuple(edit for one in fixes for edit in one.edits)
        source = read(changed)
        differ = _differing(self._source(data), source, findings)
        if differ is not None and not differ and _holds(before.findings, after.findings, findings):
            self._known = changed, source
            return Tried(changed, after, edits, True)
        stays, blamed = _blame(before, after, findings, edits)
        blamed |= {at for at, one in enumerate(findings) if _is_within(one, differ or ())}
        return Tried(changed, after, edits, False, frozenset(stays), frozenset(blamed | stays))

    def _source(self, data: bytes) -> Source:
        """What a trial begins with: read once, since most begin with the text that the last one made."""
        if self._known is None or self._known[0] != data:
            self._known = data, read(data)
        return self._known[1]


def patched(text: str, fixes: Iterable[Fix]) -> str:
    """A text with the edits of fixes made that do not overlap."""
    edits = sorted(dict.fromkeys(edit for one in fixes for edit in one.edits), key=lambda edit: edit.start)
    parts, at = [], 0
    for edit in edits:  # of several at one offset the first comes first
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join((*parts, text[at:]))


def as_bytes(data: bytes, text: str) -> bytes:
    """The text as the file has it: UTF-8, with the mark in front if there was one."""
    mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""
    return mark + text.encode("utf-8", "surrogatepass")


def _holds(before: Sequence[Finding], after: Sequence[Finding], mended: Sequence[Finding]) -> bool:
    """Whether the findings are gone, and no error is new. Counted by rule: messages may tell of what has changed."""
    gone, counts, left = (_counted(findings) for findings in (mended, before, after))
    errors = {one.rule for one in after if one.severity == "error"}
    return all(left[rule] <= counts[rule] - gone[rule] for rule in (*gone, *errors))


def _counted(findings: Iterable[Finding]) -> Counter[str]:
    """Findings by rule, those of one place once: a trial, which says nothing, does not tell them apart."""
    return Counter(rule for rule, _, _ in {(one.rule, one.span, one.document) for one in findings})


def _blame(
    before: FileResult, after: FileResult, findings: Sequence[Finding], edits: Sequence[TextEdit]
) -> tuple[set[int], set[int]]:
    """Which findings stay, and which have a new error nearest to them."""
    there = list(zip(after.findings, starts(after, after.findings), strict=True))
    left = {(one.rule, at) for one, at in there}
    own = moved(starts(before, findings), edits)
    stays = {number for number, one in enumerate(findings) if (one.rule, own[number]) in left}
    known = set(zip((one.rule for one in before.findings), moved(starts(before, before.findings), edits), strict=True))
    new = [one for one, at in there if one.severity == "error" and (one.rule, at) not in known]
    blamed: set[int] = set()
    for document in {one.document for one in new}:
        beside = [number for number, one in enumerate(findings) if one.document == document]
        for path in {one.path for one in new if one.document == document}:
            blamed |= _nearest(path, beside, findings)
    return stays, blamed


def _nearest(path: Path, numbers: Sequence[int], findings: Sequence[Finding]) -> set[int]:
    """Those findings of a document that have most of a path in common with it."""
    near = {number: _common(path, findings[number].path) for number in numbers}
    most = max(near.values(), default=0)
    return {number for number, steps in near.items() if steps == most}


def _common(one: Path, other: Path) -> int:
    steps = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        steps += 1
    return steps


def _is_within(finding: Finding, documents: Iterable[int]) -> bool:
    """Whether a fix changes one of some documents."""
    return finding.fix is not None and any(index in documents for index, _ in finding.fix.within)


def _differing(before: Source, after: Source, findings: Iterable[Finding]) -> set[int] | None:
    """Documents in which something else says something else; None where there is no telling."""
    if before.problems:  # a text of another kind, which its reader has read again
        return set()
    within: dict[int, list[Path]] = {}
    for one in findings:
        for index, path in one.fix.within if one.fix is not None else ():
            within.setdefault(index, []).append(path)
    new, most = len(after.documents) - len(before.documents), len(within.get(BEHIND, ()))
    if after.problems or not min(most, 1) <= new <= most:
        return None
    return {
        one.index
        for one, other in zip(before.documents, after.documents, strict=False)
        if not same_beside(one.data, other.data, within.get(one.index, ()))
    }
