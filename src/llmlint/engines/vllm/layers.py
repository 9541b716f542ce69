"""The cache of a model's layers on one rank of vLLM: page sizes, states, and the enlarged block of hybrids.

After vllm 0.33.0: vllm/v1/kv_cache_interface.py, vllm/config/model.py:1663 (heads of a rank),
vllm/platforms/interface.py:1065-1135 (hybrids), vllm/model_executor/layers/mamba/mamba_utils.py (states).
"""

from __future__ import annotations

from llmlint.catalog.rows import LayerGroup, Mixer
from llmlint.engines.vllm.planner import Spec, Unplannable
from llmlint.once import once_of
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MLA_BLOCK = 64
"""Tokens of a block that FlashMLA chooses for latent attention; CUTLASS chooses 128 (not verified)."""
MLA_HYBRID_UNIT = 128
"""Least block of a model that mixes latent attention with states (vllm/platforms/interface.py:1086)."""
FP8_DS_MLA = 656
"""Bytes a token of sparse latent attention at fp8: 512 values, 4 fp32 scales, 64 rotary values at 16 bits
(vllm/model_executor/layers/attention/mla_attention.py:1371-1401)."""


class Format(NamedTuple):
    """Number formats of the cache and how a rank divides it."""

    ranks: int = 1
    """Tensor-parallel ranks."""
    width: float = 2
    """Bytes of an element of the cache."""
    block: int = 16
    """Tokens of a block (vllm/config/cache.py)."""
    conv: int = 2
    """Bytes of an element of a convolution's state."""
    recurrent: int = 4
    """Bytes of an element of a recurrent state."""
    aligned: bool = False
    """Prefix caching of states ("align"), for which a request holds more of them."""
    speculative: int = 0
    """Speculated tokens, which lengthen a convolution's state and take a block each."""
    sparse: bool = False
    """Latent attention is sparse: all its layers take the sparse format at fp8."""


@once_of
def specs(groups: Sequence[LayerGroup], hidden: int, form: Format) -> Sequence[tuple[Spec, int]]:
    """The cache specs of one rank and how many layers have each; empty for a model that keeps no cache."""
    form = form._replace(sparse=any(group.mixer.indexer_heads for group in groups))
    states = [(group, size) for group in groups if (size := state_bytes(group.mixer, hidden, form))]
    block = form.block
    if states:
        token = _token_bytes(groups, form)
        unit = max(block, MLA_HYBRID_UNIT) if _latent(groups) else block
        block = max(block, unit * -(-max(size for _, size in states) // (unit * token)))
    found: list[tuple[Spec, int]] = []
    for group in groups:
        found += _attention(group, block, bool(states), form)
        if state_bytes(group.mixer, hidden, form):
            shape = _state_shape(group.mixer, hidden, form)
            found.append((Spec("state", 0, block * token, shape, resident=_resident(group.mixer, form)), group.n))
    return found


def heads_of(mixer: Mixer, ranks: int) -> int:
    """Key and value heads of one rank: at least one, so that more ranks than heads hold copies."""
    return max(1, mixer.kv_heads // ranks)


def state_bytes(mixer: Mixer, hidden: int, form: Format) -> int:
    """Bytes of one layer's state of one request, 0 for layers that keep none."""
    conv, recurrent = _state_shape(mixer, hidden, form) or (0, 0)
    return conv * form.conv + recurrent * form.recurrent


def _resident(mixer: Mixer, form: Format) -> int:
    """Blocks of a state that a request holds (vllm/v1/kv_cache_interface.py:1132-1141).

    Mamba2 keeps one more as a checkpoint of the prefill (vllm/model_executor/layers/mamba/mamba_mixer2.py:1107); gated
    delta nets do so only with FlashInfer's kernels, which are not assumed.
    """
    if not form.aligned:
        return 1 + form.speculative
    return 2 + form.speculative + (mixer.kind == "mamba2")


def _state_shape(mixer: Mixer, hidden: int, form: Format) -> tuple[int, ...]:
    """Elements of convolution and recurrent state on one rank; channels and heads divide among the ranks."""
    ranks, steps = form.ranks, mixer.conv - 1 + form.speculative
    if mixer.kind == "gdn":
        channels = 2 * mixer.k_heads * mixer.k_dim + mixer.v_heads * mixer.v_dim
        return steps * (channels // ranks), mixer.v_heads // ranks * mixer.v_dim * mixer.k_dim
    if mixer.kind == "mamba2":
        # Groups that do not divide among the ranks are copied, so that each rank has those of its heads.
        groups = mixer.groups if mixer.groups % ranks == 0 else ranks
        channels = mixer.heads * mixer.head_dim + 2 * groups * mixer.state
        return steps * (channels // ranks), mixer.heads // ranks * mixer.head_dim * mixer.state
    if mixer.kind == "shortconv":
        return steps * ((mixer.dim or hidden) // ranks), 0
    return ()


def _attention(group: LayerGroup, block: int, hybrid: bool, form: Format) -> list[tuple[Spec, int]]:
    mixer = group.mixer
    if mixer.kind == "mla":
        tokens = block if hybrid else MLA_BLOCK
        latent = mixer.kv_lora + mixer.rope
        size = FP8_DS_MLA if form.sparse and form.width == 1 else int(latent * form.width)
        found = [(Spec("mla", tokens, tokens * size, (latent, size)), group.n)]
        return found + _indexer(group, tokens)
    if mixer.kind != "gqa":
        return []
    heads, value = heads_of(mixer, form.ranks), mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
    page, shape = int(block * heads * (mixer.head_dim + value) * form.width), (heads, mixer.head_dim, value)
    if not mixer.window:
        return [(Spec("full", block, page, shape), group.n)]
    return [(Spec("chunked" if mixer.chunked else "sliding", block, page, shape, mixer.window), group.n)]


def _indexer(group: LayerGroup, block: int) -> list[tuple[Spec, int]]:
    """Keys of a sparse-attention indexer: fp8 with one fp32 scale to 128 values
    (vllm/model_executor/models/deepseek_v2.py: DeepseekV32IndexerCache)."""
    dim = group.mixer.indexer_dim
    if not group.mixer.indexer_heads or not dim:
        return []
    size = dim + dim // 128 * 4
    return [(Spec("mla", block, block * size, (size, 1)), group.n)]


def _latent(groups: Sequence[LayerGroup]) -> bool:
    return any(group.mixer.kind == "mla" for group in groups)


def _token_bytes(groups: Sequence[LayerGroup], form: Format) -> int:
    """Bytes of one token in one attention layer, which a hybrid's layers must agree on."""
    sizes = {
        spec.page // spec.block
        for group in groups
        for spec, _ in _attention(group, form.block, hybrid=True, form=form)
        if spec.kind in ("full", "mla")
    }
    if len(sizes) != 1:
        raise Unplannable("attention layers of several sizes beside states")
    return sizes.pop()
