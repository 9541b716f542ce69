"""The faults of one text, as they are found."""

from __future__ import annotations

from llmlint.document.limits import MAX_PROBLEMS
from llmlint.document.places import Text
from llmlint.finding import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TEMPLATE = "this looks like a template, not like YAML"
TEMPLATE_REMEDY = "render it first (helm template, for example) and lint what comes out"
_LONGEST_QUOTE = 60


class Refused(Exception):
    """The file is not read beyond this point."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def quoted(text: str) -> str:
    """A stranger's text for a message: on one line, printable, not too long."""
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 1] + "…"
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


class Notes:
    """Collects problems; of more than MAX_PROBLEMS only the number is kept."""

    __slots__ = ("_first_left_out", "_left_out", "problems", "text")

    def __init__(self, text: Text) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self._left_out = 0
        self._first_left_out: Any = None

    def note(self, event: Any, message: str, remedy: str = "", rule: str = "syntax") -> None:
        """A fault at a scalar, an alias or the beginning of a collection, after which composing goes on."""
        if not self.leave_out(event):
            self.problems.append(Problem(message, self.text.lines.span(*self._range(event)), remedy, rule))

    def note_tag(self, event: Any, message: str, remedy: str = "") -> None:
        """The same for a fault that lies in the tag."""
        import re

        start = max(self.text.content.find("!", event.start_mark.index), 0)
        found = re.compile(r"[^\s,\[\]{}]*").match(self.text.content, start)
        self.note_at(event, (start, found.end() if found else start), message, remedy)

    def note_at(self, event: Any, offsets: tuple[int, int], message: str, remedy: str = "") -> None:
        """The same for a fault in some part of it."""
        if not self.leave_out(event):
            self.problems.append(Problem(message, self.text.lines.span(*offsets), remedy))

    def leave_out(self, event: Any) -> bool:
        """Whether a fault need not be put into words, because there have been enough; if so, it is counted."""
        if len(self.problems) < MAX_PROBLEMS:
            return False
        self._first_left_out = self._first_left_out or event
        self._left_out += 1
        return True

    def refused(self, event: Any, message: str, remedy: str = "") -> Refused:
        """A fault after which composing does not go on: to be raised."""
        return Refused(Problem(message, self.text.lines.span(*self._range(event)), remedy))

    def close(self) -> list[Problem]:
        """All problems; the last one may stand for those left out."""
        if not self._left_out:
            return self.problems
        span = self.text.lines.span(*self._range(self._first_left_out))
        return [*self.problems, Problem(f"{self._left_out:,} more faults from here on", span)]

    def place(self, event: Any) -> str:
        """Line and column in words."""
        line, column = self.text.lines.place(self._range(event)[0])
        return f"line {line}, column {column}"

    def _range(self, event: Any) -> tuple[int, int]:
        if hasattr(event, "style") and hasattr(event, "ctag"):
            return self.text.scalar_range(event)
        return event.start_mark.index, event.end_mark.index
