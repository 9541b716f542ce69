"""What a manifest says of its container: secrets, gated models, /dev/shm, GPUs, variables, the command line."""

from __future__ import annotations

import pytest

from llmlint.facts import Facts
from tests.facts.asked import facts_of, facts_of_all

HEAD = "services:\n  llm:\n    image: {image}\n"


def service(*lines: str, image: str = "vllm/vllm-openai:v0.19.0") -> Facts:
    """Facts of a service of Compose with these lines."""
    return facts_of(HEAD.format(image=image) + "".join(f"    {line}\n" for line in lines), "compose.yaml")


MODEL = 'command: ["--model=Qwen/Qwen3-8B"]'


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("VLLM_API_KEY", "MYPASSWORD", "literal"),
        ("HF_TOKEN", "hf_" + "a1" * 17, "literal"),
        ("ANYTHING", "nvapi-" + "a1" * 17, "literal"),
        ("HF_TOKEN", "hf_xxxxxxxx", "stand-in"),
        ("HF_TOKEN", "hf_...", "stand-in"),
        ("HF_TOKEN", "your-token-here", "stand-in"),
        ("HF_TOKEN", "<TOKEN>", "stand-in"),
        ("HF_TOKEN", "********", "stand-in"),
        ("OPENAI_API_KEY", "EMPTY", "none"),
        ("OPENAI_API_KEY", "dummy", "none"),
        ("HF_TOKEN", "${HF_TOKEN}", "none"),
        ("HF_TOKEN", "", "none"),
        ("MAX_TOKEN", "none-of-it", "none"),
        ("VLLM_TOKENIZER", "Qwen/Qwen3-8B", "none"),
        ("HF_TOKEN_PATH", "/run/secrets/hf", "none"),
        ("HF_TOKEN", "/run/secrets/hf", "none"),
    ],
)
def test_what_is_a_secret(name: str, value: str, kind: str) -> None:
    facts = service(MODEL, f'environment: {{{name}: "{value}"}}')
    assert len(facts.secrets.literal) == (kind == "literal")
    assert len(facts.secrets.stand_ins) == (kind == "stand-in")


def test_no_message_repeats_a_secret() -> None:
    facts = service('command: ["--model=Qwen/Qwen3-8B", "--api-key", "open-sesame"]')
    (place,) = facts.secrets.literal
    assert "sesame" not in place.text


def test_keys_of_a_proxy_are_told_once() -> None:
    text = "apiKeys: [sesame-1]\nmodels:\n"
    text += "".join(f"  {name}:\n    cmd: llama-server -m /{name}.gguf --port ${{PORT}}\n" for name in "ab")
    found = [place for facts in facts_of_all(text) for place in facts.secrets.literal]
    assert [place.spot.path for place in found if place.spot is not None] == [("apiKeys", 0)]


@pytest.mark.parametrize(
    ("lines", "token", "empty"),
    [
        ((), False, True),
        (("environment: [HF_TOKEN]",), True, True),
        (('environment: {HUGGING_FACE_HUB_TOKEN: "${T}"}',), True, True),
        (('environment: {HF_TOKEN: ""}',), False, True),
        (('environment: {HF_HUB_OFFLINE: "1"}',), True, True),
        (("env_file: not-there.env",), True, True),
        (("secrets: [hf]",), True, False),
        (("volumes: [hub:/root/.cache/huggingface]",), False, False),
        (("build: .",), False, False),
    ],
)
def test_where_a_token_may_come_from(lines: tuple[str, ...], token: bool, empty: bool) -> None:
    facts = service('command: ["--model=meta-llama/Llama-3.1-8B-Instruct"]', *lines)
    assert facts.gated.model
    assert (facts.gated.token, facts.gated.cache_is_empty) == (token, empty)


@pytest.mark.parametrize(
    ("name", "gated"),
    [
        ("meta-llama/Llama-3.3-70B-Instruct", True),
        ("META-LLAMA/llama-3.3-70b-instruct", True),
        ("google/gemma-3-27b-it", True),
        ("unsloth/Llama-3.3-70B-Instruct", False),
        ("/models/meta-llama/Llama-3.3-70B-Instruct", False),
        ("Qwen/Qwen3-8B", False),
    ],
)
def test_which_models_are_gated(name: str, gated: bool) -> None:
    assert service(f'command: ["--model={name}"]').gated.model is gated


@pytest.mark.parametrize(
    ("line", "default"),
    [
        ("restart: always", True),
        ("shm_size: 64mb", True),
        ("shm_size: 1gb", False),
        ("ipc: host", False),
        ("tmpfs: /dev/shm:size=1g", False),
        ('volumes: ["/dev/shm:/dev/shm"]', False),
        ('environment: {NCCL_SHM_DISABLE: "1"}', False),
    ],
)
def test_shared_memory(line: str, default: bool) -> None:
    facts = service('command: ["--model=Qwen/Qwen3-8B", "--tensor-parallel-size=2"]', line)
    assert facts.shm.is_divided
    assert facts.shm.is_default is default


@pytest.mark.parametrize(
    ("visible", "request_", "agrees"),
    [
        ("0", 'device_ids: ["0"]', True),
        ("1", 'device_ids: ["0"]', False),
        ("1,0", 'device_ids: ["0", "1"]', True),
        ("all", "count: 1", True),
        ("0,1", "count: 2", True),
        ("0,1", "count: 1", False),
        ("0,1", "count: all", True),
        ("${GPUS}", "count: 1", True),
        ("void", "count: 1", True),
    ],
)
def test_gpus_that_are_chosen_twice(visible: str, request_: str, agrees: bool) -> None:
    devices = f"deploy: {{resources: {{reservations: {{devices: [{{{request_}, capabilities: [gpu]}}]}}}}}}"
    assert service(MODEL, f'environment: {{NVIDIA_VISIBLE_DEVICES: "{visible}"}}', devices).requested.agree is agrees


@pytest.mark.parametrize(
    ("image", "needs"),
    [
        ("vllm/vllm-openai:v0.19.0", True),
        ("docker.io/vllm/vllm-openai:latest", True),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda-b6000", True),
        ("ghcr.io/ggml-org/llama.cpp:server-b6000", False),
        ("ghcr.io/huggingface/text-generation-inference:3.3.5-intel-cpu", False),
        ("ollama/ollama:0.12.0", False),
        ("registry.example.com/house/vllm:1.0", False),
    ],
)
def test_images_that_need_a_gpu(image: str, needs: bool) -> None:
    assert service(MODEL, image=image).requested.needs_gpu is needs


@pytest.mark.parametrize(
    ("name", "image", "said"),
    [
        ("VLLM_LOGGING_LEVEL", "vllm/vllm-openai:v0.19.0", ""),
        ("VLLM_MAX_MODEL_LEN", "vllm/vllm-openai:v0.19.0", "VLLM_MAX_MODEL_LEN: vLLM reads no such variable"),
        ("VLLM_LEVEL_LOGGING", "vllm/vllm-openai:v0.19.0", "did you mean VLLM_LOGGING_LEVEL?"),
        ("VLLM_SLEEP_WHEN_IDLE", "vllm/vllm-openai:v0.12.0", ""),
        ("VLLM_SLEEP_WHEN_IDLE", "vllm/vllm-openai:v0.20.0", "no longer reads it since 0.19.0"),
        ("VLLM_SLEEP_WHEN_IDLE", "vllm/vllm-openai:v0.17.0", ""),
        ("VLLM_SLEEP_WHEN_IDLE", "vllm/vllm-openai:v0.8.5", "does not read it before 0.9.2"),
        ("VLLM_HOUSE", "registry.example.com/house/vllm:1.0", ""),
        ("OLLAMA_NUM_PARALLEL", "ollama/ollama:0.12.0", ""),
        ("OLLAMA_NUM_CTX", "ollama/ollama:0.12.0", "OLLAMA_NUM_CTX: Ollama reads no such variable"),
        ("LLAMA_ARG_CTX_SIZE", "ghcr.io/ggml-org/llama.cpp:server-b6000", ""),
        ("LLAMA_ARG_NO_MMAP", "ghcr.io/ggml-org/llama.cpp:server-b6000", ""),
        ("LLAMA_ARG_CONTEXT", "ghcr.io/ggml-org/llama.cpp:server-b6000", "reads no such variable"),
    ],
)
def test_variables_that_nobody_reads(name: str, image: str, said: str) -> None:
    facts = service(f'environment: {{{name}: "1"}}', image=image)
    texts = [place.text for place in facts.environment.unread]
    assert (said in texts[0]) if said else not texts


@pytest.mark.parametrize(
    ("words", "repeated"),
    [
        ("--max-model-len=4096 --max-model-len=8192", 1),
        ("--max-model-len=4096 --max_model_len=4096", 0),
        ("--enable-prefix-caching --no-enable-prefix-caching", 1),
        ("--max-model-len=4096 --max-model-len=${LENGTH}", 0),
        ("--hf-overrides.a=1 --hf-overrides.b=2", 0),
    ],
)
def test_settings_that_are_given_twice(words: str, repeated: int) -> None:
    assert len(service(f'command: "--model=Qwen/Qwen3-8B {words}"').command.repeated) == repeated


@pytest.mark.parametrize(
    ("image", "months"),
    [
        ("vllm/vllm-openai:v0.33.0", 0),
        ("vllm/vllm-openai:v0.4.0.post1", 31),
        ("vllm/vllm-openai:v0.4.0", 31),
        ("ghcr.io/huggingface/text-generation-inference:2.0.2", 19),
        ("ollama/ollama:0.32.15", 0),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda-b4890", 20),
        ("ghcr.io/ggml-org/llama.cpp:server-b12464", 0),
    ],
)
def test_months_behind_the_newest_release(image: str, months: int) -> None:
    behind = service(MODEL, image=image).image.months_behind
    assert behind is not None
    assert int(behind) == months


def test_a_build_that_is_not_listed_is_as_old_as_the_next_at_most() -> None:
    listed = service(MODEL, image="vllm/vllm-openai:v0.4.0").image.age
    between = service(MODEL, image="ghcr.io/ggml-org/llama.cpp:server-b4890").image.age
    assert listed.startswith("of 2024-03-31; ")
    assert between.startswith("of 2025-03-18 at the latest; ")


@pytest.mark.parametrize(
    "image", ["vllm/vllm-openai:v0.99.0", "vllm/vllm-openai:latest", "nvcr.io/nvidia/tensorrt-llm/release:1.0.0"]
)
def test_releases_that_nobody_knows(image: str) -> None:
    facts = service(MODEL, image=image)
    assert facts.image.months_behind is None
    assert not facts.image.is_dated


@pytest.mark.parametrize(
    ("image", "floating"),
    [
        ("vllm/vllm-openai", True),
        ("vllm/vllm-openai:nightly", True),
        ("vllm/vllm-openai:nightly-c86b17cfe663afb46a46b8081e9fd4c81dc920a2", False),
        ("vllm/vllm-openai:v0.19.0", False),
        ("vllm/vllm-openai:local", False),
        ("vllm/vllm-openai:${TAG}", False),
        ("vllm/vllm-openai:${TAG:-latest}", True),
        ("ollama/ollama:rocm", True),
    ],
)
def test_tags_that_move(image: str, floating: bool) -> None:
    assert service(MODEL, image=image).image.is_floating is floating
