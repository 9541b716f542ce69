"""What a kustomization puts together: the files of its resources, those of the folders that it names among them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

from llmlint.readers.kubernetes.kustomize import NAMES
from llmlint.readers.values import items, text
from llmlint.tuples import NamedTuple

DEEPEST = 4
"""Kustomizations in kustomizations."""
MOST_FILES = 500
"""Of one kustomization."""
ENDINGS = (".yaml", ".yml", ".json")
RESOURCES = ("resources", "bases", "components")
PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")


class Together(NamedTuple):
    """The files that a kustomization puts together."""

    resources: dict[str, str | None]
    """By their path, the namespace that it gives their objects: empty for their own, None where there are several."""
    patches: frozenset[str] = frozenset()
    """Files of which it only takes what they change."""

    @property
    def files(self) -> frozenset[str]:
        """All of them."""
        return self.patches.union(self.resources)


NOTHING = Together({})


def put_together(folder: str, read: Callable[[str], str | None]) -> Together:
    """The files that the kustomization of a folder names; nothing where there is none. `read`: the text of a file."""
    found = _Found(read)
    found.add(folder, "", 0)
    return Together(found.resources, frozenset(found.patches))


class _Found:
    """What is named so far."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self.resources: dict[str, str | None] = {}
        self.patches: set[str] = set()

    def add(self, folder: str, namespace: str, depth: int) -> bool:
        """Add the files of a folder's kustomization; false where it has none. `namespace`: of the one that names it."""
        data = _kustomization(folder, self._read) if depth <= DEEPEST else None
        if data is None:
            return False
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


def _kustomization(folder: str, read: Callable[[str], str | None]) -> Any:
    from llmlint import document

    for name in NAMES:
        written = read(posixpath.join(folder, name) if folder else name)
        if written is not None:
            documents = document.read(written.encode("utf-8", "replace")).documents
            return documents[0].data if documents and isinstance(documents[0].data, dict) else None
    return None
