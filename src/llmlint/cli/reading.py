"""Facts of the deployments in files, for the commands that show them instead of judging."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from llmlint.cli import discovery
from llmlint.cli.options import Options
from llmlint.cli.settings import Checkings
from llmlint.facts import Facts
from llmlint.finding import Finding
from llmlint.lint import all_facts, read_plans


def facts_of(options: Options) -> Iterator[tuple[str, Sequence[Facts], Sequence[Finding]]]:
    """File by file: its name, the facts of its deployments, and what keeps it from being read.

    Raises what `discovery` and `settings` raise.
    """
    checkings = Checkings(options)
    for path, named, data in texts(options.paths, options.stdin_filename):
        checking = checkings.of(path)
        read = read_plans(data, path, named=named)
        if not read.passed_over:
            yield path, all_facts(read.plans, checking.settings.catalogue, path), read.findings


def texts(paths: Sequence[str], stdin_filename: str | None) -> Iterator[tuple[str, bool, bytes]]:
    """Name, whether it was named, and bytes of each file; `-` is standard input and stands alone."""
    if "-" in paths:
        if len(paths) > 1:
            raise discovery.Unreadable("-: standard input cannot be mixed with files")
        yield stdin_filename or "<stdin>", True, sys.stdin.buffer.read(discovery.MAX_BYTES + 1)
        return
    for found in discovery.find(paths):
        yield found.path, found.named, discovery.read(found.path)
