"""Carries out the fixes of findings on the bytes of a file, and judges every one by linting again.

A fix counts only where its finding is gone, no error is new, nothing else in the documents says anything else, and
the text can be read as before; else it is undone, and told as a fault of ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from llmlint.document import Source, read
from llmlint.finding import FileResult, Finding, Fix
from llmlint.fix.compare import same_beside
from llmlint.tuples import NamedTuple

MOST_PASSES = 10
"""In which fixes that overlap, or that come of others, are made one after another."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Lint: TypeAlias = Callable[[bytes], FileResult]


class Fixed(NamedTuple):
    """A file with its fixes made."""

    data: bytes
    result: FileResult
    """What is found in it by now."""
    fixed: tuple[Finding, ...] = ()
    """The findings that are gone, as they were found."""
    failed: tuple[Finding, ...] = ()
    """Those whose fix did not hold what it promised, and was undone."""

    @property
    def unsafe_left(self) -> int:
        """How many findings would be mended by unsafe fixes."""
        return sum(1 for one in self.result.findings if one.fix is not None and not one.fix.safe)


def fixed(data: bytes, lint: Lint, *, unsafe: bool = False) -> Fixed:
    """The file's bytes with all fixes made that hold; `lint` finds what there is to mend."""
    result = lint(data)
    state = Fixed(data, result)
    if _bytes(data, result.text) != data or any(one.rule == "syntax" for one in result.findings):
        return state  # another encoding, or a text of which a part was not understood
    refused: set[tuple[str, str, tuple[str, ...]]] = set()
    for _ in range(MOST_PASSES):
        chosen = [one for one in chosen_of(state.result.findings, unsafe) if _key(one) not in refused]
        if not chosen:
            break
        after = _pass(state, chosen, lint)
        refused |= {_key(one) for one in after.failed}
        state = after
    return state


def chosen_of(findings: Iterable[Finding], unsafe: bool) -> list[Finding]:
    """Findings whose fixes can be made in one pass: those that do not overlap with one before them."""
    taken: list[Finding] = []
    for finding in findings:
        if finding.fix is None or not (finding.fix.safe or unsafe):
            continue
        if not any(_overlap(finding.fix, one.fix) for one in taken if one.fix is not None):
            taken.append(finding)
    return taken


def _overlap(one: Fix, other: Fix) -> bool:
    """Edits that are the same, such as a volume that two services share, are made once."""
    return any(a.start <= b.end and b.start <= a.end and a != b for a in one.edits for b in other.edits)


def _pass(state: Fixed, chosen: Sequence[Finding], lint: Lint) -> Fixed:
    """All of them at once, or one by one where that does not hold."""
    together = _made(state, chosen, lint)
    if together is not None:
        return together
    if len(chosen) == 1:
        return state._replace(failed=(*state.failed, *chosen))
    left = {_key(one) for one in chosen}
    failed: list[Finding] = []
    for _ in chosen:
        one = next((one for one in state.result.findings if one.fix is not None and _key(one) in left), None)
        if one is None:
            break
        left.discard(_key(one))
        after = _made(state, [one], lint)
        if after is None:
            failed.append(one)
        else:
            state = after  # whose findings have the offsets of its text
    return state._replace(failed=(*state.failed, *failed))


def _made(state: Fixed, findings: Sequence[Finding], lint: Lint) -> Fixed | None:
    """The state behind some fixes; None where they do not hold."""
    text = patched(state.result.text, [one.fix for one in findings if one.fix is not None])
    data = _bytes(state.data, text)
    result = lint(data)
    if result.passed_over or not _holds(state.result.findings, result.findings, findings):
        return None
    if not _says_the_rest(read(state.data), read(data), findings):
        return None
    return state._replace(data=data, result=result, fixed=(*state.fixed, *findings))


def patched(text: str, fixes: Iterable[Fix]) -> str:
    """A text with the edits of fixes made that do not overlap."""
    edits = sorted(dict.fromkeys(edit for one in fixes for edit in one.edits), key=lambda edit: edit.start)
    for edit in reversed(edits):  # from the end; of several at one offset the first comes first
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _bytes(data: bytes, text: str) -> bytes:
    """The text as the file has it: UTF-8, with the mark in front if there was one."""
    mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""
    return mark + text.encode("utf-8", "surrogatepass")


def _holds(before: Sequence[Finding], after: Sequence[Finding], mended: Sequence[Finding]) -> bool:
    """Whether the findings are gone, and no error is new. Counted by rule: messages may tell of what has changed."""
    gone = Counter(one.rule for one in mended)
    counts, left = (Counter(one.rule for one in findings) for findings in (before, after))
    errors = {one.rule for one in after if one.severity == "error"}
    return all(left[rule] <= counts[rule] - gone[rule] for rule in (*gone, *errors))


def _says_the_rest(before: Source, after: Source, findings: Iterable[Finding]) -> bool:
    """Whether all that the fixes do not speak of says what it said."""
    if before.problems:  # a text of another kind, which its reader has read again
        return True
    within = [place for one in findings if one.fix is not None for place in one.fix.within]
    if after.problems or len(before.documents) != len(after.documents):
        return False
    return all(
        same_beside(one.data, other.data, [path for index, path in within if index == one.index])
        for one, other in zip(before.documents, after.documents, strict=True)
    )


def _key(finding: Finding) -> tuple[str, str, tuple[str, ...]]:
    return finding.rule, finding.message, tuple(map(str, finding.path))
