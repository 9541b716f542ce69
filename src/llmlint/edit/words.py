"""Edits of words: items of a list, values, or parts of a string that is split; what is not the word stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llmlint.document.spots import Entry, entries, indentation, key_range, spot
from llmlint.edit.patch import Patch, is_json, line_break
from llmlint.edit.render import rendered
from llmlint.edit.stretch import Stretch
from llmlint.finding import Path

QUOTES = "'\""
LONGEST = 20_000
"""Characters in which a word is looked for: each finding looks for its own."""
SAFE = r"[\w./:=@%+,-]+"
"""Words that need no quotes in a shell either."""


def renamed(at: Stretch, old: str, new: str) -> Patch | None:
    """Another name for the option or variable whose name a word, a value or a key begins with."""
    key = _key(at, old)
    if key is not None:
        return key._replace(text=_alike(key.text, new))
    found = _beginning(at.raw, old)
    if found is None:
        found = _only(at.raw, old)
    return None if found is None else Patch(at.start + found, at.start + found + len(old), new)


def _key(at: Stretch, old: str) -> Patch | None:
    """The key of the value, where that is the name; its text is the old one."""
    if at.document is None or not at.whole:
        return None
    place = key_range(at.document, at.path)
    if place is None:
        return None
    start, end = place
    if at.text[start : start + 1] in QUOTES and end - start > 2:
        start, end = start + 1, end - 1
    written = at.text[start:end]
    return Patch(start, end, written) if _plain(written) == _plain(old) else None


def is_key(at: Stretch, name: str) -> bool:
    """Whether a name is the key of the value, not a word of it."""
    return _key(at, name) is not None


def begins(at: Stretch, name: str) -> bool:
    """Whether a word begins with a name, which may be all of it."""
    return _beginning(at.raw, name) is not None


def _alike(old: str, new: str) -> str:
    """A key is spelt like the one before it: without dashes, with underscores."""
    bare = new if old.startswith("-") or not new.startswith("-") else new.lstrip("-")
    return bare.replace("-", "_") if "_" in old and "-" not in old and not old.isupper() else bare


def _plain(name: str) -> str:
    return name.lstrip("-").replace("_", "-")


def _beginning(raw: str, old: str) -> int | None:
    """Offset of a name at the beginning of what is written."""
    start = 1 if raw[:1] in QUOTES and old[:1] not in QUOTES else 0
    same = raw[start : start + len(old)].replace("_", "-") == old.replace("_", "-")
    return start if same and re.match(r"[=.\s'\"]|$", raw[start + len(old) :]) else None


def _only(raw: str, old: str) -> int | None:
    """Offset of a name that is written once as a word of its own."""
    if len(raw) > LONGEST:
        return None
    pattern = re.escape(old).replace(r"\-", "[-_]") if old.startswith("-") else re.escape(old)
    found = list(re.finditer(rf"(?:(?<=^)|(?<=[\s'\"])){pattern}(?=[=\s'\"]|$)", raw))
    return found[0].start() if len(found) == 1 else None


def says(at: Stretch, word: str) -> bool:
    """Whether a word is written in so many letters, in quotes or not."""
    raw = at.raw
    if len(raw) > 1 and raw[0] in QUOTES and raw[-1] == raw[0]:
        raw = raw[1:-1]
    return raw == word


def replaced(at: Stretch, words: Sequence[str]) -> Patch | None:
    """Other words in place of one: further items of its list, or words of its string."""
    if at.document is None or not at.whole:
        plain = all(re.fullmatch(SAFE, word) for word in words)
        return Patch(at.start, at.end, " ".join(words)) if plain else None
    style = at.raw[0] if at.raw[:1] in QUOTES else ""
    shown = [rendered(word, as_json=is_json(at.document), quote=style) for word in words]
    if len(shown) == 1:
        return Patch(at.start, at.end, shown[0])
    if not isinstance(at.path[-1], int):
        return None
    if spot(at.document, at.path[:-1]).kind == "flow":
        return Patch(at.start, at.end, ", ".join(shown))
    dash = _dash(at.text, at.start)
    if dash is None or at.raw[:1] in "|>":
        return None
    lead = line_break(at.text) + " " * indentation(at.document, dash) + at.text[dash : at.start]
    return Patch(at.start, at.end, lead.join(shown))


def _dash(text: str, start: int) -> int | None:
    """Offset of the dash of an item, where only that is in front of it."""
    dash = text.rfind("-", 0, start)
    return dash if dash >= 0 and not text[dash + 1 : start].strip(" \t") else None


def removed(places: Sequence[Stretch]) -> list[Patch] | None:
    """Takes words away: whole items of one list, or words of a string, with the blanks or lines that were theirs."""
    first = places[0]
    if all(at.document is not None and at.whole and isinstance(at.path[-1], int) for at in places):
        return _items(first, [at.path for at in places])
    if any(at.whole for at in places):
        return None
    return [_word(first.text, first.start, max(at.end for at in places))]


def _items(first: Stretch, paths: Sequence[Path]) -> list[Patch] | None:
    """Items of a list of which others stay."""
    assert first.document is not None
    parent = first.path[:-1]
    inside = entries(first.document, parent)
    gone = [number for number, entry in enumerate(inside) if (*parent, entry.step) in paths]
    if len(gone) != len(paths) or len(gone) == len(inside):
        return None
    if spot(first.document, parent).kind == "flow":
        return _from_flow(first.text, inside, gone)
    patches = [_line_of(first.text, inside[number]) for number in gone]
    return [one for one in patches if one is not None] if None not in patches else None


def _from_flow(text: str, inside: Sequence[Entry], gone: Sequence[int]) -> list[Patch] | None:
    """Neighbouring items between brackets, with one comma."""
    first, last = gone[0], gone[-1]
    if last - first + 1 != len(gone):
        return None
    if last + 1 < len(inside):
        start, end = inside[first].start, inside[last + 1].start
    else:
        start, end = inside[first - 1].end, inside[last].end
    return [Patch(start, end, "")] if "#" not in re.sub(r"'[^']*'|\"[^\"]*\"", "", text[start:end]) else None


def _line_of(text: str, entry: Entry) -> Patch | None:
    """The lines of an entry, a comment behind it included; None where one stands on a line of its own inside."""
    if re.search(r"(?m)^[ \t]*#", text[entry.start : entry.end]):
        return None
    return whole_lines(text, entry.start, entry.end)


def whole_lines(text: str, start: int, end: int) -> Patch | None:
    """The lines from one offset to another, where in front of them on their line is only a dash, or nothing."""
    begin = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if not re.fullmatch(r"[ \t]*(?:-[ \t]+)?", text[begin:start]):
        return None
    behind = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)").match(text, end)
    assert behind is not None
    if behind.end() == len(text) and not text.endswith(("\n", "\r")):  # no line break at the end: the one before goes
        kept = text[:begin].rstrip("\r\n")
        shorter = begin - len(kept) > 0
        return Patch(begin - len(line_break(text)) if shorter else begin, behind.end(), "")
    return Patch(begin, behind.end(), "")


def _word(text: str, start: int, end: int) -> Patch:
    """A stretch of words in a string: with its line where it fills one, else with the blanks on one side."""
    begin = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    behind = re.compile(r"[ \t]*(?:\\[ \t]*)?(?:\r\n?|\n|\Z)").match(text, end)
    before = text[begin:start]
    if behind is not None and not before.strip(" \t"):
        continued = re.search(r"[ \t]*\\[ \t]*(?:\r\n?|\n)\Z", text[:begin])
        if "\\" in behind[0] or (continued is None and behind[0].strip(" \t")):
            return Patch(begin, behind.end(), "")
        if continued is None:  # the end of the file: the line break before goes
            return Patch(len(re.sub(r"(?:\r\n?|\n)\Z", "", text[:begin])), behind.end(), "")
        # the last line of a command: what continued it goes, too
        return Patch(begin - len(continued[0]), end, "")
    blanks = len(before) - len(before.rstrip(" \t"))
    if blanks and blanks < len(before):
        return Patch(start - blanks, end, "")
    after = re.compile(r"[ \t]*").match(text, end)
    return Patch(start, after.end() if after else end, "")


def following(at: Stretch, old: str, count: int) -> Stretch | None:
    """A word that is written once in a string, with so many plain words behind it, as one stretch."""
    found = _only(at.raw, old)
    if found is None or at.document is None:
        return None
    match = re.compile(rf"[^\s'\"]+(?:[ \t]+[^\s'\"-][^\s'\"]*){{{count}}}(?=\s|['\"]$|$)").match(at.raw, found)
    if match is None:
        return None
    return at._replace(start=at.start + found, end=at.start + match.end(), whole=False)
