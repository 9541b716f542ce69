"""vLLM's own words where it refuses to start (0.33.0), so that a user recognises them."""

from __future__ import annotations

GIB = 2**30
SEE = "See https://docs.vllm.ai/en/latest/configuration/conserving_memory/ for more details."


def heads(heads: int, tensor_parallel: int) -> str:
    """Attention heads that cannot be divided among the ranks (vllm/config/model.py:1559)."""
    return f"Total number of attention heads ({heads}) must be divisible by tensor parallel size ({tensor_parallel})."


def world(ranks: int, there: int) -> str:
    """More ranks than GPUs on one machine (vllm/config/parallel.py:1073; older versions say it in other words)."""
    return f"World size ({ranks}) is larger than the number of available GPUs ({there}) in this node."


def too_long(asked: int, derived: int) -> str:
    """A context beyond the model's own (vllm/config/model.py:2662)."""
    return (
        f"User-specified max_model_len ({asked}) is greater than the derived max_model_len "
        f"(max_position_embeddings={derived} or model_max_length=None in model's config.json)."
    )


def no_memory() -> str:
    """Nothing is left for the cache (vllm/v1/core/kv_cache_planning.py:58)."""
    return (
        "No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the "
        "engine (this flag also controls CPU memory reservation on the CPU backend, despite its name). " + SEE
    )


def one_request(context: int, needed: int, available: int, longest: int) -> str:
    """Not one request of the full context fits (vllm/v1/core/kv_cache_planning.py:78)."""
    estimate = f"Based on the available memory, the estimated maximum model length is {longest}. " if longest else ""
    return (
        f"To serve at least one request with the model's max seq len ({context}), ({needed / GIB:.2f} GiB KV cache is "
        f"needed, which is larger than the available KV cache memory ({available / GIB:.2f} GiB). {estimate}Try "
        "increasing `gpu_memory_utilization` (which also controls CPU memory on the CPU backend) or decreasing "
        "`max_model_len` when initializing the engine. " + SEE
    )


def out_of_memory(size: int) -> str:
    """Weights, the profiling run or the trial of the graphs exceed the device, in PyTorch's words."""
    tried = f"{size / GIB:.2f} GiB" if size >= GIB else f"{size / 2**20:.2f} MiB"
    return f"CUDA out of memory. Tried to allocate {tried}."


def warming_up(sequences: int) -> str:
    """The sampler finds no room once the cache is there (vllm/v1/worker/gpu_model_runner.py: _dummy_sampler_run)."""
    return (
        f"CUDA out of memory occurred when warming up sampler with {sequences} dummy requests. Please try lowering "
        "`max_num_seqs` or `gpu_memory_utilization` when initializing the engine."
    )


def not_free(free: int, total: int, share: float, wanted: int) -> str:
    """The engine's share exceeds what is free at start."""
    return (
        f"Free memory on device cuda:0 ({free / GIB:.2f}/{total / GIB:.2f} GiB) on startup is less than desired GPU "
        f"memory utilization ({share:g}, {wanted / GIB:.2f} GiB). Decrease GPU memory utilization or reduce GPU memory "
        "used by other processes."
    )
