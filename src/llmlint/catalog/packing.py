"""How many parameters the tensors of a safetensors checkpoint hold, where quantisers pack several into an element.

Layouts, recognised by the names beside a tensor (not by what config.json promises):
  AutoAWQ, GPTQ       qweight int32 with 32/bits each; qzeros, scales, g_idx describe it
  compressed-tensors  weight_packed int32 with 32/bits each, or uint8 with two; weight_scale, weight_shape, …
  bitsandbytes        weight uint8 with two each beside weight.quant_state.*; absmax, quant_map, SCB describe it
  mxfp4 of gpt-oss    …_blocks uint8 with two each; …_scales describe them
  ModelOpt NVFP4      weight uint8 with two each beside weight_scale
  MLX                 weight uint32 with 32/bits each beside scales and biases
  fp8                 weight one each; weight_scale, weight_scale_inv, input_scale describe it
Scales and the like are bytes of the checkpoint but not parameters of the model.
"""

from __future__ import annotations

from collections.abc import Iterable

from llmlint.catalog.safetensors import Tensor

DESCRIPTIONS = (
    ".qzeros",
    ".g_idx",
    ".weight_scale",
    ".weight_scale_inv",
    ".weight_scale_2",
    ".weight_zero_point",
    ".weight_shape",
    ".weight_g_idx",
    ".weight_global_scale",
    ".input_global_scale",
    ".input_scale",
    ".output_scale",
    ".input_zero_point",
    ".pre_quant_scale",
    ".k_scale",
    ".v_scale",
    ".q_scale",
    ".SCB",
    ".weight_format",
    "_weight_scale_inv",
    "_weight_scale",
    "_scale_inv",
)
"""Ends of names that describe other tensors, whatever stands beside them."""
STATE = ".weight."
"""bitsandbytes hangs its state below the weight: model.layers.0.mlp.up_proj.weight.absmax."""


def parameters(tensors: Iterable[Tensor], bits: int | None) -> tuple[dict[str, int], bool]:
    """Parameters by tensor, and whether some are packed or describe others. `bits`: as stated, else 4."""
    held = {tensor.name: tensor for tensor in tensors}
    counted: dict[str, int] = {}
    packed = False
    for name, tensor in held.items():
        factor = _per_element(tensor, held, bits or 4)
        counted[name] = tensor.elements * factor[0] // factor[1]
        packed = packed or factor != (1, 1)
    return counted, packed


def _per_element(tensor: Tensor, held: dict[str, Tensor], bits: int) -> tuple[int, int]:
    """Parameters of one element as a fraction; 0/1 for a tensor that describes another."""
    name, dtype = tensor.name, tensor.dtype
    stem, _, last = name.rpartition(".")
    if name.endswith(DESCRIPTIONS) or STATE in name:
        return 0, 1
    if last in ("qweight", "weight_packed") or (last == "weight" and dtype == "U32" and f"{stem}.scales" in held):
        return (32, bits) if dtype in ("I32", "U32") else (8, bits)
    if last in ("scales", "biases") and _describes(stem, held):
        return 0, 1
    if last == "scale" and f"{stem}.weight" in held and dtype == "F8_E8M0":
        return 0, 1
    if name.endswith("_blocks") and dtype == "U8":
        return 2, 1
    if name.endswith("_scales") and name.removesuffix("_scales") + "_blocks" in held:
        return 0, 1
    if dtype == "U8" and last == "weight" and _halved(name, held):
        return 2, 1
    return 1, 1


def _describes(stem: str, held: dict[str, Tensor]) -> bool:
    weight = held.get(f"{stem}.weight")
    return f"{stem}.qweight" in held or (weight is not None and weight.dtype == "U32")


def _halved(name: str, held: dict[str, Tensor]) -> bool:
    """Whether a byte holds two: bitsandbytes below, or ModelOpt's scales beside."""
    return f"{name}_scale" in held or f"{name}.absmax" in held
