"""From config.json to the token mixer of a layer: attention in its kinds, and its recurrent substitutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from llmlint.catalog.rows import Mixer
from llmlint.catalog.settings import NotStated, Settings
from llmlint.tuples import NamedTuple

Switch: TypeAlias = bool | str
"""True, False, or the key of config.json that says."""
Window: TypeAlias = Callable[[Settings, int], bool]
"""Whether a layer is windowed."""


def switched(settings: Settings, switch: Switch) -> bool:
    """What a switch stands for in one config.json."""
    return settings.flag(switch) if isinstance(switch, str) else switch


class Attention(NamedTuple):
    """How a family's attention differs from Llama's."""

    qkv_bias: Switch = False
    o_bias: Switch = False
    qk_norm: Literal["head", "full"] | None = None
    norm_switch: Switch = True
    """Whether `qk_norm` applies."""
    gate: bool = False
    sinks: bool = False
    windowed: Window | None = None
    """For a config.json without `layer_types`."""


def attention(settings: Settings, family: Attention, layer: int) -> Mixer:
    """Multi-head, grouped or multi-query attention."""
    heads = settings.need("num_attention_heads", "n_head")
    kv_heads = settings.number("num_key_value_heads", "n_head_kv", "num_kv_heads") or heads
    window, chunked = _window(settings, family, layer)
    return Mixer(
        "gqa",
        heads,
        kv_heads,
        head_dim(settings, heads),
        window=window,
        chunked=chunked,
        qkv_bias=switched(settings, family.qkv_bias),
        o_bias=switched(settings, family.o_bias),
        qk_norm=family.qk_norm if switched(settings, family.norm_switch) else None,
        gate=family.gate,
        sinks=family.sinks,
    )


def head_dim(settings: Settings, heads: int) -> int:
    """Width of a head: as stated, else the model's width shared out."""
    stated = settings.number("head_dim")
    if stated is None and settings.hidden % heads:
        raise NotStated(f"config.json states no head_dim, and {heads} heads do not share {settings.hidden}")
    return stated or settings.hidden // heads


def _window(settings: Settings, family: Attention, layer: int) -> tuple[int | None, bool]:
    """Tokens a layer looks back, and whether they come in chunks. A window as wide as the context is none."""
    kinds = settings.each_layer("layer_types")
    chunked = kinds[layer] == "chunked_attention" if kinds else False
    sliding = (
        kinds[layer] == "sliding_attention"
        if kinds
        else family.windowed is not None and family.windowed(settings, layer)
    )
    if not sliding and not chunked:
        return None, False
    chunked = chunked or settings.number("attention_chunk_size") is not None
    window = settings.number("attention_chunk_size" if chunked else "sliding_window")
    longest = settings.number("max_position_embeddings")
    if window is None or (longest is not None and window >= longest):
        return None, False
    return window, chunked


def every_layer(_: Settings, __: int) -> bool:
    """All layers are windowed, if there is a window."""
    return True


def all_but_each(period: int, key: str = "sliding_window_pattern") -> Window:
    """Every n-th layer keeps all tokens, n from config.json or the family's."""

    def windowed(settings: Settings, layer: int) -> bool:
        stated = settings.get(key)
        if isinstance(stated, str):  # EXAONE writes LLLG
            return bool(stated) and stated[layer % len(stated)] == "L"
        return (layer + 1) % (settings.number(key) or period) != 0

    return windowed


def after_layers(settings: Settings, layer: int) -> bool:
    """Qwen: from a layer on, and only where it is switched on."""
    first = settings.number("max_window_layers") or 0
    return settings.flag("use_sliding_window") and layer >= first


def without_rotation(settings: Settings, layer: int) -> bool:
    """Llama 4: the layers with rotary positions are chunked, the others keep all."""
    listed = settings.each_layer("no_rope_layers")
    return listed[layer] == 1 if listed else (layer + 1) % (settings.number("no_rope_layer_interval") or 4) != 0


def latent_attention(settings: Settings, layer: int) -> Mixer:
    """DeepSeek's latent attention, with the indexer of sparse attention where one is stated."""
    if (settings.number("index_topk_freq") or 1) > 1 and settings.each_layer("indexer_types") is None:
        raise NotStated("config.json lets layers share indexers in a pattern that is not modelled")
    kinds = settings.each_layer("indexer_types")
    indexed = settings.number("index_n_heads") is not None and (kinds is None or kinds[layer] != "shared")
    return Mixer(
        "mla",
        settings.need("num_attention_heads"),
        q_lora=settings.number("q_lora_rank"),
        kv_lora=settings.need("kv_lora_rank"),
        nope=settings.need("qk_nope_head_dim"),
        rope=settings.need("qk_rope_head_dim"),
        v=settings.need("v_head_dim"),
        indexer_heads=settings.need("index_n_heads") if indexed else 0,
        indexer_dim=settings.need("index_head_dim") if indexed else 0,
    )


def delta_net(settings: Settings) -> Mixer:
    """The gated delta net of Qwen3-Next and later."""
    return Mixer(
        "gdn",
        k_heads=settings.need("linear_num_key_heads"),
        v_heads=settings.need("linear_num_value_heads"),
        k_dim=settings.need("linear_key_head_dim"),
        v_dim=settings.need("linear_value_head_dim"),
        conv=settings.need("linear_conv_kernel_dim"),
    )


def mamba2(settings: Settings) -> Mixer:
    """Mamba 2 as Granite and Nemotron state it."""
    heads = settings.need("mamba_n_heads", "mamba_num_heads")
    width = settings.hidden * (settings.number("mamba_expand", "expand") or 2)
    return Mixer(
        "mamba2",
        heads,
        head_dim=settings.number("mamba_d_head", "mamba_head_dim") or width // heads,
        groups=settings.need("mamba_n_groups", "n_groups"),
        state=settings.need("mamba_d_state", "ssm_state_size"),
        conv=settings.need("mamba_d_conv", "conv_kernel"),
    )


def short_convolution(settings: Settings) -> Mixer:
    """LFM2's convolution."""
    return Mixer("shortconv", conv=settings.need("conv_L_cache"), dim=settings.number("conv_dim") or settings.hidden)


def latent(settings: Settings, _: Attention, layer: int) -> Mixer:
    """Latent attention in every layer."""
    return latent_attention(settings, layer)


def qwen_hybrid(settings: Settings, family: Attention, layer: int) -> Mixer:
    """Qwen3-Next and later: attention in every fourth layer, the gated delta net in the others."""
    kinds = settings.each_layer("layer_types")
    period = settings.number("full_attention_interval") or 4
    recurrent = kinds[layer] == "linear_attention" if kinds else (layer + 1) % period != 0
    return delta_net(settings) if recurrent else attention(settings, family, layer)


def granite_hybrid(settings: Settings, family: Attention, layer: int) -> Mixer:
    """Granite 4: Mamba unless a list says attention."""
    kinds = settings.each_layer("layer_types", "layers_block_type")
    attends = kinds is not None and kinds[layer] in ("attention", "full_attention")
    return attention(settings, family, layer) if attends else mamba2(settings)


def lfm2_mixer(settings: Settings, family: Attention, layer: int) -> Mixer:
    """LFM2: short convolutions between the attention layers that are listed."""
    kinds = settings.each_layer("layer_types")
    attends = kinds[layer] == "full_attention" if kinds else layer in settings.indices("full_attn_idxs")
    return attention(settings, family, layer) if attends else short_convolution(settings)


def falcon_attention(settings: Settings, family: Attention, layer: int) -> Mixer:
    """Falcon: the number of key heads counts in the new architecture only; before, it was one, or all."""
    mixer = attention(settings, family, layer)
    if settings.flag("new_decoder_architecture"):
        return mixer
    return mixer._replace(kv_heads=1 if settings.flag("multi_query", True) else mixer.heads)


def gemma4_mixer(settings: Settings, family: Attention, layer: int) -> Mixer:
    """Gemma 4: the layers that keep all tokens have wider heads, and may use their keys as values."""
    mixer = attention(settings, family, layer)
    if mixer.window is not None:
        return mixer
    shared = settings.flag("attention_k_eq_v")
    kv_heads = settings.number("num_global_key_value_heads") if shared else None
    width = settings.number("global_head_dim") or mixer.head_dim
    return mixer._replace(kv_heads=kv_heads or mixer.kv_heads, head_dim=width, k_eq_v=shared)


NEMOTRON_LETTERS = {"M": "mamba", "*": "attention", "-": "mlp", "E": "moe"}
NEMOTRON_WORDS = {"linear_attention": "mamba", "full_attention": "attention"}


def nemotron_kind(settings: Settings, layer: int) -> str:
    """mamba, attention, mlp or moe: what a layer of Nemotron H is, by its letter in a pattern or its word in a list."""
    letters, words = settings.get("hybrid_override_pattern"), settings.each_layer("layers_block_type", "layer_types")
    if isinstance(letters, str) and len(letters) == settings.layers and letters[layer] in NEMOTRON_LETTERS:
        return NEMOTRON_LETTERS[letters[layer]]
    word = words[layer] if words else None
    kind = NEMOTRON_WORDS.get(word, word) if isinstance(word, str) else ""
    if kind not in NEMOTRON_LETTERS.values():
        raise NotStated("config.json does not state what each layer is")
    return kind


def nemotron_mixer(settings: Settings, family: Attention, layer: int) -> Mixer:
    """Nemotron H: Mamba, attention, or nothing where the layer is a feed-forward block."""
    kind = nemotron_kind(settings, layer)
    if kind == "mamba":
        return mamba2(settings)
    return attention(settings, family, layer) if kind == "attention" else Mixer("none")
