"""Dynamo's graphs: workers that are engines; frontends, planners and routers are passed over."""

from __future__ import annotations

from collections.abc import Iterator

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.containers import container_unit, environment, fill, in_pod, pods, running
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.kubernetes.spread import spread
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.unit import Amounts, GpuRequest, Said, Supplied, Unit, Variable

NO_ENGINES = frozenset({"frontend", "planner", "router", "epp", "processor", "globalplanner"})
SUPPLIES: frozenset[Supplied] = frozenset({"probes", "shared-memory"})
"""The operator gives workers probes, and a volume for shared memory (KubeValueNameSharedMemory in
deploy/cloud/operator/internal/consts/consts.go of ai-dynamo/dynamo); of what size is left open here."""


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The units of a graph's workers, or of a checkpoint's job."""
    if one.kind == "DynamoCheckpoint":
        return _checkpoint(one, cluster)
    found = []
    for path, kind, name in _components(one):
        if kind.lower() not in NO_ENGINES and name.lower() not in NO_ENGINES:
            found += _component(one, cluster, path, name)
    return found


def _components(one: Object) -> Iterator[tuple[Path, str, str]]:
    """Place, type and name of each part: `services` in the older version, `components` in the newer."""
    for name, service in mapping(one.data, "spec", "services").items():
        yield ("spec", "services", name), text(service, "componentType") or "", str(name)
    for index, component in enumerate(items(one.data, "spec", "components")):
        yield ("spec", "components", index), text(component, "type") or "", text(component, "name") or ""


def _component(one: Object, cluster: Cluster, path: Path, name: str) -> list[Unit]:
    found = []
    pod_path: Path = (*path, "podTemplate", "spec")
    pod = mapping(one.data, *pod_path)
    if pod:
        for key, index, _ in running(pod):
            found.append(container_unit(Pod(one, cluster, pod_path, pod), (*pod_path, key, index), format="dynamo"))
    elif isinstance(at(one.data, *path), dict):
        found.append(_service(one, cluster, path))
    for unit in found:
        unit.name += f"/{name}" if name else ""
        unit.supplies |= SUPPLIES
        _around(unit, one, path)
    return found


def _service(one: Object, cluster: Cluster, path: Path) -> Unit:
    """The older form: `extraPodSpec` with `mainContainer`, resources by short names beside it."""
    pod_path: Path = (*path, "extraPodSpec")
    where: Path = (*pod_path, "mainContainer")
    pod, container = mapping(one.data, *pod_path), mapping(one.data, *where)
    home = one.spot(*where, "image") if "image" in container else one.spot(*path)
    unit = Unit(f"{one.kind}/{one.name}", "dynamo", home)
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    fill(unit, one, cluster, where, container)
    around = {"env": at(one.data, *path, "envs"), "envFrom": at(one.data, *path, "envFrom")}
    outer, complete = environment(one, cluster, path, around)
    unit.environment = {
        **{name: _renamed(variable, one.spot(*path)) for name, variable in outer.items()},
        **unit.environment,
    }
    secret = text(one.data, *path, "envFromSecret")
    unit.environment_complete = unit.environment_complete and complete and secret is None
    in_pod(unit, Pod(one, cluster, pod_path, pod), where, container)
    _short(unit, one, (*path, "resources"))
    return unit


def _renamed(variable: Variable, base: Spot) -> Variable:
    """A variable of `envs`, which is read as if it were `env`."""
    spot, start = variable.spot, (*base.path, "env")
    if spot.document is not base.document or spot.path[: len(start)] != start:
        return variable
    return variable._replace(spot=spot._replace(path=(*base.path, "envs", *spot.path[len(start) :])))


def _short(unit: Unit, one: Object, path: Path) -> None:
    """`resources` with `gpu`, `cpu`, `memory`."""
    for part in ("limits", "requests"):
        count = whole(one.data, *path, part, "gpu")
        if count is not None and count >= 0 and unit.gpus is None:
            kind = text(one.data, *path, part, "gpuType") or "nvidia"
            vendor = (
                "nvidia" if "nvidia" in kind else "amd" if "amd" in kind else "intel" if "intel" in kind else "other"
            )
            unit.gpus = GpuRequest(count, vendor, one.spot(*path, part, "gpu"))
        cpu, memory = quantity(one.data, *path, part, "cpu"), quantity(one.data, *path, part, "memory")
        amounts = Amounts(
            Said(float(cpu), one.spot(*path, part, "cpu")) if cpu is not None else None,
            Said(int(memory), one.spot(*path, part, "memory")) if memory is not None else None,
        )
        if part == "limits" and any(amounts):
            unit.limits = amounts
        elif any(amounts):
            unit.requests = amounts


def _around(unit: Unit, one: Object, path: Path) -> None:
    """Copies, machines of a copy, shared memory."""
    replicas = whole(one.data, *path, "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot(*path, "replicas"))
    unit.nodes = max(whole(one.data, *path, "multinode", "nodeCount") or 1, 1)
    size = quantity(one.data, *path, "sharedMemory", "size")
    if size is None:
        size, where = quantity(one.data, *path, "sharedMemorySize"), (*path, "sharedMemorySize")
    else:
        where = (*path, "sharedMemory", "size")
    if size is not None:
        unit.shared_memory = Said(int(size), one.spot(*where))
        unit.shared_memory_volume = one.spot(*where)


def _checkpoint(one: Object, cluster: Cluster) -> list[Unit]:
    """A job that starts the engine once, to freeze it."""
    found = []
    for path, pod in pods(at(one.data, "spec", "job"), ("spec", "job")):
        for key, index, _ in running(pod):
            unit = container_unit(Pod(one, cluster, path, pod), (*path, key, index), format="dynamo")
            unit.supplies |= SUPPLIES
            unit.serves = False
            spread(unit, one, path)
            found.append(unit)
    return found
