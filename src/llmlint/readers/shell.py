"""Splits what a POSIX shell would run into commands and words, each word with its offsets. Runs nothing.

Variables and substitutions stay in the words as they are written: `$NAME`, `${NAME:-default}`, `$(…)`. Any text is
taken: what a shell would refuse, such as a quote that is not closed, is read to the end.
"""

from __future__ import annotations

import re

from llmlint.tuples import NamedTuple

MOST_WORDS = 20_000
"""Of one text; what follows is not looked at."""
ACTION = r"\{\{[^{}]{0,500}\}\}"
"""Of a template, in a text that is rendered only when it is deployed."""
BLANKS = " \t\r"
ENDS = ";&|\n(){}"
REDIRECTS = "<>"
RESERVED = frozenset({"then", "else", "elif", "do", "if", "while", "until", "!", "{", "}", "fi", "done", "esac"})
"""Words before or after a command that are the shell's own."""
OPENS, CLOSES = frozenset({"if", "while", "until", "for", "case", "select"}), frozenset({"fi", "done", "esac"})
"""Those, and commands, that begin or end what may run or not."""
ESCAPED_IN_QUOTES = '"\\$`\n'
"""What a backslash protects between double quotes; before anything else it stands for itself."""


class Token(NamedTuple):
    """A word of a shell text."""

    text: str
    """Without its quotes and continuations."""
    start: int
    end: int
    """Offsets in the text, quotes included."""
    literal: bool = False
    """Quoted with single quotes only: `$` in it is no variable."""
    quoted: bool = False
    """A part of it is quoted: a variable in it stays one word."""
    items: tuple[Token, ...] = ()
    """The words of an array, where it is `NAME=(…)`; the text is then `NAME=`."""


class Command(NamedTuple):
    """A simple command."""

    tokens: list[Token]
    depth: int
    """How many conditions and loops it stands in."""


def words(text: str, *, comments: bool = False) -> list[Token]:
    """All words of one command line, as `shlex.split` splits it: operators are words like others.

    `comments`: `#` before a word ends the line, as in a script; for others it is a word.
    """
    scan = _Scan(text, operators=False, comments=comments)
    return [token for command in scan.commands() for token in command]


def commands(text: str) -> list[Command]:
    """The simple commands of a script in order, without redirections, here-documents and reserved words."""
    found, depth = [], 0
    for tokens in _Scan(text, operators=True, comments=True).commands():
        start = 0
        while start < len(tokens) and tokens[start].text in RESERVED and not tokens[start].quoted:
            depth = max(depth + (tokens[start].text in OPENS) - (tokens[start].text in CLOSES), 0)
            start += 1
        if start < len(tokens):
            found.append(Command(tokens[start:], depth))
            depth += tokens[start].text in OPENS
    return found


def _with_whole_actions(text: str) -> str:
    """A text as long, in which no shell would divide an action of a template: `{{ .Name | quote }}`.

    Operators, quotes and blanks in it are the template's; blanks that do not break stand for them.
    """
    if "{{" not in text:
        return text
    return re.sub(ACTION, lambda action: re.sub(r"[^\w{}.-]", "\N{NO-BREAK SPACE}", action[0]), text)


class _Scan:
    """Goes through a text once."""

    def __init__(self, text: str, *, operators: bool, comments: bool) -> None:
        self.text, self.operators, self.comments = _with_whole_actions(text), operators, comments
        self.found: list[list[Token]] = [[]]
        self.total = 0
        self.here: list[tuple[str, bool]] = []
        """Here-documents whose bodies begin behind the line: what ends each, and whether tabs may stand before it."""

    def commands(self) -> list[list[Token]]:
        """Commands of words; without operators all words are one."""
        at = 0
        while at < len(self.text) and self.total < MOST_WORDS:
            at = self._step(at)
        return self.found

    def _step(self, at: int) -> int:
        text, here = self.text, self.text[at]
        if here in BLANKS or (here == "\n" and not self.operators):
            return at + 1
        if (after := _behind_continuation(text, at)) > at:
            return after
        if here == "#" and self.comments:
            return _line_end(text, at)
        if self.operators and here in REDIRECTS:
            return self._behind_redirection(at)
        if self.operators and here in ENDS and not _is_braces_word(text, at):
            if self.found[-1]:
                self.found.append([])
            return self._behind_documents(at + 1) if here == "\n" else at + 1
        return self._take(at)

    def _take(self, at: int) -> int:
        token = _word(self.text, at, self.operators)
        self.total += 1
        if self.operators and token.text.isdigit() and self.text[token.end : token.end + 1] in ("<", ">"):
            return token.end  # the descriptor of a redirection
        if self.operators and token.text.endswith("=") and self.text[token.end : token.end + 1] == "(":
            token = self._array(token)
        self.found[-1].append(token)
        return max(token.end, at + 1)

    def _array(self, token: Token) -> Token:
        """`NAME=(a b c)`, over several lines perhaps."""
        text, at, items = self.text, token.end + 1, []
        while at < len(text) and text[at] != ")" and self.total < MOST_WORDS:
            if text[at] in " \t\r\n;&|(<>":
                at += 1
            elif text[at] == "#":
                at = _line_end(text, at)
            elif (after := _behind_continuation(text, at)) > at:
                at = after
            else:
                items.append(_word(text, at, True))
                at = max(items[-1].end, at + 1)
                self.total += 1
        return token._replace(end=min(at + 1, len(text)), items=tuple(items))

    def _behind_redirection(self, at: int) -> int:
        """Behind `> file`, `2>&1`, `<<< word`, `<< EOF`; a here-document's body is passed over at the line's end."""
        start, text = at, self.text
        while at < len(text) and text[at] in "<>&|":
            at += 1
        sign = text[start:at]
        tabs = sign == "<<" and text[at : at + 1] == "-"
        at += tabs
        while at < len(text) and text[at] in " \t":
            at += 1
        if at >= len(text) or text[at] in "\n;":
            return at
        target = _word(text, at, True)
        if sign == "<<" and target.text:
            self.here.append((target.text, tabs))
        return target.end

    def _behind_documents(self, at: int) -> int:
        """Behind the bodies of the here-documents that were opened on the line which ends before `at`."""
        for ending, tabs in self.here:
            while at < len(self.text):
                end = _line_end(self.text, at)
                line = self.text[at:end].rstrip("\r")
                at = end + 1
                if (line.lstrip("\t") if tabs else line) == ending:
                    break
        self.here.clear()
        return at


def _is_braces_word(text: str, at: int) -> bool:
    """`{{ x }}`, `{"a": 1}` unquoted: a word of somebody's template, no group of commands."""
    return text[at] in "{}" and text[at + 1 : at + 2] not in (" ", "\n", ";", "", "\t")


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _behind_continuation(text: str, at: int) -> int:
    """Behind a backslash that ends a line; `at` where none does."""
    if text.startswith("\\\n", at):
        return at + 2
    return at + 3 if text.startswith("\\\r\n", at) else at


def _word(text: str, start: int, operators: bool) -> Token:
    parts: list[str] = []
    at, quotes = start, set()
    stops = " \t\r\n" + (";&|()<>" if operators else "")
    while at < len(text) and text[at] not in stops:
        here = text[at]
        if here in "'\"":
            quotes.add(here)
            part, at = (_double_quoted if here == '"' else _single_quoted)(text, at + 1)
        elif (after := _behind_continuation(text, at)) > at:
            part, at = "", after
        elif here == "\\":
            part, at = text[at + 1 : at + 2], at + 2
        elif here in "$`":
            end = behind_substitution(text, at)
            part, at = text[at:end], end
        else:
            part, at = here, at + 1
        parts.append(part)
    end = min(at, len(text))
    whole = text[start] == "'" and text.find("'", start + 1) in (end - 1, -1)
    return Token("".join(parts), start, end, whole, bool(quotes))


def _single_quoted(text: str, at: int) -> tuple[str, int]:
    end = text.find("'", at)
    end = len(text) if end < 0 else end
    return text[at:end], end + 1


def _double_quoted(text: str, at: int) -> tuple[str, int]:
    """What stands in double quotes that were opened before `at`, and the offset behind them."""
    parts = []
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and text[at + 1 : at + 2] and text[at + 1] in ESCAPED_IN_QUOTES:
            parts.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        elif text[at] in "$`":
            end = behind_substitution(text, at)
            parts.append(text[at:end])
            at = end
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts), at + 1


def behind_substitution(text: str, at: int) -> int:
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
