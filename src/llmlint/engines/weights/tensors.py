"""The tensors of a model's layers, from what is known of them: one list that every way of storing them starts from.

Names follow GGUF (LLM_TENSOR_NAMES in llama.cpp, src/llama-arch.cpp); a tensor of a Hugging Face checkpoint differs in
its name only, save that it keeps experts apart. Elements are exact: their sum is `catalog.counting`'s count.
"""

from __future__ import annotations

from llmlint.catalog.rows import Ffn, LayerGroup, Mixer, Model
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

Split: TypeAlias = 'Literal["out", "in", "heads", "kv", "none"]'
"""What tensor parallelism divides: outputs, inputs, a vector by heads, outputs by KV head, nothing (all have it)."""
Role: TypeAlias = 'Literal["linear", "expert", "router", "small", "vector"]'
"""small: matrices that no quantiser touches (convolutions, gates); vector: norms, biases, scalars of a head."""


class Tensor(NamedTuple):
    """One matrix, or `copies` of equal shape; a vector has no inputs."""

    name: str
    outputs: int
    inputs: int = 0
    copies: int = 1
    role: Role = "linear"
    split: Split = "out"

    @property
    def elements(self) -> int:
        """Parameters of all of them."""
        return self.outputs * (self.inputs or 1) * self.copies


def layer(model: Model, group: LayerGroup) -> list[Tensor]:
    """The tensors of one layer of the group; the model's width must be known."""
    hidden = model.hidden or 0
    found = [*_MIXERS[group.mixer.kind](group.mixer, hidden), *_ffn(group.ffn, hidden)]
    norm = hidden * (2 if model.norm_bias else 1)
    if group.norms:
        found.append(Tensor("norms", norm * group.norms, role="vector", split="none"))
    if group.extra:
        found.append(Tensor("others", group.extra, role="vector", split="none"))
    return found


def _vector(name: str, elements: int, split: Split = "none") -> Tensor:
    return Tensor(name, elements, role="vector", split=split)


def _gqa(mixer: Mixer, hidden: int) -> Iterator[Tensor]:
    value_dim = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
    queries, keys = mixer.heads * mixer.head_dim, mixer.kv_heads * mixer.head_dim
    values, out = mixer.kv_heads * value_dim, mixer.heads * value_dim
    yield Tensor("attn_q", queries * (2 if mixer.gate else 1), hidden)
    yield Tensor("attn_k", keys, hidden, split="kv")
    if not mixer.k_eq_v:
        yield Tensor("attn_v", values, hidden, split="kv")
    yield Tensor("attn_output", hidden, out, split="in")
    if mixer.qkv_bias:
        yield _vector("attn_q.bias", queries, "heads")
        yield _vector("attn_kv.bias", keys + values, "kv")
    if mixer.o_bias:
        yield _vector("attn_output.bias", hidden)
    if mixer.qk_norm:
        yield _vector("attn_qk_norm", 2 * mixer.head_dim if mixer.qk_norm == "head" else queries + keys)
    if mixer.sinks:
        yield _vector("attn_sinks", mixer.heads, "heads")


def _mla(mixer: Mixer, hidden: int) -> Iterator[Tensor]:
    width, rank = mixer.nope + mixer.rope, mixer.q_lora
    if rank:
        yield Tensor("attn_q_a", rank, hidden, split="none")
        yield Tensor("attn_q_b", mixer.heads * width, rank)
    else:
        yield Tensor("attn_q", mixer.heads * width, hidden)
    yield Tensor("attn_kv_a_mqa", mixer.kv_lora + mixer.rope, hidden, split="none")
    yield Tensor("attn_k_b", mixer.heads * mixer.kv_lora, mixer.nope)
    yield Tensor("attn_v_b", mixer.heads * mixer.v, mixer.kv_lora)
    yield Tensor("attn_output", hidden, mixer.heads * mixer.v, split="in")
    yield _vector("attn_a_norm", mixer.kv_lora + (rank or 0))
    if mixer.indexer_heads:
        heads, dim = mixer.indexer_heads, mixer.indexer_dim
        yield Tensor("indexer.attn_q_b", heads * dim, rank or hidden, split="none")
        yield Tensor("indexer.attn_k", dim, hidden, split="none")
        yield Tensor("indexer.proj", heads, hidden, role="small", split="none")
        yield _vector("indexer.k_norm", 2 * dim)


def _gdn(mixer: Mixer, hidden: int) -> Iterator[Tensor]:
    keys, values = mixer.k_heads * mixer.k_dim, mixer.v_heads * mixer.v_dim
    yield Tensor("attn_qkv", 2 * keys + values, hidden)
    yield Tensor("attn_gate", values, hidden)
    yield Tensor("ssm_beta_alpha", 2 * mixer.v_heads, hidden, role="linear")
    yield Tensor("ssm_conv1d", 2 * keys + values, mixer.conv, role="small")
    yield _vector("ssm_dt", 2 * mixer.v_heads, "heads")
    yield _vector("ssm_norm", mixer.v_dim)
    yield Tensor("ssm_out", hidden, values, split="in")


def _mamba2(mixer: Mixer, hidden: int) -> Iterator[Tensor]:
    inner, states = mixer.heads * mixer.head_dim, mixer.groups * mixer.state
    yield Tensor("ssm_in", 2 * inner + 2 * states + mixer.heads, hidden)
    yield Tensor("ssm_conv1d", inner + 2 * states, mixer.conv, role="small")
    yield _vector("ssm_conv1d.bias", inner + 2 * states, "heads")
    yield _vector("ssm_dt", 3 * mixer.heads, "heads")
    yield _vector("ssm_norm", inner, "heads")
    yield Tensor("ssm_out", hidden, inner, split="in")


def _shortconv(mixer: Mixer, hidden: int) -> Iterator[Tensor]:
    yield Tensor("shortconv.in_proj", 3 * hidden, hidden)
    yield Tensor("shortconv.conv", hidden, mixer.conv, role="small")
    yield Tensor("shortconv.out_proj", hidden, hidden, split="in")


def _none(_mixer: Mixer, _hidden: int) -> Iterator[Tensor]:
    return iter(())


_MIXERS = {"gqa": _gqa, "mla": _mla, "gdn": _gdn, "mamba2": _mamba2, "shortconv": _shortconv, "none": _none}


def _ffn(ffn: Ffn, hidden: int) -> Iterator[Tensor]:
    if ffn.kind == "dense":
        yield from _block("", hidden, ffn.inter, ffn.gated)
        if ffn.bias:
            yield _vector("ffn_up.bias", ffn.inter, "heads")
            yield _vector("ffn_down.bias", hidden)
    if ffn.kind == "moe":
        yield from _experts(ffn, hidden)


def _block(suffix: str, hidden: int, inter: int, gated: bool) -> Iterator[Tensor]:
    if gated:
        yield Tensor(f"ffn_gate{suffix}", inter, hidden)
    yield Tensor(f"ffn_up{suffix}", inter, hidden)
    yield Tensor(f"ffn_down{suffix}", hidden, inter, split="in")


def _experts(ffn: Ffn, hidden: int) -> Iterator[Tensor]:
    width = hidden if ffn.latent is None else ffn.latent
    yield Tensor("ffn_gate_inp", ffn.experts, hidden, role="router", split="none")
    for tensor in _block("_exps", width, ffn.inter, ffn.gated):
        yield tensor._replace(copies=ffn.experts, role="expert")
    if ffn.latent is not None:
        yield Tensor("ffn_latent_in", ffn.latent, hidden, split="none")
        yield Tensor("ffn_latent_out", hidden, ffn.latent, split="none")
    if ffn.bias:
        yield _vector("ffn_exps.bias", ffn.experts * (2 * ffn.inter + hidden), "heads")
    if ffn.router_bias:
        yield _vector("exp_probs_b", ffn.experts)
    if ffn.shared:
        yield from _block("_shexp", hidden, ffn.shared * ffn.shared_inter, ffn.gated)
    if ffn.shared_gate:
        yield _vector("ffn_gate_inp_shexp", hidden)
    if ffn.dense_inter:
        yield from _block("", hidden, ffn.dense_inter, True)
