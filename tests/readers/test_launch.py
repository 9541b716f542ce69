"""Command lines as people write them: the engine, its options, and where each word stands."""

from __future__ import annotations

import json
import textwrap

import pytest

from llmlint import document
from llmlint.plans import Plan
from llmlint.read import read_plans

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: llm}}
spec:
  containers:
    - name: llm
      image: {image}
{rest}
"""


def plans(rest: str, image: str = "vllm/vllm-openai:v0.9.2") -> list[Plan]:
    """What a pod with such a container is read as."""
    text = POD.format(image=image, rest=textwrap.indent(textwrap.dedent(rest), "      "))
    source = document.read(text.encode())
    assert not source.problems, source.problems
    found = read_plans(text.encode(), "pod.yaml", named=False).plans
    for plan in found:
        _check_places(plan, text)
    return found


def _check_places(plan: Plan, text: str) -> None:
    """A word that has a place of its own is written there."""
    lines = text.splitlines()
    for path, spot in (plan.origins or {}).items():
        if path[:2] != ("engine", "args") or len(path) != 3 or spot.span is None:
            continue
        span = spot.span
        if span.line == span.end_line:
            written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
            assert plan.deployment.engine is not None
            word = args(plan)[int(path[2])]
            assert written.strip("\"'\\") == str(word).strip("\"'\\") or "$" in written or " " in str(word), (
                written,
                word,
            )


def args(plan: Plan) -> list[str]:
    assert plan.deployment.engine is not None
    return [str(word) for word in plan.deployment.engine.args or []]


MODEL = "org/model"
FORMS = [
    'args: ["--model", "org/model", "--tensor-parallel-size", "2"]',
    "command: [vllm, serve, org/model]\nargs: [--tensor-parallel-size=2]",
    'command: ["/bin/sh", "-c"]\nargs: ["vllm serve org/model --tensor-parallel-size 2"]',
    "command: [sh, -c, 'exec vllm serve org/model --tensor-parallel-size 2']",
    "command:\n- bash\n- -lc\n- |\n  set -e\n  pip install x\n"
    "  vllm serve org/model \\\n    --tensor-parallel-size 2\n",
    "command:\n- bash\n- -c\n- >\n  python3 -m vllm.entrypoints.openai.api_server\n"
    "  --model org/model\n  --tensor-parallel-size 2\n",
    'command: ["bash", "-c", "bash /w/multi-node-serving.sh leader --ray_cluster_size=2;\n'
    '  vllm serve org/model --tensor-parallel-size 2"]',
    "command: [bash, -c]\nargs:\n- |\n  ARGS=(--tensor-parallel-size 2)\n  vllm serve org/model \"${ARGS[@]}\"",
    "command: [bash, -c]\nargs:\n- |\n  ARGS=\"org/model --tensor-parallel-size 2\"\n  vllm serve $ARGS",
    "env: [{name: M, value: org/model}]\nargs: [--model=$(M), --tensor-parallel-size, '2']",
    "command: [sh, -c]\nargs: ['vllm serve ${M:-org/model} --tensor-parallel-size ${TP:-2}']",
    'command: [sh, -c, \'exec vllm serve "$@"\', --, org/model, --tensor-parallel-size, "2"]',
    "command: [numactl, --cpunodebind=0, -m, '0', vllm, serve, org/model, --tensor-parallel-size, '2']",
    "command: [sh, -c, 'CUDA_VISIBLE_DEVICES=0,1 nohup vllm serve org/model --tensor-parallel-size 2 > log 2>&1 &']",
    "command: [sh, -c, 'uv run --with x vllm serve org/model --tensor-parallel-size 2']",
]  # fmt: skip


@pytest.mark.parametrize("rest", FORMS)
def test_every_form_says_the_same(rest: str) -> None:
    (plan,) = plans(rest)
    assert plan.deployment.engine is not None
    assert plan.deployment.engine.name == "vllm"
    assert plan.deployment.model.id == MODEL
    words = " ".join(args(plan)).replace("=", " ")
    assert "--tensor-parallel-size 2" in words


def test_launches_of_one_script_have_their_own_gpus() -> None:
    script = """\
        command: [bash, -c]
        args:
        - |
          export CUDA_VISIBLE_DEVICES=0
          vllm serve a/a --port 8000 &
          CUDA_VISIBLE_DEVICES=1,2 vllm serve b/b --port 8001 &
          wait
        """
    first, second = plans(script)
    assert (first.deployment.model.id, second.deployment.model.id) == ("a/a", "b/b")
    assert first.unit is not None
    assert second.unit is not None
    assert first.unit.gpus is not None
    assert second.unit.gpus is not None
    assert (first.unit.gpus.devices, second.unit.gpus.devices) == (("0",), ("1", "2"))


def test_json_stays_one_word() -> None:
    (plan,) = plans("""command: [sh, -c, "vllm serve m/m --speculative-config '{\\"model\\": \\"d/d\\"}'"]""")
    assert args(plan) == ["m/m", "--speculative-config", '{"model": "d/d"}']


def test_what_a_branch_sets_is_unknown() -> None:
    script = """\
        command: [bash, -c]
        args:
        - |
          TP=1
          if [ "$GPUS" = 8 ]; then TP=8; fi
          vllm serve m/m --tensor-parallel-size $TP
        """
    (plan,) = plans(script)
    assert args(plan)[-1] == "$TP"


def test_here_documents_and_substitutions_launch_nothing() -> None:
    script = """\
        command: [bash, -c]
        args:
        - |
          cat > run.sh <<EOF
          vllm serve no/no
          EOF
          vllm serve m/m --port $(cat /port | head -1) --seed 1
        """
    (plan,) = plans(script)
    assert args(plan) == ["m/m", "--port", "$(cat /port | head -1)", "--seed", "1"]


def test_docker_run_is_read_as_a_container() -> None:
    script = """\
        command: [sh, -c]
        args:
        - >-
          docker run --rm -it --gpus '"device=0,1"' -e HF_TOKEN -e A=b --ipc=host --shm-size 16g
          -v /models:/models:ro -p 127.0.0.1:8000:8000 vllm/vllm-openai:v0.10.0 --model m/m
        """
    (plan,) = plans(script, image="docker:27")
    assert args(plan) == ["--model", "m/m"]
    assert plan.unit is not None
    assert plan.unit.gpus is not None
    assert plan.unit.shared_memory is not None
    assert plan.deployment.engine is not None
    assert plan.deployment.engine.version == "0.10.0"
    assert plan.unit.gpus.number == 2
    assert plan.unit.host_ipc
    assert plan.unit.shared_memory.value == 16 * 2**30
    assert [(one.mount, one.read_only) for one in plan.unit.volumes] == [("/models", True)]
    assert plan.unit.environment["HF_TOKEN"].source == "caller"
    assert [port.value for port in plan.unit.ports] == [8000]


@pytest.mark.parametrize(
    ("rest", "image", "count"),
    [
        ("command: [/start.sh]", "vllm/vllm-openai:v0.9.2", 1),
        ("args: [vllm, bench, serve]", "me/vllm:1", 0),
        ("command: [sleep, infinity]", "vllm/vllm-openai:v0.9.2", 0),
        ("args: [--model, m/m]", "ghcr.io/llm-d/llm-d-inference-sim:v0.3", 0),
        ("args: [serve]", "ollama/ollama:0.9.0", 1),
        ("args: [pull, llama3]", "ollama/ollama:0.9.0", 0),
        ("args: [-m, /m/a.gguf]", "ghcr.io/ggml-org/llama.cpp:server-cuda-b4719", 1),
        ("args: [--server, -m, /m/a.gguf]", "ghcr.io/ggml-org/llama.cpp:full-b4719", 1),
    ],
)
def test_what_an_image_runs(rest: str, image: str, count: int) -> None:
    assert len(plans(rest, image)) == count


@pytest.mark.parametrize(
    ("comment", "version"),
    [("# v0.9.2", "0.9.2"), ("# tag: v0.9.2", "0.9.2"), ("# since 2.1 we pin this", None), ("", None)],
)
def test_the_version_stands_behind_a_digest(comment: str, version: str | None) -> None:
    image = f"vllm/vllm-openai@sha256:{'0' * 64} {comment}"
    (plan,) = plans("args: [--model, m/m]", image.strip())
    assert plan.deployment.engine is not None
    assert plan.deployment.engine.version == version


@pytest.mark.parametrize(
    ("rest", "image", "more"),
    [
        ("command: [/app/ik_llama.cpp/build/bin/llama-server, -m, /m/a.gguf]", "debian:13", True),
        ("args: [-m, /m/a.gguf]", "example.org/ik-llama-server:1", True),
        ("command: [python3, -m, dynamo.vllm, --model, m/m]", "nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.7.0", True),
        ("command: [/app/llama-server, -m, /m/a.gguf, -fmoe]", "debian:13", True),
        ("command: [/app/llama-server, -m, /m/a.gguf, -ctk, turbo3]", "debian:13", True),
        ("command: [/app/llama-server, -m, /m/a.gguf, --webui, llamacpp]", "debian:13", True),
        ("command: [/app/llama-server, -m, /m/a.gguf, --webui, -fa, on]", "debian:13", False),
        ("command: [/app/llama-server, -m, /m/a.gguf]", "ghcr.io/ggml-org/llama.cpp:server-b6000", False),
        ("args: [--model, m/m]", "vllm/vllm-openai:v0.9.2", False),
    ],
)
def test_a_fork_takes_more_options(rest: str, image: str, more: bool) -> None:
    (plan,) = plans(rest, image)
    assert plan.unit is not None
    assert plan.unit.launch is not None
    assert plan.unit.launch.extended is more


@pytest.mark.parametrize("item", ["--model ", "-\t", "-- ", " ", "--model\n"])
def test_a_blank_behind_an_option_is_no_value(item: str) -> None:
    (plan,) = plans(f"args: [{json.dumps(item)}, m/m]")
    assert args(plan) == [item, "m/m"]
