"""The recorded rows, and the deployment that each describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

DATA = Path(__file__).resolve().parent / "data"
Row: TypeAlias = "dict[str, Any]"
Deployment: TypeAlias = "dict[str, Any]"

STARTED = ("started", "kv_allocated")
FAILED = ("failed_kv", "oom_load", "oom_profile", "oom_after_kv")
QUANTISATIONS = {
    "awq": "awq",
    "awq_marlin": "awq",
    "gptq": "gptq",
    "gptq_marlin": "gptq",
    "fp8": "fp8",
    "bitsandbytes": "bnb-nf4",
    "mxfp4": "mxfp4",
    "nvfp4": "nvfp4",
    "modelopt_fp4": "nvfp4",
}
"""What a log calls the quantisation, in the words of a deployment file; other names say too little."""


def read(kind: str) -> list[Row]:
    """All rows of a kind: serving, llamacpp, speed, usable."""
    text = (DATA / f"{kind}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def distinct(kind: str) -> Iterator[tuple[Row, Deployment]]:
    """Rows with their deployments; of several that describe the same one, the first."""
    seen = set()
    for row in read(kind):
        deployment = DEPLOYMENTS[kind](row)
        same = json.dumps((deployment, row.get("test")), sort_keys=True)
        if same not in seen:
            seen.add(same)
            yield row, deployment


def serving(row: Row) -> Deployment:
    """A start of vLLM or SGLang, with every argument that the log states."""
    vllm = row["engine"] == "vllm"
    named = {
        "tensor-parallel-size" if vllm else "tp-size": row.get("tensor_parallel"),
        "pipeline-parallel-size" if vllm else "pp-size": row.get("pipeline_parallel"),
        "data-parallel-size" if vllm else "dp-size": row.get("data_parallel"),
        "gpu-memory-utilization": row.get("utilization"),
        "mem-fraction-static": row.get("static_fraction"),
        "max-model-len" if vllm else "context-length": row.get("max_model_len"),
        "max-num-seqs" if vllm else "max-running-requests": row.get("max_num_seqs"),
        "max-num-batched-tokens": row.get("max_num_batched_tokens"),
        "kv-cache-dtype": row.get("kv_cache_dtype"),
        "cpu-offload-gb": row.get("cpu_offload_gb"),
    }
    args = [f"--{name}={value}" for name, value in named.items() if value is not None]
    args += ["--enforce-eager"] if row.get("enforce_eager") else []
    gpu = {"name": row.get("gpu"), "count": row.get("gpus") or row.get("tensor_parallel") or 1}
    gpu["memory"] = f"{row['memory_gib']}GiB" if "memory_gib" in row else None
    found = {
        "model": row["model"],
        "engine": _kept({"name": row["engine"], "args": args, "version": row.get("version")}),
        "machine": {"gpus": [_kept(gpu)]},
    }
    precision = QUANTISATIONS.get(str(row.get("quantization", "")).lower())
    return found | ({"precision": precision} if precision else {})


def llamacpp(row: Row) -> Deployment:
    """A start of llama.cpp. A plain transformer is described by what its log printed, others by name."""
    flash, unified = row.get("flash"), row.get("unified")
    named = {
        "--ctx-size": row["context"],
        "--n-gpu-layers": row.get("gpu_layers", 999),
        "--ubatch-size": row.get("micro"),
        "--batch-size": row.get("batch"),
        "--parallel": row.get("slots"),
        "--cache-type-k": row.get("cache_k"),
        "--cache-type-v": row.get("cache_v"),
        "--flash-attn": None if flash is None else "on" if flash else "off",
    }
    args = [word for name, value in named.items() if value is not None for word in (name, str(value))]
    args += [] if unified is None else ["--kv-unified" if unified else "--no-kv-unified"]
    gpus = row.get("gpus") or ["RTX 4090"]  # where the log names none: the cache is the same on any
    return {
        "model": _described(row) or row["model"],
        "precision": row["type"],
        "engine": _kept({"name": "llama.cpp", "args": args, "version": row.get("build")}),
        "machine": {"gpus": [{"name": gpus[0], "count": len(gpus)}], "ram": "2048GB"},
    }


def _described(row: Row) -> Deployment | None:
    arch = row["arch"]
    if arch.get("name") != "llama" or arch.get("experts") or not arch.get("ffn") or not row.get("params_b"):
        return None
    mixer = {
        "kind": "gqa",
        "heads": arch["heads"],
        "kv_heads": arch["kv_heads"],
        "head_dim": arch.get("head_dim") or arch["hidden"] // arch["heads"],
    }
    group = {"n": arch["layers"], "mixer": mixer, "ffn": {"kind": "dense", "inter": arch["ffn"]}}
    shape = {"hidden": arch["hidden"], "vocab": arch["vocab"], "tied": False, "max_ctx": arch["context"]}
    return {"parameters": f"{row['params_b']}B", "architecture": {**shape, "groups": [group]}}


def speed(row: Row) -> Deployment:
    """One request of a dense model on one device; `tg8192` generates so many tokens from an empty cache."""
    generated = int(str(row["test"]).split()[0].removeprefix("tg"))
    return {
        "model": {"parameters": f"{row['params_b']}B"},
        "precision": row["type"],
        "workload": {"context": max(generated, 512), "concurrency": 1},
        "engine": {"name": row["engine"]},
        "machine": {"gpus": [{"name": row["device"], "count": 1}]},
    }


def _kept(mapping: Deployment) -> Deployment:
    return {key: value for key, value in mapping.items() if value is not None}


DEPLOYMENTS = {"serving": serving, "llamacpp": llamacpp, "speed": speed}
