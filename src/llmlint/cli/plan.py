"""`llmlint plan`: the ledger of each deployment."""

from __future__ import annotations

import json
import sys
from typing import Any

from llmlint.cli import terminal
from llmlint.cli.check import CLEAN, FINDINGS, NOTHING
from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, guarded, tell, tell_placed
from llmlint.cli.reading import facts_of
from llmlint.ledger import PlanEntry, plan_entry, plan_report
from llmlint.reports.ledger import ledger_text
from llmlint.reports.printable import printable


def show_plans(options: Options, format: str) -> int:
    """0 where every file could be read, 1 where one does not hold what it should, 3 where there was no deployment."""
    if format == "html":
        from llmlint.cli.plan_page import show_page

        return guarded(lambda: show_page(options))
    return guarded(lambda: _show(options, format))


def _show(options: Options, format: str) -> int:
    entries: list[PlanEntry] = []
    broken = unusable = False
    for file, together, findings, unreadable in facts_of(options):
        entries += [plan_entry(facts, file) for facts in together]
        broken = broken or bool(findings)
        unusable = unusable or unreadable
        tell_placed(file, findings)
    if format == "json":
        sys.stdout.write(json.dumps(plan_report(entries), indent=2) + "\n")
    else:
        colour = terminal.coloured(options.color, terminal=sys.stdout.isatty())
        sys.stdout.write("\n".join(ledger_text(as_printable(entry), colour) for entry in entries))
    return outcome(bool(entries), broken, unusable)


def outcome(shown: bool, broken: bool, unusable: bool) -> int:
    """The exit code of a command that shows deployments."""
    if unusable:
        return UNUSABLE
    if not shown and not broken:
        tell("nothing recognised as a deployment")
        return NOTHING
    return FINDINGS if broken else CLEAN


def as_printable(value: Any) -> Any:
    """Data whose texts cannot steer a terminal."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [as_printable(item) for item in value]
    return {key: as_printable(item) for key, item in value.items()} if isinstance(value, dict) else value
