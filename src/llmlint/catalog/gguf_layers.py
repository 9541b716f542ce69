"""From the tensors of one layer of a GGUF file to what the layer is.

Tensor names: LLM_TENSOR_NAMES in src/llama-arch.cpp, shapes: load_arch_tensors in src/models/*.cpp, both as vendored in
llama-cpp-python 0.3.36. A matrix is (inputs, outputs), experts come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from llmlint.catalog.gguf_metadata import Metadata
from llmlint.catalog.gguf_windows import window
from llmlint.catalog.rows import Ffn, Mixer
from llmlint.catalog.settings import NotStated
from llmlint.catalog.structure import Layer

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]
"""Shapes of a layer's tensors by name, without the `blk.N.` before it."""

NORMS = (
    "attn_norm",
    "attn_norm_2",
    "post_attention_norm",
    "ffn_norm",
    "post_ffw_norm",
    "layer_output_norm",
    "attn_output_norm",
)
"""Norms over the model's width; others count as other parameters."""
UNKNOWN_MIXERS = ("ssm_x.weight", "ssm_conv1d_q.weight", "time_mix_key.weight", "attn_compressor_kv.weight")
"""Mamba 1, Kimi's delta attention, RWKV and compressed attention: rows have no words for them."""


def layer(metadata: Metadata, shapes: Shapes, number: int, hidden: int) -> Layer:
    """One layer; `NotStated` where its tensors and the metadata do not make one that is known."""
    norms = sum(shapes.get(f"{norm}.weight") == (hidden,) for norm in NORMS)
    return Layer(_mixer(metadata, shapes, number, hidden), _ffn(metadata, shapes, number, hidden), norms)


def has_norm_bias(shapes: Shapes) -> bool:
    """Whether the norms have biases."""
    return any(f"{norm}.bias" in shapes for norm in NORMS)


def _mixer(metadata: Metadata, shapes: Shapes, number: int, hidden: int) -> Mixer:
    for name in UNKNOWN_MIXERS:
        if name in shapes:
            raise NotStated(f"layers with {name} are not modelled")
    if "attn_kv_a_mqa.weight" in shapes:
        return _latent_attention(metadata, shapes, number)
    if "ssm_out.weight" in shapes:
        return _delta_net(metadata) if "ssm_d" not in shapes else _mamba2(metadata)
    if "shortconv.conv.weight" in shapes:
        return Mixer("shortconv", conv=metadata.need("shortconv.l_cache"), dim=hidden)
    if "attn_q.weight" in shapes or "attn_qkv.weight" in shapes:
        return _attention(metadata, shapes, number)
    return Mixer("none")


def _attention(metadata: Metadata, shapes: Shapes, number: int) -> Mixer:
    heads = metadata.need("attention.head_count", number)
    kv_heads = metadata.number("attention.head_count_kv", number) or heads
    key, value = _head_widths(metadata, shapes, heads, kv_heads)
    size, chunked = window(metadata, number)
    queries = _outputs(shapes, "attn_q.weight")
    return Mixer(
        "gqa",
        heads,
        kv_heads,
        key,
        v_head_dim=value if value != key else None,
        window=size,
        chunked=chunked,
        qkv_bias="attn_q.bias" in shapes or "attn_qkv.bias" in shapes,
        o_bias="attn_output.bias" in shapes,
        qk_norm=_query_norm(shapes, key),
        gate=queries == 2 * heads * key,
        sinks="attn_sinks.weight" in shapes,
        k_eq_v="attn_k.weight" in shapes and "attn_v.weight" not in shapes,
    )


def _head_widths(metadata: Metadata, shapes: Shapes, heads: int, kv_heads: int) -> tuple[int, int]:
    """Width of a key and of a value head, from the tensors; the metadata may state those of other layers."""
    if "attn_k.weight" in shapes:
        key = _outputs(shapes, "attn_k.weight") // kv_heads
        values = _outputs(shapes, "attn_v.weight")
        return key, values // kv_heads if values else key
    fused = _outputs(shapes, "attn_qkv.weight")
    key = metadata.number("attention.key_length") or fused // (heads + 2 * kv_heads)
    return key, metadata.number("attention.value_length") or key


def _query_norm(shapes: Shapes, key: int) -> Literal["head", "full"] | None:
    norm = shapes.get("attn_q_norm.weight")
    if norm is None:
        return None
    return "head" if norm == (key,) else "full"


def _latent_attention(metadata: Metadata, shapes: Shapes, number: int) -> Mixer:
    heads = metadata.need("attention.head_count", number)
    rank = _first(shapes, "attn_kv_a_norm.weight")
    value = _first(shapes, "attn_output.weight") // heads
    joint = _outputs(shapes, "attn_kv_b.weight")
    nope = _first(shapes, "attn_k_b.weight") or joint // heads - value
    indexed = "indexer.attn_k.weight" in shapes
    if min(rank, value, nope) <= 0:
        raise NotStated("the latent attention lacks tensors")
    return Mixer(
        "mla",
        heads,
        q_lora=_outputs(shapes, "attn_q_a.weight") or None,
        kv_lora=rank,
        nope=nope,
        rope=_outputs(shapes, "attn_kv_a_mqa.weight") - rank,
        v=value,
        indexer_heads=metadata.need("attention.indexer.head_count") if indexed else 0,
        indexer_dim=metadata.need("attention.indexer.key_length") if indexed else 0,
    )


def _delta_net(metadata: Metadata) -> Mixer:
    return Mixer(
        "gdn",
        k_heads=metadata.need("ssm.group_count"),
        v_heads=metadata.need("ssm.time_step_rank"),
        k_dim=metadata.need("ssm.state_size"),
        v_dim=metadata.need("ssm.inner_size") // metadata.need("ssm.time_step_rank"),
        conv=metadata.need("ssm.conv_kernel"),
    )


def _mamba2(metadata: Metadata) -> Mixer:
    heads = metadata.need("ssm.time_step_rank")
    return Mixer(
        "mamba2",
        heads,
        head_dim=metadata.need("ssm.inner_size") // heads,
        groups=metadata.need("ssm.group_count"),
        state=metadata.need("ssm.state_size"),
        conv=metadata.need("ssm.conv_kernel"),
    )


def _ffn(metadata: Metadata, shapes: Shapes, number: int, hidden: int) -> Ffn:
    down, up = shapes.get("ffn_down.weight"), shapes.get("ffn_up.weight")
    dense = down[0] if down else 0
    if "ffn_down_exps.weight" in shapes:
        return _experts(metadata, shapes, number, dense, hidden)
    if "ffn_down.0.weight" in shapes:
        raise NotStated("a file from before experts were merged into one tensor is not modelled")
    if not dense or up is None:
        return Ffn("none")
    gated = "ffn_gate.weight" in shapes or up[-1] == 2 * dense  # Phi 3 keeps both in one matrix
    return Ffn("dense", dense, gated=gated, bias="ffn_up.bias" in shapes)


def _experts(metadata: Metadata, shapes: Shapes, number: int, dense: int, hidden: int) -> Ffn:
    down = shapes["ffn_down_exps.weight"]
    shared_width = _outputs(shapes, "ffn_up_shexp.weight")
    shared = max(metadata.number("expert_shared_count") or 1, 1) if shared_width else 0
    width = down[1] if len(down) == 3 else 0
    return Ffn(
        "moe",
        down[0],
        gated="ffn_gate_exps.weight" in shapes or "ffn_gate_up_exps.weight" in shapes,
        bias="ffn_down_exps.bias" in shapes,
        experts=down[-1],
        active=metadata.need("expert_used_count", number),
        shared=shared,
        shared_inter=shared_width // shared if shared else 0,
        router_bias="exp_probs_b.bias" in shapes or "ffn_gate_inp.bias" in shapes,
        shared_gate="ffn_gate_inp_shexp.weight" in shapes,
        latent=width if width not in (0, hidden) else None,
        dense_inter=dense,
    )


def _first(shapes: Shapes, name: str) -> int:
    """The extent that comes first: a matrix's inputs; 0 where there is no such tensor."""
    shape = shapes.get(name)
    return shape[0] if shape else 0


def _outputs(shapes: Shapes, name: str) -> int:
    """A matrix's outputs; 0 where there is no such tensor."""
    shape = shapes.get(name)
    return shape[1] if shape is not None and len(shape) > 1 else 0
