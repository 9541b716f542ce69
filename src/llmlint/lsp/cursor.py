"""Where in a YAML text the cursor stands, told from the lines above it: also where the text is half written.

A parser has nothing to say of a text that is being typed. This walks indentation, dashes and brackets, and forgives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from llmlint.finding import Path
from llmlint.tuples import NamedTuple

_KEY = re.compile(
    r"""("[^"]*"|'[^']*'|[^\s#&*!|>'"%@`{}\[\],-][^#{}\[\],]*?|-[^\s#{}\[\],][^#{}\[\],]*?)\s*:(?=\s|$)"""
)
_BLOCK = re.compile(r"[|>][+-]?[1-9]?[+-]?\s*(#.*)?$")
_COMMENT = re.compile(r"(?:^|\s)#")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
MOST_LINES = 5_000
"""Above the cursor; beyond them nothing is offered."""


class Cursor(NamedTuple):
    """What is being written."""

    path: Path
    """Keys and indices of what holds it; with the key itself where its value is written."""
    in_value: bool
    """A value is written, not a key."""
    typed: str
    """The part of the word in front of the cursor."""
    siblings: tuple[str, ...] = ()
    """Keys that the mapping has already."""
    comment: str = ""
    """The comment that is being written, up to the cursor; nothing else counts then."""


class _Level:
    """A block that is open: its indent, its step in the path, and the keys that were seen in it."""

    def __init__(self, indent: int, step: str | int) -> None:
        self.indent = indent
        self.step = step


class _Walk:
    """Follows the lines from the top."""

    def __init__(self) -> None:
        self.levels: list[_Level] = []
        self.keys: dict[Path, list[str]] = {}
        self.scalar: int | None = None
        """Indent of the key whose block scalar is being read."""
        self.flow: list[tuple[str, str | int | None]] = []
        """Open brackets, each with the key or index in it."""
        self.word = ""

    @property
    def path(self) -> Path:
        steps = [level.step for level in self.levels]
        return (*steps, *(step for _, step in self.flow if step is not None))

    def line(self, text: str) -> bool:
        """Take a line; whether its end is inside a value."""
        if self.flow:
            return self._flow(text)
        indent = len(text) - len(text.lstrip(" "))
        content = text[indent:]
        if self.scalar is not None:
            if not content or indent > self.scalar:
                return True
            self.scalar = None
        if not content:
            self.word = ""
            self._close(indent)
            return False
        if content.startswith(("---", "...")) and indent == 0:
            self.levels, self.keys = [], {}
            return False
        return self._block(indent, content)

    def _block(self, indent: int, content: str) -> bool:
        dashed = content.startswith("- ") or content == "-"
        self._close(indent, item=dashed)
        while content.startswith("- ") or content == "-":
            self._item(indent)
            rest = content[1:].lstrip(" ")
            indent += len(content) - len(rest)
            content = rest
        found = _KEY.match(content)
        if found is None:
            self.word = content
            if content.startswith(("{", "[")):
                return self._flow(content)
            return dashed
        name = found[1].strip("\"'")
        self.keys.setdefault(self.path, []).append(name)
        self.levels.append(_Level(indent, name))
        value = content[found.end() :].lstrip(" ")
        return self._value(indent, value)

    def _value(self, indent: int, value: str) -> bool:
        if _BLOCK.match(value):
            self.scalar = indent
        elif value.startswith(("{", "[")):
            return self._flow(value)
        self.word = value
        return True

    def _close(self, indent: int, *, item: bool = False) -> None:
        """Leave the blocks that a line at this indent is not in; a list may stand at the indent of its key."""
        while self.levels and self.levels[-1].indent >= indent:
            last = self.levels[-1]
            if item and last.indent == indent and (isinstance(last.step, str) or self._is_item(last)):
                break
            self.levels.pop()

    def _is_item(self, level: _Level) -> bool:
        return isinstance(level.step, int)

    def _item(self, indent: int) -> None:
        if self.levels and self.levels[-1].indent == indent and isinstance(self.levels[-1].step, int):
            self.levels[-1].step += 1
        else:
            self.levels.append(_Level(indent, 0))

    def _flow(self, text: str) -> bool:
        position, start = 0, 0
        self.word = ""
        while position < len(text):
            quoted = _QUOTED.match(text, position)
            if quoted is not None:
                position = quoted.end()
                continue
            character = text[position]
            if character in "{[":
                self.flow.append((character, 0 if character == "[" else None))
                start = position + 1
            elif character in "}]" and self.flow:
                self.flow.pop()
                start = position + 1
                if not self.flow:
                    self.word = ""
                    return True
            elif character == "," and self.flow:
                kind, step = self.flow[-1]
                self.flow[-1] = (kind, step + 1 if isinstance(step, int) else None)
                start = position + 1
            elif (
                character == ":"
                and self.flow
                and self.flow[-1][0] == "{"
                and text[position + 1 : position + 2] in ("", " ")
            ):
                name = text[start:position].strip().strip("\"'")
                self.flow[-1] = ("{", None)
                self.keys.setdefault(self.path, []).append(name)
                self.flow[-1] = ("{", name)
                start = position + 1
            position += 1
        self.word = text[start:].lstrip(" ")
        return bool(self.flow) and self.flow[-1][1] is not None


def cursor(lines: Sequence[str], line: int, column: int) -> Cursor | None:
    """What is being written at a line (from 0) before a column (from 0); None inside of block texts."""
    if line >= MOST_LINES:
        return None
    walk = _Walk()
    for text in lines[:line]:
        walk.line(_without_comment(text))
    typed = (lines[line] if line < len(lines) else "")[:column]
    indent = len(typed) - len(typed.lstrip(" "))
    if walk.scalar is not None and indent > walk.scalar:
        return None
    comment = _COMMENT.search(_without_quoted(typed))
    if comment is not None:
        return Cursor((), False, "", comment=typed[comment.start() :])
    in_value = walk.line(typed)
    if walk.scalar is not None:
        return None
    path = walk.path
    below = list(lines[line + 1 : line + 200]) if not walk.flow else []
    return Cursor(path, in_value, walk.word, (*walk.keys.get(path, ()), *_below(below, typed)))


def _below(lines: Sequence[str], typed: str) -> list[str]:
    """Keys of the same block that stand below the cursor."""
    indent = len(typed) - len(typed.lstrip(" "))
    found = []
    for text in lines:
        own = len(text) - len(text.lstrip(" "))
        if text.strip() and (own < indent or text.startswith("---")):
            break
        key = _KEY.match(text.strip()) if own == indent else None
        if key is not None:
            found.append(key[1].strip("\"'"))
    return found


def _without_comment(text: str) -> str:
    found = _COMMENT.search(_without_quoted(text))
    return text[: found.start()] if found is not None else text


def _without_quoted(text: str) -> str:
    """The text with quoted words blanked out, at the same length."""
    return _QUOTED.sub(lambda found: "x" * len(found[0]), text)
