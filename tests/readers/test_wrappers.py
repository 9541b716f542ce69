"""What a program around the engine takes besides is no fault of the command line."""

from __future__ import annotations

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.facts import Facts
from llmlint.read import read_plans

POD = """
apiVersion: v1
kind: Pod
metadata: {name: worker}
spec:
  containers:
    - image: registry.example/vllm-runtime:1
      command: [python3, -m, %s]
      args: [--model, Qwen/Qwen3-8B, --dyn-tool-call-parser, hermes]
"""


@pytest.mark.parametrize(
    ("module", "faults"), [("dynamo.vllm", 0), ("vllm.entrypoints.openai.api_server", 1)], ids=["wrapped", "bare"]
)
def test_options_of_a_wrapper(module: str, faults: int) -> None:
    (plan,) = read_plans((POD % module).encode(), "pod.yaml").plans
    assert len(Facts(plan, Catalogue()).flags.unknown) == faults
