"""A cluster of Ray that a script makes has machines of which the file does not tell."""

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
  containers:
    - image: vllm/vllm-openai:v0.9.2
      command: [bash, -c]
      args: ["%s vllm serve Qwen/Qwen3-8B --tensor-parallel-size 8 --pipeline-parallel-size 3"]
      resources: {limits: {nvidia.com/gpu: 8}}
"""


@pytest.mark.parametrize(
    ("before", "spans"), [("ray start --head &&", True), ("echo array start;", False), ("", False)]
)
def test_a_cluster_of_a_script_spans_machines(before: str, spans: bool) -> None:
    (plan,) = read_plans((POD % before).encode(), "pod.yaml").plans
    assert Facts(plan, Catalogue()).parallel.spans_machines is spans
