"""Groups of pods that run one copy of an engine together: how many, and what each may know of the group."""

from __future__ import annotations

from llmlint.finding import Path
from llmlint.readers.kubernetes.gpus import gpu_request
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.unit import GpuRequest, Said, Unit, Variable, Word

LEADER_AND_WORKERS = ("leaderTemplate", "workerTemplate")
"""Keys of a LeaderWorkerSet and of formats that wrap one (llmaz)."""
RAY = ("headGroupSpec", "workerGroupSpecs")
"""Keys of a Ray cluster's groups."""
SIZES = ("podGroupSize",)
"""Keys beside a pod's template that say how many pods make a copy (AIBrix's roles)."""


def spread(unit: Unit, one: Object, path: Path) -> None:
    """Set the machines of a copy by what stands around its pod; `path` leads to the pod's specification."""
    for end in range(len(path) - 1, -1, -1):
        around = mapping(one.data, *path[:end])
        step = path[end]
        if step in LEADER_AND_WORKERS:
            _group(unit, one, path[:end], worker=step == LEADER_AND_WORKERS[1] and LEADER_AND_WORKERS[0] in around)
            return
        if step == "roles" and end + 1 < len(path):
            _role(unit, one, path[: end + 2])
            return
        if step in RAY:
            _ray(unit, one, path[:end], worker=step == RAY[1])
            return
        size = next((key for key in SIZES if (whole(around, key) or 0) > 1), None)
        if size is not None:
            unit.nodes = whole(around, size) or 1


def _role(unit: Unit, one: Object, path: Path) -> None:
    """One of several roles (AIBrix): its name tells it from the others, and its copies are its own."""
    name, replicas = text(one.data, *path, "name"), whole(one.data, *path, "replicas")
    if name is not None:
        unit.name += f"/{name}"
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot(*path, "replicas"))


def _ray(unit: Unit, one: Object, path: Path, *, worker: bool) -> None:
    """A head and its workers: the engine starts at the head, and has the GPUs of all pods.

    KubeRay runs them, which mounts memory at /dev/shm (SharedMemoryVolumeMountPath in its common/pod.go).
    """
    unit.supplies |= {"shared-memory"}
    unit.serves = not worker
    request = _gpus(one, (*path, RAY[0]))
    pods = 1 if request is not None and request.number else 0
    for index, group in enumerate(items(one.data, *path, RAY[1])):
        each = _gpus(one, (*path, RAY[1], index))
        if each is None or (pods and request is not None and each.number != request.number):
            continue
        replicas = whole(group, "replicas")
        pods += 1 if replicas is None else replicas
        request = each if request is None or not request.number else request
    unit.nodes = max(pods, 1)
    unit.gpus = request


def _gpus(one: Object, path: Path) -> GpuRequest | None:
    """GPUs of each pod of a Ray group."""
    for index, container in enumerate(items(one.data, *path, "template", "spec", "containers")):
        for part in ("limits", "requests"):
            where = (*path, "template", "spec", "containers", index, "resources", part)
            found = gpu_request(mapping(container, "resources", part), lambda name, where=where: one.spot(*where, name))  # type: ignore[misc]
            if found is not None:
                return found
    return None


def _group(unit: Unit, one: Object, path: Path, *, worker: bool) -> None:
    """A leader with its workers: `size` pods, the leader among them."""
    size = whole(at(one.data, *path), "size")
    unit.nodes = max(size or 1, 1)
    unit.serves = not worker
    if size is not None:
        spot = one.spot(*path, "size")
        unit.environment.setdefault("LWS_GROUP_SIZE", Variable("LWS_GROUP_SIZE", str(size), spot, "default"))
        unit.arguments = _told(unit.arguments, str(size))
        unit.entrypoint = _told(unit.entrypoint, str(size))
    replicas = whole(one.data, "spec", "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas"))


def _told(words: tuple[Word, ...] | None, size: str) -> tuple[Word, ...] | None:
    """The words with the size of the group in its place."""
    if words is None:
        return None
    return tuple(word._replace(text=word.text.replace("$(LWS_GROUP_SIZE)", size)) for word in words)
