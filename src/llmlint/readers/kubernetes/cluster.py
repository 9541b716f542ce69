"""The objects of a file as they would meet in a cluster: services, claims, configuration by name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.quantity import NotAQuantity, kubernetes
from llmlint.readers.values import at, items, mapping, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.plans import Written
    from llmlint.readers.registry import Surroundings

MOST_OBJECTS = 1_000
"""Of one file."""
MOST_PATCHES = 100
"""Of one Kustomization."""
MOST_PARAMETERS = 200
"""Of one OpenShift Template."""
LONGEST_VALUE = 1_000
"""Characters of a parameter's value."""
DEEPEST_LIST = 2
"""Lists in lists."""
DEEPEST = 100
"""Of containers in an object; documents are no deeper."""
PARAMETER = r"\$\{\{(\w+)\}\}|\$\{(\w+)\}"


class Object:
    """One object, as a document or as an item of a list."""

    __slots__ = ("data", "document", "named_by", "path")

    def __init__(self, document: Written, path: Path, data: dict[str, Any]) -> None:
        self.document = document
        self.path = path
        self.data = data
        self.named_by: Spot | None = None
        """Of an object of another file: what names it in the one that is linted, with that file's name."""

    @property
    def kind(self) -> str:
        """Its kind."""
        return text(self.data, "kind") or ""

    @property
    def group(self) -> str:
        """The group of its apiVersion; empty for the core group."""
        group, slash, _ = (text(self.data, "apiVersion") or "").partition("/")
        return group if slash else ""

    @property
    def name(self) -> str:
        """Its name, or the beginning that one is made of."""
        return text(self.data, "metadata", "name") or text(self.data, "metadata", "generateName") or ""

    @property
    def namespace(self) -> str:
        """Its namespace; empty where the file does not say."""
        return text(self.data, "metadata", "namespace") or ""

    def spot(self, *steps: str | int) -> Spot:
        """A place in it, or the one that stands for it."""
        own = Spot(self.document, (*self.path, *steps))
        if self.named_by is None:
            return own
        return self.named_by._replace(elsewhere=f"{self.named_by.elsewhere}:{own.placed().span.line}")

    def labels(self) -> dict[str, str]:
        """Its labels."""
        return {key: str(value) for key, value in mapping(self.data, "metadata", "labels").items()}


class Pod(NamedTuple):
    """A pod specification inside an object."""

    one: Object
    cluster: Cluster
    path: Path
    """Of the specification, from the object."""
    data: dict[str, Any]


class Cluster:
    """All objects of a file, and what else its reader may ask for."""

    def __init__(self, documents: Sequence[Document], surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.holds_patches = any(document.data.get("kind") == "Kustomization" for document in documents)
        self.objects = [one for document in documents for one in _objects(document)][:MOST_OBJECTS]

    def of_kind(self, kind: str, name: str, namespace: str = "", group: str | None = None) -> Object | None:
        """The object of a kind and name, of the same namespace as far as both say one; of a group, if it is given."""
        for one in self.objects:
            if one.kind != kind or one.name != name or (group is not None and one.group != group):
                continue
            if not namespace or one.namespace in ("", namespace):
                return one
        return None

    def neighbour(self, kind: str, name: str, group: str, named_by: Spot) -> tuple[Object, Cluster] | None:
        """An object of another file of the folder, with the objects of that file; None where none has it.

        `named_by`: what names it here. Files that hold neither the group nor the name are not parsed.
        """
        from llmlint import document

        own = posixpath.basename(self.surroundings.file.replace("\\", "/"))
        for file in self.surroundings.names() if name else ():
            written = self.surroundings.text(file) if file != own else None
            if written is None or group not in written or name not in written:
                continue
            documents = [one for one in document.read(written.encode("utf-8", "replace")).documents if _is_mapping(one)]
            there = Cluster(documents, self.surroundings._replace(file=file, names=lambda: ()))
            found = there.of_kind(kind, name, group=group)
            if found is not None:
                found.named_by = named_by._replace(elsewhere=file)
                return found, there
        return None

    def services(self, namespace: str) -> tuple[Said[str], ...]:
        """Names of the Services of a namespace that containers find in their environment.

        Those without an address of their own (headless ones, ExternalName) are not put there (kubelet,
        pkg/kubelet/envvars). No namespace is that of whoever applies the file, most often `default`.
        """
        return tuple(
            Said(one.name, one.spot("metadata", "name"))
            for one in self.objects
            if one.kind == "Service" and one.group == "" and one.name
            if (one.namespace or "default") == (namespace or "default")
            if text(one.data, "spec", "type") != "ExternalName" and text(one.data, "spec", "clusterIP") != "None"
        )

    def autoscaler(self, target: Object) -> Object | None:
        """The HorizontalPodAutoscaler or KEDA ScaledObject of an object."""
        for one in self.objects:
            if one.kind not in ("HorizontalPodAutoscaler", "ScaledObject"):
                continue
            of_kind = text(one.data, "spec", "scaleTargetRef", "kind") or "Deployment"
            if of_kind == target.kind and text(one.data, "spec", "scaleTargetRef", "name") == target.name:
                return one
        return None

    def configuration(self, name: str, namespace: str = "") -> dict[str, Said[str]] | None:
        """The entries of a ConfigMap of the file with their places; None where it holds none of that name."""
        found = self.of_kind("ConfigMap", name, namespace)
        if found is None:
            return None
        return {
            key: Said(value, found.spot("data", key))
            for key, value in mapping(found.data, "data").items()
            if isinstance(value, str)
        }

    @cached_property
    def is_fragment(self) -> bool:
        """Whether others add to the file: a kustomization beside it lists it, or it is one that holds patches."""
        from llmlint.readers.kubernetes.kustomize import is_listed

        return self.holds_patches or is_listed(self.surroundings)


def _is_mapping(document: Document) -> bool:
    return isinstance(document.data, dict)


def _objects(document: Document) -> Iterator[Object]:
    """The object of a document; of a List or an OpenShift Template those that it holds."""
    yield from _held(document, (), document.data, 0)


def _held(document: Document, path: Path, data: object, depth: int) -> Iterator[Object]:
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str) or depth > DEEPEST_LIST:
        return
    if data["kind"] == "Template":
        defaults = _defaults(data)
        for index, item in enumerate(items(data, "objects")):
            filled = _filled(item, defaults, 0) if defaults else item
            yield from _held(document, (*path, "objects", index), filled, depth + 1)
    elif data["kind"] == "Kustomization":
        yield from _patches(document, path, data)
    elif data["kind"].endswith("List") and isinstance(data.get("items"), list):
        for index, item in enumerate(data["items"]):
            yield from _held(document, (*path, "items", index), item, depth + 1)
    else:
        yield Object(document, path, data)


def _patches(document: Document, path: Path, data: dict[str, Any]) -> Iterator[Object]:
    """The objects of which a Kustomization holds patches as text; those of JSON patches are lists, and none."""
    from llmlint.readers.nested import nested

    found: list[tuple[Path, Any]]
    found = [(("patches", index, "patch"), at(one, "patch")) for index, one in enumerate(items(data, "patches"))]
    found += [(("patchesStrategicMerge", index), one) for index, one in enumerate(items(data, "patchesStrategicMerge"))]
    for where, written in found[:MOST_PATCHES]:
        if isinstance(written, str) and "\n" in written:
            inner = nested(Said(written, Spot(document, (*path, *where))))
            if inner is not None and isinstance(inner.content.get("kind"), str):
                yield Object(inner, inner.path, inner.content)


def _defaults(template: dict[str, Any]) -> dict[str, str]:
    """The parameters of an OpenShift Template that have a value."""
    found = {}
    for parameter in items(template, "parameters")[:MOST_PARAMETERS]:
        name, value = text(parameter, "name"), text(parameter, "value")
        if name is not None and value is not None and len(value) <= LONGEST_VALUE:
            found[name] = value
    return found


def _filled(data: Any, defaults: dict[str, str], depth: int) -> Any:
    """A copy with `${NAME}` and `${{NAME}}` filled in; what has no value stays as it is written."""
    if depth > DEEPEST:
        return data
    if isinstance(data, dict):
        return {key: _filled(value, defaults, depth + 1) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, defaults, depth + 1) for value in data]
    if not isinstance(data, str) or not 0 < data.count("${") <= MOST_PARAMETERS:
        return data
    return re.sub(PARAMETER, lambda match: defaults.get(match[1] or match[2], match[0]), data)


def quantity(data: object, *path: str | int) -> int | float | None:
    """The quantity at a path as Kubernetes reads it; None where there is none, or none that it would read."""
    value = at(data, *path)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return kubernetes(str(value).strip())
    except NotAQuantity:
        return None
