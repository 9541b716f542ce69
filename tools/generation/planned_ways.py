"""Deployments that nobody recorded: each kind of model, served in ways that reach what the engines do differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MODELS = {
    "dense": "meta-llama/Llama-3.1-8B-Instruct",
    "windows": "google/gemma-3-27b-it",
    "delta": "Qwen/Qwen3.5-27B",
    "latent": "deepseek-ai/DeepSeek-V3",
    "indexed": "deepseek-ai/DeepSeek-V3.2",
    "mxfp4": "openai/gpt-oss-20b",
    "experts": "Qwen/Qwen3-30B-A3B",
    "vision": "Qwen/Qwen2.5-VL-7B-Instruct",
    "mamba": "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
    "cross": "meta-llama/Llama-3.2-11B-Vision-Instruct",
    "convolutions": "LiquidAI/LFM2-1.2B",
    "embedding": "Qwen/Qwen3-Embedding-8B",
}
LOAD = {"context": 8192, "concurrency": 16}
DRAFT = '{"method": "mtp", "num_speculative_tokens": 2}'
WAYS: dict[str, tuple[str, Any, str, str, dict[str, int]]] = {
    # engine, version, GPU × count, arguments, workload
    "vllm": ("vllm", None, "H100 SXM", "", LOAD),
    "vllm-new": ("vllm", "0.33.0", "8 H200", "--tensor-parallel-size 8 --max-model-len 16384", LOAD),
    "vllm-stages": ("vllm", "0.21.0", "4 L40S", "--tensor-parallel-size 2 --pipeline-parallel-size 2", LOAD),
    "vllm-v0": ("vllm", "0.6.5", "4 A100 80GB", "--tensor-parallel-size 4 --max-model-len 8192", LOAD),
    "vllm-eager": ("vllm", "0.11.0", "2 RTX 4090", "--tensor-parallel-size 2 --enforce-eager --max-model-len auto", {}),
    "vllm-fp8": ("vllm", "0.25.0", "MI300X", "--kv-cache-dtype fp8 --max-num-seqs 64 --block-size 32", LOAD),
    "vllm-drafts": ("vllm", "0.29.0", "8 H100 SXM", f"--tensor-parallel-size 8 --speculative-config '{DRAFT}'", LOAD),
    "vllm-lora": ("vllm", "0.18.0", "B200", "--enable-lora --max-loras 3 --max-lora-rank 64 --cpu-offload-gb 4", LOAD),
    "vllm-whole": ("vllm", "0.29.0", "GB10", "--disable-hybrid-kv-cache-manager --max-num-batched-tokens 4096", LOAD),
    "vllm-given": ("vllm", "0.22.1", "H100 SXM", "--kv-cache-memory-bytes 8000000000 --no-enable-prefix-caching", LOAD),
    "sglang": ("sglang", None, "H100 SXM", "", LOAD),
    "sglang-ranks": ("sglang", "0.5.23", "8 H200", "--tp-size 8 --ep-size 8 --context-length 16384", LOAD),
    "sglang-old": ("sglang", "0.4.6", "4 A100 80GB", "--tp-size 2 --pp-size 2 --kv-cache-dtype fp8_e5m2", LOAD),
    "sglang-small": ("sglang", None, "L4", "--disable-cuda-graph --max-total-tokens 20000", LOAD),
    "llama.cpp": ("llama.cpp", None, "RTX 4090", "", LOAD),
    "llama.cpp-parts": ("llama.cpp", None, "2 RTX 3090", "-ngl 20 -c 16384 -np 2 --tensor-split 3,1 -ub 256", LOAD),
    "llama.cpp-host": ("llama.cpp", None, "RTX 4090", "--n-cpu-moe 10 -ctk q8_0 -ctv q8_0 -fa on --fit off", LOAD),
    "llama.cpp-old": ("llama.cpp", "b5000", "A100 80GB", "-ngl 99 -c 8192 --no-kv-offload", {}),
    "llama.cpp-full": ("llama.cpp", "b7000", "L4", "-c 0 -np 1 --swa-full --cache-ram 0 --split-mode none", {}),
    "ollama": ("ollama", None, "RTX 3060", "", LOAD),
}
GGUF = ("llama.cpp", "ollama")


def deployments() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kind of model in every way, with a name of both."""
    for kind, model in MODELS.items():
        for way, (engine, version, gpu, arguments, workload) in WAYS.items():
            number, _, name = gpu.partition(" ") if gpu[0].isdigit() else ("1", "", gpu)
            told = {"name": engine, "version": version, "args": arguments}
            yield (
                f"{kind} {way}",
                {
                    "model": model,
                    **({"precision": "q4_k_m"} if engine in GGUF else {}),
                    **({"workload": workload} if workload else {}),
                    "engine": {key: value for key, value in told.items() if value},
                    "machine": {"gpus": [{"name": name, "count": int(number)}], "ram": "256GB"},
                },
            )
