"""Text for people: each finding in a frame of the user's own lines, with the arithmetic and the remedy under it."""

from __future__ import annotations

from typing import IO

from llmlint.finding import FileResult, Finding, NotChecked
from llmlint.reports import ReportOptions, Summary, shown
from llmlint.reports.printable import cells, printable, wrapped
from llmlint.reports.summary import sentence

COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36"}
GUTTER, BOLD, GOOD = "34", "1", "32"
TAB = "    "


class Format:
    """The text report."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self.out = out
        self.options = options

    def file(self, result: FileResult) -> None:
        """The frames of one file, and with -v what was not checked in it."""
        lines: list[str] | None = None
        for finding in result.findings:
            if shown(finding, self.options):
                lines = source_lines(result.text) if lines is None else lines
                self._write(self.frame(finding, lines))
        if self.options.verbose:
            self._not_checked(result)
            if result.passed_over:
                self._write([printable(f"{result.file}: passed over, {result.passed_over}"), ""])

    def end(self, summary: Summary) -> None:
        """One line of counts, and a hint where something was not checked."""
        if self.options.quiet:
            return
        text = sentence(summary)
        if summary.not_checked and not self.options.verbose:
            text += " (-v says which)"
        worst = next((severity for severity, number in summary.findings.items() if number), None)
        self._write([self._painted(one, COLOURS[worst] if worst else GOOD) for one in wrapped(text, self._width, "", "  ")])

    @property
    def _width(self) -> int:
        return max(self.options.width, 20)

    def _write(self, lines: list[str]) -> None:
        self.out.write("".join(f"{line}\n" for line in lines))

    def _painted(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self.options.colour and text else text

    def frame(self, finding: Finding, lines: list[str]) -> list[str]:
        """The lines of one finding, an empty one at the end."""
        span = finding.span
        numbers = _numbers(finding, lines)
        margin = len(str(numbers[-1])) if numbers else 1
        bar = self._painted("│", GUTTER)
        framed = [f"{' ' * margin} {bar}"]
        for number in numbers:
            start, text = self._window(lines[number - 1], span.column if number == span.line else 1, margin)
            framed.append(f"{self._painted(f'{number:>{margin}}', GUTTER)} {bar} {text}".rstrip())
            if number == span.line:
                framed.append(f"{' ' * margin} {bar} {self._carets(finding, lines[number - 1], start, margin)}")
        if len(numbers):
            framed.append(framed[0])
        return [*self._head(finding), *(framed if numbers else []), *self._notes(finding, margin), ""]

    def _head(self, finding: Finding) -> list[str]:
        place = printable(f"{finding.file}:{finding.span.line}:{finding.span.column}:")
        name = f"{finding.severity}[{finding.rule}]:"
        lines = wrapped(f"{place} {name} {printable(finding.message)}", self._width, "", "    ")
        if self.options.colour:
            lines[0] = lines[0].replace(name, self._painted(name, COLOURS[finding.severity]), 1)
        return lines

    def _notes(self, finding: Finding, margin: int) -> list[str]:
        told = [*finding.notes, *finding.help.splitlines(), f"llmlint rule {finding.rule}"]
        lines = []
        for one in filter(None, (printable(text.strip()) for text in told)):
            indent = " " * (margin + 1)
            lines += wrapped(one, self._width, f"{indent}= ", f"{indent}  ")
        return lines

    def _window(self, line: str, column: int, margin: int) -> tuple[int, str]:
        """The part of a line that fits, and the code point it begins at: around the column where the line is long."""
        room = self._width - margin - 3
        if cells(_expanded(line)) <= room:
            return 0, _expanded(line)
        start = max(column - 1 - room // 3, 0)
        text = "…" if start else ""
        for character in line[start + len(text) :]:
            if cells(text + _expanded(character)) >= room:
                return start, text + "…"
            text += _expanded(character)
        return start, text

    def _carets(self, finding: Finding, line: str, start: int, margin: int) -> str:
        span = finding.span
        end = span.end_column if span.end_line == span.line else len(line) + 1
        left = cells(_expanded(line[start : span.column - 1]))
        room = max(self._width - margin - 3 - left, 1)
        marks = "^" * max(min(cells(_expanded(line[span.column - 1 : end - 1])), room), 1)
        label = printable(finding.label)
        if label and left + len(marks) + 1 + cells(label) > self._width - margin - 3:
            label = ""  # the arithmetic below says it again
        coloured = self._painted(f"{marks} {label}".rstrip(), COLOURS[finding.severity])
        return " " * left + coloured

    def _not_checked(self, result: FileResult) -> None:
        for one in result.not_checked:
            self._write(self._unchecked(result.file, one))
        if result.not_checked:
            self._write([""])

    def _unchecked(self, file: str, one: NotChecked) -> list[str]:
        where = printable(file) if one.document == 0 else printable(f"{file} (document {one.document + 1})")
        remedy = f"; write {' or '.join(one.keys)}" if one.keys else ""
        text = f"{where}: not checked[{one.rule}]: {', '.join(one.facts)} unknown{remedy}"
        return wrapped(text, self._width, "", "    ")


def source_lines(text: str) -> list[str]:
    """Lines as editors count them: ended by LF, CR or CRLF, and by nothing else."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _numbers(finding: Finding, lines: list[str]) -> list[int]:
    """Numbers of the lines shown: the one the finding is in, and the one before for context."""
    line = finding.span.line
    if not 1 <= line <= len(lines) or not any(lines):
        return []
    before = line - 1
    return [before, line] if before >= 1 and lines[before - 1].strip() else [line]


def _expanded(text: str) -> str:
    """A stretch of source for display: tabs as blanks, what is invisible as its escape."""
    return printable(text.replace("\t", TAB))
