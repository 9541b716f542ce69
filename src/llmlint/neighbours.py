"""What readers of manifests may ask for beside their file: texts of the same repository, and none from elsewhere."""

from __future__ import annotations

import os

from llmlint.plans import Surroundings

LARGEST = 1 << 20
"""Bytes of a file that is read beside a manifest."""
MOST = 50
"""Files that are read beside one manifest."""


def surroundings(path: str) -> Surroundings | None:
    """What a reader may ask for beside a file; nothing for standard input."""
    if path.startswith("<"):
        return None
    return Surroundings(path, _Folder(os.path.dirname(path) or ".").text)


class _Folder:
    """Reads files by their path from a folder, as long as they lie in its repository."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.read: dict[str, str | None] = {}
        self.root: str | None = None

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
