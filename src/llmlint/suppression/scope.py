"""Which findings a directive concerns.

- Behind a value: findings whose span touches that line, or whose key is on it.
- Alone on its line: findings that begin on the next line that says something, and all that is under a key or an item
  of a list which begins there, as the document has it; indentation and flow style make no difference.
- An annotation: what lies in the object, or the template, whose annotation it is.
- `file-ignore`, above the first such line of the file: all of the file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from llmlint.document import Document, Source
from llmlint.finding import Finding, Path
from llmlint.suppression.directive import Directive, Id


class Lines:
    """Finds the next line of a text that is more than blank, comment, or mark between documents."""

    def __init__(self, text: str) -> None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._telling = [number for number, line in enumerate(lines, 1) if _tells(line)]

    def after(self, line: int) -> int:
        """The next such line behind a line; 0 if there is none."""
        position = bisect_right(self._telling, line)
        return self._telling[position] if position < len(self._telling) else 0


def _tells(line: str) -> bool:
    content = line.strip()
    if line.startswith(("---", "...")):
        content = line[3:].strip()
    return bool(content) and not content.startswith("#") and not line.startswith("%")


class _OfRule:
    """What directives say of one rule."""

    def __init__(self) -> None:
        self.file: list[Id] = []
        self.beside: dict[int, list[Id]] = {}
        self.above: dict[int, list[Id]] = {}
        self.lines: list[int] = []
        """Keys of `beside`, sorted."""
        self.within: list[tuple[int, Path, Id]] = []
        """Documents and paths of what annotations are about."""


class Scopes:
    """Finds the ids of directives that concern a finding."""

    def __init__(self, source: Source, lines: Lines, directives: Iterable[Directive]) -> None:
        self._documents = {document.index: document for document in source.documents}
        self._rules: dict[str, _OfRule] = {}
        for directive in directives:
            for one in directive.ids:
                self._add(self._rules.setdefault(one.name, _OfRule()), directive, one, lines)
        for rule in self._rules.values():
            rule.lines = sorted(rule.beside)

    def concerning(self, finding: Finding) -> Iterator[Id]:
        """Ids of directives that silence a finding; none if it is shown."""
        rule = self._rules.get(finding.rule)
        if rule is None:
            return
        yield from rule.file
        for document, path, one in rule.within:
            if document == finding.document and finding.path[: len(path)] == path:
                yield one
        span, keys = finding.span, self._key_lines(finding)
        last = max(span.line, span.end_line - (span.end_column == 1))
        for line in rule.lines[bisect_left(rule.lines, span.line) : bisect_right(rule.lines, last)]:
            yield from rule.beside[line]
        if keys and not span.line <= keys[-1] <= last:
            yield from rule.beside.get(keys[-1], ())
        for line in {span.line, *keys}:
            yield from rule.above.get(line, ())

    def _add(self, rule: _OfRule, directive: Directive, one: Id, lines: Lines) -> None:
        if directive.within is not None:
            rule.within.append((*directive.within, one))
        elif directive.whole_file:
            rule.file.append(one)
        elif directive.alone:
            rule.above.setdefault(lines.after(directive.line), []).append(one)
        else:
            rule.beside.setdefault(directive.line, []).append(one)

    def _key_lines(self, finding: Finding) -> Sequence[int]:
        """Lines of the keys on the way to a value, its own last."""
        document = self._documents.get(finding.document)
        return list(_key_lines(document, finding.path)) if document is not None else []


def _key_lines(document: Document, path: Path) -> Iterator[int]:
    for end in range(1, len(path) + 1):
        if not document.holds(path[:end]):
            return
        yield document.key_span(path[:end]).line
