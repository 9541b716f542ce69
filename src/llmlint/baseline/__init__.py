"""Findings that a team lives with for now: counted, and held back as long as no more come.

Where there are more of a key than its count, all of them are shown: which of them is the new one cannot be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from llmlint.baseline.identity import NEVER, Key, keys
from llmlint.builtin import BUILT_IN
from llmlint.finding import FileResult

__all__ = ["Counts", "Key", "by_file", "held_back", "judged", "keys", "pruned", "stale", "updated"]

UNREAD = ("not YAML", "a template")
"""How the reasons begin for which a file is passed over that may hold deployments all the same."""
Counts: TypeAlias = Mapping[Key, int]
"""How many findings of each key there may be."""


def by_file(counts: Counts) -> dict[str, dict[Key, int]]:
    """The counts of each file, so that a file looks at its own alone."""
    found: dict[str, dict[Key, int]] = {}
    for key, number in counts.items():
        found.setdefault(key.file, {})[key] = number
    return found


def held_back(result: FileResult, found: Sequence[Key | None], counts: Counts) -> FileResult:
    """The result without the findings that a baseline knows; `found` are their keys."""
    present = Counter(key for key in found if key is not None)
    known = {key for key, number in present.items() if number <= counts.get(key, 0)}
    left = [one for one, key in zip(result.findings, found, strict=True) if key not in known]
    return result._replace(findings=tuple(left), baselined=result.baselined + len(result.findings) - len(left))


def judged(result: FileResult, rules: Collection[str]) -> frozenset[str]:
    """Rules of which it is known whether they have something to say of a file; `rules` are those that were asked."""
    found = {finding.rule for finding in result.findings}
    if found & NEVER or result.passed_over.startswith(UNREAD):
        return frozenset()
    if "schema" in found:
        return frozenset({"schema"})
    return (frozenset(rules) | frozenset(BUILT_IN)) - {one.rule for one in result.not_checked}


def stale(found: Sequence[Key | None], counts: Counts, file: str, decided: Collection[str]) -> list[Key]:
    """Entries of a file that count more than there is."""
    present = Counter(found)
    mine = (key for key in counts if key.file == file and key.rule in decided)
    return [key for key in mine if present[key] < counts[key]]


def updated(found: Sequence[Key | None], counts: Counts, file: str, decided: Collection[str]) -> dict[Key, int]:
    """Counts with what there is of a file; what was not decided keeps its entry."""
    kept = {key: number for key, number in counts.items() if key.file != file or key.rule not in decided}
    present = Counter(key for key in found if key is not None)
    return {**kept, **{key: max(number, kept.get(key, 0)) for key, number in present.items()}}


def pruned(found: Sequence[Key | None], counts: Counts, file: str, decided: Collection[str]) -> dict[Key, int]:
    """Counts with nothing of a file that does not occur."""
    present = Counter(found)
    left = dict(counts)
    for key in stale(found, counts, file, decided):
        left[key] = present[key]
    return {key: number for key, number in left.items() if number}
