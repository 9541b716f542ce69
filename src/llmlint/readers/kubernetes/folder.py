"""Which objects of other files are applied together with those of the one that is linted.

Where a kustomization in the folder, or in the one above, names the file, they are those that it puts together; else
the others of the folder, as `kubectl apply -f FOLDER` has it, without those of a kustomization. What lies on the disk
counts, whatever the run lints, so that a file has the same findings alone, in a hook, and in a run over all.

A folder in which two files hold the same object, and not in the same words, is no set that can be applied: its files
are examples, or variants of one another. There only files without pods (claims, configuration, Services) belong to the
others. An object counts where exactly one file has it, in the same namespace; where several do, nobody knows which.

This is a step of its own, for whoever keeps answers: every manifest of the folder is read once, without parsing it, and
names and places are kept of it. The answer for a file depends on nothing else of the folder than what `Folder.key` is a
digest of: the manifests and kustomizations that were read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from llmlint.readers.kubernetes.heads import Head, heads
from llmlint.readers.kubernetes.kustomization import NOTHING, Together, put_together
from llmlint.readers.kubernetes.kustomize import NAMES

if TYPE_CHECKING:
    from llmlint.plans import Surroundings

KEPT = "kubernetes"
"""Under which name surroundings keep a folder."""
CLUSTER_WIDE = frozenset({"ClusterServingRuntime"})
"""Kinds that are in no namespace."""
READ_AS_WORKLOADS = frozenset({"InferenceService", "LLMInferenceService", "Model", "NIMService", "HelmRelease"})
"""Kinds that become pods without holding any."""
REPEATED = frozenset({"Namespace"})
"""Kinds that people write into every file that needs the object."""


class Folder:
    """The objects of a folder's manifests, and of those that its kustomizations name, by what they are called."""

    def __init__(self, files: Mapping[str, Sequence[Head]], own: Together, above: Together, key: bytes = b"") -> None:
        self._files = files
        self._sets = (own, above)
        self.key = key
        """A digest of all that this was made of."""
        plain = [one for file in files if not self._is_listed(file) and "/" not in file for one in files[file]]
        self._variants = _are_variants(plain)

    def of_kind(self, kind: str, beside: str, namespace: str) -> Iterator[list[Head]]:
        """The objects of a kind that are applied together with a file: those of the nearest set come first."""
        for together in self._sets:
            if beside in together.files:
                given = together.resources.get(beside, "")
                yield [
                    one
                    for file, of_set in together.resources.items()
                    if file != beside and of_set is not None and given is not None
                    for one in self._files.get(file, ())
                    if one.kind == kind
                    if kind in CLUSTER_WIDE or _is_same(of_set or one.namespace, given or namespace)
                ]
        if not self._is_listed(beside):
            yield [
                one
                for file, found in self._files.items()
                if file != beside and "/" not in file and not self._is_listed(file) and self._belongs(found)
                for one in found
                if one.kind == kind and (kind in CLUSTER_WIDE or _is_same(one.namespace, namespace))
            ]

    def files(self, beside: str) -> list[str]:
        """The files that hold pods and are applied together with a file: those of the nearest set."""
        sets: list[Sequence[str]] = [
            [file for file, namespace in together.resources.items() if namespace is not None]
            for together in self._sets
            if beside in together.resources
        ]
        if not self._is_listed(beside) and not self._variants:
            sets.append([file for file in self._files if "/" not in file and not self._is_listed(file)])
        return [file for file in (sets[0] if sets else ()) if any(one.has_pods for one in self._files.get(file, ()))]

    def _is_listed(self, file: str) -> bool:
        return any(file in together.files for together in self._sets)

    def _belongs(self, found: Sequence[Head]) -> bool:
        return not self._variants or not any(one.has_pods or one.kind in READ_AS_WORKLOADS for one in found)


def _is_same(namespace: str, other: str) -> bool:
    """Whether two namespaces are one; an object without any is applied to `default`, as a rule."""
    return (namespace or "default") == (other or "default")


def _are_variants(found: Sequence[Head]) -> bool:
    """Whether two files hold the same object in other words."""
    known: dict[tuple[str, str, str, str], int] = {}
    for one in found:
        if one.kind not in REPEATED:
            called = (one.group, one.kind, one.namespace, one.name)
            if known.setdefault(called, one.content) != one.content:
                return True
    return False


def folder(surroundings: Surroundings) -> Folder:
    """The folder of a file: worked out once for all files of it."""
    found: Folder = surroundings.kept(KEPT, lambda: _folder(surroundings))
    return found


def _folder(surroundings: Surroundings) -> Folder:
    digest = blake2b(digest_size=16)

    def read(file: str) -> str | None:
        text = surroundings.text(file)
        digest.update(f"{file}\0{'' if text is None else len(text)}\0{text or ''}".encode("utf-8", "surrogatepass"))
        return text

    own, above = put_together("", read), _seen_from(surroundings, put_together("..", read))
    files = [name for name in surroundings.names() if name not in NAMES]
    others = [name for together in (own, above) for name in together.resources if name not in files]
    found = {file: heads_of(file, read) for file in dict.fromkeys((*files, *others))}
    return Folder({file: held for file, held in found.items() if held}, own, above, digest.digest())


def heads_of(file: str, read: Callable[[str], str | None]) -> tuple[Head, ...]:
    """The objects of a file."""
    text = read(file)
    return heads(file, text) if text is not None else ()


def _seen_from(surroundings: Surroundings, above: Together) -> Together:
    """What a kustomization above puts together, its files named as they are from this folder."""
    own = os.path.basename(os.path.dirname(os.path.abspath(surroundings.file)))

    def here(path: str) -> str:
        return path.removeprefix(f"../{own}/")

    resources = {here(path): given for path, given in above.resources.items()}
    together = Together(resources, frozenset(map(here, above.patches)))
    return together if any("/" not in file for file in together.files) else NOTHING
