"""Runs the commands of a page in a scratch folder, and compares what they print with what the page shows."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from llmlint.cli import run
from llmlint.resources import CHECKOUT

ROOT = Path(CHECKOUT)
LEFT_OUT = "…"
"""A line of its own: any number of lines that are not shown; at the end of one: the rest of that line."""
FOR_A_SHELL = re.compile(r"[|&;<>$`*?~(){}]|^\w+=|\\$")
PROGRAMS = frozenset({"llmlint", "git", "cat", "cp", "mkdir", "rm", "ls", "echo", "sed", "python", "patch"})
"""What a page may run: tools that every machine of a developer has."""
VARIABLES = {
    "NO_COLOR": "1",
    "COLUMNS": "120",
    "LC_ALL": "C.UTF-8",
    "PYTHONPATH": str(ROOT / "src"),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "You",
    "GIT_AUTHOR_EMAIL": "you@example.org",
    "GIT_COMMITTER_NAME": "You",
    "GIT_COMMITTER_EMAIL": "you@example.org",
}


class Command(NamedTuple):
    """A command of a transcript and what is shown below it."""

    line: str
    shown: tuple[str, ...]


def commands(text: str) -> list[Command]:
    """The commands of a block: lines that begin with `$ `, with the lines that continue them, each with its output."""
    found: list[tuple[list[str], list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif found and not found[-1][1] and found[-1][0][-1].endswith("\\"):
            found[-1][0].append(line)
        elif found:
            found[-1][1].append(line)
        else:
            raise AssertionError(f"output before a command: {line!r}")
    return [Command("\n".join(words), tuple(shown)) for words, shown in found]


class Scratch:
    """A folder in which a page's commands are run, with the examples in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = 0
        self.programs = folder.with_name(f"{folder.name}-programs")
        self.programs.mkdir()
        program = self.programs / "llmlint"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m llmlint "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def write(self, name: str, text: str) -> None:
        """Write a file that the page shows."""
        path = self.folder / name
        assert path.resolve().is_relative_to(self.folder.resolve()), name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")

    def printed(self, line: str) -> str:
        """What a command prints, on both streams; its exit code is kept for `echo $?`."""
        if line == "echo $?":
            return f"{self.code}\n"
        first = shlex.split(line, comments=True)
        if first[0] == "llmlint" and not FOR_A_SHELL.search(line):
            return self._here(first[1:])
        return self._by_a_shell(line)

    def _here(self, words: list[str]) -> str:
        out = io.StringIO()
        with (
            chdir(self.folder),
            patch.dict(os.environ, self._variables(), clear=True),
            patch.object(sys, "stdin", io.StringIO()),
            redirect_stdout(out),
            redirect_stderr(out),
        ):
            self.code = run(words)
        return out.getvalue()

    def _by_a_shell(self, line: str) -> str:
        foreign = programs_of(line) - PROGRAMS
        assert not foreign, f"a page runs {', '.join(foreign)}: mark the block `<!-- not run: … -->`"
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=self.folder,
            env=self._variables(),
            timeout=60,
            check=False,
        )
        self.code = done.returncode
        return done.stdout

    def _variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LLMLINT_", "GITHUB_", "CI"))}
        return kept | VARIABLES | {"PATH": f"{self.programs}{os.pathsep}{kept.get('PATH', '')}"}


def programs_of(line: str) -> set[str]:
    """The programs that a line of a shell starts, as far as pages go: between pipes, inside `$(…)`."""
    plain = re.sub(r"'[^']*'|\"[^\"$]*\"", "''", line.replace("\\\n", " "))
    parts = (part.split() for part in re.split(r"[|;&]+|\$\(|\)", plain))
    words = ([word for word in part if not re.match(r"\w+=", word)] for part in parts)
    return {found[0] for found in words if found and re.match(r"[a-z.]", found[0])}


def matches(shown: tuple[str, ...], printed: str) -> bool:
    """Whether a page shows what was printed, but for what it says it leaves out."""
    lines = "\n".join(shown).rstrip("\n").split("\n") if any(shown) else []
    return re.fullmatch("".join(map(_pattern, lines)), _trimmed(printed)) is not None


def _pattern(line: str) -> str:
    if line.strip() == LEFT_OUT:
        return r"(?:[^\n]*\n)*?"
    whole = re.escape(line.removesuffix(f" {LEFT_OUT}").rstrip())
    return f"{whole}[^\\n]*\\n" if line.endswith(f" {LEFT_OUT}") else f"{whole}\\n"


def made(command: Command, printed: str) -> str:
    """A command and its output as a page shows them: as they were, where they are still right."""
    if matches(command.shown, printed):
        return "\n".join([f"$ {command.line}", *command.shown])
    spaced = [""] if command.shown and not command.shown[-1] else []
    return "\n".join([f"$ {command.line}", *_trimmed(printed).splitlines(), *spaced])


def _trimmed(printed: str) -> str:
    """Without blanks at the ends of lines, and without blank lines at the end, which pages do not show."""
    text = "\n".join(line.rstrip() for line in printed.splitlines()).rstrip("\n")
    return f"{text}\n" if text else ""
