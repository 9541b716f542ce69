"""Facts about manifests whose arithmetic rule examples do not show: rollouts, probes, caches, slots."""

from __future__ import annotations

import pytest

from llmlint.catalog import Catalogue
from llmlint.facts import Facts
from llmlint.linting import all_facts, read_plans

CATALOGUE = Catalogue()
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: llm}}
spec:
  {spec}
  template:
    spec:
      containers:
        - image: vllm/vllm-openai:v0.9.2
          args: [--model, {model}]
          resources: {{limits: {{nvidia.com/gpu: 2}}}}
          {container}
      {pod}
"""


def facts_of(spec: str = "replicas: 1", model: str = "Qwen/Qwen3-8B", container: str = "", pod: str = "") -> Facts:
    text = DEPLOYMENT.format(spec=spec, model=model, container=container, pod=pod)
    (facts,) = all_facts(read_plans(text.encode(), "llm.yaml").plans, CATALOGUE, "llm.yaml")
    return facts


@pytest.mark.parametrize(
    ("spec", "frees"),
    [
        ("replicas: 1", False),
        ("replicas: 3", False),
        ("replicas: 4", True),
        ("strategy: {type: Recreate}", True),
        ("strategy: {rollingUpdate: {maxUnavailable: 1}}", True),
        ("strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}", False),
        ("strategy: {rollingUpdate: {maxUnavailable: 50%}}", False),
        ("strategy: {rollingUpdate: {maxUnavailable: 100%}}", True),
    ],
)
def test_shares_of_pods_are_rounded_down(spec: str, frees: bool) -> None:
    rollout = facts_of(spec).rollout
    assert (rollout.holds_gpus, rollout.frees_first) == (True, frees)


def test_a_deployment_that_is_switched_off_has_no_rollout() -> None:
    assert not facts_of("replicas: 0").rollout.holds_gpus


def test_a_probe_counts_kubernetes_defaults_where_it_says_nothing() -> None:
    probes = facts_of(container="livenessProbe: {httpGet: {path: /health, port: 8000}}").probes
    assert (probes.liveness_budget, probes.liveness_waits_alone) == (30.0, True)
    assert probes.liveness_time == "30 s (0 s + 3 × 10 s)"


def test_a_startup_probe_holds_the_liveness_probe_back() -> None:
    both = "livenessProbe: {tcpSocket: {port: 8000}}\n          startupProbe: {tcpSocket: {port: 8000}}"
    assert not facts_of(container=both).probes.liveness_waits_alone


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ("", "/root/.cache/huggingface"),
        ("[{name: HF_HOME, value: /models}]", "/models"),
        ("[{name: HF_HOME, value: /models}, {name: HF_HUB_CACHE, value: /hub}]", "/hub"),
        ("[{name: XDG_CACHE_HOME, value: /cache}]", "/cache/huggingface"),
        ("[{name: HOME, value: /home/vllm}]", "/home/vllm/.cache/huggingface"),
    ],
)
def test_the_cache_is_where_the_client_looks(env: str, folder: str) -> None:
    cache = facts_of(container=f"env: {env}" if env else "").cache
    assert (cache.is_filled_by_engine, cache.folder, cache.lasts) == (True, folder, False)


def test_a_cache_that_a_secret_places_is_unknown() -> None:
    secret = "env: [{name: HF_HOME, valueFrom: {secretKeyRef: {name: hub, key: home}}}]"
    assert facts_of(container=secret).cache.lasts is None


@pytest.mark.parametrize("mount", ["/root/.cache/vllm", "/etc/models", "/kv-cache", "/chat-templates"])
def test_volumes_for_something_else_are_no_place_for_models(mount: str) -> None:
    mounted = f"volumeMounts: [{{name: store, mountPath: {mount}}}]"
    facts = facts_of(container=mounted, pod="volumes: [{name: store, persistentVolumeClaim: {claimName: claim}}]")
    assert not facts.cache.has_stray


def test_loading_is_unknown_for_a_model_that_nobody_knows() -> None:
    loading = facts_of(model="acme/house-model").loading
    assert (loading.bytes, loading.least, loading.likely) == (None, None, None)


def test_weights_that_lie_there_are_read_at_twice_the_rate_and_only_once() -> None:
    hub, local = facts_of().loading, facts_of(model="/models/Qwen3-8B").loading
    assert hub.bytes == local.bytes
    assert (hub.least or 0) > (local.least or 0) > 0


@pytest.mark.parametrize(
    ("repository", "precision"),
    [
        ("ggml-org/gemma-3-27b-it-GGUF", "q4_k_m"),
        ("unsloth/Qwen3-8B-GGUF:Q8_0", "q8_0"),
        ("ggml-org/gpt-oss-20b-GGUF", "mxfp4"),
    ],
)
def test_llama_cpp_picks_a_file_of_a_repository(repository: str, precision: str) -> None:
    command = f"services: {{a: {{image: 'ghcr.io/ggml-org/llama.cpp:server-cuda-b6000', command: -hf {repository}}}}}"
    (facts,) = all_facts(read_plans(command.encode(), "compose.yaml").plans, CATALOGUE, "compose.yaml")
    assert facts.precision.weights == precision
