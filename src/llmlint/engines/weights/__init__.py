"""Bytes of a model's weights: in a checkpoint, on one rank of a parallel engine, in a GGUF file.

    rank_weights(model, precision, tensor_parallel=2)   what the fullest GPU holds once vLLM or SGLang has loaded it
    checkpoint(model, precision)                        the tensors of the safetensors files
    gguf_file(model, "q4_k_m")                          the tensors of the GGUF file (see gguf.file for their places)

`precision` is a name of a deployment (fp16, bf16, fp8, int4, awq, …); GGUF types belong to gguf_file alone. Each gives
an Item with the arithmetic in words, exact where the layers and the layout are known, by rule of thumb where only a
count is, None where neither is.
"""

from __future__ import annotations

from llmlint.catalog.rows import Model
from llmlint.engines.estimate import Basis, Item
from llmlint.engines.weights.layouts import PLAIN, Layout, layout
from llmlint.engines.weights.ranks import Ranks, fullest, vision_share
from llmlint.engines.weights.rotary import tables
from llmlint.once import once_of
from llmlint.precision import FORMATS
from llmlint.quantity import count, decimal_size

__all__ = ["checkpoint", "gguf_file", "rank_weights"]

FOUR_BIT = 0.5625
"""Bytes of a 4-bit weight in groups with scales and zeros, where the layout is not known: against 68 recorded vLLM
runs +3.9 % in the median, −6 % at the 10th and +16 % at the 90th percentile."""
SPREAD = {"awq": (1.0, 1.06), "gptq": (1.0, 1.06), "int4": (0.98, 1.12), "nvfp4": (0.98, 1.3), "mxfp4": (0.93, 1.06)}
"""Low and high end by precision: layers that one publisher or another leaves at 16 bits, groups of 32, padding."""
EIGHT_BIT_SPREAD = (0.99, 1.08)
LABEL_SPREAD = (0.93, 1.08)
"""Files of one label differ: recorded Q4_K_M files hold 4.53 to 5.28 bits a weight, the rules make 4.89 of an 8B."""


def rank_weights(  # noqa: PLR0913  # each but two by its name
    model: Model,
    precision: str,
    *,
    tensor_parallel: int = 1,
    pipeline_parallel: int = 1,
    expert_parallel: bool = False,
    rocm: bool = False,
) -> Item | None:
    """Weights on the GPU that holds most, loaded by vLLM or SGLang; None where the model's size is not known."""
    return _rank_weights(
        model, precision, Ranks(max(tensor_parallel, 1), max(pipeline_parallel, 1), expert_parallel, rocm)
    )


@once_of
def _rank_weights(model: Model, precision: str, ranks: Ranks) -> Item | None:
    form = layout(model, precision, loaded=True)
    if form is None or not _shaped(model):
        return _by_count(model, precision, ranks.tensor * ranks.pipeline)
    text, rope = fullest(model, form, ranks), tables(model)
    vision = vision_share(model, ranks)
    total = text + vision + rope
    low, high = _ends(total, model, form)
    if form.kept:  # some publishers quantise these too, others none of them
        low, high = (
            fullest(model, form._replace(kept=()), ranks) + vision + rope,
            max(high, fullest(model, form._replace(kept_at_8=False), ranks) + vision + rope),
        )
    parts = [f"{_loaded(model)} in {precision}", *_division(ranks)]
    if vision:
        parts.append(f"{decimal_size(vision)} of vision encoder at 16 bits")
        low, high = _encoder_ends(low, high, vision, model, ranks)
    if rope:
        parts.append(f"{decimal_size(rope)} of rotary tables")
    return Item("weights", total, _basis(model, form), ", ".join(parts), low, high)


@once_of
def checkpoint(model: Model, precision: str) -> Item | None:
    """Tensors of the safetensors files, all of them, with layers for multi-token prediction and copies."""
    if model.checkpoint_bytes is not None:
        return Item("weights", model.checkpoint_bytes, "exact", "the tensors of the local files")
    form = layout(model, precision, loaded=False)
    if form is None or not _shaped(model):
        return _by_count(model, precision, 1)
    text = fullest(model, form, Ranks()) - form.plain * _padding(model)
    ratio = text / model.text if model.text else form.plain
    extra = form.plain * (model.extra or 0) + round(ratio * (model.mtp or 0)) + 2 * (model.vision or 0)
    low, high = _ends(text + extra, model, form)
    because = f"the tensors of {count(model.stored or model.parameters or 0)} parameters in {precision}"
    return Item("weights", text + extra, _basis(model, form), because, low, high)


@once_of
def gguf_file(model: Model, type_name: str) -> Item | None:
    """Tensors of a GGUF file with a label such as q4_k_m or q8_0; the header with its vocabulary is not counted."""
    from llmlint.engines.weights import gguf, mixtures

    if model.checkpoint_bytes is not None:
        return Item("weights", model.checkpoint_bytes, "exact", "the tensors of the local file")
    label = mixtures.label(type_name)
    found = gguf.file(model, type_name)
    if found is None or label is None:
        return _by_count(model, label, 1) if label else None
    uniform = label in ("f32", "f16", "bf16", "q8_0")
    low, high = (1.0, 1.0) if uniform else LABEL_SPREAD
    because = f"{count(model.text or 0)} parameters, each tensor as llama.cpp quantises it for {label}"
    ends = round(found.total * low), round(found.total * high)
    return Item("weights", found.total, "exact" if uniform else "engine", because, *ends)


def _shaped(model: Model) -> bool:
    return bool(model.groups) and bool(model.hidden) and bool(model.vocab) and model.tied is not None


def _loaded(model: Model) -> str:
    return f"{count(model.text or model.parameters or 0)} parameters"


def _division(ranks: Ranks) -> list[str]:
    words = [f"tensor parallel {ranks.tensor}"] if ranks.tensor > 1 else []
    return words + ([f"fullest of {ranks.pipeline} pipeline stages"] if ranks.pipeline > 1 else [])


def _padding(model: Model) -> int:
    """Elements that engines add to embedding and head."""
    rows = -(model.vocab or 0) % 64
    return rows * (model.hidden or 0) * (1 if model.tied else 2)


def _encoder_ends(low: int, high: int, share: int, model: Model, ranks: Ranks) -> tuple[int, int]:
    """Engines divide the encoders of some models and copy those of others."""
    whole = 2 * (model.vision or 0)
    return low - share + whole // ranks.tensor, high - share + whole


def _basis(model: Model, form: Layout) -> Basis:
    """Exact where the checkpoint states its layout; mxfp4 is padded as the kernels of a machine want it."""
    stated = form.precision in PLAIN or form.method != ""
    return "exact" if stated and not (form.loaded and form.precision == "mxfp4") else "engine"


def _ends(total: int, model: Model, form: Layout) -> tuple[int, int]:
    if form.precision in PLAIN:
        return total, total
    low, high = SPREAD.get(form.precision, EIGHT_BIT_SPREAD)
    return round(total * low), round(total * high)


def _by_count(model: Model, precision: str, parts: int) -> Item | None:
    """Parameters × bytes, where the layers are not known."""
    if model.parameters is None or precision not in FORMATS:
        return None
    tables = (model.vocab or 0) * (model.hidden or 0) * (1 if model.tied else 2)
    bits = FORMATS[precision].bits
    if precision in ("int4", "awq", "gptq", "bnb-nf4", "nvfp4", "mxfp4"):
        size = round((model.parameters - tables) * FOUR_BIT) + 2 * tables
        low, high = 0.9, 1.16
    else:
        kept = tables if bits == 8 else 0
        size = round((model.parameters - kept) * bits / 8) + 2 * kept
        low, high = (0.97, 1.1) if bits <= 8 else (0.97, 1.05)
    because = f"{count(model.parameters)} parameters in {precision}" + (f" over {parts} GPUs" if parts > 1 else "")
    share = -(-size // parts)
    return Item("weights", share, "rule-of-thumb", because, round(share * low), round(share * high))
