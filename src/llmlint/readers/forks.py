"""Programs that take more options than the engine they are built of: forks of it, and what wraps it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from llmlint.unit import Launch, Word

BATCHES = frozenset({"vllm.entrypoints.openai.run_batch", "run-batch"})
"""What works off a file of requests and ends (vllm/entrypoints/openai/run_batch.py): `-i` and `-o` are its own."""
WRAPPERS = frozenset({"dynamo.vllm", "dynamo.sglang", "dynamo.trtllm", *BATCHES})
"""Programs around an engine (ai-dynamo/dynamo's Python modules among them)."""
NAMES = r"ik[-_.]?llama|turboquant|koboldcpp|vllm[-_](?:ascend|gaudi|omni|neuron|spyre|fork)"
"""Parts of names of programs, folders and images of forks."""
# fmt: off
IK_LLAMA = frozenset({
    "-tm", "--threads-mtmd", "-mea", "--max-extra-alloc", "--spec-ckpt-mode", "--recurrent-ckpt-mode",
    "--spec-autotune", "--spec-stage", "--suffix-pattern-len", "--suffix-max-depth", "--suffix-corpus",
    "--mtmd-kq-type", "-ictk", "--indexer-cache-type-k", "-ctk-first", "--cache-type-k-first", "-ctk-last",
    "--cache-type-k-last", "-ctv-first", "--cache-type-v-first", "-ctv-last", "--cache-type-v-last", "-no-fa",
    "--no-flash-attn", "-mla", "--mla-use", "-amb", "--attention-max-batch", "-fmoe", "--fused-moe", "-no-fmoe",
    "--no-fused-moe", "-ger", "--grouped-expert-routing", "-no-fug", "--no-fused-up-gate", "-no-mmad",
    "--no-fused-mul-multiadd", "-rcache", "--rope-cache", "-gr", "--graph-reuse", "-no-gr", "--no-graph-reuse",
    "-ser", "--smart-expert-reduction", "--max-gpu", "-gfm", "--gpu-fit-margin", "-mtp",
    "--multi-token-prediction", "-no-mtp", "--no-multi-token-prediction", "--defer-experts",
    "--prefetch-experts", "--fit-margin", "-wgt", "--worst-graph-tokens", "-rtr", "--run-time-repack", "-thp",
    "--transparent-huge-pages", "-vq", "--validate-quants", "-mqkv", "--merge-qkv", "-muge",
    "--merge-up-gate-experts", "-khad", "--k-cache-hadamard", "-vhad", "--v-cache-hadamard", "-smgs",
    "--split-mode-graph-scheduling", "-sas", "--scheduler-async", "-smf16", "--split-mode-f16", "-smf32",
    "--split-mode-f32", "-grt", "--graph-reduce-type", "--banned-string-file", "-op", "--offload-policy",
    "-no-ooae", "--no-offload-only-active-experts", "-ptcall", "--parallel-tool-calls", "-crs",
    "--cache-ram-similarity", "-cram-n-min", "--cache-ram-n-min", "-ctx-ckpt-i", "--ctx-checkpoints-interval",
})
# fmt: on
"""Options that llama.cpp never had, of gpt_params_find_arg in common/common.cpp and of docs/parameters.md (the older
`-fmoe`) of ikawrakow/ik_llama.cpp at 8337e4c (2026-08-15): its server is called llama-server too, and who writes one of
them runs it."""
TURBO = r"turbo\d\w*"
"""Types of caches that llama.cpp's own builds do not have (TurboQuant)."""
INTERFACES = ("none", "auto", "llamacpp")
"""What `--webui` takes there (common_webui_from_name); llama.cpp's own takes no value."""


def takes_more(launch: Launch, image: str) -> bool:
    """Whether what is launched has options beside the engine's: a fork by its name or its options, a program around."""
    if is_wrapped(launch) or (launch.engine == "llama.cpp" and _is_fork_of_llama(launch.words)):
        return True
    program = next((word.text for word in launch.program if not word.text.startswith("-")), "")
    return any(re.search(NAMES, name, re.IGNORECASE) is not None for name in (program, image))


def is_wrapped(launch: Launch) -> bool:
    """Whether a program around the engine reads the options that it knows, and hands the others on."""
    return any(word.text in WRAPPERS for word in launch.program)


def is_batch(launch: Launch) -> bool:
    """Whether it answers the requests of a file, and no others."""
    return any(word.text in BATCHES for word in launch.program)


def _is_fork_of_llama(words: Sequence[Word]) -> bool:
    texts = [word.text for word in words]
    if not IK_LLAMA.isdisjoint(texts) or any(re.fullmatch(TURBO, text) for text in texts):
        return True
    return any(one == "--webui" and other in INTERFACES for one, other in pairwise(texts))
