"""What one rank of a parallel engine holds of a model: vLLM's division, which SGLang's follows.

Column- and row-parallel matrices, embeddings and heads divide by the tensor-parallel size; norms, routers and the down
projections of latent attention are on every rank; KV heads fewer than ranks are copied (vllm/model_executor/layers/
linear.py, vocab_parallel_embedding.py, 0.33.0). Pipeline stages take whole layers, the first the embeddings, the last
the head. Embedding models load no head. Vision towers divide too, but for those whose attention is not written in
parallel layers: recorded runs hold a whole one on each rank for Mistral 3, a part of one for Qwen3.5 and Llama 4.
"""

from __future__ import annotations

from llmlint.catalog.rows import LayerGroup, Model
from llmlint.engines.weights.layouts import Layout
from llmlint.engines.weights.order import order
from llmlint.engines.weights.tensors import Tensor, layer
from llmlint.tuples import NamedTuple

VOCABULARY_MULTIPLE = 64
"""Rows of embedding and head are padded to it before they are divided (DEFAULT_VOCAB_PADDING_SIZE)."""
PADDED_HIDDEN, PADDED_INTER = 256, 128
"""mxfp4 experts are padded for the kernels that run them (Marlin's multiples in vLLM's mxfp4 layer)."""
PADDED_ROCM = 256
"""Both sides for ROCm's kernels (vllm/model_executor/layers/fused_moe/oracle/mxfp4.py, 0.33.0, for gpt-oss' activation;
recorded runs of 0.11 and 0.13 hold 4 % more than with 128)."""

WHOLE_VISION = frozenset(("mistral3", "pixtral"))
"""Architectures whose vision tower is on every rank (vllm/model_executor/models/pixtral.py)."""


class Ranks(NamedTuple):
    """Parallel sizes."""

    tensor: int = 1
    pipeline: int = 1
    experts: bool = False
    """Whole experts are dealt to the ranks, not slices of all."""
    rocm: bool = False
    """The GPUs are AMD's, whose kernels want other padding."""


def fullest(model: Model, form: Layout, ranks: Ranks) -> int:
    """Bytes of the text tower on the rank that holds most; the model's layers must be known."""
    groups = model.groups or ()
    sizes = [_layer(model, group, form, ranks) for group in groups]
    places = order(groups)
    placed = [sizes[index] for index in places]
    for end in (0, -1) if form.method == "fbgemm_fp8" else ():  # the first and the last layer keep 16 bits throughout
        placed[end] = _layer(model, groups[places[end]], form._replace(precision="bf16"), ranks)
    stages = _stages(len(placed), ranks.pipeline)
    table = form.plain * _vocabulary(model, ranks.tensor) * (model.hidden or 0)
    norm = form.plain * (model.hidden or 0) * (2 if model.norm_bias else 1)
    held, start = [], 0
    for number, count in enumerate(stages):
        total = sum(placed[start : start + count])
        start += count
        first, last = number == 0, number == len(stages) - 1
        total += table if first or (last and model.tied) else 0
        total += norm + (0 if model.tied or model.category == "embedding" else table) if last else 0
        held.append(total)
    return max(held)


def vision_share(model: Model, ranks: Ranks) -> int:
    """Bytes of the vision tower on the first rank, at 16 bits."""
    whole = 2 * (model.vision or 0)
    return whole if model.arch in WHOLE_VISION else -(-whole // ranks.tensor)


def _stages(layers: int, stages: int) -> list[int]:
    """Layers of each stage; what is left over goes to those before the last (vllm/distributed/utils.py)."""
    even, left = divmod(layers, stages)
    counts = [even] * stages
    for turn in range(2, left + 2):
        counts[-turn if stages > 1 else -1] += 1
    return counts


def _vocabulary(model: Model, tensor_parallel: int) -> int:
    padded = -(-(model.vocab or 0) // VOCABULARY_MULTIPLE) * VOCABULARY_MULTIPLE
    return -(-padded // tensor_parallel)


def _layer(model: Model, group: LayerGroup, form: Layout, ranks: Ranks) -> int:
    total = 0
    for tensor in layer(model, group):
        share = _share(tensor, group, ranks)
        if tensor.role == "expert" and form.precision == "mxfp4" and form.loaded:
            share = _padded(share, PADDED_ROCM if ranks.rocm else PADDED_INTER)
        total += form.bytes(share)
    return total


def _share(tensor: Tensor, group: LayerGroup, ranks: Ranks) -> Tensor:
    """The part of a tensor on one rank."""
    size = ranks.tensor
    if tensor.split == "none" or size == 1:
        return tensor
    if tensor.role == "expert" and ranks.experts:
        return tensor._replace(copies=-(-tensor.copies // size))
    if tensor.split == "in":
        return tensor._replace(inputs=-(-tensor.inputs // size))
    if tensor.split == "kv":
        size = min(size, group.mixer.kv_heads)
    return tensor._replace(outputs=-(-tensor.outputs // size))


def _padded(tensor: Tensor, inter: int) -> Tensor:
    outputs, inputs = (PADDED_HIDDEN, inter) if tensor.name == "ffn_down_exps" else (inter, PADDED_HIDDEN)
    return tensor._replace(outputs=-(-tensor.outputs // outputs) * outputs, inputs=-(-tensor.inputs // inputs) * inputs)
