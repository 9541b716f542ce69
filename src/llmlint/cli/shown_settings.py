"""`--show-settings`: what the files of a run are checked with, and which line of which file says so."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from llmlint.cli.options import Options
from llmlint.compiled.rules import RULES
from llmlint.config import Config, load
from llmlint.finding import Path
from llmlint.reading import texts
from llmlint.reports.printable import printable, printable_file
from llmlint.settings import Checking, Checkings, team_rules

KEYS = ("extends", "select", "ignore", "severity", "parameters", "rules", "catalogue", "machines", "exclude")


def show_settings(options: Options) -> int:
    """Write them for each configuration that files of the run have; nothing is linted."""
    checkings = Checkings(options)
    files: dict[str | None, list[str]] = {}
    found: dict[str | None, Checking] = {}
    for text in texts(options, checkings):
        file = text.checking.config.file
        files.setdefault(file, []).append(text.path)
        found.setdefault(file, text.checking)
    for file, checking in found.items():
        sys.stdout.writelines(f"{line}\n" for line in _lines(files[file], checking, options))
    return 0


def _lines(paths: list[str], checking: Checking, options: Options) -> Iterator[str]:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    yield f"{printable_file(paths[0])}{more}"
    if checking.config.file is None:
        yield "  no configuration"
    else:
        own = load(checking.config.file)  # as it is written, without what it extends
        for config in (*own.bases, own):
            yield from _written(config)
    for name in ("select", "ignore", "rules", "catalogue", "baseline", "since", "machine"):
        value = getattr(options, name)
        if value:
            shown = value if isinstance(value, str) else ", ".join(value)
            yield f"  --{name} {printable(shown)}"
    total = len(RULES) + len(team_rules((*checking.config.rules, *options.rules), RULES))
    yield f"  {len(checking.settings.rules)} of {total} rules are checked; the run fails from: {checking.fail_on}"


def _written(config: Config) -> Iterator[str]:
    name = printable_file(os.path.relpath(config.file or ""))
    if config.fail_on is not None or config.fail_never:
        yield f"  {name}:{config.span(('fail-on',)).line}  fail-on: {config.fail_on or 'never'}"
    for place, shown in _entries(config):
        yield f"  {name}:{config.span(place).line}  {place[0]}: {printable(shown)}"


def _entries(config: Config) -> Iterator[tuple[Path, str]]:
    """What a configuration says, each with its place."""
    for key in KEYS:
        value = getattr(config, key)
        if key == "parameters":
            for selector, figures in value.items():
                for name, figure in figures.items():
                    yield (key, selector, name), f"{selector} {name}: {_plain(figure)}"
        elif key == "severity":
            yield from (((key, selector), f"{selector}: {level}") for selector, level in value.items())
        elif key == "machines":
            yield from (((key, selector), selector) for selector, _ in value)
        elif key == "extends":
            yield from (((key, index), _pack(*one)) for index, one in enumerate(value))
        else:
            paths = key in ("rules", "catalogue")
            yield from (((key, index), os.path.relpath(one) if paths else one) for index, one in enumerate(value))
    if config.jobs is not None:
        yield ("jobs",), str(config.jobs)
    if config.baseline is not None:
        yield ("baseline",), os.path.relpath(config.baseline)


def _plain(figure: object) -> str:
    if isinstance(figure, dict):
        return ", ".join(f"{key} {value}" for key, value in figure.items())
    return str(figure)


def _pack(pack: str, version: str | None, sha256: str | None) -> str:
    return pack + (f" {version}" if version else "") + (f" sha256 {sha256}" if sha256 else "")
