"""From a text before and after a change to the edits of an editor: whole lines, and within one only what differs."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from lsprotocol import types

from llmlint.lsp.positions import Positions

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def changes(before: Positions, after: str) -> list[types.TextEdit]:
    """Edits that make the second text of the first, the last ones first in no particular need of order."""
    old, new = _LINE.findall(before.text), _LINE.findall(after.removeprefix("\ufeff"))
    edits = []
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            edits.append(_edit(before, starts[first], "".join(old[first:last]), "".join(new[new_first:new_last])))
    return edits


def _edit(before: Positions, start: int, old: str, new: str) -> types.TextEdit:
    """One edit without what both ends share."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    return types.TextEdit(before.stretch(start + head, start + len(old) - tail), new[head : len(new) - tail])


def _shared(one: str, other: str) -> int:
    """How many characters at the beginning are the same; a line break of two characters is not divided."""
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    while number and {"\r", "\n"} in ({*one[number - 1 : number + 1]}, {*other[number - 1 : number + 1]}):
        number -= 1
    return number
