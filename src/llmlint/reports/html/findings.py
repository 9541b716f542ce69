"""The sections of a page about findings: a file, its findings, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from llmlint.finding import FileResult, Finding, NotChecked, Remedy, Severity
from llmlint.reports.frame import lines_of
from llmlint.reports.html.frame import diff, frame
from llmlint.reports.html.markup import Html, joined, prose, tag
from llmlint.reports.text import counted
from llmlint.tuples import NamedTuple

WORDS: dict[Severity, str] = {"error": "Error", "warning": "Warning", "info": "Info"}


class File(NamedTuple):
    """A file of the page."""

    number: int
    """From 1: what is linked to is named by numbers, never by what somebody wrote."""
    result: FileResult
    findings: tuple[Finding, ...]
    """Those that are shown."""

    @property
    def id(self) -> str:
        """The name of its section."""
        return f"file-{self.number}"


def file_section(file: File) -> Html:
    """All that is said of one file."""
    lines = lines_of(file.result.text) if file.findings and file.result.text else []
    heading = tag("h2", {"id": f"{file.id}-title", "class": "path"}, file.result.file)
    findings = (finding_article(one, f"{file.id}-{at}", lines) for at, one in enumerate(file.findings, 1))
    clear = None if file.findings else tag("p", {"class": "clear"}, _nothing_found(file.result))
    attributes = {"class": "file", "id": file.id, "aria-labelledby": f"{file.id}-title"}
    return tag("section", attributes, heading, _notes(file.result), clear, findings, _not_checked(file.result))


def _nothing_found(result: FileResult) -> str:
    return "All clear." if not result.findings else "Nothing of the severity that is shown."


def _notes(result: FileResult) -> Html | None:
    words = [counted(result.deployments, "deployment")]
    if result.suppressed:
        words.append(f"{counted(result.suppressed, 'finding')} suppressed by comments")
    if result.fixed:
        words.append(f"{counted(result.fixed, 'finding')} mended in this run")
    if result.untried:
        words.append("not all fixes were tried, the file being large (llmlint --fix tries more)")
    if result.unsearched:
        words.append("the smallest changes were not looked for (llmlint suggest does)")
    return tag("p", {"class": "meta"}, "; ".join(words))


def finding_article(finding: Finding, name: str, lines: Sequence[str]) -> Html:
    """One finding; without `lines` it has no frame."""
    title = tag(
        "h3",
        {"id": f"{name}-title"},
        tag("span", {"class": f"badge {finding.severity}"}, WORDS[finding.severity]),
        " ",
        finding.message,
    )
    parts = joined([title, _place(finding, name), *_body(finding, lines)])
    attributes = {"class": f"finding {finding.severity}", "id": name, "aria-labelledby": f"{name}-title"}
    return tag("article", attributes, parts)


def _place(finding: Finding, name: str) -> Html:
    document = f", document {finding.document + 1}" if finding.document else ""
    where = f"line {finding.span.line}, column {finding.span.column}{document}"
    link = tag("a", {"href": f"#{name}"}, where)
    other = (", written in ", tag("code", None, finding.elsewhere)) if finding.elsewhere else ()
    return tag("p", {"class": "meta"}, tag("code", None, finding.rule), " at ", link, other)


def _body(finding: Finding, lines: Sequence[str]) -> Iterator[Html]:
    if 1 <= finding.span.line <= len(lines):
        yield frame(lines, finding.span, finding.label)
    if finding.notes:
        items = (tag("li", None, note.strip()) for note in finding.notes)
        yield tag("ul", {"class": "arithmetic", "aria-label": "The arithmetic"}, items)
    if finding.help:
        yield tag("p", {"class": "help"}, tag("strong", None, "To mend it: "), prose(" ".join(finding.help.split())))
    for number, remedy in enumerate(finding.remedies, 1):
        yield _remedy(remedy, number, len(finding.remedies))
    if finding.fix is not None:
        option = "--fix" if finding.fix.safe else "--fix --unsafe-fixes"
        yield tag("p", {"class": "meta"}, "llmlint ", tag("code", None, option), " mends this.")


def _remedy(remedy: Remedy, number: int, of: int) -> Html:
    from llmlint.suggest.diff import unified

    words = "The smallest change" if of == 1 else f"Change {number} of {of}"
    if remedy.left:
        words += f", after which {', '.join(remedy.left)} {'is' if len(remedy.left) == 1 else 'are'} left"
    changed = unified(remedy.before, remedy.after, remedy.file)
    return tag("details", {"open": True}, tag("summary", None, words), diff(changed))


def _not_checked(result: FileResult) -> Html | None:
    """The rules that could not be decided, and what to write for each."""
    if not result.not_checked:
        return None
    several = result.deployments > 1 or any(one.document for one in result.not_checked)
    head = ["Rule", *(["Document"] if several else []), "Unknown", "Write"]
    rows = (_missing(one, several) for one in result.not_checked)
    table = tag(
        "table",
        None,
        tag("caption", None, "Rules that could not be decided, and which keys would change that"),
        tag("thead", None, tag("tr", None, (tag("th", {"scope": "col"}, words) for words in head))),
        tag("tbody", None, rows),
    )
    rules = counted(len({one.rule for one in result.not_checked}), "rule")
    return tag("details", {"class": "not-checked"}, tag("summary", None, f"{rules} not checked"), table)


def _missing(one: NotChecked, several: bool) -> Html:
    cells = [tag("th", {"scope": "row"}, tag("code", None, one.rule))]
    if several:
        cells.append(tag("td", None, str(one.document + 1)))
    cells += [tag("td", None, _codes(words)) for words in (one.facts, one.keys)]
    return tag("tr", None, cells)


def _codes(words: Iterable[str]) -> Html:
    found = [tag("code", None, word) for word in words]
    return Html(", ".join(found)) if found else Html("–")


def passed_over(files: Sequence[tuple[str, str]]) -> Html | None:
    """Files of which nothing was linted, with the reason for each."""
    if not files:
        return None
    items = (tag("li", None, tag("code", None, name), f": {why}") for name, why in files)
    title = tag("h2", {"id": "passed-over"}, f"{counted(len(files), 'file')} passed over")
    return tag("section", {"class": "file", "aria-labelledby": "passed-over"}, title, tag("ul", None, items))
