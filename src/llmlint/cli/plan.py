"""`llmlint plan`: the ledger of each deployment."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from llmlint.cli.check import CLEAN, FINDINGS, NOTHING
from llmlint.cli.options import Options
from llmlint.cli.problems import guarded, printable, tell
from llmlint.cli.reading import facts_of
from llmlint.finding import Finding
from llmlint.ledger import PlanEntry, plan_entry, plan_report
from llmlint.reports.ledger import ledger_text


def show_plans(
    paths: Sequence[str], format: str, config: str | None, isolated: bool, catalogue: tuple[str, ...]
) -> int:
    """0 where every file could be read, 1 where one could not, 3 where there was no deployment."""
    options = Options(paths=tuple(paths), config=config, isolated=isolated, catalogue=catalogue)
    return guarded(lambda: _show(options, format))


def _show(options: Options, format: str) -> int:
    entries: list[PlanEntry] = []
    broken = False
    for file, together, findings in facts_of(options):
        entries += [plan_entry(facts, file) for facts in together]
        broken = broken or bool(findings)
        _tell_findings(findings)
    if format == "json":
        sys.stdout.write(json.dumps(plan_report(entries), indent=2) + "\n")
    else:
        colour = sys.stdout.isatty()
        sys.stdout.write("\n".join(printable_lines(ledger_text(entry, colour)) for entry in entries))
    if not entries and not broken:
        tell("nothing recognised as a deployment")
        return NOTHING
    return FINDINGS if broken else CLEAN


def _tell_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        tell(f"{finding.file}:{finding.span.line}:{finding.span.column}: {finding.message}")


def printable_lines(text: str) -> str:
    """Text with our own line ends and colours, and nothing else that steers a terminal."""
    return "\n".join("\033".join(map(printable, line.split("\033"))) for line in text.split("\n"))
