"""The Ollama operator's Model: a tag of Ollama's library, served by a pod that the operator makes."""

from __future__ import annotations

from llmlint.readers.kubernetes.cluster import Cluster
from llmlint.readers.kubernetes.containers import environment, resources
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.values import mapping, text, whole
from llmlint.unit import Said, Unit


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The unit of a Model; none without a tag."""
    spec = mapping(one.data, "spec")
    tag = text(spec, "image")
    if tag is None:
        return []
    unit = Unit(f"{one.kind}/{one.name}", "ollama-operator", one.spot("spec", "image"))
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    unit.supplies = frozenset({"image", "model", "token", "probes", "shared-memory", "storage"})
    unit.engine = Said("ollama", one.spot("spec", "image"))
    unit.model = Said(tag, one.spot("spec", "image"))
    unit.environment, unit.environment_complete = environment(one, cluster, ("spec",), spec)
    resources(unit, one, ("spec", "resources"), mapping(spec, "resources"))
    replicas = whole(spec, "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas"))
    return [unit]
