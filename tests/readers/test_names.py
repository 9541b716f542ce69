"""Names: versions in tags, models in paths and URLs."""

from __future__ import annotations

import pytest

from llmlint import images
from llmlint.readers.model_name import is_name, model_name


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("vllm/vllm-openai:v0.9.2", "0.9.2"),
        ("vllm/vllm-openai:v0.10.1.1", "0.10.1.1"),
        ("vllm/vllm-openai:v0.11.0-x86_64", "0.11.0"),
        ("docker.io/vllm/vllm-openai:v0.9.0@sha256:" + "0" * 64, "0.9.0"),
        ("vllm/vllm-openai:nightly-01234567890abcdef", None),
        ("vllm/vllm-openai:latest", None),
        ("localhost:5000/vllm/vllm-openai", None),
        ("lmsysorg/sglang:v0.5.6.post2-cu124", "0.5.6.post2"),
        ("lmsysorg/sglang:v0.5.3rc0", "0.5.3rc0"),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda-b4719", "b4719"),
        ("ghcr.io/huggingface/text-generation-inference:3.0.1-rocm", "3.0.1"),
        ("nvcr.io/nvidia/vllm:25.09-py3", None),
        ("nvcr.io/nvidia/tritonserver:24.08-vllm-python-py3", None),
        ("nvcr.io/nvidia/tensorrt-llm/release:1.0.0rc4", "1.0.0rc4"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm:0.11.2-gpu-py312-cu129-ubuntu22.04", "0.11.2"),
        ("rocm/vllm:rocm6.4.1_vllm_0.9.1_20250715", "0.9.1"),
        ("ollama/ollama:0.12.3-rocm", "0.12.3"),
    ],
)
def test_version_of_a_tag(image: str, version: str | None) -> None:
    assert images.version(image) == version


@pytest.mark.parametrize(
    ("written", "engine", "expected"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "vllm", ("meta-llama/Llama-3.1-8B-Instruct", False)),
        ("/models/Llama-3.1-8B-Instruct", "vllm", ("Llama-3.1-8B-Instruct", True)),
        ("/mnt/models", "vllm", ("", True)),
        ("/models/model.gguf", "llama.cpp", ("", True)),
        ("/models/qwen/Qwen3-8B-Q4_K_M-00001-of-00003.gguf", "llama.cpp", ("Qwen3-8B-Q4_K_M", True)),
        ("Qwen3-8B-Q4_K_M.gguf", "llama.cpp", ("Qwen3-8B-Q4_K_M", True)),
        ("/root/.cache/huggingface/hub/models--Qwen--Qwen3-8B/snapshots/" + "a" * 40, "vllm", ("Qwen/Qwen3-8B", True)),
        ("gs://bucket/models/gemma-3-27b-it/", "vllm", ("gemma-3-27b-it", True)),
        ("s3://bucket/Qwen/Qwen3-8B", "sglang", ("Qwen3-8B", True)),
        ("oci://quay.io/org/modelcar-granite-3.1-8b:1.0", "vllm", ("granite-3.1-8b", True)),
        ("hf://Qwen/Qwen3-8B:main", "vllm", ("Qwen/Qwen3-8B", False)),
        ("hf.co/bartowski/Qwen2.5-7B-GGUF:Q8_0", "ollama", ("bartowski/Qwen2.5-7B-GGUF:Q8_0", False)),
        ("https://huggingface.co/a/B-GGUF/resolve/main/B-Q4_0.gguf?download=true", "llama.cpp", ("B-Q4_0", False)),
        ("llama3.1:8b", "ollama", ("llama3.1:8b", False)),
    ],
)
def test_name_of_a_model(written: str, engine: str, expected: tuple[str, bool]) -> None:
    assert model_name(written, engine) == expected


@pytest.mark.parametrize("text", ["$MODEL", "${MODEL}", "$(cat x)", "{{ .Values.model }}", "<your-model>", "$@", "$1"])
def test_what_is_filled_in_later_is_no_name(text: str) -> None:
    assert not is_name(text)
