"""GPUs of which any would do: the smallest counts, and what is said says so."""

from __future__ import annotations

import pytest

from llmlint.catalog import Catalogue
from llmlint.facts import Facts
from llmlint.read import read_plans

POD = """
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions:
              - {key: nvidia.com/gpu.product, operator: In, values: [%s]}
  containers:
    - image: vllm/vllm-openai:v0.9.2
      args: [--model, Qwen/Qwen3-8B]
      resources: {limits: {nvidia.com/gpu: 2}}
"""
TASK = """
resources:
  accelerators: {%s}
run: vllm serve Qwen/Qwen3-8B
"""


ON = (POD % "NVIDIA-L4").replace("nvidia.com/gpu.product", "node.kubernetes.io/instance-type")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (POD % "NVIDIA-H100-80GB-HBM3, NVIDIA-L4, NVIDIA-L40S", "2 × NVIDIA-L4 (the smallest of the 3 kinds named)"),
        (POD % "NVIDIA-L4", "2 × NVIDIA-L4"),
        (POD % "NVIDIA-Q9000, NVIDIA-L4", "2 × NVIDIA-L4 (the smallest of the 2 kinds named)"),
        (POD % "NVIDIA-Q9000, NVIDIA-Q9001", "2 × NVIDIA-Q9000"),
        (ON.replace("NVIDIA-L4", "g6.12xlarge"), "2 × L4"),
        (ON.replace("NVIDIA-L4", "g6.12xlarge, g6.48xlarge"), "2 × L4"),
        (ON.replace("NVIDIA-L4", "p5.48xlarge, g6.12xlarge"), "2 × L4 (the smallest of the 2 kinds named)"),
        (ON.replace("NVIDIA-L4", "z9.large, g6.12xlarge"), "2 × L4"),
        (TASK % "H100: 1, L4: 2", "2 × L4 (the smallest of the 2 kinds named)"),
        (TASK % "H100: 1, L4: 8", "1 × H100 (the smallest of the 2 kinds named)"),
        (TASK % "H100: 1, L4: 0.5", "no GPU"),
    ],
)
def test_the_smallest_of_several_kinds_counts(text: str, label: str) -> None:
    (plan,) = read_plans(text.encode(), "pod.yaml").plans
    assert Facts(plan, Catalogue()).gpu.label == label
