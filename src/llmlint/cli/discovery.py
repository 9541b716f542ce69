"""Finds the files that a run looks at: those named, those in named folders, those that globs match."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from llmlint.document import MAX_BYTES

ENDINGS = (".yaml", ".yml", ".json")
SKIPPED = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".terraform"})


class Unreadable(Exception):
    """A path that was named and cannot be read."""


class Found(NamedTuple):
    """A file to look at."""

    path: str
    named: bool
    """Named by the user: linted whatever it looks like."""


def find(paths: Sequence[str]) -> Iterator[Found]:
    """Every file once, in the order of the arguments, those of a folder sorted; raises `Unreadable`."""
    seen: set[str] = set()
    for path in paths:
        for found in _expand(path):
            key = os.path.normpath(found.path)
            if key not in seen:
                seen.add(key)
                yield found


def _expand(path: str) -> Iterator[Found]:
    if os.path.isdir(path):
        yield from (Found(file, False) for file in _walk(path))
    elif os.path.lexists(path):
        yield Found(path, True)
    elif any(character in path for character in "*?["):
        yield from _glob(path)
    else:
        raise Unreadable(f"{path}: no such file or folder")


def _glob(pattern: str) -> Iterator[Found]:
    import glob

    matches = sorted(glob.glob(pattern, recursive=True))
    if not matches:
        raise Unreadable(f"{pattern}: nothing matches")
    for match in matches:
        yield from _expand(match)


def _walk(folder: str) -> Iterator[str]:
    """Files with a fitting name, sorted; links to folders are not followed, so that a tree ends."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(files):
            if name.endswith(ENDINGS):
                yield os.path.normpath(os.path.join(here, name)) if folder == "." else os.path.join(here, name)


def read(path: str) -> bytes:
    """The bytes of a regular file, one more than the cap at most; raises `Unreadable`."""
    try:
        # Not blocking: opening a FIFO that nobody writes to would wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {_reason(error)}") from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable(f"{path}: not a regular file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path}: {_reason(error)}") from None
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
