"""Facts that edits write into files: what is missing, as it has to be there. None where nobody knows it for certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts import where
from llmlint.facts.fact import Count, Flag, Group, Text, fact

if TYPE_CHECKING:
    from llmlint.unit import Unit

NAMES = ("models", "model-cache", "llm-models")
"""Of new volumes, the first that is free."""
SINGLE = ("Deployment", "ReplicaSet", "StatefulSet", "Pod")
"""Kinds whose copies share a claim."""
DNS = r"[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?"
"""A name of Kubernetes that leaves room for more."""
HAVE_HEALTH = ("vllm", "sglang", "tgi", "llama.cpp", "tensorrt-llm")
"""Engines that answer on /health once they can serve."""
SPARE = 5, 4
"""Room in a new claim over the size of the model."""


class MendingFacts(Group):
    """What edits write."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    @fact("container.environment")
    def folder(self) -> Text | None:
        """Where to mount a volume for the models; None where something is mounted there, or nobody knows the folder."""
        mounts = self.facts.cache.mounts
        return None if mounts is None or mounts else self.facts.cache.folder

    @fact()
    def volume(self) -> Text | None:
        """A name for such a volume that no other one has; None where all are taken."""
        unit = self._unit
        if unit is None:
            return None
        data = unit.home.document.data
        if unit.format == "compose":
            named = where.inside(data, ("volumes",))
            taken = {name for name, what in named.items() if what} if isinstance(named, dict) else set()
        else:
            volumes = where.inside(data, (*(where.pod_path(unit) or ()), "volumes"))
            taken = {one.get("name") for one in volumes or () if isinstance(one, dict)}
        return next((name for name in NAMES if name not in taken), None)

    @fact()
    def is_claim(self) -> Flag:
        """Whether such a volume is a claim of Kubernetes, whose class and size somebody has to choose."""
        return self.facts.plan.format != "compose"

    @fact()
    def claim(self) -> Text | None:
        """A name for such a claim; None where several pods would need it, which a volume of one node does not serve."""
        unit = self._unit
        if unit is None or unit.format != "kubernetes":
            return None
        kind, _, name = unit.name.partition("/")
        several = unit.nodes > 1 or (unit.replicas is not None and unit.replicas.value > 1)
        if kind not in SINGLE or several or "most-replicas" in unit.notes or not re.fullmatch(DNS, name):
            return None
        return f"{name}-models"

    @fact()
    def namespace(self) -> Text:
        """The namespace of the object; empty where the file does not say, and the key is left out."""
        return self._unit.namespace if self._unit is not None else ""

    @fact("model.id", "model.parameters")
    def claim_size(self) -> Text | None:
        """Room for the model and a quarter more, as Kubernetes writes it; None where nobody knows its size."""
        size = self.facts.loading.bytes
        return f"{max(-(-size * SPARE[0] // (SPARE[1] << 30)), 1)}Gi" if size is not None else None

    @fact("engine.version")
    def is_any_release(self) -> Flag:
        """Whether an older release may run than the one whose names an edit would write: nothing tells which, not even
        a tag that follows the newest."""
        from llmlint.images import is_floating

        unit = self._unit
        newest = unit is not None and unit.image is not None and is_floating(unit.image.value)
        return self.facts.engine.version is None and not newest

    @fact("engine.args")
    def health_command(self) -> Text | None:
        """What asks the engine inside its container; None where nobody knows whether the image has it.

        The images have curl (Dockerfiles of vLLM, SGLang, TGI and llama.cpp), but for Ollama's, whose program asks.
        """
        if not self.facts.probes.is_official:
            return None
        if self.facts.engine.name == "ollama":
            return "ollama list"
        port = self.facts.probes.health_port
        return f"curl -fsS http://localhost:{port}/health" if port is not None else None

    @fact("engine.args")
    def open_port(self) -> Count | None:
        """The port of the first health check that only opens a connection; None where no /health is known there."""
        unit, probes = self._unit, self.facts.probes
        asked = [probe.port for probe in (unit.probes.values() if unit is not None else ()) if probe.kind == "tcp"]
        port = asked[0] if asked and isinstance(asked[0], int) else None
        known = self.facts.engine.name in HAVE_HEALTH and not probes.is_hidden and probes.port in (port, None)
        return port if known else None

    @property
    def _is_amd(self) -> bool:
        """Whether the image is for AMD's GPUs."""
        image = self._unit.image if self._unit is not None else None
        return image is not None and re.search(r"(?i)rocm", image.value) is not None

    @fact()
    def gpu_resource(self) -> Text:
        """The resource by which Kubernetes counts GPUs of the kind that the image is for."""
        return "amd.com/gpu" if self._is_amd else "nvidia.com/gpu"

    @fact("engine.args")
    def gpus(self) -> Count:
        """GPUs to ask for: as many as the arguments use, else one."""
        return self.facts.parallel.ranks or 1

    @fact("engine.args")
    def nvidia_gpus(self) -> Count | None:
        """The same where they are NVIDIA's; None for others, which containers get as files of devices, and where a
        variable keeps the GPUs from the container."""
        variable = self._unit.environment.get("NVIDIA_VISIBLE_DEVICES") if self._unit is not None else None
        return None if self._is_amd or variable is not None else self.gpus
