"""Objects of other files as the one that is linted sees them: places in them are those of what names them here."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from llmlint.readers.dotenv import entries
from llmlint.readers.kubernetes.folder import folder
from llmlint.readers.kubernetes.heads import MOST_OBJECTS
from llmlint.readers.kubernetes.objects import Object, objects
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.finding import Path
    from llmlint.plans import Spot, Surroundings
    from llmlint.readers.kubernetes.heads import Head

MOST_PARSED = 1 << 21
"""Characters of documents that are parsed for one file."""
MOST_LOOKED_INTO = 50
"""Objects of a kind, of those that are told from one another by what is in them."""


class Beside:
    """The files that are applied together with the one that is linted."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._file = posixpath.basename(surroundings.file.replace("\\", "/"))
        self._folder = folder(surroundings)
        self._parsed: dict[tuple[str, int], dict[tuple[Path, str, str], Object]] = {}
        """Objects by the file and the place of their document."""
        self._left = MOST_PARSED

    def named(self, kind: str, name: str, namespace: str, named_by: Spot, group: str | None = None) -> Object | None:
        """The object of a kind and name; None where no file has it, or several do. `named_by`: what names it here."""
        fitting = self._nearest(kind, namespace, lambda one: one.name == name)
        found = [one for one in fitting if group in (None, one.group)]
        return self._object(found[0], named_by) if len(found) == 1 else None

    def only(self, kind: str, namespace: str, named_by: Spot, fits: Callable[[Object], bool]) -> Object | None:
        """The only object of a kind that fits by what is in it; None where none does, or several do."""
        read = [self._object(one, named_by) for one in self._nearest(kind, namespace)[:MOST_LOOKED_INTO]]
        found = [one for one in read if one is not None and fits(one)]
        return found[0] if len(found) == 1 else None

    def services(self, namespace: str, home: Spot) -> tuple[Said[str], ...]:
        """Names of the Services that containers of a namespace find in their environment; `home` stands for them."""
        return tuple(
            Said(one.name, home._replace(elsewhere=f"{one.file}:{one.line}"))
            for one in self._nearest("Service", namespace)
            if one.group == "" and not one.unlinked
        )

    def before(self, words: Sequence[Sequence[str]]) -> list[str]:
        """Files with pods that come before this one by their names, and hold all words of one of several lists."""
        found = []
        for file in self._folder.with_pods(self._file)[:MOST_LOOKED_INTO]:
            written = self._surroundings.text(file) if file < self._file else None
            if written is not None and any(all(word in written for word in those) for those in words):
                found.append(file)
        return found

    def made(self, name: str, named_by: Spot) -> dict[str, Said[str]] | None:
        """The entries of a ConfigMap that a kustomization makes; None where none makes one of that name."""
        found: dict[str, Said[str]] = {}
        for entry in self._folder.made(name, self._file):
            written = entry.value if entry.value is not None else self._surroundings.text(entry.file)
            values = {entry.key: written or ""} if entry.key else entries(written or "")
            spot = named_by._replace(elsewhere=entry.file)
            found |= {key: Said(value, spot) for key, value in values.items() if written is not None}
        return found or None

    def seen_from(self, file: str) -> tuple[list[Document], Surroundings]:
        """The documents of a file, and what that file may ask for."""
        from llmlint import document

        written = self._surroundings.text(file) or ""
        read = document.read(written.encode("utf-8", "replace"))
        return [one for one in read.documents if isinstance(one.data, dict)], _seen_from(self._surroundings, file)

    def _nearest(self, kind: str, namespace: str, fits: Callable[[Head], bool] = lambda _: True) -> list[Head]:
        """The objects of the nearest set of files that has any."""
        for found in self._folder.of_kind(kind, self._file, namespace):
            fitting = list(filter(fits, found))
            if fitting:
                return fitting
        return []

    def _object(self, head: Head, named_by: Spot) -> Object | None:
        """The object of a head, parsed; None where the file is not any more what it was."""
        place = (head.file, head.start)
        if place not in self._parsed:
            self._parsed[place] = self._objects(head)
        one = self._parsed[place].get((head.path, head.kind, head.name))
        if one is None:
            return None
        found = Object(one.document, one.path, one.data)
        found.named_by = named_by._replace(elsewhere=head.file)
        return found

    def _objects(self, head: Head) -> dict[tuple[Path, str, str], Object]:
        """The objects of a head's document; none where too much has been parsed already."""
        from llmlint import document

        self._left -= head.end - head.start
        written = self._surroundings.text(head.file) if self._left >= 0 else None
        chunk = "\n" * head.lines + (written or "")[head.start : head.end]
        read = document.read(chunk.encode("utf-8", "replace")).documents
        held = (one for each in read if isinstance(each.data, dict) for one in islice(objects(each), MOST_OBJECTS))
        return {(one.path, one.kind, one.name): one for one in held}


def _seen_from(surroundings: Surroundings, file: str) -> Surroundings:
    """What may be asked for beside another file: one of this folder has the same, others are alone."""
    there = posixpath.normpath(posixpath.join(posixpath.dirname(surroundings.file.replace("\\", "/")), file))
    if "/" not in file:
        return surroundings._replace(file=there)
    return surroundings._replace(
        file=there, text=lambda _: None, covers=lambda _: False, names=lambda: (), kept=lambda _, make: make()
    )
