"""The parts of written pages that the program writes itself: its own output, and the list of rules."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGES = ("README.md", "docs/rules.md")
OUTPUT = re.compile(r"(<!-- output of: llmlint (.*?) -->\n```text\n).*?(```\n<!-- end -->)", re.DOTALL)
RULE_LIST = re.compile(r"(<!-- rules -->\n).*?(<!-- end -->)", re.DOTALL)


def generated(root: Path) -> dict[str, bytes]:
    """The pages with their generated parts made anew."""
    return {page: _page(root, page).encode() for page in PAGES}


def _page(root: Path, page: str) -> str:
    text = (root / page).read_text(encoding="utf-8")
    text = OUTPUT.sub(lambda found: f"{found[1]}{_output(root, found[2])}{found[3]}", text)
    return RULE_LIST.sub(lambda found: f"{found[1]}{_rules()}{found[2]}", text)


def _output(root: Path, arguments: str) -> str:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONPATH": str(root / "src")}
    environment = {name: value for name, value in environment.items() if not name.startswith("LLMLINT_")}
    command = [sys.executable, "-m", "llmlint", *arguments.split()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=root, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"llmlint {arguments}: exit code {done.returncode}: {done.stderr}")
    return done.stdout


def _rules() -> str:
    from llmlint.compiled.rules import RULES

    lines = ["| rule | severity | what it finds |\n|---|---|---|\n"]
    lines += [f"| `{one.id}` | {one.severity} | {one.summary} |\n" for one in RULES]
    return "".join(lines)
