"""From the quantisation settings beside a Hugging Face checkpoint to the number format of its weights.

Layouts as config.json states them: AutoAWQ, GPTQ, bitsandbytes, fp8, compressed-tensors, ModelOpt, mxfp4, MLX and a few
more that only state bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmlint.catalog.rows import Quantisation

BY_METHOD = {"awq": "awq", "gptq": "gptq", "mxfp4": "mxfp4", "fp8": "fp8", "fbgemm_fp8": "fp8"}
BY_ALGORITHM = {
    "FP8": "fp8",
    "FP8_PB_WO": "fp8",
    "FP8_PER_CHANNEL_PER_TOKEN": "fp8",
    "MXFP8": "fp8",
    "NVFP4": "nvfp4",
    "NVFP4_AWQ": "nvfp4",
    "W4A16_NVFP4": "nvfp4",
    "MXFP4": "mxfp4",
    "W4A16_AWQ": "int4",
    "W4A8_AWQ": "int4",
    "INT8_SQ": "int8",
    "W8A8_SQ_PER_CHANNEL": "int8",
    "W8A16": "int8",
}
"""ModelOpt's `quant_algo`; a MIXED_PRECISION checkpoint names no single one."""
BY_BITS = {4: "int4", 8: "int8"}
DTYPES = {
    "F32": "fp32",
    "F16": "fp16",
    "BF16": "bf16",
    "F8_E4M3": "fp8",
    "F8_E5M2": "fp8",
    "F8_E4M3FNUZ": "fp8",
    "F8_E5M2FNUZ": "fp8",
    "I8": "int8",
    "F64": "fp32",
}
"""Precision of an unquantised checkpoint by the type of its tensors; fp64 is loaded as something smaller."""
TORCH_DTYPES = {
    "float32": "fp32",
    "float16": "fp16",
    "bfloat16": "bf16",
    "float8_e4m3fn": "fp8",
}
TORCH_NAMES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def quantisation(config: Mapping[str, Any], modelopt: Mapping[str, Any]) -> Quantisation | None:
    """What config.json, or ModelOpt's own file beside it, says; None where the weights are plain."""
    for stated in (config.get("quantization_config"), config.get("compression_config")):
        if isinstance(stated, dict) and stated:
            return _stated(stated)
    nested = modelopt.get("quantization")
    if isinstance(nested, dict) and nested:
        return _stated(nested | {"quant_method": "modelopt"})
    mlx = config.get("quantization")
    if isinstance(mlx, dict) and _bits(mlx.get("bits")) is not None:
        bits = _bits(mlx.get("bits"))
        return Quantisation("mlx", BY_BITS.get(bits or 0), bits, _group(mlx.get("group_size")))
    return None


def _stated(stated: Mapping[str, Any]) -> Quantisation:
    method = stated.get("quant_method")
    name = method.lower()[:60] if isinstance(method, str) else "modelopt" if "quant_algo" in stated else "unnamed"
    group = _group(stated.get("weight_block_size")) or _group(stated.get("group_size"))
    algorithm = stated.get("quant_algo")
    if isinstance(algorithm, str):
        precision = BY_ALGORITHM.get(algorithm)
        bits = {"fp8": 8, "int8": 8}.get(precision or "", 4) if precision else None
        return Quantisation(name, precision, bits, group or _scheme_group(stated))
    if name == "bitsandbytes":
        return _bitsandbytes(stated, name)
    if name == "compressed-tensors":
        return _compressed(stated, name)
    bits = _bits(stated.get("bits")) or _bits(stated.get("w_bit")) or (4 if name == "awq" else None)
    if name in BY_METHOD:
        precision = BY_METHOD[name] if bits != 8 or name not in ("awq", "gptq") else "int8"
        return Quantisation(name, precision, bits or {"fp8": 8, "mxfp4": 4}.get(precision), group)
    return Quantisation(name, BY_BITS.get(bits or 0), bits, group)


def _bitsandbytes(stated: Mapping[str, Any], name: str) -> Quantisation:
    if stated.get("load_in_4bit") is True or stated.get("_load_in_4bit") is True:
        return Quantisation(name, "bnb-nf4" if stated.get("bnb_4bit_quant_type") == "nf4" else "int4", 4)
    return Quantisation(name, "int8", 8)


def _compressed(stated: Mapping[str, Any], name: str) -> Quantisation:
    """compressed-tensors: the scheme of the weights, if all groups of layers have the same."""
    found = {(scheme.get("type"), _bits(scheme.get("num_bits"))) for scheme in _schemes(stated)}
    if len(found) != 1:
        return Quantisation(name)
    kind, bits = found.pop()
    if kind == "float":
        form = str(stated.get("format"))
        four = "mxfp4" if form.startswith("mxfp4") or _scheme_group(stated) == (32,) else "nvfp4"
        return Quantisation(name, {8: "fp8", 4: four}.get(bits or 0), bits, _scheme_group(stated))
    return Quantisation(name, BY_BITS.get(bits or 0), bits, _scheme_group(stated))


def _schemes(stated: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    groups = stated.get("config_groups")
    weights = (
        [group.get("weights") for group in groups.values() if isinstance(group, dict)]
        if isinstance(groups, dict)
        else []
    )
    return [scheme for scheme in weights if isinstance(scheme, dict) and isinstance(scheme.get("type"), str)]


def _scheme_group(stated: Mapping[str, Any]) -> tuple[int, ...]:
    sizes = {_group(scheme.get("block_structure")) or _group(scheme.get("group_size")) for scheme in _schemes(stated)}
    return sizes.pop() if len(sizes) == 1 else ()


def _bits(value: Any) -> int | None:
    return value if type(value) is int and 1 <= value <= 16 else None


def _group(value: Any) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    return (
        tuple(items) if 0 < len(items) <= 2 and all(type(item) is int and 0 < item <= 2**20 for item in items) else ()
    )
