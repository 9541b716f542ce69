"""From config.json to the feed-forward block of a layer, dense or a mixture of experts, one function a family."""

from __future__ import annotations

from llmlint.catalog.mixers import nemotron_kind
from llmlint.catalog.rows import Ffn
from llmlint.catalog.settings import NotStated, Settings


def dense(settings: Settings, _: int) -> Ffn:
    """Three matrices."""
    return Ffn("dense", settings.need("intermediate_size"), bias=settings.flag("mlp_bias"))


def ungated(settings: Settings, _: int) -> Ffn:
    """Two matrices with biases, unless `use_bias` says no."""
    return Ffn("dense", settings.need("intermediate_size"), gated=False, bias=settings.flag("use_bias", True))


def experts(settings: Settings, _: int) -> Ffn:
    """Routed experts in every layer."""
    return Ffn(
        "moe",
        settings.number("moe_intermediate_size") or settings.need("intermediate_size"),
        experts=settings.need("num_local_experts", "num_experts", "n_routed_experts"),
        active=settings.need("num_experts_per_tok"),
    )


def gpt_oss_experts(settings: Settings, layer: int) -> Ffn:
    """Experts and router with biases."""
    return experts(settings, layer)._replace(bias=True, router_bias=True)


def minimax_experts(settings: Settings, layer: int) -> Ffn:
    """Experts, and a bias that balances the router."""
    return experts(settings, layer)._replace(router_bias=settings.flag("use_routing_bias", True))


def qwen_experts(settings: Settings, layer: int) -> Ffn:
    """Qwen: experts in every n-th layer but those listed; a gated shared expert where its width is stated."""
    step = settings.number("decoder_sparse_step") or 1
    if settings.number("num_experts") is None or layer in settings.indices("mlp_only_layers") or (layer + 1) % step:
        return dense(settings, layer)
    width = settings.number("shared_expert_intermediate_size")
    routed = experts(settings, layer)
    return routed._replace(shared=1, shared_inter=width, shared_gate=True) if width else routed


def deepseek_experts(settings: Settings, layer: int) -> Ffn:
    """DeepSeek: the first layers dense, then experts with shared ones beside them."""
    kinds = settings.each_layer("mlp_layer_types")
    step = settings.number("moe_layer_freq") or 1
    sparse = layer >= (settings.number("first_k_dense_replace") or 0) and layer % step == 0
    if settings.number("n_routed_experts") is None or not (kinds[layer] == "sparse" if kinds else sparse):
        return dense(settings, layer)
    routed = experts(settings, layer)
    shared = settings.number("n_shared_experts")
    return routed._replace(shared=shared, shared_inter=routed.inter) if shared else routed


def balanced_experts(settings: Settings, layer: int) -> Ffn:
    """DeepSeek V3 and later: the same with a bias that balances the router."""
    ffn = deepseek_experts(settings, layer)
    return ffn._replace(router_bias=True) if ffn.kind == "moe" else ffn


def llama4_experts(settings: Settings, layer: int) -> Ffn:
    """Llama 4: experts and one shared expert in every n-th layer, wider dense blocks in the others."""
    step, listed = settings.number("interleave_moe_layer_step") or 1, settings.indices("moe_layers")
    if layer not in listed if listed else (layer + 1) % step:
        return Ffn("dense", settings.need("intermediate_size_mlp"))
    routed = experts(settings, layer)
    return routed._replace(shared=1, shared_inter=routed.inter)


def granite_experts(settings: Settings, layer: int) -> Ffn:
    """Granite 4: a shared block in every layer, and experts beside it where there are any."""
    width = settings.need("shared_intermediate_size")
    if settings.number("num_local_experts") is None:
        return Ffn("dense", width)
    return experts(settings, layer)._replace(shared=1, shared_inter=width)


def lfm2_dense(settings: Settings, _: int) -> Ffn:
    """LFM2 states a width that its class takes two thirds of and rounds up."""
    width = settings.number("block_ff_dim") or settings.need("intermediate_size")
    if settings.flag("block_auto_adjust_ff_dim", True):
        multiplier, multiple = settings.get("block_ffn_dim_multiplier"), settings.number("block_multiple_of") or 256
        width = int((multiplier if isinstance(multiplier, (int, float)) else 1) * int(2 * width / 3))
        width = -(-width // multiple) * multiple
    return Ffn("dense", width)


def falcon_dense(settings: Settings, _: int) -> Ffn:
    """Falcon: two matrices, four times as wide as the model unless stated."""
    width = settings.number("ffn_hidden_size") or 4 * settings.hidden
    return Ffn("dense", width, gated=False, bias=settings.flag("bias"))


def nemotron_block(settings: Settings, layer: int) -> Ffn:
    """Nemotron H: a layer is a mixer or a feed-forward block, without gates; experts may work in a narrower space."""
    kind = nemotron_kind(settings, layer)
    if kind not in ("mlp", "moe"):
        return Ffn("none")
    if kind == "mlp":
        return Ffn("dense", settings.need("intermediate_size"), gated=False, bias=settings.flag("mlp_bias"))
    routed = experts(settings, layer)._replace(gated=False, router_bias=True, latent=settings.number("moe_latent_size"))
    shared = settings.number("n_shared_experts")
    if not shared:
        return routed
    return routed._replace(shared=shared, shared_inter=settings.need("moe_shared_expert_intermediate_size"))


def gemma4_block(settings: Settings, _: int) -> Ffn:
    """Gemma 4: a dense block, and in the larger models experts beside it."""
    if settings.number("hidden_size_per_layer_input") or settings.number("num_kv_shared_layers"):
        raise NotStated("embeddings for each layer and shared caches are not modelled")
    width = settings.need("intermediate_size")
    if not settings.flag("enable_moe_block"):
        return Ffn("dense", width)
    active = settings.need("top_k_experts", "num_experts_per_tok")
    return Ffn(
        "moe",
        settings.need("moe_intermediate_size"),
        experts=settings.need("num_experts"),
        active=active,
        dense_inter=width,
    )


def gate_bias(_: Settings, ffn: Ffn) -> int:
    """Rows count the biases of two matrices; a gated block has those of three."""
    return ffn.inter if ffn.kind == "dense" and ffn.gated and ffn.bias else 0


def gemma4_scales(settings: Settings, ffn: Ffn) -> int:
    """Gemma 4: a scale for the layer; beside experts three more norms, the router's scale and one for each expert."""
    return 1 + (4 * settings.hidden + ffn.experts if ffn.kind == "moe" else 0)
