"""What readers of manifests may ask for beside their file: texts of the same repository, and none from elsewhere."""

from __future__ import annotations

import os

from llmlint.plans import Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 1 << 20
"""Bytes of a file that is read beside a manifest."""
MOST = 50
"""Files that are read beside one manifest."""


MOST_NAMES = 200
"""Manifests of a folder that are looked into for what a file refers to."""
MANIFESTS = (".yaml", ".yml")


class Run:
    """The files that a run lints."""

    def __init__(self, paths: Sequence[str] = ()) -> None:
        self._paths = paths
        self._known: frozenset[str] | None = None

    def covers(self, path: str) -> bool:
        """Whether it lints the file at a path."""
        if self._known is None:
            self._known = frozenset(map(os.path.abspath, self._paths))
        return os.path.abspath(path) in self._known


def surroundings(path: str, run: Run | None = None) -> Surroundings | None:
    """What a reader may ask for beside a file; nothing for standard input."""
    if path.startswith("<"):
        return None
    folder = _Folder(os.path.dirname(path) or ".", run or Run())
    return Surroundings(path, folder.text, folder.covers, folder.names)


class _Folder:
    """Reads files by their path from a folder, as long as they lie in its repository."""

    def __init__(self, folder: str, run: Run) -> None:
        self.folder = folder
        self.run = run
        self.read: dict[str, str | None] = {}
        self.root: str | None = None

    def covers(self, name: str) -> bool:
        """Whether the run lints the file of that name too."""
        return self.run.covers(os.path.join(self.folder, name))

    def names(self) -> Sequence[str]:
        """The manifests in the folder, in the order of their names."""
        try:
            found = sorted(name for name in os.listdir(self.folder) if name.endswith(MANIFESTS))
        except OSError:
            return ()
        return found[:MOST_NAMES]

    def text(self, name: str) -> str | None:
        """The text of a file; None where it is not there, too large, no regular file, or outside the repository."""
        if name not in self.read:
            self.read[name] = self._text(name) if len(self.read) < MOST else None
        return self.read[name]

    def _text(self, name: str) -> str | None:
        from llmlint.discovery import Unreadable, read, repository

        if os.path.isabs(name) or "\0" in name:
            return None
        path = os.path.join(self.folder, name)
        if not os.path.isfile(path):
            return None
        self.root = self.root or repository(self.folder)
        if not os.path.realpath(path).startswith(self.root) or os.path.getsize(path) > LARGEST:
            return None
        try:
            return read(path).decode("utf-8", errors="replace")
        except Unreadable:
            return None
