"""The objects of a file as they would meet in a cluster: services, claims, configuration by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plan import Spot
from llmlint.quantity import NotAQuantity, kubernetes
from llmlint.readers.values import at, items, mapping, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

MOST_OBJECTS = 1_000
"""Of one file."""


class Object:
    """One object, as a document or as an item of a list."""

    __slots__ = ("data", "document", "path")

    def __init__(self, document: Document, path: Path, data: dict[str, Any]) -> None:
        self.document = document
        self.path = path
        self.data = data

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
        """A place in it."""
        return Spot(self.document, (*self.path, *steps))

    def annotations(self) -> dict[str, Any]:
        """Its annotations."""
        return mapping(self.data, "metadata", "annotations")


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
        self.objects = [one for document in documents for one in _objects(document)][:MOST_OBJECTS]

    def of_kind(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object of a kind and name, of the same namespace as far as both say one."""
        for one in self.objects:
            if one.kind == kind and one.name == name and namespace in ("", one.namespace, one.namespace or namespace):
                return one
        return None

    def services(self, namespace: str) -> tuple[Said[str], ...]:
        """Names of the Services of a namespace."""
        return tuple(
            Said(one.name, one.spot("metadata", "name"))
            for one in self.objects
            if one.kind == "Service" and one.group == "" and one.name and one.namespace == namespace
        )

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
        """Whether a kustomization beside the file lists it as a resource or patch, so that others add to it."""
        from llmlint.readers.kubernetes.kustomize import is_listed

        return is_listed(self.surroundings)


def _objects(document: Document) -> Iterator[Object]:
    """The object of a document; of a List or an OpenShift Template those that it holds."""
    yield from _held(document, (), document.data, 0)


def _held(document: Document, path: Path, data: object, depth: int) -> Iterator[Object]:
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str) or depth > 2:
        return
    key = "objects" if data["kind"] == "Template" else "items" if data["kind"].endswith("List") else ""
    if not key:
        yield Object(document, path, data)
        return
    for index, item in enumerate(items(data, key)):
        yield from _held(document, (*path, key, index), item, depth + 1)


def quantity(data: object, *path: str | int) -> int | float | None:
    """The quantity at a path as Kubernetes reads it; None where there is none, or none that it would read."""
    value = at(data, *path)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return kubernetes(str(value).strip())
    except NotAQuantity:
        return None
