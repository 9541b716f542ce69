"""The report for people: every finding with the code it speaks of, the arithmetic behind it, and the remedy."""

from __future__ import annotations

from llmlint.finding import SEVERITIES, FileResult, Finding, NotChecked
from llmlint.reports import ReportOptions, mark, shown
from llmlint.reports.colour import BLUE, BOLD, FAINT, GREEN, OF_SEVERITY, painter
from llmlint.reports.frame import Style, frame, lines_of
from llmlint.reports.layout import wrap
from llmlint.reports.printable import printable, printable_file
from llmlint.reports.summary import Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

WIDEST = 200
"""Columns at which source lines and labels are cut even where the terminal is wider, or is none."""
NARROWEST = 20
"""Columns below which nothing can be shown sensibly; narrower terminals get lines of this width."""
HANG = 4
"""Indent of a message's second line: it must not look like the first line of another finding."""


TITLES = {
    "LocalAI": "LocalAI",
    "Modelfile": "Modelfile",
    "akash": "Akash",
    "compose": "Compose",
    "docker-model": "Docker Model Runner",
    "dstack": "dstack",
    "dynamo": "Dynamo",
    "helm values": "Helm values",
    "helmrelease": "HelmRelease",
    "kaito": "KAITO",
    "kserve": "KServe",
    "kubeai": "KubeAI",
    "kubernetes": "Kubernetes",
    "llama-swap": "llama-swap",
    "llm-d": "llm-d",
    "llmkube": "LLMKube",
    "native": "native",
    "nim": "NIM",
    "ollama-operator": "Ollama operator",
    "production-stack": "vLLM production stack",
    "ray serve": "Ray Serve",
    "skypilot": "SkyPilot",
    "systemd": "systemd",
    "truss": "Truss",
}
"""What people call the formats."""


def begin(out: IO[str], options: ReportOptions) -> TextReport:
    """Begin a report for people."""
    return TextReport(out, options)


class TextReport:
    """Writes blocks with a blank line between them."""

    def __init__(self, out: IO[str], options: ReportOptions) -> None:
        self._out = out
        self._options = options
        self._width = max(options.width, NARROWEST) if options.width > 0 else 0
        self._paint = painter(options.colour)
        self._last = ""
        """What kind of block was written last."""
        self._hidden = 0

    def file(self, result: FileResult) -> None:
        """Write a file's findings and, if asked for, what was not checked in it."""
        findings = shown(result.findings, self._options.min_severity)
        self._hidden += len(result.findings) - len(findings)
        lines = lines_of(result.text) if findings and result.text else []
        for finding in findings:
            self._block("finding", self._finding(finding, lines))
        if self._options.verbosity != "verbose":
            return
        for index in sorted({one.document for one in result.not_checked}):
            self._block("not checked", self._not_checked(result, index))
        if result.passed_over:
            why = printable(result.passed_over)
            self._block("passed over", self._wrapped(f"{printable_file(result.file)}: passed over: {why}"))

    def end(self, summary: Summary) -> None:
        """Write what it comes to."""
        if self._options.verbosity != "quiet":
            self._block("summary", self._summary(summary))

    def _block(self, kind: str, lines: Iterable[str]) -> None:
        if self._last and not (kind == self._last == "passed over"):
            self._out.write("\n")
        self._last = kind
        self._out.writelines(f"{line}\n" for line in lines)

    def _finding(self, finding: Finding, lines: Sequence[str]) -> Iterator[str]:
        yield from self._head(finding)
        span = finding.span
        indent = len(str(span.line)) + 1
        if 1 <= span.line <= len(lines):
            widest = min(self._width, WIDEST) if self._width else WIDEST
            style = Style(widest, self._paint, OF_SEVERITY[finding.severity])
            yield from frame(lines, span, printable(finding.label), style)
        for note in finding.notes:
            yield from self._remark(printable(note.strip()), indent)
        if finding.help:
            yield from self._remark(printable(" ".join(finding.help.split())), indent)
        yield from self._remark(f"llmlint rule {printable(finding.rule)}", indent, FAINT)

    def _head(self, finding: Finding) -> Iterator[str]:
        place = f"{printable_file(finding.file)}:{finding.span.line}:{finding.span.column}:"
        kind = f"{finding.severity}[{printable(finding.rule)}]"
        first, *others = self._wrapped(f"{place} {kind}: {mark(finding)}{printable(finding.message)}")
        if first.startswith(f"{place} {kind}:"):
            painted = f"{self._paint(BOLD, place)} {self._paint(OF_SEVERITY[finding.severity], kind)}"
            first = painted + first[len(place) + 1 + len(kind) :]
        yield from (first, *others)

    def _wrapped(self, text: str) -> list[str]:
        first, *others = wrap(text, self._width, HANG)
        return [first, *(" " * HANG + line for line in others)]

    def _remark(self, text: str, indent: int, style: str = "") -> Iterator[str]:
        lead = " " * indent + self._paint(BLUE, "=") + " "
        for line in wrap(text, self._width and self._width - indent - 2):
            yield lead + (self._paint(style, line) if style else line)
            lead = " " * (indent + 2)

    def _not_checked(self, result: FileResult, index: int) -> Iterator[str]:
        missing = [one for one in result.not_checked if one.document == index]
        where = printable_file(result.file) + (f", document {index + 1}" if result.deployments > 1 or index else "")
        yield from self._wrapped(f"{where}: {counted(len(missing), 'rule')} not checked")
        for one in missing:
            yield from self._remark(printable(missing_words(one)), HANG - 1)

    def _summary(self, summary: Summary) -> list[str]:
        text = "; ".join(summary_parts(summary, self._options, self._hidden))
        lines = self._wrapped(text)
        if self._options.colour:
            style = next((OF_SEVERITY[one] for one in SEVERITIES if getattr(summary, f"{one}s")), GREEN)
            lines = [self._paint(style, line) for line in lines]
        return lines


def missing_words(one: NotChecked) -> str:
    """What a rule lacks, and what to write."""
    facts = ", ".join(one.facts)
    verb = "is" if len(one.facts) == 1 else "are"
    keys = f"; write {', '.join(one.keys)}" if one.keys else ""
    return f"{one.rule}: {facts} {verb} unknown{keys}" if facts else f"{one.rule}{keys}"


def summary_parts(summary: Summary, options: ReportOptions, hidden: int) -> Iterator[str]:
    """What a run comes to, in words: how much was linted and what was found first, then what else there is to know."""
    passed_over = f"{counted(summary.passed_over, 'file')} passed over{_templates(summary)}"
    if summary.recognised or summary.findings:
        yield f"{_extent(summary)}: {_found(summary)}"
    elif summary.files:
        yield f"nothing recognised as a deployment: {passed_over}"
    else:
        yield "no files"
    yield from fix_parts(summary)
    if hidden:
        yield f"{hidden} not shown (below {options.min_severity})"
    if summary.suppressed:
        yield f"{summary.suppressed} suppressed"
    if summary.baselined:
        yield f"{summary.baselined} held back by the baseline"
    if summary.earlier:
        yield f"{summary.earlier} that {'was' if summary.earlier == 1 else 'were'} there before not shown"
    if summary.stale:
        entries = "1 entry" if summary.stale == 1 else f"{summary.stale} entries"
        yield f"{entries} of the baseline stale (llmlint baseline prune)"
    if summary.not_checked:
        hint = "" if options.verbosity == "verbose" else " (-v says what is missing)"
        yield f"{counted(summary.not_checked, 'rule')} not checked{hint}"
    if summary.passed_over and summary.recognised:
        yield passed_over
    if summary.unsearched:
        yield f"the smallest changes for {counted(summary.unsearched, 'file')} not looked for (llmlint suggest does)"
    elif summary.remedies:
        yield "llmlint suggest prints the changes as diffs"


def fix_parts(summary: Summary) -> Iterator[str]:
    """What was mended, and what could be."""
    more = f"{summary.unsafely_fixable} more with --unsafe-fixes" if summary.unsafely_fixable else ""
    if summary.fixed:
        yield f"fixed {counted(summary.fixed, 'finding')}" + (f" ({more})" if more else "")
    elif summary.fixable:
        yield f"[*] {summary.fixable} fixable with --fix" + (f" ({more})" if more else "")
    elif more:
        yield f"{summary.unsafely_fixable} fixable with --fix --unsafe-fixes"
    if summary.untried:
        again = "run it again" if summary.fixed else "llmlint --fix tries more"
        yield f"not all fixes tried in {counted(summary.untried, 'large file')} ({again})"


def _extent(summary: Summary) -> str:
    formats = ""
    if any(name != "native" for name, _ in summary.formats):
        shown = [f"{number} {TITLES.get(name, printable(name))}" for name, number in summary.formats]
        formats = f" ({', '.join(shown)})"
    return f"{counted(summary.recognised, 'file')}, {counted(summary.deployments, 'deployment')}{formats}"


def _templates(summary: Summary) -> str:
    return f", {counted(summary.templates, 'template')} among them" if summary.templates else ""


def _found(summary: Summary) -> str:
    found = (("error", summary.errors), ("warning", summary.warnings), ("info", summary.infos))
    return ", ".join(counted(count, word) for word, count in found if count) or "all clear"


def counted(count: int, word: str) -> str:
    """A number and its word: 1 file, 2 files, no deployments; `info` has no plural."""
    plural = "" if count == 1 or word == "info" else "s"
    return f"{count or 'no'} {word}{plural}"
