"""Any object that holds containers: Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod, and others' kinds."""

from __future__ import annotations

from typing import Any

from llmlint.readers.bounded import MOST_UNITS
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import container_unit, pods, running
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.kubernetes.spread import spread
from llmlint.readers.values import at, mapping, text, whole
from llmlint.unit import Said, Unit

NOT_WORKLOADS = frozenset({"ConfigMap", "Secret", "Service", "PersistentVolumeClaim", "Namespace", "ServiceAccount"})
"""Of the core group."""
BATCH = frozenset(
    {
        "Job",
        "CronJob",
        "JobSet",
        "Workflow",
        "WorkflowTemplate",
        "ClusterWorkflowTemplate",
        "CronWorkflow",
        "Task",
        "Pipeline",
        "PyTorchJob",
        "TrainJob",
        "MPIJob",
        "RayJob",
    }
)
"""They end by themselves, and serve nobody."""
SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
"""Of group apps; the API refuses one without a selector, so that one that starts nothing itself is a patch."""
STRATEGIES = {"Recreate": "recreate", "RollingUpdate": "rolling-update"}


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """A unit for every container that stays; those that hold no engine come to nothing later."""
    if one.kind in NOT_WORKLOADS and one.group == "":
        return []
    found = []
    for path, pod in pods(one.data):
        for key, index, _ in running(pod):
            unit = container_unit(Pod(one, cluster, path, pod), (*path, key, index))
            spread(unit, one, path)
            workload(unit, one, cluster)
            found.append(unit)
            if len(found) > MOST_UNITS:
                return found
    return found


def workload(unit: Unit, one: Object, cluster: Cluster) -> None:
    """What the object around the pod says: copies, and how they are replaced."""
    unit.serves = unit.serves and one.kind not in BATCH
    says_little = unit.entrypoint is None and unit.arguments is None
    if says_little and one.kind in SELECTING and at(one.data, "spec", "selector") is None:
        unit.fragment = True
    replicas = whole(one.data, "spec", "replicas")
    if replicas is not None and unit.replicas is None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas"))
    _scaled(unit, one, cluster)
    if one.kind != "Deployment":
        return
    strategy = mapping(one.data, "spec", "strategy")
    written = STRATEGIES.get(text(strategy, "type") or "")
    if written is not None:
        unit.strategy = Said(written, one.spot("spec", "strategy", "type"))
    unit.surge = (_amount(strategy, "maxSurge"), _amount(strategy, "maxUnavailable"))


def _scaled(unit: Unit, one: Object, cluster: Cluster) -> None:
    """An autoscaler: `most-replicas` is what it goes up to; what it starts from counts where nothing else is said."""
    scaler = cluster.autoscaler(one)
    if scaler is None:
        return
    keys = ("minReplicas", "maxReplicas") if scaler.kind != "ScaledObject" else ("minReplicaCount", "maxReplicaCount")
    least, most = (whole(scaler.data, "spec", key) for key in keys)
    if most is not None:
        unit.notes["most-replicas"] = Said(str(most), scaler.spot("spec", keys[1]))
    if unit.replicas is None and least is not None:
        unit.replicas = Said(least, scaler.spot("spec", keys[0]))


def _amount(strategy: dict[str, Any], key: str) -> int | str | None:
    value = at(strategy, "rollingUpdate", key)
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None
