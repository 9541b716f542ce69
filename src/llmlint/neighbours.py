"""What readers of manifests may ask for beside their file: texts of the same repository, and none from elsewhere."""

from __future__ import annotations

import os

from llmlint.plans import Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LARGEST = 1 << 20
"""Bytes of a file that is read beside a manifest."""
MOST = 50
"""Files that are read beside one manifest."""


MOST_NAMES = 500
"""Manifests of a folder; in one that holds more nobody looks for what a file refers to."""
MOST_KEPT = 1 << 22
"""Characters of texts that are kept while one file is linted; what is asked for again beyond is read again."""
MOST_FOLDERS = 4
"""Folders of which a run keeps what it worked out, the last: files come folder by folder."""
MANIFESTS = (".yaml", ".yml", ".json")


class Run:
    """The files that a run lints, and what it has worked out of their folders."""

    def __init__(self, paths: Sequence[str] = ()) -> None:
        self._paths = paths
        self._known: frozenset[str] | None = None
        self._folders: dict[str, dict[str, Any]] = {}

    def covers(self, path: str) -> bool:
        """Whether it lints the file at a path."""
        if self._known is None:
            self._known = frozenset(map(os.path.abspath, self._paths))
        return os.path.abspath(path) in self._known

    def kept(self, folder: str) -> dict[str, Any]:
        """What was worked out of a folder, to be added to."""
        if folder not in self._folders:
            for known in list(self._folders)[: 1 - MOST_FOLDERS]:
                del self._folders[known]
            self._folders[folder] = {}
        return self._folders[folder]


def surroundings(path: str, run: Run | None = None) -> Surroundings | None:
    """What a reader may ask for beside a file; nothing for standard input."""
    if path.startswith("<"):
        return None
    folder = _Folder(os.path.dirname(path) or ".", run or Run())
    return Surroundings(path, folder.text, folder.covers, folder.names, folder.kept)


class _Folder:
    """Reads files by their path from a folder, as long as they lie in its repository."""

    def __init__(self, folder: str, run: Run) -> None:
        self.folder = folder
        self.run = run
        self.read: dict[str, str | None] = {}
        self.asked = 0
        """Files that are no manifests of the folder, and were looked for."""
        self.held = 0
        """Characters of all texts that are kept."""
        self.root: str | None = None

    def covers(self, name: str) -> bool:
        """Whether the run lints the file of that name too."""
        return self.run.covers(os.path.join(self.folder, name))

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What is worked out once for all files of the folder."""
        known = self.run.kept(self.folder)
        if name not in known:
            asked, self.asked = self.asked, MOST - MOST_NAMES
            known[name] = make()
            self.asked = asked
        return known[name]

    def names(self) -> Sequence[str]:
        """The manifests in the folder, in the order of their names; none where they are too many."""
        found: Sequence[str] = self.kept("names", self._names)
        return found

    def _names(self) -> Sequence[str]:
        try:
            found = sorted(name for name in os.listdir(self.folder) if name.endswith(MANIFESTS))
        except OSError:
            return ()
        return found if len(found) <= MOST_NAMES else ()

    def text(self, name: str) -> str | None:
        """The text of a file; None where it is not there, too large, no regular file, or outside the repository."""
        if name in self.read:
            return self.read[name]
        if name not in self.names():
            self.asked += 1
        text = self._text(name) if self.asked <= MOST else None
        if text is None or self.held + len(text) <= MOST_KEPT:
            self.read[name] = text
            self.held += len(text or "")
        return text

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
