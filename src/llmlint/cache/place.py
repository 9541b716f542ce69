"""The folder that results are kept in: the user's own, that nobody else can read or write, outside of repositories."""

from __future__ import annotations

import contextlib
import os
import stat

from llmlint.discovery import reason, repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "llmlint"
SECRET = "key"
"""The file that holds what hashes are keyed with."""
TAG = "CACHEDIR.TAG"
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by llmlint; backups may leave it out.\n"
"""As bford.info/cachedir has it."""
LENGTH = 32
"""Bytes of the secret."""


class NoPlace(Exception):
    """Why there is no folder that may be used."""


def folder(environment: Mapping[str, str]) -> str:
    """Where it is: $XDG_CACHE_HOME/llmlint, else ~/.cache/llmlint. Raises `NoPlace` where there is no such place."""
    if not hasattr(os, "geteuid") or not hasattr(os, "O_NOFOLLOW"):
        raise NoPlace("this system has no owners of files")
    base = environment.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the specification has it so
        home = environment.get("HOME", "")
        if not os.path.isabs(home):
            raise NoPlace("neither XDG_CACHE_HOME nor HOME names a folder")
        base = os.path.join(home, ".cache")
    return os.path.join(os.path.normpath(base), NAME)


def prepared(path: str, linted: Iterable[str] = ()) -> bytes:
    """The secret of the folder, which is made where it is not there. Raises `NoPlace`.

    `linted`: folders whose repositories it must not lie in, since these may bring one along.
    """
    try:
        real = os.path.join(os.path.realpath(path), "")
        for one in linted:
            if real.startswith(repository(one)):
                raise NoPlace(f"{path} lies in what is linted")
        _make(path)
        check(path)
        return _secret(path)
    except (OSError, ValueError) as error:
        raise NoPlace(f"{path}: {reason(error)}") from None


def _make(path: str) -> None:
    base = os.path.dirname(path)
    os.makedirs(base, mode=0o700, exist_ok=True)
    status = os.stat(base)
    if status.st_mode & stat.S_IWOTH:
        raise NoPlace(f"{base} can be written by everybody")
    if os.path.lexists(path):
        return
    if status.st_uid != os.geteuid():
        raise NoPlace(f"{base} is somebody else's")
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    write(path, TAG, SIGNATURE)


def check(path: str) -> None:
    """Raise `NoPlace` where a folder is not the user's alone, and `OSError` where it is not there."""
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        raise NoPlace(f"{path} is no folder, or a link to one")
    if status.st_uid != os.geteuid():
        raise NoPlace(f"{path} is somebody else's")
    if status.st_mode & 0o077:
        raise NoPlace(f"{path} is open to others (chmod 700 closes it)")


def _secret(path: str) -> bytes:
    held = read(os.path.join(path, SECRET), LENGTH)
    if held is None or len(held) != LENGTH:
        held = os.urandom(LENGTH)
        write(path, SECRET, held)
        held = read(os.path.join(path, SECRET), LENGTH) or held  # of another run, if it was there first
    return held


def read(path: str, most: int) -> bytes | None:
    """The bytes of a file that is the user's alone; None where there is none, or another kind, or a larger one."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(handle)
        sound = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
        if not sound or status.st_size > most:
            return None
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most)
    except OSError:
        return None
    finally:
        os.close(handle)


def write(path: str, name: str, *parts: bytes) -> None:
    """Put a file in the place of what has its name, whole or not at all; raises `OSError`."""
    temporary = os.path.join(path, f".{os.getpid()}-{os.urandom(4).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        os.replace(temporary, os.path.join(path, name))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
