"""The entries of one file of the cache: a line each, of which none is believed that does not fit its checksum."""

from __future__ import annotations

import os
import time

from llmlint.cache import place
from llmlint.cache.hashing import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = b"llmlint results 1"
KEY = 32
"""Characters of a key."""
LARGEST = 64 << 20
"""Bytes of a file of entries; what was not used for the longest time goes first."""
LONGEST = 1 << 20
"""Bytes of an entry: what a file says that is longer is found again."""
LARGEST_OF_ALL = 256 << 20
"""Bytes of all files of entries together."""
DAYS = 30
"""After which an entry goes that is not used."""
DAY = 86_400
CHECKSUM = 12
"""Bytes."""


def today() -> int:
    """The number of the day."""
    return int(time.time()) // DAY


class Store:
    """Entries by their keys: what was asked for beside the file, and what was found."""

    def __init__(self, folder: str, name: str, secret: bytes) -> None:
        self._folder, self._name = folder, name
        self._checksum = blake2b(key=secret, digest_size=CHECKSUM)
        self._day = b"%d" % today()
        self._new: dict[bytes, bytes] = {}
        data = place.read(os.path.join(folder, name), LARGEST) or b""
        head, *lines = data.split(b"\n")
        self._lines = {line[:KEY]: line for line in lines if line} if head == HEAD else {}
        """Whole lines: key, what was asked, what was found, checksum, day."""

    def get(self, key: bytes) -> tuple[bytes, bytes] | None:
        """What was asked and what was found under a key; None where there is no such entry, or no sound one."""
        line = self._lines.get(key)
        if line is None:
            return None
        parts = line.split(b"\t")
        if len(parts) != 5 or parts[3] != self._sum(parts[0], parts[1], parts[2]):
            return None
        return parts[1], parts[2]

    def is_fresh(self, key: bytes) -> bool:
        """Whether an entry that is there was used today already."""
        return self._lines[key].endswith(b"\t" + self._day)

    def add(self, key: bytes, asked: bytes, found: bytes) -> None:
        """Keep an entry. Neither part holds a tab or a line break."""
        if len(found) + len(asked) <= LONGEST:
            self._new[key] = b"\t".join((key, asked, found, self._sum(key, asked, found), self._day))

    def use(self, key: bytes) -> None:
        """Note that an entry was of use today."""
        line = self._lines.get(key)
        if line is not None:
            self._new[key] = line[: line.rfind(b"\t") + 1] + self._day

    def write(self) -> None:
        """Write what is new to the disk, if anything is; raises `OSError`."""
        if not self._new:
            return
        kept = [line for key, line in self._lines.items() if key not in self._new and self._is_young(line)]
        lines = [*kept, *self._new.values()]
        size = sum(map(len, lines)) + len(lines)
        if size > LARGEST - len(HEAD):
            lines = _latest(lines, LARGEST // 2)
        place.write(self._folder, self._name, HEAD, b"\n", *(line + b"\n" for line in lines))
        _tidy(self._folder)

    def _is_young(self, line: bytes) -> bool:
        return self._used(line) > int(self._day) - DAYS

    @staticmethod
    def _used(line: bytes) -> int:
        return _number(line[line.rfind(b"\t") + 1 :])

    def _sum(self, key: bytes, asked: bytes, found: bytes) -> bytes:
        taken = self._checksum.copy()
        taken.update(key + b"\t" + asked + b"\t" + found)
        return taken.hexdigest().encode()


def _number(text: bytes) -> int:
    """A number of days; 0 for what is none."""
    return int(text) if text.isdigit() and len(text) < 8 else 0


def _latest(lines: list[bytes], room: int) -> list[bytes]:
    """The lines that were used or added last, as far as they fit."""
    ordered = sorted(range(len(lines)), key=lambda one: (Store._used(lines[one]), one), reverse=True)
    kept = []
    for one in ordered:
        room -= len(lines[one]) + 1
        if room < 0:
            break
        kept.append(one)
    return [lines[one] for one in sorted(kept)]


def is_store(name: str) -> bool:
    """Whether a file of the folder holds entries."""
    return len(name) == KEY and not name.strip("0123456789abcdef")


def is_ours(name: str) -> bool:
    """Whether a file of the folder was made by this package."""
    return is_store(name) or name in (place.SECRET, place.TAG) or (name.startswith(".") and "-" in name)


def _tidy(folder: str) -> None:
    """Take away what nobody has used for long, and the oldest where all together is too much."""
    now, found = time.time(), []
    with os.scandir(folder) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if entry.name.startswith(".") and is_ours(entry.name) and now - status.st_mtime > DAY:
                os.unlink(entry.path)
            elif is_store(entry.name):
                found.append((status.st_mtime, status.st_size, entry.path))
    for path in _outdated(found, now):
        os.unlink(path)


def _outdated(found: Iterable[tuple[float, int, str]], now: float) -> list[str]:
    """Paths of files to take away, of time, size and path of all."""
    left, gone = LARGEST_OF_ALL, []
    for changed, size, path in sorted(found, reverse=True):
        left -= size
        if left < 0 or now - changed > DAYS * DAY:
            gone.append(path)
    return gone
