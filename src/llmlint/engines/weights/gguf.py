"""The tensors of a GGUF file in bytes, layer by layer: what the file holds and what llama.cpp puts on a device.

Norms, biases, routers and convolutions stay fp32 (convert_hf_to_gguf.py), each tensor starts on a multiple of 32 bytes.
Vision towers are files of their own; layers for multi-token prediction are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmlint.catalog.rows import LayerGroup, Model
from llmlint.engines.weights import mixtures
from llmlint.engines.weights.order import order
from llmlint.engines.weights.tensors import Tensor, layer
from llmlint.once import once_of
from llmlint.tuples import NamedTuple

ALIGNMENT = 32
FULL_PRECISION = ("router", "small", "vector")
FUSED = frozenset(
    (
        "phi3",
        "falcon",
        "gpt_neox",
        "mpt",
        "bloom",
        "chatglm",
        "glm",
        "dbrx",
        "qwen",
        "gpt_bigcode",
        "gpt2",
        "openelm",
        "jais",
    )
)
"""Architectures (model_type) whose files keep queries, keys and values in one tensor."""
SEVENTY = ("llama", "qwen2", "deci", "olmo")
"""Architectures whose 80 layers make llama.cpp call a model 70B."""


class File(NamedTuple):
    """Bytes of a GGUF file's tensors."""

    embedding: int
    head: int
    """0 where the embeddings serve as the head."""
    layers: tuple[int, ...]
    """In the order of the file."""
    experts: tuple[int, ...]
    """The share of each layer that is routed experts."""
    others: int
    """The final norm."""

    @property
    def total(self) -> int:
        """All tensors; the file's header with its vocabulary, some megabytes, is not counted."""
        return self.embedding + self.head + sum(self.layers) + self.others

    @property
    def on_device(self) -> int:
        """What moves to the GPU when every layer does: all but the embeddings, and tied ones a second time."""
        return self.total - self.embedding + (0 if self.head else self.embedding)

    def scaled(self, total: int) -> File:
        """The same file where its tensors are known to take `total` bytes."""
        share = total / self.total
        layers = tuple(round(size * share) for size in self.layers)
        experts = tuple(round(size * share) for size in self.experts)
        embedding, head = round(self.embedding * share), round(self.head * share)
        return File(embedding, head, layers, experts, total - embedding - head - sum(layers))


@once_of
def file(model: Model, type_name: str) -> File | None:
    """The file of a model with a label such as q4_k_m; None where layers or label are not known."""
    name = mixtures.label(type_name)
    if name is None or model.groups is None or not model.hidden or not model.vocab or model.tied is None:
        return None
    facts = _facts(model, model.groups)
    layers, experts = _layers(model, model.groups, name, facts)
    embedding = mixtures.size(mixtures.embedding_type(name, facts, model.hidden), model.vocab * model.hidden)
    head = 0 if model.tied else mixtures.size(mixtures.head_type(name, facts, model.hidden), model.vocab * model.hidden)
    norm = 4 * model.hidden * (2 if model.norm_bias else 1) + (4 * model.vocab if model.head_bias else 0)
    return File(embedding, head, layers, experts, norm)


def _facts(model: Model, groups: Sequence[LayerGroup]) -> mixtures.Facts:
    attention = [group for group in groups if group.mixer.kind in ("gqa", "mla")]
    mixer = attention[0].mixer if attention else groups[0].mixer
    grouped = mixer.heads // (mixer.kv_heads or 1) if attention else 0
    count = sum(group.n for group in groups)
    values = sum(group.n for group in groups if group.mixer.kind == "gdn" or _has_values(group))
    alike = model.arch in SEVENTY or model.arch is None
    seventy = alike and count == 80 and (grouped > 1 or model.arch in ("qwen2", "deci", "olmo"))
    experts = max(group.ffn.experts for group in groups)
    return mixtures.Facts(count, values, grouped, experts, seventy, model.arch == "falcon", bool(model.tied))


def _has_values(group: LayerGroup) -> bool:
    return group.mixer.kind == "gqa" and not group.mixer.k_eq_v


def _layers(
    model: Model, groups: Sequence[LayerGroup], name: str, facts: mixtures.Facts
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    tensors = [_fused(model, layer(model, group)) for group in groups]
    fixed = [[t for t in found if _kind(t) not in mixtures.LAYERED] for found in tensors]
    varying = [[t for t in found if _kind(t) in mixtures.LAYERED] for found in tensors]
    known = [_sizes(found, name, facts, mixtures.Place(0, 0)) for found in fixed]
    cached: dict[tuple[int, tuple[str, ...]], tuple[int, int]] = {}
    sizes, experts, turn = [], [], 0
    for number, index in enumerate(order(groups)):
        place = mixtures.Place(number, turn)
        kinds = tuple(mixtures.tensor_type(name, facts, t.name, t.inputs, place) for t in varying[index])
        if (index, kinds) not in cached:
            cached[index, kinds] = _sizes(varying[index], name, facts, place)
        whole, routed = cached[index, kinds]
        sizes.append(known[index][0] + whole)
        experts.append(known[index][1] + routed)
        turn += any(t.name in ("attn_v", "attn_qkv") for t in varying[index])
    return tuple(sizes), tuple(experts)


def _kind(tensor: Tensor) -> str:
    if tensor.role in FULL_PRECISION:
        return ""
    return tensor.name.removesuffix("_exps").removesuffix("_shexp")


def _sizes(found: Sequence[Tensor], name: str, facts: mixtures.Facts, place: mixtures.Place) -> tuple[int, int]:
    whole = routed = 0
    for tensor in found:
        size = _size(tensor, name, facts, place)
        whole += size
        routed += size if tensor.role == "expert" else 0
    return whole, routed


def _size(tensor: Tensor, name: str, facts: mixtures.Facts, place: mixtures.Place) -> int:
    if tensor.role in FULL_PRECISION:
        return _aligned(4 * tensor.elements)
    kind = mixtures.tensor_type(name, facts, tensor.name, tensor.inputs, place)
    return _aligned(mixtures.size(kind, tensor.elements))


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _fused(model: Model, found: list[Tensor]) -> list[Tensor]:
    """Queries, keys and values as one tensor, where the architecture's files have them so."""
    if model.arch not in FUSED:
        return found
    parts = [tensor for tensor in found if tensor.name in ("attn_q", "attn_k", "attn_v")]
    if not parts:
        return found
    rest = [tensor for tensor in found if tensor not in parts]
    return [Tensor("attn_qkv", sum(part.outputs for part in parts), parts[0].inputs), *rest]
