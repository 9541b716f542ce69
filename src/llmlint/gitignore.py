"""Leaves out what `.gitignore` leaves out: the file of each folder for what lies under it, the deepest last.

Loaded where a folder that is linted lies in a repository. The patterns are matched by pathspec, as git does it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".gitignore"
LARGEST = 1 << 16
"""Bytes of a file of patterns that are read."""
MOST_PATTERNS = 2_000
"""Of a file, each of which is held against every path."""
MOST_STARS, MOST_DEEP = 2, 2
"""`*` in one name of a pattern, and `**` in all of it. pathspec makes regular expressions of them, that take the length
of a path to the power of their number: thirty stars never end. A pattern with more leaves nothing out."""


class Ignored:
    """Tells which paths of a repository are left out."""

    def __init__(self, root: str) -> None:
        self.root = root
        """Of the repository, with a separator at its end; no file above it counts."""
        self._specs: dict[str, GitIgnoreSpec | None] = {}

    def __call__(self, path: str, *, folder: bool) -> bool:
        """Whether a file or folder is left out by itself; what lies in a folder that is, is not asked for."""
        real = os.path.abspath(path)
        if not real.startswith(self.root):
            return False
        verdict = False
        for base in self._bases(os.path.dirname(real)):
            spec = self._spec(base)
            if spec is None:
                continue
            relative = os.path.relpath(real, base).replace(os.sep, "/") + ("/" if folder else "")
            found = spec.check_file(relative).include
            verdict = verdict if found is None else found
        return verdict

    def _bases(self, folder: str) -> list[str]:
        """Folders from the root of the repository down to one."""
        root = self.root.rstrip(os.sep)
        bases = [folder]
        while bases[-1] != root and len(bases[-1]) > len(root):
            bases.append(os.path.dirname(bases[-1]))
        return bases[::-1]

    def _spec(self, base: str) -> GitIgnoreSpec | None:
        if base not in self._specs:
            self._specs[base] = _read(os.path.join(base, NAME))
        return self._specs[base]


def _read(path: str) -> GitIgnoreSpec | None:
    if not os.path.isfile(path):
        return None
    from pathspec import GitIgnoreSpec

    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(LARGEST).splitlines()[:MOST_PATTERNS]
        return GitIgnoreSpec.from_lines(line for line in lines if _is_bounded(line))
    except (OSError, ValueError):
        return None


def _is_bounded(pattern: str) -> bool:
    """Whether a pattern is held against a path in little time, whatever the path."""
    names = pattern.split("/")
    deep = sum("**" in name for name in names)
    return deep <= MOST_DEEP and all(name.replace("**", "*").count("*") <= MOST_STARS for name in names)
