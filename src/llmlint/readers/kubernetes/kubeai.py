"""KubeAI's Model: an engine and its options; the operator brings image, GPUs by profile, probes and token."""

from __future__ import annotations

import re

from llmlint.readers.kubernetes.cluster import Cluster
from llmlint.readers.kubernetes.containers import environment, known_in, words
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.values import mapping, text, whole
from llmlint.unit import GpuRequest, Said, Supplied, Unit

ENGINES = {"vllm": "vllm", "ollama": "ollama"}
"""Engines that serve language models, in small letters; Infinity and FasterWhisper do not."""
SUPPLIES: frozenset[Supplied] = frozenset({"image", "model", "token", "probes", "shared-memory", "gpus"})
PROFILE = r"(?i)(nvidia|amd|intel)-gpu-(.+)"
"""Names of the profiles in the chart's values (kubeai-project/kubeai, charts/kubeai/values.yaml)."""
SHARED = r"(?i)-time-?slic\w*|-shared|-mps$"


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The unit of a Model; none for engines that serve no language model."""
    written = text(one.data, "spec", "engine")
    engine = ENGINES.get((written or "").lower())
    if engine is None:
        return []
    unit = Unit(f"{one.kind}/{one.name}", "kubeai", one.spot("metadata", "name"))
    unit.kind, unit.namespace, unit.labels = one.kind, one.namespace, one.labels()
    unit.fragment = cluster.is_fragment
    unit.supplies = SUPPLIES
    unit.engine = Said(engine, one.spot("spec", "engine"))
    _model(unit, one)
    spec = mapping(one.data, "spec")
    image = text(spec, "image")
    if image is not None:
        unit.image = Said(image, one.spot("spec", "image"))
    unit.environment, unit.environment_complete = environment(one, cluster, ("spec",), spec)
    unit.arguments = words(one, ("spec", "args"), spec.get("args"), known_in(unit))
    _gpus(unit, one)
    replicas = whole(spec, "minReplicas") if whole(spec, "replicas") is None else whole(spec, "replicas")
    if replicas is not None:
        unit.replicas = Said(replicas, one.spot("spec", "replicas" if "replicas" in spec else "minReplicas"))
    return [unit]


def _model(unit: Unit, one: Object) -> None:
    """`hf://org/repo`, `ollama://tag`, `pvc://claim/folder?model=tag`."""
    url = text(one.data, "spec", "url")
    if url is None:
        return
    named = re.search(r"[?&]model=([^&]+)", url)
    bare = named[1] if named is not None else url.split("?", 1)[0]
    if unit.engine is not None and unit.engine.value == "ollama":
        bare = bare.removeprefix("ollama://")
    unit.model = Said(bare, one.spot("spec", "url"))


def _gpus(unit: Unit, one: Object) -> None:
    """`nvidia-gpu-l4:2`: so many times what the profile of that name grants, one GPU in the chart's own ones."""
    written = text(one.data, "spec", "resourceProfile")
    if written is None:
        return
    spot = one.spot("spec", "resourceProfile")
    profile, _, number = written.rpartition(":") if ":" in written else (written, "", "1")
    found = re.fullmatch(PROFILE, profile)
    count = int(number) if number.isdecimal() and len(number) < 6 else None
    if found is not None:
        unit.gpus = GpuRequest(count, found[1].lower(), spot, fraction=re.search(SHARED, profile) is not None)
        unit.gpu_names = (Said(re.sub(SHARED, "", found[2]), spot),)
    elif "tpu" in profile.lower():
        unit.gpus = GpuRequest(count, "other", spot)
    unit.notes["resource-profile"] = Said(profile, spot)
