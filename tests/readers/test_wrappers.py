"""What a program around the engine takes besides is no fault of the command line."""

from __future__ import annotations

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.facts import Facts
from llmlint.linting import Settings, lint
from llmlint.read import read_plans

ON_FLAGS = [rule for rule in RULES if rule.subject == "engine" and "flag" in rule.id and "removed" not in rule.id]

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


SWAP = """
macros:
  server: /app/llama-server --port ${PORT} --ctx-sizee 4096 %s
models:
  one: {cmd: "${server} -m /m/one.gguf"}
  two: {cmd: "${server} -m /m/two.gguf"}
"""


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        pytest.param("", ["did you mean --ctx-size?"], id="what two models share is said once"),
        pytest.param("--merge-qkv", [], id="a fork by its options"),
        pytest.param("--nothing-like-it", ["did you mean --ctx-size?"], id="maybe of another build"),
        pytest.param("-fa --metrics", ["did you mean --ctx-size?"], id="a switch in older builds"),
        pytest.param("-fa perhaps", ["did you mean --ctx-size?", "not perhaps"], id="never a value"),
    ],
)
def test_options_of_a_build_of_whatever_age(words: str, faults: list[str]) -> None:
    settings = Settings(ON_FLAGS, Catalogue(), frozenset())
    found = lint((SWAP % words).encode(), "config.yaml", settings).findings
    assert [one.message.rpartition("; " if "mean" in one.message else ", ")[2] for one in found] == faults
