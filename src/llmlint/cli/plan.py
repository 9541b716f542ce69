"""`llmlint plan`: the ledger of each deployment."""

from __future__ import annotations

import json
import sys
from typing import Any

from llmlint.cli import terminal
from llmlint.cli.check import CLEAN, FINDINGS, NOTHING
from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, guarded, tell, tell_all
from llmlint.ledger import PlanEntry, Planned, plan_report, planned
from llmlint.reading import Text, texts
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
    for text in texts(options):
        if text.passed_over:
            continue
        found = _planned(text)
        tell_all(text.path, found.findings, text.unreadable)
        entries += found.plans
        broken = broken or bool(found.findings)
        unusable = unusable or bool(text.unreadable)
    if format == "json":
        sys.stdout.write(json.dumps(plan_report(entries), indent=2) + "\n")
    else:
        colour = terminal.coloured(options.color, terminal=sys.stdout.isatty())
        sys.stdout.write("\n".join(ledger_text(as_printable(entry), colour) for entry in entries))
    return outcome(bool(entries), broken, unusable)


def _planned(text: Text) -> Planned:
    if text.unreadable:
        return Planned(())
    return planned(text.data, text.path, text.checking.settings, named=text.named)


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
