"""The grammar of comments that silence rules.

    # llmlint: ignore[rule-id, other-id] until=2026-12-31 reason
    # llmlint: file-ignore[rule-id] reason

There is no form without ids. What is meant as a directive and cannot be read is a `Problem`, never silently nothing.
"""

from __future__ import annotations

import re

from llmlint.document import Comment
from llmlint.finding import Path, Problem, Span
from llmlint.tuples import NamedTuple

IGNORE, FILE_IGNORE = "ignore", "file-ignore"
WRITE = "write `# llmlint: ignore[rule-id] reason`"
LONGEST_QUOTE = 40
"""Characters of a comment that a message repeats."""

_BEGINNING = re.compile(r"#\s*llmlint:\s*")
_LOST = re.compile(r"llmlint:\s*(?:file-)?ignore\s*\[")
_BODY = re.compile(r"(?P<verb>ignore|file-ignore)\[(?P<ids>[^\]]*)\](?P<rest>.*)")
_UNTIL = re.compile(r"\s+until=(?P<date>\S*)(?=\s|$)")
_UNTIL_ELSEWHERE = re.compile(r"\buntil\s*[=:]", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Id(NamedTuple):
    """A rule that a directive names, and where."""

    name: str
    span: Span


class Directive(NamedTuple):
    """A comment that silences rules."""

    verb: str
    ids: tuple[Id, ...]
    until: str
    """Last day on which it holds, as an ISO date; empty: it holds for good."""
    reason: str
    line: int
    alone: bool
    """Whether nothing else is on its line."""
    span: Span
    within: tuple[int, Path] | None = None
    """Of an annotation: the document, and the path of what it is about."""

    @property
    def whole_file(self) -> bool:
        """Whether it is about the file and not about a place in it."""
        return self.verb == FILE_IGNORE


def directive(comment: Comment) -> Directive | Problem | None:
    """What a comment says to us; None where it is not about us."""
    beginning = _BEGINNING.search(comment.text)
    if beginning is None:
        lost = _LOST.search(comment.text)
        return lost and Problem("a directive begins its comment", _span(comment, lost.start()), WRITE)
    if comment.text.startswith("machine=", beginning.end()):
        return None  # it names a machine (binding.py)
    span = _span(comment, beginning.start())
    body = _BODY.match(comment.text, beginning.end())
    if body is None:
        return Problem(_not_a_body(comment.text[beginning.end() :]), span, WRITE)
    return _directive(comment, body, span)


def _directive(comment: Comment, body: re.Match[str], span: Span) -> Directive | Problem:
    ids = _ids(comment, body)
    if not all(one.name for one in ids):
        return Problem("a rule's id is missing: nothing ignores all rules at once", span, WRITE)
    rest = body["rest"]
    if rest and not rest[0].isspace():
        return Problem("a blank is missing behind ]", span, WRITE)
    until = _UNTIL.match(rest)
    date, reason = (until["date"], rest[until.end() :]) if until else ("", rest)
    if until and not _is_date(date):
        return Problem(f"until={clipped(date)} is no date", span, "write until=YYYY-MM-DD")
    if _UNTIL_ELSEWHERE.search(reason):
        return Problem("until= is not read there", span, "write until=YYYY-MM-DD once, directly behind the ]")
    return Directive(body["verb"], ids, date, reason.strip(), comment.line, comment.alone, span)


def until_of(text: str) -> tuple[str, str] | str:
    """The date and the reason that an annotation's value gives; what is wrong with it otherwise."""
    until = _UNTIL.match(f" {text.strip()}")
    date, reason = (until["date"], f" {text.strip()}"[until.end() :]) if until else ("", text)
    if until and not _is_date(date):
        return f"until={clipped(date)} is no date"
    if _UNTIL_ELSEWHERE.search(reason):
        return "until= is not read there"
    return date, reason.strip()


def _ids(comment: Comment, body: re.Match[str]) -> tuple[Id, ...]:
    ids, offset = [], body.start("ids")
    for text in body["ids"].split(","):
        name = text.strip()
        start = offset + len(text) - len(text.lstrip())
        ids.append(Id(name, _span(comment, start, start + len(name))))
        offset += len(text) + 1
    return tuple(ids)


def _not_a_body(text: str) -> str:
    word = re.split(r"[\s\[]", text, maxsplit=1)[0]
    if word not in (IGNORE, FILE_IGNORE):
        return f"'{clipped(word)}' is no directive" if word else "the comment says nothing"
    if text[len(word) :].startswith("["):
        return "the closing ] is missing"
    return f"{word} names no rule: nothing ignores all rules at once"


def _is_date(text: str) -> bool:
    from datetime import date

    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def clipped(text: str) -> str:
    """What a message repeats of the user's text."""
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _span(comment: Comment, start: int, end: int | None = None) -> Span:
    column = comment.column
    return Span(comment.line, column + start, comment.line, column + (len(comment.text) if end is None else end))
