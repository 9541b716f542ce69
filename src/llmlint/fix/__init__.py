"""Carries out the fixes of findings on the bytes of a file, and judges every one by linting again.

A fix counts only where its finding is gone, no error is new, nothing else in the documents says anything else, and
the text can be read as before; else it is undone. A report offers those alone that were tried and hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from llmlint.document import Source, read
from llmlint.edit.mend import BEHIND
from llmlint.finding import FileResult, Finding, Fix
from llmlint.fix.compare import same_beside
from llmlint.fix.moved import moved, starts
from llmlint.linting import MOST_FINDINGS
from llmlint.tuples import NamedTuple

MOST_PASSES = 10
"""In which fixes that overlap, or that come of others, are made one after another."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_TRIALS = 40
"""Times that a file is linted to find out which fixes hold: all of them at once do, or one of thousands is sought."""
MANY = 200
"""Findings from which on a file counts as several, since each run takes its time."""
Lint: TypeAlias = Callable[[bytes], FileResult]
Key: TypeAlias = "tuple[str, int]"
"""Rule and offset of a finding, by which it is found again in a text that has changed."""


class Fixed(NamedTuple):
    """A file with its fixes made."""

    data: bytes
    result: FileResult
    """What is found in it by now."""
    fixed: tuple[Finding, ...] = ()
    """The findings that are gone, as they were found."""
    failed: tuple[Finding, ...] = ()
    """Those whose fix did not hold what it promised, and was undone."""
    refused: tuple[Key, ...] = ()
    """Rule and offset of the same, in the text as it is by now."""
    followed: tuple[int, ...] = ()
    """Offsets that somebody asked for, in the text as it is by now."""


def fixed(data: bytes, lint: Lint, *, unsafe: bool = False) -> Fixed:
    """The file's bytes with all fixes made that hold; `lint` finds what there is to mend."""
    return _all_made(Fixed(data, lint(data)), lint, unsafe=unsafe)


def offered(data: bytes, result: FileResult, lint: Lint) -> FileResult:
    """What was found in a file, with those fixes alone that are made where one asks for them: each is tried."""
    findings = list(result.findings)
    places = tuple(starts(result, findings))
    for safe in {one.fix.safe for one in findings if one.fix is not None}:
        mended = _mended(Fixed(data, result, followed=places), lint, unsafe=not safe)
        for number, one in enumerate(findings):
            if one.fix is not None and one.fix.safe == safe and number not in mended:
                findings[number] = one._replace(fix=None)
    return result._replace(findings=tuple(findings))


def _mended(state: Fixed, lint: Lint, *, unsafe: bool) -> set[int]:
    """Numbers of the findings that are gone once all is made that holds; none of a file that takes too long."""
    try:
        after = _all_made(state, _Counted(lint), unsafe=unsafe)
    except _TriedEnough:
        return set()
    rules = [one.rule for one in state.result.findings]
    left = {
        (one.rule, at)
        for one, at in zip(after.result.findings, starts(after.result, after.result.findings), strict=True)
    }
    return {number for number, at in enumerate(after.followed) if (rules[number], at) not in left}


class _TriedEnough(Exception):
    """A file of which finding out what can be mended would take too long."""


class _Counted:
    """Lints so many times and no more; a file with many findings fewer times."""

    def __init__(self, lint: Lint) -> None:
        self.lint = lint
        self.left = MOST_TRIALS * MANY

    def __call__(self, data: bytes) -> FileResult:
        if self.left <= 0:
            raise _TriedEnough
        result = self.lint(data)
        self.left -= max(len(result.findings), MANY)
        return result


def _all_made(state: Fixed, lint: Lint, *, unsafe: bool) -> Fixed:
    """Pass after pass, until nothing is left that holds."""
    if not _is_understood(state):
        return state
    for _ in range(MOST_PASSES):
        chosen = chosen_of(_untried(state), unsafe)
        if not chosen:
            break
        state = _pass(state, chosen, lint)
    return state


def _is_understood(state: Fixed) -> bool:
    """Whether all of the text was understood, and its bytes are those of UTF-8; findings left out cannot be counted."""
    if len(state.result.findings) > MOST_FINDINGS:
        return False
    unread = any(one.rule == "syntax" for one in state.result.findings)
    return not unread and _bytes(state.data, state.result.text) == state.data


def _untried(state: Fixed) -> list[Finding]:
    """Findings but for those whose fix has failed."""
    findings = state.result.findings
    if not state.refused:
        return list(findings)
    refused = set(state.refused)
    places = starts(state.result, findings)
    return [one for one, at in zip(findings, places, strict=True) if (one.rule, at) not in refused]


def proven(state: Fixed, finding: Finding, lint: Lint) -> bytes | None:
    """The file's bytes with the fix of one finding made; None where it does not hold."""
    after = _made(state, [finding], lint) if _is_understood(state) else None
    return after.data if after is not None else None


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
    """All of them at once; where that does not hold, one half and then the other, down to the ones that fail."""
    together = _made(state, chosen, lint)
    if together is not None:
        return together
    keys = [(one.rule, at) for one, at in zip(chosen, starts(state.result, chosen), strict=True)]
    if len(chosen) == 1:
        return state._replace(failed=(*state.failed, *chosen), refused=(*state.refused, *keys))
    middle = len(chosen) // 2
    others = state.followed
    state = state._replace(followed=(*others, *(at for _, at in keys[middle:])))
    state = _pass(state, chosen[:middle], lint)
    wanted = {(rule, at) for (rule, _), at in zip(keys[middle:], state.followed[len(others) :], strict=True)}
    state = state._replace(followed=state.followed[: len(others)])
    findings = state.result.findings
    there = zip(findings, starts(state.result, findings), strict=True)
    second = [one for one, at in there if one.fix is not None and (one.rule, at) in wanted]
    return _pass(state, second, lint) if second else state


def _made(state: Fixed, findings: Sequence[Finding], lint: Lint) -> Fixed | None:
    """The state behind some fixes; None where they do not hold."""
    fixes = [one.fix for one in findings if one.fix is not None]
    text = patched(state.result.text, fixes)
    data = _bytes(state.data, text)
    result = lint(data)
    if result.passed_over or not _holds(state.result.findings, result.findings, findings):
        return None
    if not _says_the_rest(read(state.data), read(data), findings):
        return None
    edits = [edit for one in fixes for edit in one.edits]
    refused = zip((rule for rule, _ in state.refused), moved((at for _, at in state.refused), edits), strict=True)
    return Fixed(
        data, result, (*state.fixed, *findings), state.failed, tuple(refused), tuple(moved(state.followed, edits))
    )


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
    new, most = len(after.documents) - len(before.documents), sum(index == BEHIND for index, _ in within)
    if after.problems or not min(most, 1) <= new <= most:
        return False
    return all(
        same_beside(one.data, other.data, [path for index, path in within if index == one.index])
        for one, other in zip(before.documents, after.documents, strict=False)
    )
