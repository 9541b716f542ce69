"""What a container of a pod says: image, words, environment, resources, probes, volumes. The same in every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from llmlint.finding import Path
from llmlint.readers import variables
from llmlint.readers.bounded import MOST_VALUES
from llmlint.readers.kubernetes.claims import claimed
from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.gpus import GPUS, gpu_request
from llmlint.readers.kubernetes.mounted import fill_from_mounts
from llmlint.readers.kubernetes.nodes import place_on_nodes
from llmlint.readers.kubernetes.objects import Object, quantity
from llmlint.readers.kubernetes.volumes import volumes
from llmlint.readers.values import at, items, mapping, number, text, whole
from llmlint.readers.wording import plain, split_at
from llmlint.unit import Amounts, Probe, Said, Unit, Variable, Word

MOST_BESIDE = 50
"""Containers of a pod."""
PROBES = {"startupProbe": "startup", "livenessProbe": "liveness", "readinessProbe": "readiness"}


def container_unit(pod: Pod, path: Path, *, format: str = "kubernetes") -> Unit:
    """The unit of one container; `path` leads to it from the object."""
    one = pod.one
    container = mapping(one.data, *path)
    home = one.spot(*path, "image") if "image" in container else one.spot(*path)
    unit = Unit(f"{one.kind}/{one.name}" if one.name else one.kind, format, home)
    unit.kind, unit.namespace = one.kind, one.namespace
    unit.labels = {**one.labels(), **_labels(one, pod.path)}
    unit.fragment = pod.cluster.is_fragment or "image" not in container
    fill(unit, one, pod.cluster, path, container)
    in_pod(unit, pod, path, container)
    return unit


def _labels(one: Object, path: Path) -> dict[str, str]:
    """Those of the pod's template."""
    template = at(one.data, *path[:-1]) if path else None
    return {key: str(value) for key, value in mapping(template, "metadata", "labels").items()}


def in_pod(unit: Unit, pod: Pod, path: Path, container: dict[str, Any]) -> None:
    """What the pod says of all its containers, and of the storage of this one."""
    one = pod.one
    unit.volumes, unit.shared_memory, unit.shared_memory_volume = volumes(pod, path, container)
    unit.host_ipc = at(pod.data, "hostIPC") is True
    links = at(pod.data, "enableServiceLinks")
    unit.service_links = links if isinstance(links, bool) else None
    unit.services = pod.cluster.services(one.namespace, unit.home)
    if unit.gpus is None:
        unit.gpus = claimed(pod, path, container)
    _notes(unit, pod, path, container)
    unit.beside = tuple(_beside(pod, path, container))
    fill_from_mounts(unit, pod, container)
    place_on_nodes(unit, pod)


def _beside(pod: Pod, path: Path, container: dict[str, Any]) -> Iterator[tuple[Word, ...]]:
    """What runs when the container has started, and in the others of its pod."""
    hook: Path = ("lifecycle", "postStart", "exec", "command")
    yield words(pod.one, (*path, *hook), at(container, *hook), _unknown) or ()
    for key in ("initContainers", "containers"):
        for index, other in enumerate(items(pod.data, key)[:MOST_BESIDE]):
            where: Path = (*pod.path, key, index)
            if where != path and isinstance(other, dict):
                both = (words(pod.one, (*where, name), other.get(name), _unknown) or () for name in ("command", "args"))
                yield tuple(word for part in both for word in part)


def _unknown(name: str) -> None:
    return None


def _notes(unit: Unit, pod: Pod, path: Path, container: dict[str, Any]) -> None:
    """`runtime-class` and `privileged`: ways in which a container sees GPUs that nobody has counted."""
    one = pod.one
    runtime = text(pod.data, "runtimeClassName")
    if runtime is not None:
        unit.notes["runtime-class"] = Said(runtime, one.spot(*pod.path, "runtimeClassName"))
    if at(container, "securityContext", "privileged") is True:
        unit.notes["privileged"] = Said("true", one.spot(*path, "securityContext", "privileged"))


def fill(unit: Unit, one: Object, cluster: Cluster, path: Path, container: dict[str, Any]) -> None:
    """What the container itself says."""
    image = text(container, "image")
    unit.image = Said(image, one.spot(*path, "image")) if image is not None else None
    unit.environment, unit.environment_complete = environment(one, cluster, path, container)
    known = known_in(unit)
    unit.entrypoint = words(one, (*path, "command"), container.get("command"), known)
    unit.arguments = words(one, (*path, "args"), container.get("args"), known)
    resources(unit, one, (*path, "resources"), mapping(container, "resources"))
    for key, kind in PROBES.items():
        if isinstance(container.get(key), dict):
            unit.probes[kind] = probe(one, (*path, key), container[key], container.get("ports"))
    for index, port in enumerate(items(container, "ports")):
        found = whole(port, "containerPort")
        if found is not None:
            unit.ports.append(Said(found, one.spot(*path, "ports", index, "containerPort")))


def known_in(unit: Unit) -> Callable[[str], str | None]:
    """Looks a variable of the unit up."""
    return lambda name: value_of(unit.environment, name)


def words(one: Object, path: Path, value: object, known: Callable[[str], str | None]) -> tuple[Word, ...] | None:
    """The words of `command` or `args`, with `$(NAME)` filled in; None where there are none.

    A string is no list, which the API refuses; some operators take it, and it is split.
    """
    if isinstance(value, str):
        found = split_at(one.spot(*path), value)
        return tuple(word._replace(text=variables.kubernetes(word.text, known)) for word in found)
    if not isinstance(value, list):
        return None
    return tuple(
        Word(variables.kubernetes(plain(item), known), one.spot(*path, index))
        for index, item in enumerate(value[: MOST_VALUES + 1])
    )


def environment(
    one: Object, cluster: Cluster, path: Path, container: dict[str, Any], keys: tuple[str, str] = ("env", "envFrom")
) -> tuple[dict[str, Variable], bool]:
    """The variables of a container, later ones over earlier, and whether these are all."""
    found: dict[str, Variable] = {}
    complete = True
    for index, source in enumerate(items(container, keys[1])):
        named, spot = text(source, "configMapRef", "name"), one.spot(*path, keys[1], index)
        entries = cluster.configuration(named, one.namespace, spot) if named is not None else None
        complete = complete and entries is not None
        prefix = text(source, "prefix") or ""
        for name, said in (entries or {}).items():
            found[prefix + name] = Variable(prefix + name, said.value, said.spot, "config")
    env = container.get(keys[0])
    if isinstance(env, dict):  # some operators and charts take a mapping
        for name, value in env.items():
            spot = one.spot(*path, keys[0], name)
            found[name] = Variable(name, None if isinstance(value, (dict, list)) else plain(value), spot)
    for index, entry in enumerate(env[: MOST_VALUES + 1] if isinstance(env, list) else []):
        variable = _variable(one, cluster, (*path, keys[0], index), entry, found)
        if variable is not None:
            found[variable.name] = variable
    return found, complete


def value_of(found: Mapping[str, Variable], name: str) -> str | None:
    """A variable's value, as far as it is known."""
    return found[name].value if name in found else None


def _variable(one: Object, cluster: Cluster, path: Path, entry: object, before: dict[str, Variable]) -> Variable | None:
    name = text(entry, "name")
    if name is None:
        return None
    if at(entry, "value") is not None and not isinstance(at(entry, "value"), (dict, list)):
        value = variables.kubernetes(plain(at(entry, "value")), lambda key: value_of(before, key))
        return Variable(name, value, one.spot(*path, "value"))
    config, key = (
        text(entry, "valueFrom", "configMapKeyRef", "name"),
        text(entry, "valueFrom", "configMapKeyRef", "key"),
    )
    if config is not None and key is not None:
        said = (cluster.configuration(config, one.namespace, one.spot(*path)) or {}).get(key)
        return Variable(name, said.value if said else None, said.spot if said else one.spot(*path), "config")
    if at(entry, "valueFrom", "secretKeyRef") is not None:
        return Variable(name, None, one.spot(*path), "secret")
    if at(entry, "valueFrom") is not None:
        return Variable(name, None, one.spot(*path), "caller")
    return Variable(name, "", one.spot(*path))


def resources(unit: Unit, one: Object, path: Path, data: dict[str, Any]) -> None:
    """Limits, requests, and the GPUs among them."""
    unit.limits = _amounts(one, (*path, "limits"), mapping(data, "limits"))
    unit.requests = _amounts(one, (*path, "requests"), mapping(data, "requests"))
    for part in ("limits", "requests"):
        request = gpu_request(mapping(data, part), lambda name, part=part: one.spot(*path, part, name))  # type: ignore[misc]
        if request is not None:
            unit.gpus = request
            break


def _amounts(one: Object, path: Path, data: dict[str, Any]) -> Amounts:
    def said(key: str) -> Any:
        value = quantity(data, key)
        return None if value is None else Said(value, one.spot(*path, key))

    def size(key: str) -> Said[int] | None:
        value = quantity(data, key)
        return None if value is None else Said(int(value), one.spot(*path, key))

    gpus = next((size(name) for name in GPUS if name in data), None)
    return Amounts(said("cpu"), size("memory"), size("ephemeral-storage"), gpus)


def probe(one: Object, path: Path, data: dict[str, Any], ports: object = None) -> Probe:
    """A probe as it is written; a port's name as its number where `ports` tell it."""
    kinds = (("httpGet", "http"), ("tcpSocket", "tcp"), ("exec", "exec"), ("grpc", "grpc"))
    key, kind = next(((key, kind) for key, kind in kinds if isinstance(data.get(key), dict)), ("", "unknown"))
    port = at(data, key, "port") if key else None
    if isinstance(port, str):
        named = next((one for one in items({"": ports}, "") if text(one, "name") == port), None)
        port = whole(named, "containerPort") or port
    return Probe(
        one.spot(*path),
        kind,  # type: ignore[arg-type]  # one of the kinds above
        text(data, key, "path") if key else None,
        port if isinstance(port, (int, str)) and not isinstance(port, bool) else None,
        number(data, "initialDelaySeconds"),
        number(data, "periodSeconds"),
        number(data, "timeoutSeconds"),
        whole(data, "failureThreshold"),
        " ".join(plain(word) for word in items(data, "exec", "command")),
    )


def running(pod: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The containers that stay: list, index and data. Of the initial ones those that are sidecars.

    A sidecar is an initial container that is started again always (Kubernetes ≥ 1.29); the others end before.
    """
    for index, container in enumerate(items(pod, "containers")):
        if isinstance(container, dict):
            yield "containers", index, container
    for index, container in enumerate(items(pod, "initContainers")):
        if isinstance(container, dict) and text(container, "restartPolicy") == "Always":
            yield "initContainers", index, container


def pods(data: object, path: Path = (), depth: int = 0) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every pod specification in an object, by the list of containers that it holds."""
    if depth > 12 or not isinstance(data, (dict, list)):
        return
    if isinstance(data, dict):
        containers = data.get("containers")
        if isinstance(containers, list) and any(isinstance(one, dict) for one in containers):
            yield path, data
        for key, value in data.items():
            if key not in ("containers", "initContainers", "env", "status"):
                yield from pods(value, (*path, key), depth + 1)
    else:
        for index, value in enumerate(data[:200]):
            yield from pods(value, (*path, index), depth + 1)
