"""What the program prints of a file, for pages that show it: it is run, in a folder of its own."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch


def printed(*words: str, files: dict[str, str]) -> str:
    """The output of a command line on these files. Raises ValueError where the command cannot be run (exit code 2)."""
    from llmlint.cli import run

    variables = {name: value for name, value in os.environ.items() if not name.startswith("LLMLINT_")}
    variables |= {"NO_COLOR": "1", "COLUMNS": "120"}
    out = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        with chdir(folder), patch.dict(os.environ, variables, clear=True), redirect_stdout(out), redirect_stderr(out):
            code = run(list(words))
    if code not in (0, 1):
        raise ValueError(f"llmlint {' '.join(words)}: exit code {code}: {out.getvalue()}")
    return out.getvalue()


def fenced(text: str, language: str = "text", title: str = "") -> str:
    """A block of a page; its fence is longer than any in the text."""
    marks = "```"
    while marks in text:
        marks += "`"
    named = f' title="{title}"' if title else ""
    return f"{marks}{language}{named}\n{text.rstrip()}\n{marks}\n"


def table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A table; bars in cells are escaped."""
    rows = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows]) + "\n"
