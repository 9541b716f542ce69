"""What a kustomization puts together: the files of its resources, those of the folders that it names among them, and
ConfigMaps that it makes of files and literals."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from llmlint.readers.kubernetes.kustomize import NAMES
from llmlint.readers.values import items, text
from llmlint.tuples import NamedTuple

DEEPEST = 4
"""Kustomizations in kustomizations."""
MOST_FILES = 500
"""Of one kustomization."""
MOST_FOLDERS = 100
"""Kustomizations that are read for one; a folder that several name counts each time that its namespace is another."""
LARGEST = 1 << 16
"""Characters of a kustomization; larger ones are not looked at."""
MOST_ENTRIES = 200
"""ConfigMaps of a kustomization, and entries of each."""
ENDINGS = (".yaml", ".yml", ".json")
RESOURCES = ("resources", "bases", "components")
PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")


class Entry(NamedTuple):
    """An entry of a ConfigMap that a kustomization makes."""

    key: str
    """Empty for a file of variables, each of which is an entry."""
    file: str
    """That holds the value; the kustomization for a literal."""
    value: str | None = None
    """Of a literal."""


class Together(NamedTuple):
    """The files that a kustomization puts together."""

    resources: dict[str, str | None]
    """By their path, the namespace that it gives their objects: empty for their own, None where there are several."""
    patches: frozenset[str] = frozenset()
    """Files of which it only takes what they change."""
    made: Mapping[str, tuple[Entry, ...]] = {}
    """ConfigMaps that it makes, by their names; those that it makes twice are left out."""

    @property
    def files(self) -> frozenset[str]:
        """All of them."""
        return self.patches.union(self.resources)


NOTHING = Together({})


def put_together(folder: str, read: Callable[[str], str | None]) -> Together:
    """The files that the kustomization of a folder names; nothing where there is none. `read`: the text of a file."""
    found = _Found(read)
    found.add(folder, "", 0)
    return Together(found.resources, frozenset(found.patches), found.made)


class _Found:
    """What is named so far."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self.resources: dict[str, str | None] = {}
        self.patches: set[str] = set()
        self.made: dict[str, tuple[Entry, ...]] = {}
        self._known: set[tuple[str, str]] = set()

    def add(self, folder: str, namespace: str, depth: int) -> bool:
        """Add the files of a folder's kustomization; false where it has none. `namespace`: of the one that names it."""
        if (folder, namespace) in self._known or len(self._known) >= MOST_FOLDERS:
            return True
        file, data = _kustomization(folder, self._read) if depth <= DEEPEST else ("", None)
        if data is None:
            return False
        self._known.add((folder, namespace))
        self._make(folder, file, data)
        own = namespace or text(data, "namespace") or ""
        for name in [name for key in RESOURCES for name in items(data, key)][:MOST_FILES]:
            if isinstance(name, str) and "://" not in name and len(self.resources) < MOST_FILES:
                path = posixpath.normpath(posixpath.join(folder, name))
                if name.endswith(ENDINGS) or not self.add(path, own, depth + 1):
                    self.resources[path] = own if self.resources.get(path, own) == own else None
        named = [text(one, "path") if isinstance(one, dict) else one for key in PATCHES for one in items(data, key)]
        patches = [one for one in named[:MOST_FILES] if isinstance(one, str) and "\n" not in one]
        self.patches.update(posixpath.normpath(posixpath.join(folder, one)) for one in patches)
        return True

    def _make(self, folder: str, file: str, data: Any) -> None:
        """Add the ConfigMaps that it makes; one of a name that is there already says another thing of it."""
        for one in items(data, "configMapGenerator")[:MOST_ENTRIES]:
            name = text(one, "name")
            if name is not None:
                self.made[name] = () if name in self.made else tuple(_entries(folder, file, one))


def _entries(folder: str, file: str, data: Any) -> Iterator[Entry]:
    for literal in items(data, "literals")[:MOST_ENTRIES]:
        key, equals, value = literal.partition("=") if isinstance(literal, str) else ("", "", "")
        if equals:
            yield Entry(key, file, value.strip("'\""))
    for named in items(data, "files")[:MOST_ENTRIES]:
        key, equals, path = named.partition("=") if isinstance(named, str) else ("", "", "")
        path = path if equals else key
        if path:
            yield Entry(key if equals else posixpath.basename(path), posixpath.normpath(posixpath.join(folder, path)))
    for named in [*items(data, "envs")[:MOST_ENTRIES], text(data, "env")]:
        if isinstance(named, str):
            yield Entry("", posixpath.normpath(posixpath.join(folder, named)))


def _kustomization(folder: str, read: Callable[[str], str | None]) -> tuple[str, Any]:
    """The file of a folder's kustomization, and what it says; None where there is none."""
    from llmlint import document

    for name in NAMES:
        file = posixpath.join(folder, name) if folder else name
        written = read(file)
        if written is not None and len(written) > LARGEST:
            return "", None
        if written is not None:
            documents = document.read(written.encode("utf-8", "replace")).documents
            return file, documents[0].data if documents and isinstance(documents[0].data, dict) else None
    return "", None
