"""Writes a mended file in place of the one that was read: whole or not at all, and only if it is still that one."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile


class NotWritten(Exception):
    """Why a file was left as it is."""


def write(path: str, before: bytes, after: bytes) -> None:
    """Put `after` in the place of a file that holds `before`; raises `NotWritten`, the file then as it was.

    Links are refused: the file that one leads to may lie anywhere. Permissions and extended attributes are kept, and
    the owner where we may.
    """
    try:
        old = os.lstat(path)
        if stat.S_ISLNK(old.st_mode):
            raise NotWritten("it is a link; name the file that it leads to")
        if not stat.S_ISREG(old.st_mode):
            raise NotWritten("it is no regular file")
        if not os.access(path, os.W_OK):
            raise NotWritten("it is read-only")
        handle, temporary = tempfile.mkstemp(prefix=".llmlint-", dir=os.path.dirname(os.path.abspath(path)))
        try:
            _fill(handle, after, old)
            _keep_attributes(path, temporary)
            if not _is_unchanged(path, before, old):
                raise NotWritten("it has changed since it was read")
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise NotWritten((error.strerror or str(error)).lower()) from None


def _fill(handle: int, data: bytes, old: os.stat_result) -> None:
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
        if hasattr(os, "fchown") and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(OSError):
                os.fchown(out.fileno(), old.st_uid, old.st_gid)
        os.chmod(out.name if not hasattr(os, "fchmod") else out.fileno(), stat.S_IMODE(old.st_mode))


def _keep_attributes(path: str, new: str) -> None:
    """Extended attributes, labels of access among them, as far as the system has them and lets us."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in os.listxattr(path, follow_symlinks=False):
            with contextlib.suppress(OSError):
                os.setxattr(new, name, os.getxattr(path, name, follow_symlinks=False))


def _is_unchanged(path: str, before: bytes, old: os.stat_result) -> bool:
    """Whether a path still leads to the file that was read, with what was read in it."""
    now = os.lstat(path)
    if (now.st_dev, now.st_ino, now.st_mtime_ns) != (old.st_dev, old.st_ino, old.st_mtime_ns):
        return False
    with open(path, "rb") as file:
        return file.read(len(before) + 1) == before
