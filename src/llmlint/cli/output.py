"""Writes a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from typing import IO


@contextlib.contextmanager
def replaced(path: str) -> Iterator[IO[str]]:
    """A text file that takes the place of `path` when it is complete; on an error `path` stays as it was.

    A device or pipe is written to as it is: putting a file in the place of /dev/null would break the machine. A link
    is replaced, not followed, so that nothing is written where the name does not say.
    """
    if _is_device(path):
        with open(path, "w", encoding="utf-8", newline="\n") as out:
            yield out
        return
    if os.path.isdir(path) or not os.path.basename(path):
        raise IsADirectoryError("is a directory")
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(prefix=".llmlint-", dir=folder)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as out:
            yield out
        mode = os.stat(path).st_mode if os.path.exists(path) else 0o666 & ~_umask()
        os.chmod(temporary, mode & 0o7777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _is_device(path: str) -> bool:
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):
        return True  # /dev/stdout is a link, to a regular file where output is redirected
    return os.path.exists(path) and not os.path.isdir(path) and not stat.S_ISREG(os.stat(path).st_mode)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
