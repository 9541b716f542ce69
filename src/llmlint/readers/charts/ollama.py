"""The Ollama chart (otwld/ollama-helm): models to pull, GPUs by number, a volume at `/root/.ollama`."""

from __future__ import annotations

from typing import Any

from llmlint.readers.charts.values import Values, container, image, on_nodes, replicas, runtime_class, size, strategy
from llmlint.readers.kubernetes.containers import environment
from llmlint.readers.values import at, items, mapping, text, whole
from llmlint.unit import GpuRequest, Said, Unit, Volume

HOME = "/root/.ollama"
CHART = frozenset({"replicaCount", "persistentVolume", "extraEnv", "image"})
"""Values of the chart, of which one stands beside a plain list of models."""


def recognises(data: Any) -> bool:
    """Whether values are of this chart: what it calls models or GPUs stands under `ollama`.

    Clients of a server list models under that name too: a plain list counts beside the chart's other values only.
    """
    own = mapping(data, "ollama")
    gpu, models = mapping(own, "gpu"), own.get("models")
    if isinstance(models, list) and (CHART & data.keys() or gpu):
        return True
    phases = any(isinstance(at(models, phase), list) for phase in ("pull", "run", "create"))
    return phases or isinstance(gpu.get("enabled"), bool)


def units(values: Values) -> list[Unit]:
    """The one server of a release."""
    one, data = values.one, values.data
    unit = values.unit("" if values.release else "ollama", "Deployment", one.spot("ollama")._replace(key=True))
    container(unit, values, (), data)
    _image(unit, values)
    extra, complete = environment(one, values.cluster, (), data, ("extraEnv", "extraEnvFrom"))
    unit.environment |= extra
    unit.environment_complete = unit.environment_complete and complete
    unit.model = _model(values)
    _gpus(unit, values)
    on_nodes(unit, values, ((), data))
    runtime_class(unit, one)
    _storage(unit, values)
    replicas(unit, one, (), "replicaCount")
    strategy(unit, one, ("updateStrategy",))
    port = whole(data, "ollama", "port")
    if port is not None:
        unit.ports.append(Said(port, one.spot("ollama", "port")))
    unit.supplies |= {"probes"}
    return [unit]


def _image(unit: Unit, values: Values) -> None:
    """Without a tag the chart takes that of its own version, which it knows and the file does not."""
    stated = image(values.one, ("image",), values.data.get("image"))
    unit.image = stated if stated is not None and text(values.data, "image", "tag") else None
    if unit.image is None:
        unit.engine = Said("ollama", values.one.spot("ollama")._replace(key=True))
        unit.supplies |= {"image"}


def _model(values: Values) -> Said[str] | None:
    """The first model that is loaded at start, or pulled; older charts have a plain list."""
    for steps in (("run",), ("pull",), ()):
        names = items(values.data, "ollama", "models", *steps)
        if names and isinstance(names[0], str):
            return Said(names[0], values.one.spot("ollama", "models", *steps, 0))
    return None


def _gpus(unit: Unit, values: Values) -> None:
    one, gpu = values.one, mapping(values.data, "ollama", "gpu")
    if gpu.get("enabled") is not True or unit.gpus is not None:
        return
    sliced = at(gpu, "mig", "enabled") is True
    number = whole(gpu, "number")
    spot = one.spot("ollama", "gpu", "number" if number is not None else "enabled")
    vendor = text(gpu, "type") or "nvidia"
    known = vendor if vendor in ("nvidia", "amd", "intel") else "other"
    unit.gpus = GpuRequest(None if sliced else 1 if number is None else number, known, spot, fraction=sliced)


def _storage(unit: Unit, values: Values) -> None:
    """The chart mounts what is called `persistentVolume`, or a folder that goes with the pod."""
    one, data = values.one, mapping(values.data, "persistentVolume")
    mount = text(values.data, "ollama", "mountPath") or HOME
    if data.get("enabled") is not True:
        unit.volumes.append(Volume(mount, "ephemeral", unit.home))
        return
    stated = size(one, "persistentVolume", "size")
    spot = one.spot("persistentVolume")._replace(key=True)
    volume = Volume(mount, "persistent", spot, name=text(data, "existingClaim") or "")
    if stated is not None:
        volume = volume._replace(size=stated.value, size_spot=stated.spot)
    unit.volumes.append(volume._replace(storage_class=text(data, "storageClass") or ""))
