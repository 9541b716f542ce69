"""The objects of a file as they would meet in a cluster: services, claims, configuration by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.kubernetes.objects import Object, objects
from llmlint.readers.values import mapping, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.kubernetes.beside import Beside
    from llmlint.readers.registry import Surroundings

MOST_OBJECTS = 1_000
"""Of one file."""
SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")


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
        self._others: dict[str, Cluster] = {}
        self.holds_patches = any(document.data.get("kind") == "Kustomization" for document in documents)
        self.objects = [one for document in documents for one in objects(document)][:MOST_OBJECTS]
        self._services: dict[str, tuple[Said[str], ...]] = {}

    @cached_property
    def _named(self) -> dict[tuple[str, str], list[Object]]:
        """The objects by kind and name."""
        found: dict[tuple[str, str], list[Object]] = {}
        for one in self.objects:
            found.setdefault((one.kind, one.name), []).append(one)
        return found

    @cached_property
    def _scalers(self) -> dict[str | None, list[Object]]:
        """The autoscalers by the name of what they scale."""
        found: dict[str | None, list[Object]] = {}
        for one in self.objects:
            if one.kind in SCALERS:
                found.setdefault(text(one.data, "spec", "scaleTargetRef", "name"), []).append(one)
        return found

    def of_kind(self, kind: str, name: str, namespace: str = "", group: str | None = None) -> Object | None:
        """The object of a kind and name, of the same namespace as far as both say one; of a group, if it is given."""
        for one in self._named.get((kind, name), ()):
            if group is not None and one.group != group:
                continue
            if not namespace or one.namespace in ("", namespace):
                return one
        return None

    def found(self, kind: str, name: str, namespace: str, named_by: Spot, group: str | None = None) -> Object | None:
        """The object of a kind and name, of this file or of one that is applied with it; `named_by` names it here."""
        own = self.of_kind(kind, name, namespace, group)
        return own if own is not None or not name else self.beside.named(kind, name, namespace, named_by, group)

    def covers(self, other: Object) -> bool:
        """Whether the same run lints the file that an object of another one is of."""
        return other.named_by is not None and self.surroundings.covers(other.named_by.elsewhere)

    def as_there(self, other: Object) -> Cluster:
        """The objects of the file that an object of another one is of, by themselves."""
        return self.of_file(other.named_by.elsewhere if other.named_by is not None else "")

    def of_file(self, file: str) -> Cluster:
        """The objects of another file, by themselves."""
        if file not in self._others:
            self._others[file] = Cluster(*self.beside.seen_from(file))
        return self._others[file]

    @cached_property
    def beside(self) -> Beside:
        """The files that are applied together with this one."""
        from llmlint.readers.kubernetes.beside import Beside

        return Beside(self.surroundings)

    def services(self, namespace: str, home: Spot) -> tuple[Said[str], ...]:
        """Names of the Services of a namespace that containers find in their environment; `home` stands for others'.

        Those without an address of their own (headless ones, ExternalName) are not put there (kubelet,
        pkg/kubelet/envvars). No namespace is that of whoever applies the file, most often `default`.
        """
        there = namespace or "default"
        if there not in self._services:
            self._services[there] = tuple(
                Said(one.name, one.spot("metadata", "name"))
                for one in self.objects
                if one.kind == "Service" and one.group == "" and one.name
                if (one.namespace or "default") == there
                if text(one.data, "spec", "type") != "ExternalName" and text(one.data, "spec", "clusterIP") != "None"
            )
        return (*self._services[there], *self.beside.services(namespace, home))

    def autoscaler(self, target: Object) -> Object | None:
        """The HorizontalPodAutoscaler or KEDA ScaledObject of an object."""

        def scales(one: Object) -> bool:
            of_kind = text(one.data, "spec", "scaleTargetRef", "kind") or "Deployment"
            return of_kind == target.kind and text(one.data, "spec", "scaleTargetRef", "name") == target.name

        for one in self._scalers.get(target.name, ()):
            if scales(one):
                return one
        home = target.spot("metadata", "name")
        found = (self.beside.only(kind, target.namespace, home, scales) for kind in SCALERS)
        return next((one for one in found if one is not None), None)

    def configuration(self, name: str, namespace: str, named_by: Spot) -> dict[str, Said[str]] | None:
        """The entries of a ConfigMap with their places; None where no file in sight holds one of that name."""
        found = self.found("ConfigMap", name, namespace, named_by)
        if found is None:
            return self.beside.made(name, named_by)
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
