"""What all files of one configuration are checked with, as one hash: whatever changes an answer changes it."""

from __future__ import annotations

import os
import sys

from llmlint.cache.hashing import digest
from llmlint.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmlint.settings import Checking
    from llmlint.wanted import WantedOfFiles

PACKAGES = ("site-packages", "dist-packages")
"""Folders whose time changes whenever a package in them is installed, replaced or removed."""


def settings_key(checking: Checking, options: WantedOfFiles, more: Sequence[object]) -> str:
    """The hash for the files of a configuration. `more`: what else of the options counts. Raises `OSError`."""
    asked = (options.select, options.ignore, options.machine, options.today, options.isolated, *more)
    program = (__version__, sys.version, sys.platform, os.getcwd(), *installation())
    return digest(
        *(repr(one).encode("utf-8", "backslashreplace") for one in (program, asked)), *_files(checking, options)
    )


def installation() -> tuple[object, ...]:
    """What the program is made of: times of the folders of packages; of a checkout, of each of its files."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found: list[object] = [home]
    for path in sys.path:
        if os.path.basename(path) in PACKAGES:
            found.append((path, os.stat(path).st_mtime_ns if os.path.isdir(path) else None))
    if os.path.basename(os.path.dirname(home)) not in PACKAGES:
        found += _times(home)
    return tuple(found)


def _times(folder: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of each file below a folder, compiled ones aside."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _times(entry.path)
            else:
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns


def _files(checking: Checking, options: WantedOfFiles) -> Iterator[bytes]:
    """Names and bytes of all that a configuration is made of, each group behind its number."""
    config = checking.config
    layers = (*config.bases, config)
    rules = dict.fromkeys((*(path for one in layers for path in one.rules), *options.rules))
    catalogues = dict.fromkeys((*(path for one in layers for path in one.catalogue), *options.catalogue))
    for paths in ([one.file for one in layers if one.file is not None], list(_of_packs(rules)), list(catalogues)):
        yield b"%d" % len(paths)
        for path in paths:
            yield os.path.abspath(path).encode("utf-8", "surrogateescape")
            with open(path, "rb") as file:
                yield file.read()


def _of_packs(paths: dict[str, None]) -> Iterator[str]:
    if paths:
        from llmlint.rule_pack import files

        for path in paths:
            yield from files(path)
