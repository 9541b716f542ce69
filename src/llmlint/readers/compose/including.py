"""Services that another file includes together with a second file that goes on about them: parts of what runs."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llmlint.readers.compose.interpolation import of_project
from llmlint.readers.compose.others import ENDINGS, Others, mentioning, seen_from
from llmlint.readers.compose.project import included

if TYPE_CHECKING:
    from llmlint.unit import Unit

ABOVE = tuple(f"../{stem}{ending}" for stem in ("compose", "docker-compose") for ending in ENDINGS)
"""Where a file of a subfolder is included from."""


def parts_elsewhere(others: Others) -> set[str]:
    """Services of the file that is linted, of which a second file of the same entry of an `include` says more."""
    file = posixpath.basename(others.surroundings.file.replace("\\", "/"))
    found: set[str] = set()
    for files in _entries(others, file) if file else ():
        found |= shared(files, file, others)
    return found


def shared(files: Sequence[str], file: str, others: Others) -> set[str]:
    """Services of a file of an entry that another file of it has too."""
    own = others.services(file).keys()
    return {name for other in files if other != file for name in others.services(other) if name in own}


def as_parts(units: Sequence[Unit], names: set[str]) -> None:
    """Blame services of these names for nothing that they leave out."""
    for unit in units:
        unit.fragment = unit.fragment or unit.name.removeprefix("services.") in names


def _entries(others: Others, file: str) -> Iterator[tuple[str, ...]]:
    """The files of every entry that names this one beside another, seen from here; what includes it comes first."""
    for name in (*mentioning(others.surroundings, "include"), *ABOVE):
        written = others.surroundings.text(name) if name != file else None
        if written is None or "include" not in written or file not in written:
            continue
        document = others.document(name)
        if document is None:
            continue
        inner, folder = Others(seen_from(others.surroundings, name)), posixpath.dirname(name)
        here = _folder(others) if folder else ""
        for entry in included(document, inner, of_project(inner.surroundings)):
            seen = tuple(_from_here(one, here) for one in entry.files)
            if len(seen) > 1 and file in seen:
                yield seen


def _folder(others: Others) -> str:
    """The name of the folder that the file is in."""
    return os.path.basename(os.path.dirname(os.path.abspath(others.surroundings.file)))


def _from_here(path: str, folder: str) -> str:
    """A path of a file above as it is named in the folder that the file is in."""
    if not folder:
        return path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else f"../{path}"
