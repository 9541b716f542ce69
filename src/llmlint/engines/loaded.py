"""In which number format an engine of safetensors checkpoints loads the weights, and the width of its cache."""

from __future__ import annotations

from llmlint.engines import options
from llmlint.engines.request import Request

SIXTEEN = ("fp16", "bf16", "fp32")
LOADED = {
    "fp8": "fp8",
    "w8a8_int8": "int8",
    "w8a8_fp8": "fp8",
    "bitsandbytes": "bnb-nf4",
    "awq": "awq",
    "awq_marlin": "awq",
    "gptq": "gptq",
    "gptq_marlin": "gptq",
    "mxfp4": "mxfp4",
    "modelopt_fp4": "nvfp4",
}
"""--quantization by what it makes of a 16-bit checkpoint."""
CACHE_BYTES = {
    **dict.fromkeys(("nvfp4", "fp4_e2m1", "fp4_mx_block16"), 0.5625),
    **dict.fromkeys(("fp8", "fp8_e4m3", "fp8_e5m2", "fp8_inc", "fp8_ds_mla", "int8"), 1),
    **dict.fromkeys(("auto", "fp16", "bf16", "bfloat16", "float16", "half"), 2),
    **dict.fromkeys(("fp32", "float32"), 4),
}
"""Bytes of an element of the cache; `auto` is the model's own type, which is loaded at 16 bits.

Four bits come with an 8-bit scale for 16 elements (vllm 0.33.0, vllm/utils/torch_utils.py:542: nvfp4_kv_cache_full_dim;
SGLang's pool of 41.46 GiB for 5,519,481 tokens of Qwen2.5-1.5B).
"""


CACHE_ENDS = (
    (("k8v4",), 0.75, 0.9),
    (("k3v4",), 0.44, 0.6),
    (("3bit",), 0.375, 0.5),
    (("4bit", "int4", "nvfp4", "mxfp4"), 0.5, 0.7),
    (("fp8", "int8", "mxfp8"), 1.0, 1.15),
)
"""Bytes of an element in formats whose kernels add scales, by what is in their names: least and most."""
LONGEST = 60
"""Characters of a format's name."""
ANY_CACHE = (0.375, 2.0)
"""The same where nothing is known: 3 bits (turboquant_3bit_nc) to the model's own 16."""


def precision(request: Request) -> str:
    """A quantisation that the engine applies as it loads, else the checkpoint's own format.

    A checkpoint of 32 bits is loaded at 16 (--dtype auto), unless the file or the flag asks for 32.
    """
    asked = options.text(request.flags, "quantization")
    if request.weights in SIXTEEN and asked in LOADED:
        return LOADED[asked]
    if request.weights in SIXTEEN and options.text(request.flags, "dtype") in ("float32", "float"):
        return "fp32"
    return "fp16" if request.weights == "fp32" and not request.weights_stated else request.weights


def cache_width(request: Request) -> float | None:
    """Bytes of an element of the KV cache; None for formats whose size their kernels decide."""
    asked = cache_format(request)
    if asked == "auto" and precision(request) == "fp32":
        return 4
    return CACHE_BYTES.get(asked)


def cache_format(request: Request) -> str:
    """The format of the KV cache in the engine's words, as far as anybody would write them."""
    return (options.text(request.flags, "kv-cache-dtype") or request.cache or "auto")[:LONGEST]


def cache_ends(request: Request) -> tuple[float, float]:
    """Least and most bytes of an element of the KV cache in a format that is not modelled."""
    name = cache_format(request)
    return next((ends for words, *ends in CACHE_ENDS if any(word in name for word in words)), ANY_CACHE)  # type: ignore[return-value]
