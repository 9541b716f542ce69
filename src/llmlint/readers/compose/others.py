"""Other files of a project: those that a Compose file names, and those that Compose reads with it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.readers.values import mapping

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.plans import Surroundings


ENDINGS = (".yaml", ".yml")
MOST_READ = 1 << 24
"""Characters of a folder's files that are looked through."""


class Others:
    """Reads the other files of a folder, each once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._documents: dict[str, Document | None] = {}

    def document(self, file: str) -> Document | None:
        """The first document of a file; None where there is none to be read."""
        if file not in self._documents:
            self._documents[file] = self._read(file)
        return self._documents[file]

    def services(self, file: str) -> Mapping[str, Any]:
        """The services of a file; empty where there is none to be read."""
        found = self.document(file)
        return mapping(found.data, "services") if found is not None else {}

    def _read(self, file: str) -> Document | None:
        written = self.surroundings.text(file)
        if written is None:
            return None
        from llmlint import document

        read = document.read(written.encode("utf-8", "replace"))
        return read.documents[0] if read.documents and isinstance(read.documents[0].data, dict) else None


def mentioning(surroundings: Surroundings, word: str) -> Sequence[str]:
    """Manifests of the folder in which a word stands: looked for once for all files of it."""

    def sought() -> Sequence[str]:
        found, left = [], MOST_READ
        for name in surroundings.names():
            text = surroundings.text(name) if left > 0 and name.endswith(ENDINGS) else None
            left -= len(text or "")
            if text is not None and word in text:
                found.append(name)
        return found

    found: Sequence[str] = surroundings.kept(f"compose {word}", sought)
    return found


def seen_from(surroundings: Surroundings, file: str) -> Surroundings:
    """What may be asked for beside another file, by paths from its folder."""
    folder = posixpath.dirname(file)

    def there(name: str) -> str:
        return posixpath.normpath(posixpath.join(folder, name))

    return surroundings._replace(
        file=posixpath.normpath(posixpath.join(posixpath.dirname(surroundings.file.replace("\\", "/")), file)),
        text=lambda name: surroundings.text(there(name)),
        covers=lambda name: surroundings.covers(there(name)),
        names=lambda: (),
        kept=lambda _, make: make(),
    )
