"""`llmlint baseline update` and `prune`: write down the findings to live with, cross out what is mended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from llmlint.baseline import Counts, Key, by_file, judged, keys, pruned, updated
from llmlint.baseline.file import NAME, text
from llmlint.cli.baselines import asked, is_gone, load, relative
from llmlint.cli.check import result_of
from llmlint.cli.options import Options
from llmlint.cli.output import replaced
from llmlint.cli.problems import guarded, tell
from llmlint.reading import texts
from llmlint.settings import UsageError, configuration

Change: TypeAlias = "Callable[[Sequence[Key | None], Counts, str, Collection[str]], dict[Key, int]]"


def update(options: Options) -> int:
    """Count what is found in the files; entries of other files stay."""
    return guarded(lambda: _change(options, updated, new=True))


def prune(options: Options) -> int:
    """Take out what is not found in the files any more, and what is said of files that are gone."""
    return guarded(lambda: _change(options, pruned, new=False))


def _change(options: Options, change: Change, *, new: bool) -> int:
    if "-" in options.paths:
        raise UsageError("a baseline counts findings of files, not of standard input")
    path = _path(options)
    before = {} if new and not os.path.lexists(path) else load(path)
    after = _gone_left_out(_changed(options, change, before, path), path)
    if after is None:
        return tell(f"{path} is left as it was")
    if after != before or new:
        try:
            with replaced(path) as out:
                out.write(text(after))
        except OSError as error:
            raise UsageError(f"baseline {path}: {(error.strerror or str(error)).lower()}") from None
    sys.stdout.write(_told(before, after, path))
    if new and options.baseline is None and configuration(options).baseline is None:
        sys.stdout.write(f"It counts with `--baseline {path}`, or `baseline: {path}` in .llmlint.yaml.\n")
    return 0


def _changed(options: Options, change: Change, counts: Counts, path: str) -> Counts | None:
    """The counts after all files of a run; None where something could not be linted."""
    failed = False
    files = by_file(counts)
    for one in texts(options):
        if one.unreadable:
            failed = bool(tell(f"{one.path}: {one.unreadable}"))
            continue
        if one.passed_over:
            continue
        result = result_of(one, options)
        broken = [finding for finding in result.findings if finding.rule == "internal-error"]
        if broken:
            failed = bool(tell(f"{one.path}: {broken[0].message}"))
            continue
        name = relative(one.path, path)
        decided = judged(result, asked(one.checking.settings))
        files[name] = change(keys(result, one.data, name), files.get(name, {}), name, decided)
    return None if failed else {key: number for mine in files.values() for key, number in mine.items()}


def _gone_left_out(counts: Counts | None, path: str) -> dict[Key, int] | None:
    if counts is None:
        return None
    gone = {file for file in {key.file for key in counts} if is_gone(file, path)}
    return {key: number for key, number in counts.items() if key.file not in gone}


def _path(options: Options) -> str:
    """The baseline of the command line, else the one configured for the current folder, else the usual one."""
    found = options.baseline or configuration(options).baseline
    return os.path.relpath(found) if found else NAME


def _told(before: Counts, after: Counts, path: str) -> str:
    more = sum(max(number - before.get(key, 0), 0) for key, number in after.items())
    less = sum(max(number - after.get(key, 0), 0) for key, number in before.items())
    total, files = sum(after.values()), len({key.file for key in after})
    of_files = f" in {files} file{'s' if files > 1 else ''}" if files else ""
    return f"{path}: {total} finding{'' if total == 1 else 's'}{of_files}, {more} added, {less} taken out\n"
