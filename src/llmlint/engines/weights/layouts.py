"""How quantised checkpoints store a matrix: bytes of weights, scales and zero points, by precision.

awq and gptq: as AutoAWQ and AutoGPTQ write them (int32 words of eight weights, 16-bit scales and 4-bit zeros by group).
fp8, int8: one byte and scales. nf4: bitsandbytes, blocks of 64. mxfp4, nvfp4: blocks of 32 and 16 with one-byte scales.
Embeddings, heads, norms, routers and vision towers keep 16 bits in all of them.
"""

from __future__ import annotations

from llmlint.catalog.rows import Model, Quantisation
from llmlint.engines.weights.tensors import Tensor
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = 128
"""Weights that share a scale in awq, gptq and int4 checkpoints, unless they say otherwise."""
NVFP4_KEPT = {"gemma4": "attn_"}
"""Matrices, by the start of their name, that the published NVFP4 checkpoints of an architecture keep at 16 bits: all
attention (ignore list of nvidia/Gemma-4-31B-IT-NVFP4). Other publishers quantise them, which is the low end."""
STATE_MIXER = ("attn_", "ssm_")
"""The same of models with gated delta layers: attention and delta layers alike are kept out of NVFP4, at 16 bits in
mixtures of experts (sgl-project/sglang#22618, vllm-project/llm-compressor#2740), at 8 in dense models (NVIDIA/
Model-Optimizer#2363)."""
PLAIN = {"fp32": 4, "fp16": 2, "bf16": 2, "f32": 4, "f16": 2}


class Layout(NamedTuple):
    """How one checkpoint stores its matrices."""

    precision: str
    plain: int
    """Bytes of an element that is not quantised."""
    group: tuple[int, ...]
    """Of the checkpoint, () where it does not say."""
    method: str
    experts_only: bool
    loaded: bool
    """As an engine holds it in memory, not as the file has it."""
    kept: tuple[str, ...] = ()
    """How the names of matrices begin that are not quantised as the rest is."""
    kept_at_8: bool = False
    """They are stored in fp8, not at 16 bits."""

    def bytes(self, tensor: Tensor) -> int:
        """Of all the tensor's matrices."""
        if self.kept and tensor.role == "linear" and tensor.name.startswith(self.kept):
            if not self.kept_at_8 or tensor.name == "ssm_beta_alpha":
                return self.plain * tensor.elements
            return _fp8(self, tensor)
        if tensor.role not in ("linear", "expert") or self.precision in PLAIN or self._kept(tensor):
            return self.plain * tensor.elements
        return _STORED[self.precision](self, tensor)

    def _kept(self, tensor: Tensor) -> bool:
        """Whether quantisers leave a matrix alone."""
        if tensor.name == "ssm_beta_alpha" or (self.experts_only and tensor.role != "expert"):
            return True
        return self.method == "fbgemm_fp8" and tensor.name.startswith("attn_")


def layout(model: Model, precision: str, *, loaded: bool) -> Layout | None:
    """The layout of a model's checkpoint in a precision; None for one that has no safetensors form (GGUF types)."""
    if precision not in PLAIN and precision not in _STORED:
        return None
    quant = model.quant or Quantisation("")
    alike = quant.precision == precision
    method = quant.method if alike else ""
    plain = PLAIN.get(precision, 4 if model.dtype == "float32" and precision in ("fp32", "f32") else 2)
    experts_only = precision == "mxfp4" and any(group.ffn.kind == "moe" for group in model.groups or ())
    kept, at_8 = _conventions(model) if precision == "nvfp4" else ((), False)
    return Layout(precision, plain, quant.group if alike else (), method, experts_only, loaded, kept, at_8)


def _conventions(model: Model) -> tuple[tuple[str, ...], bool]:
    """What quantisers to NVFP4 leave out of it, and whether that is stored in fp8."""
    groups = model.groups or ()
    if any(group.mixer.kind == "gdn" for group in groups):
        return STATE_MIXER, not any(group.ffn.kind == "moe" for group in groups)
    prefix = NVFP4_KEPT.get(model.arch or "")
    return ((prefix,) if prefix else ()), False


def _grouped(form: Layout, tensor: Tensor) -> int:
    """AWQ, or GPTQ without its order of inputs: 4-bit weights, a 16-bit scale and a 4-bit zero for each group."""
    group = form.group[-1] if form.group else GROUP
    groups = -(-tensor.inputs // group)
    one = tensor.outputs * tensor.inputs // 2 + groups * tensor.outputs * 2 + groups * tensor.outputs // 2
    return tensor.copies * one


def _gptq(form: Layout, tensor: Tensor) -> int:
    return _grouped(form, tensor) + 4 * tensor.inputs * tensor.copies


def _int4(form: Layout, tensor: Tensor) -> int:
    """compressed-tensors and most others: symmetric, thus no zeros."""
    group = form.group[-1] if form.group else GROUP
    return tensor.copies * (tensor.outputs * tensor.inputs // 2 + -(-tensor.inputs // group) * tensor.outputs * 2)


def _fp8(form: Layout, tensor: Tensor) -> int:
    if len(form.group) == 2:
        rows, columns = form.group
        scales = 4 * -(-tensor.outputs // rows) * -(-tensor.inputs // columns)
    else:
        scales = 4 * tensor.outputs if form.method == "compressed-tensors" else 8
    return tensor.copies * (tensor.outputs * tensor.inputs + scales)


def _int8(_form: Layout, tensor: Tensor) -> int:
    return tensor.copies * (tensor.outputs * tensor.inputs + 4 * tensor.outputs)


def _nf4(form: Layout, tensor: Tensor) -> int:
    """Files keep the scales of the blocks quantised once more; engines undo that when they load."""
    one = tensor.outputs * tensor.inputs
    scales = 4 * one // 64 if form.loaded else one // 64 + 4 * one // (64 * 256)
    return tensor.copies * (one // 2 + scales)


def _mxfp4(_form: Layout, tensor: Tensor) -> int:
    one = tensor.outputs * tensor.inputs
    return tensor.copies * (one // 2 + one // 32)


def _nvfp4(_form: Layout, tensor: Tensor) -> int:
    one = tensor.outputs * tensor.inputs
    return tensor.copies * (one // 2 + one // 16 + 8)


_STORED: dict[str, Callable[[Layout, Tensor], int]] = {
    "awq": _grouped,
    "gptq": _gptq,
    "int4": _int4,
    "fp8": _fp8,
    "int8": _int8,
    "bnb-nf4": _nf4,
    "mxfp4": _mxfp4,
    "nvfp4": _nvfp4,
}
