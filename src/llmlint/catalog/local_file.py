"""Guarded reading of model files: regular files only, never more than a header's worth of bytes, never by a map.

A memory map would end the process if somebody shortens the file meanwhile; `read` only returns less.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)  # Windows: no translation of line ends
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO must not hold us until somebody writes
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class Unreadable(Exception):
    """A model file that cannot be used; the message says why, without the file's name."""


@contextmanager
def opened(path: str) -> Iterator[tuple[BinaryIO, int]]:
    """The file and its size in bytes. Symlinks are followed (caches consist of them), but only to regular files."""
    try:
        descriptor = os.open(path, OPEN_FLAGS)
    except FileNotFoundError:
        raise Unreadable("does not exist") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the name
        raise Unreadable(f"cannot be opened ({getattr(error, 'strerror', None) or 'not a file name'})") from None
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("is not a regular file")
        try:
            yield file, state.st_size
        except OSError as error:
            raise Unreadable(f"cannot be read ({error.strerror})") from None


def read_exactly(file: BinaryIO, count: int) -> bytes:
    """The next bytes of a file; `Unreadable` where it ends before."""
    parts = []
    while count > 0:
        part = file.read(count)
        if not part:
            raise Unreadable("ends within its header")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def shown(name: str) -> str:
    """A file's name for a message, escaped where it is not plain text."""
    return name if name.isprintable() and len(name) <= 80 else repr(name[:80])


def read_small(path: str, most_bytes: int) -> bytes:
    """A whole file that is known to be small."""
    with opened(path) as (file, size):
        if size > most_bytes:
            raise Unreadable(f"has {size:,} bytes; more than {most_bytes:,} are not read")
        return read_exactly(file, size)


def parse_object(data: bytes, most_values: int) -> dict[str, Any]:
    """A JSON object, if it cannot hold more values than stated: counted before anything is built of them."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > most_values:
        raise Unreadable(f"holds more than {most_values:,} values")
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not JSON ({str(error)[:80]})") from None
    if not isinstance(parsed, dict):
        raise Unreadable("is not a JSON object")
    return parsed
