"""How the layers of each model family follow from its config.json.

Read in the configuration and modelling classes of transformers 5.24.0 (November 2026); a family that is not here has no
known shape. `defaults` holds what published config.json files leave out because the class has the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llmlint.catalog import blocks, mixers
from llmlint.catalog.mixers import Attention, Switch, all_but_each, every_layer
from llmlint.catalog.rows import Ffn, Mixer
from llmlint.catalog.settings import Settings
from llmlint.tuples import NamedTuple

TIED = {"tie_word_embeddings": True}


def falcon_norms(settings: Settings) -> int:
    """One norm where attention and feed-forward block share it, as in Falcon 7B."""
    shared = 2 if settings.flag("new_decoder_architecture") else 1
    return (settings.number("num_ln_in_parallel_attn") or shared) if settings.flag("parallel_attn", True) else 2


class Family(NamedTuple):
    """How one model type makes a layer."""

    attention: Attention = Attention()
    mixer: Callable[[Settings, Attention, int], Mixer] = mixers.attention
    ffn: Callable[[Settings, int], Ffn] = blocks.dense
    norms: int | Callable[[Settings], int] = 2
    norm_bias: bool = False
    head_bias: Switch = False
    final_norm: bool = True
    extra: Callable[[Settings, Ffn], int] = blocks.gate_bias
    """Parameters of a layer that nothing else accounts for."""
    defaults: Mapping[str, Any] = {}


BIASED = Attention(qkv_bias="attention_bias", o_bias="attention_bias")
LLAMA = Family(BIASED)
MISTRAL = Family(Attention(windowed=every_layer), defaults={"sliding_window": 4096})
QWEN2 = Family(Attention(qkv_bias=True, windowed=mixers.after_layers), defaults={"sliding_window": 4096})
QWEN3 = Family(
    BIASED._replace(qk_norm="head", windowed=mixers.after_layers), defaults={"head_dim": 128, "sliding_window": 4096}
)
QWEN3_MOE = QWEN3._replace(ffn=blocks.qwen_experts, defaults={"sliding_window": 4096})
QWEN_HYBRID = Family(
    BIASED._replace(qk_norm="head", gate=True),
    mixers.qwen_hybrid,
    blocks.qwen_experts,
    defaults={"head_dim": 256, "linear_conv_kernel_dim": 4},
)
GEMMA = Family(BIASED, defaults={"head_dim": 256, **TIED})
GEMMA2 = GEMMA._replace(
    attention=BIASED._replace(windowed=all_but_each(2)), norms=4, defaults={**GEMMA.defaults, "sliding_window": 4096}
)
GEMMA3_DEFAULTS = {
    **GEMMA2.defaults,
    "vocab_size": 262_208,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "max_position_embeddings": 131_072,
}
GEMMA3 = GEMMA2._replace(attention=BIASED._replace(windowed=all_but_each(6), qk_norm="head"), defaults=GEMMA3_DEFAULTS)
DEEPSEEK_V2 = Family(mixer=mixers.latent, ffn=blocks.deepseek_experts)
DEEPSEEK_V3 = Family(mixer=mixers.latent, ffn=blocks.balanced_experts)
OLMO2 = Family(BIASED._replace(qk_norm="full"))
COHERE = Family(BIASED._replace(qk_norm="full", norm_switch="use_qk_norm"), norms=1, defaults=TIED)
GLM = Family(Attention(qkv_bias="attention_bias"), defaults={"head_dim": 128, "attention_bias": True})

FAMILIES: dict[str, Family] = {
    "llama": LLAMA,
    "mistral": MISTRAL,
    "ministral3": MISTRAL._replace(defaults={}),
    "mixtral": MISTRAL._replace(ffn=blocks.experts, defaults={}),
    "qwen2": QWEN2,
    "qwen2_vl": QWEN2,
    "qwen2_vl_text": QWEN2,
    "qwen2_5_vl": QWEN2,
    "qwen2_5_vl_text": QWEN2,
    "qwen2_moe": Family(Attention(qkv_bias="qkv_bias"), ffn=blocks.qwen_experts, defaults={"qkv_bias": True}),
    "qwen3": QWEN3,
    "qwen3_vl_text": QWEN3,
    "qwen3_moe": QWEN3_MOE,
    "qwen3_vl_moe_text": QWEN3_MOE,
    "qwen3_next": QWEN_HYBRID,
    "qwen3_5_text": QWEN_HYBRID,
    "qwen3_5_moe_text": QWEN_HYBRID,
    "gemma": GEMMA,
    "gemma2": GEMMA2,
    "gemma3_text": GEMMA3,
    "phi3": Family(Attention(windowed=every_layer)),
    "phimoe": Family(
        BIASED._replace(windowed=every_layer), ffn=blocks.experts, norm_bias=True, head_bias="lm_head_bias"
    ),
    "deepseek_v2": DEEPSEEK_V2,
    "deepseek_v3": DEEPSEEK_V3,
    "kimi_k2": DEEPSEEK_V3,
    "deepseek_v32": DEEPSEEK_V3,
    "glm4_moe_lite": DEEPSEEK_V3._replace(defaults={"first_k_dense_replace": 1}),
    "glm_moe_dsa": DEEPSEEK_V3,
    "gpt_oss": Family(
        Attention(qkv_bias="attention_bias", o_bias="attention_bias", sinks=True, windowed=all_but_each(2)),
        ffn=blocks.gpt_oss_experts,
        defaults={"head_dim": 64, "attention_bias": True, "sliding_window": 128},
    ),
    "glm": GLM,
    "glm4": GLM._replace(norms=4),
    "glm4_moe": Family(
        Attention(qkv_bias="attention_bias", qk_norm="head", norm_switch="use_qk_norm"), ffn=blocks.balanced_experts
    ),
    "olmo": Family(BIASED, norms=0, final_norm=False),
    "olmo2": OLMO2,
    "olmo3": Family(OLMO2.attention._replace(windowed=all_but_each(4)), defaults={"sliding_window": 4096}),
    "olmoe": OLMO2._replace(ffn=blocks.experts),
    "cohere": COHERE,
    "cohere2": Family(BIASED._replace(windowed=all_but_each(4)), norms=1, defaults={**TIED, "sliding_window": 4096}),
    "falcon": Family(
        Attention(qkv_bias="bias", o_bias="bias"),
        mixers.falcon_attention,
        blocks.falcon_dense,
        norms=falcon_norms,
        norm_bias=True,
        defaults=TIED,
    ),
    "starcoder2": Family(
        Attention(qkv_bias="use_bias", o_bias="use_bias", windowed=every_layer),
        ffn=blocks.ungated,
        norm_bias=True,
        defaults={**TIED, "use_bias": True},
    ),
    "granite": LLAMA,
    "granitemoe": Family(BIASED, ffn=blocks.experts),
    "granitemoehybrid": Family(BIASED, mixers.granite_hybrid, blocks.granite_experts),
    "llama4_text": Family(
        BIASED._replace(windowed=mixers.without_rotation),
        ffn=blocks.llama4_experts,
        defaults={"head_dim": 128, "attention_chunk_size": 8192},
    ),
    "nemotron_h": Family(BIASED, mixers.nemotron_mixer, blocks.nemotron_block, norms=1),
    "gemma4_text": Family(
        BIASED._replace(qk_norm="head"),
        mixers.gemma4_mixer,
        blocks.gemma4_block,
        norms=4,
        defaults={"head_dim": 256, **TIED},
        extra=blocks.gemma4_scales,
    ),
    "lfm2": Family(Attention(qk_norm="head"), mixers.lfm2_mixer, blocks.lfm2_dense, defaults=TIED),
    "smollm3": LLAMA._replace(defaults=TIED),
    "seed_oss": Family(
        Attention(qkv_bias="attention_bias", o_bias="attention_out_bias"), defaults={"attention_bias": True}
    ),
    "exaone4": Family(Attention(qk_norm="head", windowed=all_but_each(4)), defaults={"sliding_window": 4096}),
    "hunyuan_v1_dense": Family(BIASED._replace(qk_norm="head")),
    "minimax_m2": Family(
        Attention(qk_norm="full", norm_switch="use_qk_norm"), ffn=blocks.minimax_experts, defaults={"use_qk_norm": True}
    ),
}
"""By `model_type` of config.json, or of its text part."""
