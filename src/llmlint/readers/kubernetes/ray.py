"""RayService and RayCluster of KubeRay: models of the Serve configuration on the cluster's worker groups.

The operator mounts memory at /dev/shm, without a limit of its own, and adds probes (ray-project/kuberay at feeaf72,
ray-operator/controllers/ray/common/pod.go: SharedMemoryVolumeMountPath, initLivenessAndReadinessProbe); containers run
`ray start`, so that an engine's image alone starts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmlint.finding import Path
from llmlint.readers import ray_serve
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import container_unit
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.nested import nested, spots
from llmlint.readers.ray_serve import Model, Serving
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.tuples import NamedTuple
from llmlint.unit import GpuRequest, Said, Unit

FORMAT = "kubernetes"
MOST_NODES = 10_000


class Group(NamedTuple):
    """The head, or a group of workers, as the unit that its container would be."""

    unit: Unit
    pods: int
    """At most."""
    head: bool


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """A unit for every model of the Serve configuration, else for every container that starts an engine itself."""
    found = list(_groups(one, cluster))
    models = list(ray_serve.models(serving)) if (serving := _serving(one)) is not None else []
    if models:
        return [_served(one, cluster, model, found, several=len(models) > 1) for model in models]
    return [_alone(group, found) for group in found if group.unit.entrypoint or group.unit.arguments]


def _serving(one: Object) -> Serving | None:
    """The Serve configuration, which is YAML in a string."""
    for key in ("serveConfigV2", "serveConfig"):
        written = at(one.data, "spec", key)
        if isinstance(written, str):
            inner = nested(Said(written, one.spot("spec", key)))
            return Serving(inner.content, spots(inner, inner.path)) if inner is not None else None
    return None


def _groups(one: Object, cluster: Cluster) -> Iterator[Group]:
    base: Path = ("spec", "rayClusterConfig") if mapping(one.data, "spec", "rayClusterConfig") else ("spec",)
    workers = items(one.data, *base, "workerGroupSpecs")[:100]
    for path in [*((*base, "workerGroupSpecs", index) for index in range(len(workers))), (*base, "headGroupSpec")]:
        pod_path = (*path, "template", "spec")
        pod = mapping(one.data, *pod_path)
        if not isinstance(at(pod, "containers", 0), dict):
            continue
        unit = container_unit(Pod(one, cluster, pod_path, pod), (*pod_path, "containers", 0))
        unit.supplies |= {"shared-memory", "probes"}
        yield Group(unit, _pods(mapping(one.data, *path)), path[-1] == "headGroupSpec")


def _pods(group: dict[str, Any]) -> int:
    counts = [whole(group, key) or 0 for key in ("replicas", "minReplicas", "maxReplicas")]
    hosts = whole(group, "numOfHosts") or 1
    return min(max(*counts, 1) * max(hosts, 1), MOST_NODES)


def _served(one: Object, cluster: Cluster, model: Model, groups: list[Group], *, several: bool) -> Unit:
    """A model on the group that has its GPUs."""
    group = _group_for(model, groups)
    unit = group.unit if group is not None else Unit("", FORMAT, model.home)
    unit = _copy(unit, one, model, several)
    offered, names = unit.gpus, unit.gpu_names
    unit.replicas, unit.gpus, unit.gpu_names = None, None, ()
    ray_serve.fill(unit, model)
    unit.supplies -= {"gpus", "image"} if group is not None else frozenset()
    unit.gpu_names = names or unit.gpu_names
    if group is not None and offered is not None:
        unit.gpus, unit.nodes = _share(offered, group.pods, model.gpus)
    unit.fragment = cluster.is_fragment
    return unit


def _copy(unit: Unit, one: Object, model: Model, several: bool) -> Unit:
    import copy

    own = copy.copy(unit)
    name = f"{one.kind}/{one.name}" if one.name else one.kind
    own.name = f"{name}/{model.name}" if several else name
    own.home, own.kind, own.namespace = model.home, one.kind, one.namespace
    own.entrypoint = own.arguments = None
    own.environment = dict(own.environment)
    return own


def _group_for(model: Model, groups: list[Group]) -> Group | None:
    """The first group of workers with the GPUs that the model names, else with any."""
    wanted = ray_serve.catalogue_name(text(model.data, "accelerator_type") or "").lower()
    with_gpus = [group for group in groups if group.unit.gpus is not None]
    for group in with_gpus:
        if wanted and any(wanted in said.value.lower() for said in group.unit.gpu_names):
            return group
    return next(iter(with_gpus or groups), None)


def _share(offered: GpuRequest, pods: int, needed: int | None) -> tuple[GpuRequest, int]:
    """What one copy gets of a group: GPUs of one machine where they suffice, else whole machines."""
    if needed is None or offered.number is None or offered.number < 1 or offered.fraction:
        return offered, 1
    if needed <= offered.number:
        return offered._replace(number=needed), 1
    return offered, min(-(-needed // offered.number), pods)


def _alone(group: Group, groups: list[Group]) -> Unit:
    """A container that starts an engine on the cluster: all machines with GPUs are its own."""
    with_gpus = [other for other in groups if other.unit.gpus is not None]
    if group.unit.gpus is None and with_gpus:
        group.unit.gpus = with_gpus[0].unit.gpus
        group.unit.gpu_names = group.unit.gpu_names or with_gpus[0].unit.gpu_names
    group.unit.nodes = min(sum(other.pods for other in with_gpus) or 1, MOST_NODES)
    return group.unit
