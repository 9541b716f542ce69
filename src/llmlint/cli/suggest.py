"""`llmlint suggest`: the smallest changes that make a plan pass, as diffs."""

from __future__ import annotations

import json
import sys

from llmlint.cli import terminal
from llmlint.cli.check import CLEAN, FINDINGS, NOTHING
from llmlint.cli.options import Options
from llmlint.cli.problems import UNUSABLE, guarded, tell, tell_placed
from llmlint.linting import read_plans
from llmlint.reading import Text, from_here, texts
from llmlint.reports.suggestions import SuggestReport, answer_entry, answer_text
from llmlint.suggest import Answer, suggest


def show_suggestions(options: Options, format: str, pick: int | None) -> int:
    """0 where each plan that fails has a suggestion, or none fails; 1 where one has none; 3 without a deployment."""
    return guarded(lambda: _show(options, format, pick))


def _show(options: Options, format: str, pick: int | None) -> int:
    told: list[tuple[str, Answer]] = []
    broken = unusable = False
    for text in texts(options):
        if text.unreadable:
            tell(f"{text.path}: {text.unreadable}")
            unusable = True
        elif not text.passed_over:
            broken = _tell_faults(text) or broken
            answers = suggest(text.data, from_here(text.path), text.checking.settings, named=text.named)
            told += [(text.path, one) for one in answers]
    if pick is not None:
        return _print_one(told, pick)
    _print(told, format, options)
    if unusable:
        return UNUSABLE
    if not told and not broken:
        tell("nothing recognised as a deployment")
        return NOTHING
    return FINDINGS if broken or any(answer.why for _, answer in told) else CLEAN


def _tell_faults(text: Text) -> bool:
    """Says what keeps the file, or a part of it, from being read."""
    read = read_plans(text.data, text.path, named=text.named, around=text.checking.settings.around)
    tell_placed(text.path, read.findings)
    return bool(read.findings)


def _print(told: list[tuple[str, Answer]], format: str, options: Options) -> None:
    if format == "json":
        report: SuggestReport = {"version": 1, "plans": [answer_entry(answer, file) for file, answer in told]}
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    colour = terminal.coloured(options.color, terminal=sys.stdout.isatty())
    sys.stdout.write("\n".join(answer_text(answer, file, colour=colour) for file, answer in told))


def _print_one(told: list[tuple[str, Answer]], pick: int) -> int:
    """The diff of one suggestion alone, for `git apply`."""
    found = [one for _, answer in told for one in answer.suggestions]
    if len([answer for _, answer in told if answer.suggestions]) > 1:
        return tell("--pick needs one deployment: the files given hold several with suggestions")
    if not 1 <= pick <= len(found):
        return tell(f"--pick {pick}: there are {len(found)} suggestions")
    sys.stdout.write(found[pick - 1].diff)
    return CLEAN
