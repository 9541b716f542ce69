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
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from llmlint.readers.kubernetes.heads import Allowance, Head, heads
from llmlint.readers.kubernetes.kustomization import NOTHING, Entry, Together, put_together
from llmlint.readers.kubernetes.kustomize import NAMES

if TYPE_CHECKING:
    from llmlint.plans import Surroundings

KEPT = "kubernetes"
"""Under which name surroundings keep a folder."""
MOST_READ = 1 << 24
"""Characters of a folder's files; in one that holds more there are other things than manifests, and none is joined."""
MOST_HEADS = 20_000
"""Objects of a folder, likewise."""
CLUSTER_WIDE = frozenset({"ClusterServingRuntime"})
"""Kinds that are in no namespace."""
READ_AS_WORKLOADS = frozenset({"InferenceService", "LLMInferenceService", "Model", "NIMService", "HelmRelease"})
"""Kinds that become pods without holding any."""
REPEATED = frozenset({"Namespace"})
"""Kinds that people write into every file that needs the object."""


class Folder:
    """The objects of a folder's manifests, and of those that its kustomizations name, by what they are called."""

    def __init__(self, files: Mapping[str, Sequence[Head]], own: Together, above: Together, key: bytes = b"") -> None:
        listed = own.files | above.files
        plain = {file: found for file, found in files.items() if file not in listed and "/" not in file}
        variants = _are_variants(plain)
        self._sets = (
            *(_Set(one, {**dict.fromkeys(one.patches, ""), **one.resources}, files) for one in (own, above)),
            _Set(Together({file: "" for file, found in plain.items() if not (variants and _runs(found))}), None, plain),
        )
        self._listed = listed
        self.key = key
        """A digest of all that this was made of."""

    def of_kind(self, kind: str, beside: str, namespace: str) -> Iterator[list[Head]]:
        """The objects of a kind that are applied together with a file: those of the nearest set come first."""
        return (one.of_kind(kind, beside, namespace) for one in self._around(beside))

    def with_pods(self, beside: str) -> Sequence[str]:
        """The files that hold pods and are applied together with a file: those of the nearest set."""
        for one in self._around(beside):
            return one.with_pods
        return ()

    def made(self, name: str, beside: str) -> Sequence[Entry]:
        """The entries of a ConfigMap that a kustomization of a file makes."""
        return next((one.made[name] for one in self._around(beside) if name in one.made), ())

    def _around(self, beside: str) -> Iterator[_Set]:
        """The sets that a file is of."""
        for one in self._sets:
            if one.members is None:
                if beside not in self._listed:
                    yield one
            elif beside in one.members:
                yield one


class _Set:
    """Files that are applied together."""

    def __init__(
        self,
        together: Together,
        members: Mapping[str, str | None] | None,
        files: Mapping[str, Sequence[Head]],
    ) -> None:
        self.members = members
        """The files that are of it, with the namespaces that it gives them; None for all that no other set has."""
        self._by_kind: dict[str, list[tuple[str, Head]]] = {}
        self.with_pods: list[str] = []
        """Those of its files that hold pods."""
        self.made = together.made
        for file, namespace in together.resources.items():
            found = files.get(file, ()) if namespace is not None else ()
            for one in found:
                self._by_kind.setdefault(one.kind, []).append((namespace or one.namespace, one))
            if any(one.has_pods for one in found):
                self.with_pods.append(file)

    def of_kind(self, kind: str, beside: str, namespace: str) -> list[Head]:
        """The objects of a kind in its other files, of the namespace that an object of a file is applied to."""
        given = self.members[beside] if self.members is not None else ""
        if given is None:  # it is applied to several
            return []
        return [
            one
            for theirs, one in self._by_kind.get(kind, ())
            if one.file != beside and (kind in CLUSTER_WIDE or _is_same(theirs, given or namespace))
        ]


def _runs(found: Sequence[Head]) -> bool:
    """Whether a file holds what becomes pods."""
    return any(one.has_pods or one.kind in READ_AS_WORKLOADS for one in found)


def _is_same(namespace: str, other: str) -> bool:
    """Whether two namespaces are one; an object without any is applied to `default`, as a rule."""
    return (namespace or "default") == (other or "default")


def _are_variants(files: Mapping[str, Sequence[Head]]) -> bool:
    """Whether two files hold the same object in other words."""
    known: dict[tuple[str, str, str, str], Head] = {}
    for found in files.values():
        for one in found:
            if one.kind not in REPEATED:
                first = known.setdefault((one.group, one.kind, one.namespace, one.name), one)
                if first.content != one.content and first.file != one.file:
                    return True
    return False


def folder(surroundings: Surroundings) -> Folder:
    """The folder of a file: worked out once for all files of it."""
    found: Folder = surroundings.kept(KEPT, lambda: _folder(surroundings))
    return found


def _folder(surroundings: Surroundings) -> Folder:
    texts = _Texts(surroundings)
    own, above = put_together("", texts.read), _seen_from(surroundings, put_together("..", texts.read))
    files = [name for name in surroundings.names() if name not in NAMES]
    others = [name for together in (own, above) for name in together.resources if name not in files]
    found = {file: texts.heads(file) for file in dict.fromkeys((*files, *others))}
    for entry in (one for together in (own, above) for entries in together.made.values() for one in entries):
        if entry.value is None:
            texts.read(entry.file)  # part of the key
    if texts.are_too_many or sum(map(len, found.values())) > MOST_HEADS:
        return Folder({}, NOTHING, NOTHING, texts.digest.digest())
    return Folder({file: held for file, held in found.items() if held}, own, above, texts.digest.digest())


class _Texts:
    """Reads the files of a folder, up to an amount, and keeps a digest of them."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._text = surroundings.text
        self.left = MOST_READ
        """Characters that may still be read; below 0 where they were more."""
        self.digest = blake2b(digest_size=16)
        self._allowance = Allowance()

    @property
    def are_too_many(self) -> bool:
        """Whether some were not looked at."""
        return self.left < 0 or self._allowance.left < 0

    def heads(self, file: str) -> tuple[Head, ...]:
        """The objects of a file."""
        text = self.read(file)
        return heads(file, text, self._allowance) if text is not None else ()

    def read(self, file: str) -> str | None:
        """The text of a file."""
        text = self._text(file) if self.left >= 0 else None
        self.left -= len(text or "")
        said = f"{file}\0{'' if text is None else len(text)}\0{text or ''}"
        self.digest.update(said.encode("utf-8", "surrogatepass"))
        return text


def _seen_from(surroundings: Surroundings, above: Together) -> Together:
    """What a kustomization above puts together, its files named as they are from this folder."""
    own = os.path.basename(os.path.dirname(os.path.abspath(surroundings.file)))

    def here(path: str) -> str:
        return path.removeprefix(f"../{own}/")

    resources = {here(path): given for path, given in above.resources.items()}
    made = {name: tuple(one._replace(file=here(one.file)) for one in entries) for name, entries in above.made.items()}
    together = Together(resources, frozenset(map(here, above.patches)), made)
    return together if any("/" not in file for file in together.files) else NOTHING
