"""Quantisation methods that releases of vLLM know: the first and the last of 68 from 0.4.1 to 0.33.0 that list each.

Read in vllm/model_executor/layers/quantization/__init__.py of the released wheels. Of several post releases the last
was read. What the first release that was read has is known since then at the latest.
"""

from __future__ import annotations

from llmlint.engines.versions import Version

OLDEST: Version = (0, 4, 1)
SINCE: dict[str, Version] = {
    "awq_marlin": (0, 5, 3),
    "bitsandbytes": (0, 5, 0),
    "compressed-tensors": (0, 5, 0),
    "experts_int8": (0, 5, 5),
    "fbgemm_fp8": (0, 5, 3),
    "gguf": (0, 5, 5),
    "gptq_marlin": (0, 4, 2),
    "hqq": (0, 6, 5),
    "modelopt": (0, 6, 1),
    "modelopt_fp4": (0, 9, 0),
    "modelopt_mixed": (0, 17, 0),
    "modelopt_mxfp8": (0, 16, 0),
    "moe_wna16": (0, 7, 1),
    "mxfp4": (0, 10, 1),
    "quark": (0, 7, 0),
    "torchao": (0, 8, 4),
    "auto-round": (0, 9, 0),
    "fp_quant": (0, 11, 1),
    "bitblas": (0, 8, 5),
    "deepspeedfp": (0, 4, 3),
    "qqq": (0, 5, 4),
}
"""First release with it; those that are missing here are as old as what was read."""
UNTIL: dict[str, Version] = {
    "aqlm": (0, 10, 0),
    "bitblas": (0, 15, 1),
    "bitsandbytes": (0, 27, 1),
    "deepspeedfp": (0, 14, 1),
    "gguf": (0, 23, 0),
    "hqq": (0, 14, 1),
    "marlin": (0, 10, 1, 1),
    "qqq": (0, 10, 1, 1),
    "squeezellm": (0, 6, 0),
}
"""Last release with it. auto-round is left out: `inc` reads its checkpoints since. The first release without
bitsandbytes is 0.28.0, without gguf 0.24.0."""
