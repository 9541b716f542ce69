"""The machine that a pod asks for: GPU types in selectors and affinities, instance types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llmlint.plans import Spot
from llmlint.readers.kubernetes.cluster import Pod
from llmlint.readers.values import items, mapping, text
from llmlint.readers.variables import is_filled
from llmlint.unit import Said, Unit

GPU_LABELS = (
    "cloud.google.com/gke-accelerator",
    "nvidia.com/gpu.product",
    "nvidia.com/gpu.machine",
    "gpu.nvidia.com/class",
    "gpu.nvidia.com/model",
    "amd.com/gpu.product-name",
    "beta.amd.com/gpu.product-name",
    "karpenter.k8s.aws/instance-gpu-name",
    "k8s.amazonaws.com/accelerator",
    "accelerator",
    "gpu-type",
    "gpu.type",
    "nvidia.com/gpu.family",
)
"""Labels whose value names a GPU."""
INSTANCE_LABELS = (
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance",
)
GPU_IN_LABEL = (
    r"(?i)(?:^|[^a-z0-9])(?:nvidia[-_ ]?)?((?:rtx|gtx|tesla|quadro)?[-_ ]?(?:a100|h100|h200|b200|b300|gb200|a10g?|a30"
    r"|a40|a6000|l40s?|l4|t4|v100|p40|mi\d{3}x?|[2345]0[6789]0(?:[-_ ]?ti)?)(?:[-_ ]\d+gb)?)(?:[^a-z0-9]|$)"
)
"""A GPU's name inside a label of somebody's own."""
PROVIDERS = {
    "azure": r"(?i:standard)_[A-Z]\w*",
    "oci": r"(?:BM|VM)\.\w[\w.]*",
    "aws": r"[a-z]+\d+[a-z-]*\.(?:metal|[a-z]*\d*[a-z]*large)[\w-]*",
    "gcp": r"[a-z]\d[a-z]?-(?:standard|highmem|highcpu|highgpu|megagpu|ultragpu|maxgpu|edgegpu)-\w+",
}
"""How the names of instance types look."""
SHARED = "-SHARED"
"""What the device plugin appends where a GPU is shared in time."""


def place_on_nodes(unit: Unit, pod: Pod) -> None:
    """GPU type and instance type as the pod selects them, and the labels of its nodes."""
    names: list[Said[str]] = []
    own: list[Said[str]] = []
    for key, written, spot in _selections(pod):
        if len(written) == 1:
            unit.labels = {**unit.labels, key: written[0]}
        values = written if all(map(is_filled, written)) else []
        if key in INSTANCE_LABELS and values and unit.instance is None:
            unit.instances = tuple(Said(instance_type(value), spot) for value in values)
            unit.instance = unit.instances[0]
        elif key in GPU_LABELS or key.endswith(("/gpu.product", "gke-accelerator")):
            names += [Said(gpu_name(value), spot) for value in values if _names_gpu(key, value)]
            if unit.gpus is not None and any(value.endswith(SHARED) for value in values):
                unit.gpus = unit.gpus._replace(fraction=True)
        else:
            own += [
                Said(_series(found[1]), spot) for value in (key, *values) if (found := re.search(GPU_IN_LABEL, value))
            ]
    unit.gpu_names = tuple(names or own[:1])


def instance_type(value: str) -> str:
    """A cloud's name of an instance type as the catalogue has it, with the provider where the name tells it."""
    provider = next((name for name, pattern in PROVIDERS.items() if re.fullmatch(pattern, value)), None)
    return f"{provider}/{value}" if provider is not None else value


def _names_gpu(key: str, value: str) -> bool:
    """A well-known label names a GPU whatever it says; a label of one's own only where it looks like one."""
    return "/" in key or re.search(GPU_IN_LABEL, value) is not None


def _series(name: str) -> str:
    """People write GTX before every number; from the 20 series on it is RTX (the 16 series aside)."""
    return re.sub(r"(?i)^gtx[-_ ]?(?=[2345]0[6789]0)", "rtx-", name)


def gpu_name(value: str) -> str:
    """The GPU of a label's value: without the marks of sharing, and of Google's prefixes."""
    return _series(re.sub(r"(?i)^nvidia-(?=(?:gtx|rtx)-)", "", value.removesuffix(SHARED)))


def _selections(pod: Pod) -> Iterator[tuple[str, list[str], Spot]]:
    """Label, the values that would do, and where it is written."""
    one = pod.one
    for key, value in mapping(pod.data, "nodeSelector").items():
        written = text({"": value}, "")
        yield key, [written] if written is not None else [], one.spot(*pod.path, "nodeSelector", key)
    required = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    for number, term in enumerate(items(pod.data, *required)):
        for index, expression in enumerate(items(term, "matchExpressions")):
            label = text(expression, "key")
            if label is None or text(expression, "operator") not in ("In", "Exists"):
                continue
            values = [str(value) for value in items(expression, "values")]
            yield label, values, one.spot(*pod.path, *required, number, "matchExpressions", index, "values")
