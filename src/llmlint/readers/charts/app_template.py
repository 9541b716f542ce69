"""The app-template chart of bjw-s, on which most home clusters run Ollama and llama.cpp.

As its common library has it (bjw-s-labs/helm-charts at dfaf83d, charts/library/common): controllers of containers,
options of pods that controllers override key by key, and storage that is mounted in all containers (`globalMounts`), in
those named (`advancedMounts`), else at `/<its name>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmlint.finding import Path
from llmlint.readers.charts.storage import mounts
from llmlint.readers.charts.values import STRATEGIES, Values, container, on_nodes, replicas, runtime_class
from llmlint.readers.kubernetes.containers import probe
from llmlint.readers.values import at, mapping, text, whole
from llmlint.unit import Probe, Said, Unit

MOST_CONTAINERS = 100
KINDS = {"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet", "job": "Job"}
PROBES = ("startup", "liveness", "readiness")
PROBE_KINDS = {"HTTP": "http", "HTTPS": "http", "TCP": "tcp", "GRPC": "grpc", "EXEC": "exec"}


def recognises(data: Any) -> bool:
    """Whether values are of this chart: a controller holds containers with images."""
    return any(
        isinstance(one, dict) and "image" in one
        for controller in mapping(data, "controllers").values()
        for one in mapping(controller, "containers").values()
    )


def units(values: Values) -> list[Unit]:
    """A unit for every container that is switched on."""
    return [_unit(values, *names) for names in list(_containers(values.data))[:MOST_CONTAINERS]]


def _containers(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for controller, one in mapping(data, "controllers").items():
        for name, held in mapping(one, "containers").items():
            if isinstance(held, dict) and at(one, "enabled") is not False and held.get("enabled") is not False:
                yield controller, name


def _unit(values: Values, controller: str, name: str) -> Unit:
    one, path = values.one, ("controllers", controller, "containers", name)
    data = mapping(values.data, *path)
    several = len(list(_containers(values.data))) > 1
    written = text(values.data, "controllers", controller, "type") or "deployment"
    unit = values.unit(f"{controller}/{name}" if several or not values.release else "", "", one.spot(*path, "image"))
    unit.kind = KINDS.get(written.lower(), "CronJob" if written.lower() == "cronjob" else "Deployment")
    unit.serves = unit.kind not in ("Job", "CronJob")
    container(unit, values, path, data)
    _controller(unit, values, controller)
    _pod(unit, values, controller)
    _probes(unit, values, (*path, "probes"))
    mounts(unit, values, controller, name)
    _ports(unit, values, controller)
    return unit


def _controller(unit: Unit, values: Values, controller: str) -> None:
    """Copies, and how they are replaced: the chart writes Recreate where a Deployment's values say nothing."""
    one, path = values.one, ("controllers", controller)
    replicas(unit, one, path, "replicas")
    written = text(one.data, *path, "strategy")
    if unit.kind == "Deployment":
        spot = one.spot(*path, "strategy") if written is not None else one.spot(*path)._replace(key=True)
        unit.strategy = Said(STRATEGIES.get(written or "Recreate", "recreate"), spot)
    rolling = mapping(one.data, *path, "rollingUpdate")
    unit.surge = (_amount(rolling, "surge"), _amount(rolling, "unavailable"))


def _amount(data: dict[str, Any], key: str) -> int | str | None:
    value = data.get(key)
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def _pod(unit: Unit, values: Values, controller: str) -> None:
    """Options of the pod: the controller's own, and the chart's for the keys that it leaves out."""
    own_path: Path = ("controllers", controller, "pod")
    own, default = mapping(values.data, *own_path), mapping(values.data, "defaultPodOptions")
    rest = {key: value for key, value in default.items() if key not in own}
    on_nodes(unit, values, (own_path, own), (("defaultPodOptions",), rest))
    runtime_class(unit, values.one, *(own_path if "runtimeClassName" in own else ("defaultPodOptions",)))
    both = {**default, **own}
    unit.host_ipc = both.get("hostIPC") is True
    unit.service_links = both.get("enableServiceLinks") is True  # off where nothing is said


def _probes(unit: Unit, values: Values, path: Path) -> None:
    data = mapping(values.data, *path)
    if not data:
        unit.supplies |= {"probes"}  # versions of the chart differ in what they add
    for kind in PROBES:
        written = mapping(data, kind)
        if written and written.get("enabled") is not False:
            unit.probes[kind] = _probe(values, (*path, kind), written)


def _probe(values: Values, path: Path, data: dict[str, Any]) -> Probe:
    found = probe(values.one, (*path, "spec"), mapping(data, "spec"))._replace(spot=values.one.spot(*path))
    if found.kind != "unknown":
        return found
    port = data.get("port")
    return found._replace(
        kind=PROBE_KINDS.get((text(data, "type") or "TCP").upper(), "unknown"),  # type: ignore[arg-type]
        path=text(data, "path"),
        port=port if isinstance(port, (int, str)) and not isinstance(port, bool) else None,
    )


def _ports(unit: Unit, values: Values, controller: str) -> None:
    """Ports of the Services that lead to the controller."""
    alone = len(mapping(values.data, "controllers")) == 1
    for service, one in mapping(values.data, "service").items():
        if text(one, "controller") != controller and not (alone and text(one, "controller") is None):
            continue
        for name, port in mapping(one, "ports").items():
            key = "targetPort" if whole(port, "targetPort") is not None else "port"
            number = whole(port, key)
            if number is not None:
                unit.ports.append(Said(number, values.one.spot("service", service, "ports", name, key)))
