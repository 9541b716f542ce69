"""Where a file lies in its repository: what CI services know files by."""

from __future__ import annotations

import os

from llmlint.discovery import repository


class Places:
    """Paths from the root of a repository, as they are in every run and from every folder.

    That of the current folder counts, so that a file of a submodule has its place in the whole; else the file's own;
    without any, the current folder. Links to folders are resolved: services look for the file where it is.
    """

    def __init__(self, here: str) -> None:
        self._here = os.path.join(os.path.realpath(here), "")
        root = repository(here)
        self._root = root if _is_repository(root) else ""
        self._roots: dict[str, str] = {}

    def __call__(self, file: str) -> str:
        """The path with slashes; absolute where the file lies outside of all of these."""
        real = os.path.realpath(os.path.join(self._here, file))
        for root in (self._root, self._root_of(os.path.dirname(real)), self._here):
            if root and real.startswith(root):
                return real.removeprefix(root).replace(os.sep, "/")
        return real.replace(os.sep, "/")

    def _root_of(self, folder: str) -> str:
        if folder not in self._roots:
            root = repository(folder)
            self._roots[folder] = root if _is_repository(root) else ""
        return self._roots[folder]


def _is_repository(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, ".git"))
