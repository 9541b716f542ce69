"""Splits what a POSIX shell would run into commands and words, each word with its offsets. Runs nothing.

Variables and substitutions stay in the words as they are written: `$NAME`, `${NAME:-default}`, `$(…)`.
"""

from __future__ import annotations

from llmlint.tuples import NamedTuple

MOST_WORDS = 20_000
"""Of one text; what follows is not looked at."""
ENDS = (";", "&", "|", "\n", "(", ")", "{", "}")
REDIRECTS = "<>"
RESERVED = frozenset(
    {"then", "else", "elif", "do", "if", "while", "until", "!", "time", "{", "}", "fi", "done", "esac"}
)
"""Words before or after a command that are the shell's own."""


class Token(NamedTuple):
    """A word of a shell text."""

    text: str
    """Without its quotes and continuations."""
    start: int
    end: int
    """Offsets in the text, quotes included."""
    literal: bool = False
    """Quoted with single quotes only: `$` in it is no variable."""


def words(text: str) -> list[Token]:
    """All words of one command line, as `shlex` would split it: operators are words like others."""
    return [token for command in _scan(text, operators=False) for token in command]


def commands(text: str) -> list[list[Token]]:
    """The simple commands of a script in order, without redirections and reserved words."""
    return [command for command in map(_plain, _scan(text, operators=True)) if command]


def _plain(command: list[Token]) -> list[Token]:
    start = 0
    while start < len(command) and command[start].text in RESERVED:
        start += 1
    return command[start:]


def _scan(text: str, *, operators: bool) -> list[list[Token]]:
    """Commands of words; with operators, these end a command and redirections are left out."""
    found: list[list[Token]] = [[]]
    at, size, total = 0, len(text), 0
    while at < size and total < MOST_WORDS:
        here = text[at]
        if here in " \t\r":
            at += 1
        elif here == "\\" and text[at + 1 : at + 2] in ("\n", "\r"):
            at += 3 if text.startswith("\\\r\n", at) else 2
        elif here == "\n" and not operators:
            at += 1
        elif here == "#":
            at = _line_end(text, at)
        elif operators and here in REDIRECTS:
            at = _behind_redirection(text, at)
        elif operators and here in ENDS and not _is_braces_word(text, at):
            at += 1
            if found[-1]:
                found.append([])
        else:
            token = _word(text, at, operators=operators)
            at = max(token.end, at + 1)
            total += 1
            if operators and token.text.isdigit() and text[at : at + 1] in ("<", ">") and text[at : at + 1]:
                continue  # the descriptor of a redirection
            found[-1].append(token)
    return found


def _is_braces_word(text: str, at: int) -> bool:
    """`{{ x }}`, `{"a": 1}` unquoted: a word of somebody's template, no group of commands."""
    return text[at] in "{}" and text[at + 1 : at + 2] not in (" ", "\n", ";", "", "\t")


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _behind_redirection(text: str, at: int) -> int:
    """Behind `> file`, `2>&1`, `<<< word`; the body of a here-document is not left out."""
    while at < len(text) and text[at] in "<>&|":
        at += 1
    while at < len(text) and text[at] in " \t":
        at += 1
    return at if at >= len(text) or text[at] in "\n;" else _word(text, at, operators=True).end


def _word(text: str, start: int, *, operators: bool) -> Token:
    parts: list[str] = []
    at, size, literal = start, len(text), False
    stops = " \t\r\n" + (";&|()<>" if operators else "")
    while at < size and text[at] not in stops:
        here = text[at]
        if here == "'":
            end = text.find("'", at + 1)
            end = size if end < 0 else end
            parts.append(text[at + 1 : end])
            at, literal = end + 1, at == start and text[end + 1 : end + 2] in ("", " ", "\n", "\t", "\r")
        elif here == '"':
            part, at = _double_quoted(text, at + 1)
            parts.append(part)
        elif here == "\\":
            if text[at + 1 : at + 2] == "\n":
                at += 2
            elif text.startswith("\\\r\n", at):
                at += 3
            else:
                parts.append(text[at + 1 : at + 2])
                at += 2
        elif here in "$`":
            end = _behind_substitution(text, at)
            parts.append(text[at:end])
            at = end
        else:
            parts.append(here)
            at += 1
    return Token("".join(parts), start, min(at, size), literal)


def _double_quoted(text: str, at: int) -> tuple[str, int]:
    """What stands in double quotes that were opened before `at`, and the offset behind them."""
    parts = []
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\", "$", "`", "\n"):
            parts.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        elif text[at] in "$`":
            end = _behind_substitution(text, at)
            parts.append(text[at:end])
            at = end
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts), at + 1


def _behind_substitution(text: str, at: int) -> int:
    """The offset behind `$NAME`, `${…}`, `$(…)` or `` `…` ``; brackets in them are counted, quotes are not."""
    if text[at] == "`":
        end = text.find("`", at + 1)
        return len(text) if end < 0 else end + 1
    pair = {"{": "}", "(": ")"}.get(text[at + 1 : at + 2])
    if pair is None:
        return at + 1
    opening, depth = text[at + 1], 0
    for position in range(at + 1, len(text)):
        if text[position] == opening:
            depth += 1
        elif text[position] == pair:
            depth -= 1
            if depth == 0:
                return position + 1
    return len(text)
