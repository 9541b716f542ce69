"""Reads Kubernetes manifests: every object of a file, joined with the others, each kind by its own module."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from llmlint.readers.bounded import MOST_UNITS
from llmlint.readers.kubernetes.cluster import Cluster
from llmlint.readers.kubernetes.objects import Object
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.plans import Plan
    from llmlint.readers.registry import Surroundings
    from llmlint.unit import Unit


class Kind(NamedTuple):
    """Who reads an object."""

    group: str
    """Of its apiVersion, as far as the slash, or a part of it."""
    kind: str
    module: str


KINDS: tuple[Kind, ...] = (
    Kind("serving.kserve.io", "LLMInferenceService", "llm_inference_service"),
    Kind("serving.kserve.io", "LLMInferenceServiceConfig", "llm_inference_service"),
    Kind("serving.kserve.io", "InferenceService", "kserve"),
    Kind("serving.kserve.io", "ServingRuntime", "kserve"),
    Kind("serving.kserve.io", "ClusterServingRuntime", "kserve"),
    Kind("kubeai.org", "Model", "kubeai"),
    Kind("kaito.sh", "Workspace", "kaito"),
    Kind("kaito.sh", "InferenceSet", "kaito"),
    Kind("inference.llmkube.dev", "Model", "llmkube"),
    Kind("inference.llmkube.dev", "InferenceService", "llmkube"),
    Kind("ollama.ayaka.io", "Model", "ollama_operator"),
    Kind("apps.nvidia.com", "NIMService", "nim"),
    Kind("nvidia.com", "DynamoGraphDeployment", "dynamo"),
    Kind("nvidia.com", "DynamoCheckpoint", "dynamo"),
    Kind("ray.io", "RayService", "ray"),
    Kind("ray.io", "RayCluster", "ray"),
    Kind("helm.toolkit.fluxcd.io", "HelmRelease", "helm_release"),
)
"""Kinds with a reader of their own; any other object that holds containers is read as a workload."""


SHARING = (("kubernetes.io/hostname", "NVIDIA_VISIBLE_DEVICES"), ("resourceClaimName",))
"""Words of which a file holds those of one list, if its pods may be given GPUs of which others know."""


def recognises(data: Any) -> bool:
    """Whether it is an object of Kubernetes."""
    return isinstance(data.get("apiVersion"), str) and isinstance(data.get("kind"), str)


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all objects of a file."""
    return _units(Cluster(documents, surroundings))


def _units(cluster: Cluster) -> list[Unit]:
    found: list[Unit] = []
    for one in cluster.objects:
        module = next((kind.module for kind in KINDS if _is(one, kind)), "workload")
        found += import_module(f"llmlint.readers.kubernetes.{module}").units(one, cluster)
        if len(found) > MOST_UNITS:
            break
    before = cache(lambda: _before(cluster))
    for unit in found:
        unit.before = before
    return found


def _before(cluster: Cluster) -> list[Plan]:
    """The deployments of files before this one whose GPUs may be its own: of a node, by their numbers, or claimed."""
    from llmlint.readers.bounded import bounded

    found = []
    for file in cluster.beside.before(SHARING):
        units = _units(cluster.of_file(file))
        for unit in units:
            unit.file = file
        found += bounded(units)[0]
    return found


def _is(one: Object, kind: Kind) -> bool:
    group = one.group
    return one.kind == kind.kind and (group == kind.group or group.endswith("." + kind.group))
