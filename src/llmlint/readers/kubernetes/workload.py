"""Any object that holds containers: Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod, and others' kinds."""

from __future__ import annotations

from typing import Any

from llmlint.readers.kubernetes.cluster import Cluster, Object, Pod
from llmlint.readers.kubernetes.containers import container_unit, pods
from llmlint.readers.values import at, mapping, text, whole
from llmlint.unit import Said, Unit

NOT_WORKLOADS = frozenset({"ConfigMap", "Secret", "Service", "PersistentVolumeClaim", "Ingress", "Namespace", "Role"})
BATCH = frozenset({"Job", "CronJob"})
STRATEGIES = {"Recreate": "recreate", "RollingUpdate": "rolling-update"}


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """A unit for every container; those that hold no engine come to nothing later."""
    if one.kind in NOT_WORKLOADS:
        return []
    found = []
    for path, pod in pods(one.data):
        for index, container in enumerate(pod["containers"]):
            if isinstance(container, dict):
                unit = container_unit(Pod(one, cluster, path, pod), (*path, "containers", index))
                _workload(unit, one)
                found.append(unit)
    return found


def _workload(unit: Unit, one: Object) -> None:
    """What the object around the pod says: copies, and how they are replaced."""
    unit.serves = one.kind not in BATCH
    replicas = whole(one.data, "spec", "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas"))
    if one.kind != "Deployment":
        return
    strategy = mapping(one.data, "spec", "strategy")
    written = STRATEGIES.get(text(strategy, "type") or "")
    if written is not None:
        unit.strategy = Said(written, one.spot("spec", "strategy", "type"))
    unit.surge = (_amount(strategy, "maxSurge"), _amount(strategy, "maxUnavailable"))


def _amount(strategy: dict[str, Any], key: str) -> int | str | None:
    value = at(strategy, "rollingUpdate", key)
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None
