"""The head of a page about findings: what the run comes to, which severities are shown, and the files with links."""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.finding import SEVERITIES, Severity
from llmlint.reports.html.findings import WORDS, File
from llmlint.reports.html.markup import Html, joined, tag
from llmlint.reports.summary import Summary
from llmlint.reports.text import counted

WORTH_A_LIST = 2
"""Files from which on a page begins with a list of them."""


def overview(summary: Summary, least: Severity, hidden: int) -> Html:
    """Title, verdict, and what there is beside findings."""
    beside = tag("p", {"class": "meta"}, "; ".join(_beside(summary, least, hidden)))
    return joined([tag("h1", None, "llmlint report"), _verdict(summary), _failed(summary), beside, _switches(summary)])


def _failed(summary: Summary) -> Html | None:
    """What kept the run from looking at everything."""
    found = [f"The run ended before every file was linted: {summary.failure}"] if summary.failure else []
    found += [f"{file} could not be read: {why}" for file, why in summary.unreadable]
    return tag("ul", {"class": "failed"}, (tag("li", None, one) for one in found)) if found else None


def _verdict(summary: Summary) -> Html:
    extent = f"{counted(summary.recognised, 'file')}, {counted(summary.deployments, 'deployment')}"
    if not summary.recognised and not summary.findings:
        return tag("p", {"class": "verdict"}, "Nothing was recognised as a deployment.")
    found = [(one, _count(summary, one)) for one in SEVERITIES]
    if not summary.findings and (summary.failure or summary.unreadable):
        return tag("p", {"class": "verdict"}, f"Nothing was found in {extent}, and not everything was looked at.")
    if not summary.findings:
        return tag("p", {"class": "verdict"}, tag("span", {"class": "badge clear"}, "All clear"), f" {extent}")
    badges = [tag("span", {"class": f"badge {one}"}, counted(number, one)) for one, number in found if number]
    return tag("p", {"class": "verdict"}, Html(" ".join(badges)), f" in {extent}")


def _count(summary: Summary, severity: Severity) -> int:
    return {"error": summary.errors, "warning": summary.warnings, "info": summary.infos}[severity]


def _beside(summary: Summary, least: Severity, hidden: int) -> list[str]:
    """What there is to know beside the numbers of findings."""
    found = []
    if hidden:
        found.append(f"{hidden} not shown (below {least})")
    if summary.suppressed:
        found.append(f"{summary.suppressed} suppressed")
    if summary.baselined:
        found.append(f"{counted(summary.baselined, 'finding')} held back by the baseline")
    if summary.earlier:
        found.append(f"{summary.earlier} that {'was' if summary.earlier == 1 else 'were'} there before not shown")
    if summary.fixed:
        found.append(f"fixed {counted(summary.fixed, 'finding')}")
    if summary.fixable:
        found.append(f"{summary.fixable} fixable with --fix")
    if summary.unsafely_fixable:
        found.append(f"{summary.unsafely_fixable} fixable with --fix --unsafe-fixes")
    found.append(f"{counted(summary.not_checked, 'rule')} not checked" if summary.not_checked else "every rule checked")
    if summary.passed_over:
        found.append(f"{counted(summary.passed_over, 'file')} passed over")
    return found


def _switches(summary: Summary) -> Html | None:
    """A box for each severity that was found, which hides and shows its findings by style alone."""
    present = [one for one in SEVERITIES if _count(summary, one)]
    if len(present) < 2:
        return None
    boxes = [
        tag(
            "label",
            None,
            tag("input", {"type": "checkbox", "id": f"show-{one}", "checked": True}),
            f" {WORDS[one]} ({_count(summary, one)})",
        )
        for one in present
    ]
    return tag("fieldset", {"class": "switches"}, tag("legend", None, "Show"), boxes)


def contents(files: Sequence[File]) -> Html | None:
    """The files with the numbers of their findings, where there are several."""
    if len(files) < WORTH_A_LIST:
        return None
    items = (
        tag("li", None, tag("a", {"href": f"#{file.id}"}, file.result.file), " ", tag("span", None, _found(file)))
        for file in files
    )
    return tag("nav", {"aria-label": "Files"}, tag("h2", None, "Files"), tag("ul", {"class": "contents"}, items))


def _found(file: File) -> str:
    counts = [(one, sum(finding.severity == one for finding in file.findings)) for one in SEVERITIES]
    return ", ".join(counted(number, one) for one, number in counts if number) or "all clear"
