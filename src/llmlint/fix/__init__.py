"""Carries out the fixes of findings on the bytes of a file, and judges every one by linting again.

A fix counts only where its finding is gone, no error is new, nothing else in the documents says anything else, and
the text can be read as before; else it is undone. A report offers those alone that were tried and hold.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterable, Sequence

from llmlint.finding import FileResult, Finding, TextEdit
from llmlint.fix.moved import moved, starts
from llmlint.fix.trial import Key, Lint, Trials, Tried, as_bytes
from llmlint.linting import MOST_FINDINGS
from llmlint.tuples import NamedTuple

MOST_PASSES = 10
"""In which fixes that overlap, or that come of others, are made one after another."""
WORK = 2_000
"""Of finding out which fixes of a file hold, for a report."""
WORK_ASKED_FOR = 20_000
"""Where somebody asks for the fixes, and waits for them."""


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


def fixed(data: bytes, lint: Lint, trial: Lint | None = None, *, unsafe: bool = False) -> Fixed:
    """The file's bytes with all fixes made that hold; `lint` finds what there is to mend.

    `trial`: the same without words, which is what most of the time goes to where many fixes are tried.
    """
    trials = Trials(trial or lint, WORK_ASKED_FOR)
    state = _all_made(Fixed(data, lint(data)), trials, unsafe=unsafe)
    result = lint(state.data) if trial is not None and state.data != data else state.result
    return state._replace(result=result._replace(untried=trials.spent or result.untried))


def offered(data: bytes, result: FileResult, trial: Lint) -> FileResult:
    """What was found in a file, with those fixes alone that are made where one asks for them: each is tried.

    Of a file for which that takes too much, those that were found to hold until then.
    """
    findings = list(result.findings)
    places = tuple(starts(result, findings))
    untried = False
    for safe in {one.fix.safe for one in findings if one.fix is not None}:
        trials = Trials(trial, WORK)
        mended = _mended(Fixed(data, result, followed=places), trials, unsafe=not safe)
        untried = untried or trials.spent
        for number, one in enumerate(findings):
            if one.fix is not None and one.fix.safe == safe and number not in mended:
                findings[number] = one._replace(fix=None)
    return result._replace(findings=tuple(findings), untried=untried or result.untried)


def _mended(state: Fixed, trials: Trials, *, unsafe: bool) -> set[int]:
    """Numbers of the findings that are gone once all is made that holds."""
    after = _all_made(state, trials, unsafe=unsafe)
    if after.data == state.data:
        return set()
    rules = [one.rule for one in state.result.findings]
    left = {
        (one.rule, at)
        for one, at in zip(after.result.findings, starts(after.result, after.result.findings), strict=True)
    }
    return {number for number, at in enumerate(after.followed) if (rules[number], at) not in left}


def _all_made(state: Fixed, trials: Trials, *, unsafe: bool) -> Fixed:
    """Pass after pass, until nothing is left that holds."""
    if not _is_understood(state):
        return state
    for _ in range(MOST_PASSES):
        chosen = chosen_of(_untried(state), unsafe)
        if not chosen or trials.spent:
            break
        state = _pass(state, chosen, trials)
    return state


def _is_understood(state: Fixed) -> bool:
    """Whether all of the text was understood, and its bytes are those of UTF-8; findings left out cannot be counted."""
    if len(state.result.findings) > MOST_FINDINGS:
        return False
    unread = any(one.rule == "syntax" for one in state.result.findings)
    return not unread and as_bytes(state.data, state.result.text) == state.data


def _untried(state: Fixed) -> list[Finding]:
    """Findings but for those whose fix has failed."""
    findings = state.result.findings
    if not state.refused:
        return list(findings)
    refused = set(state.refused)
    places = starts(state.result, findings)
    return [one for one, at in zip(findings, places, strict=True) if (one.rule, at) not in refused]


def proven(state: Fixed, finding: Finding, trial: Lint) -> bytes | None:
    """The file's bytes with the fix of one finding made; None where it does not hold."""
    if not _is_understood(state):
        return None
    tried = Trials(trial, WORK).tried(state.data, state.result, [finding])
    return tried.data if tried is not None and tried.holds else None


def chosen_of(findings: Iterable[Finding], unsafe: bool) -> list[Finding]:
    """Findings whose fixes can be made in one pass: those that do not overlap with one before them."""
    chosen: list[Finding] = []
    taken: list[TextEdit] = []
    for finding in findings:
        if finding.fix is None or not (finding.fix.safe or unsafe):
            continue
        if not any(_overlaps(edit, taken) for edit in finding.fix.edits):
            chosen.append(finding)
            for edit in finding.fix.edits:
                insort(taken, edit)
    return chosen


def _overlaps(edit: TextEdit, taken: Sequence[TextEdit]) -> bool:
    """Whether an edit meets one of others in their order, none of which meet.

    Edits that are the same, such as a volume that two services share, are made once.
    """
    at = bisect(taken, edit)
    for behind in range(at, len(taken)):
        if taken[behind].start > edit.end:
            break
        if not _stand_together(taken[behind], edit):
            return True
    for before in range(at - 1, -1, -1):
        if taken[before].end < edit.start:
            break
        if not _stand_together(taken[before], edit):
            return True
    return False


def _stand_together(one: TextEdit, other: TextEdit) -> bool:
    """Whether two edits that meet are the same, or documents that are put one behind the other."""
    return one == other or all(edit.start == edit.end and edit.text.lstrip().startswith("---") for edit in (one, other))


def _pass(state: Fixed, chosen: Sequence[Finding], trials: Trials) -> Fixed:
    """All of them at once; where that does not hold, without those that are to blame, which are left to the next pass.

    Where nothing tells who is, or all of them are, one half and then the other, down to the ones that fail.
    """
    while trials.affords(state.result, len(state.data)):
        tried = trials.tried(state.data, state.result, chosen)
        if tried is None:
            return _halves(state, chosen, trials)
        if tried.holds:
            return _after(state, chosen, tried)
        if len(tried.stays) == len(chosen):
            return _refused(state, chosen)
        if not 0 < len(tried.blamed) < len(chosen):
            return _halves(state, chosen, trials)
        chosen = [one for number, one in enumerate(chosen) if number not in tried.blamed]
    return state


def _refused(state: Fixed, findings: Sequence[Finding]) -> Fixed:
    """The state in which some fixes have failed."""
    keys = [(one.rule, at) for one, at in zip(findings, starts(state.result, findings), strict=True)]
    return state._replace(failed=(*state.failed, *findings), refused=(*state.refused, *keys))


def _halves(state: Fixed, chosen: Sequence[Finding], trials: Trials) -> Fixed:
    """One half and then the other; a single fix has failed."""
    if len(chosen) == 1:
        return _refused(state, chosen)
    keys = [(one.rule, at) for one, at in zip(chosen, starts(state.result, chosen), strict=True)]
    middle = len(chosen) // 2
    others = state.followed
    state = state._replace(followed=(*others, *(at for _, at in keys[middle:])))
    state = _pass(state, chosen[:middle], trials)
    wanted = {(rule, at) for (rule, _), at in zip(keys[middle:], state.followed[len(others) :], strict=True)}
    state = state._replace(followed=state.followed[: len(others)])
    findings = state.result.findings
    there = zip(findings, starts(state.result, findings), strict=True)
    second = [one for one, at in there if one.fix is not None and (one.rule, at) in wanted]
    return _pass(state, second, trials) if second else state


def _after(state: Fixed, findings: Sequence[Finding], tried: Tried) -> Fixed:
    """The state behind fixes that hold."""
    refused = zip((rule for rule, _ in state.refused), moved((at for _, at in state.refused), tried.edits), strict=True)
    return Fixed(
        tried.data,
        tried.result,
        (*state.fixed, *findings),
        state.failed,
        tuple(refused),
        tuple(moved(state.followed, tried.edits)),
    )
