"""The checkpoints of `checkpoints.py` as llama.cpp's converter would write them: other names, fused or split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.catalog.checkpoints import DEEPSEEK, GEMMA3, GPT_OSS, LLAMA, QWEN2, QWEN3_MOE, QWEN3_NEXT
from tests.catalog.model_files import Tensor


def metadata(arch: str, config: dict[str, Any], **own: object) -> dict[str, object]:
    """Keys that every converted model has, and its own."""
    stated: dict[str, object] = {
        "block_count": config["num_hidden_layers"],
        "context_length": config["max_position_embeddings"],
        "embedding_length": config["hidden_size"],
        "feed_forward_length": config["intermediate_size"],
        "attention.head_count": config["num_attention_heads"],
        "attention.head_count_kv": config.get("num_key_value_heads", 1),
    } | {key.replace("__", "."): value for key, value in own.items()}
    return {"general.architecture": arch} | {f"{arch}.{key}": value for key, value in stated.items()}


def matrices(at: str, kind: str, **shapes: tuple[int, ...]) -> Iterator[Tensor]:
    for name, shape in shapes.items():
        yield f"{at}.{name}.weight", kind, shape


def edges(config: dict[str, Any], kind: str, tied: bool = False) -> Iterator[Tensor]:
    vocab, hidden = config["vocab_size"], config["hidden_size"]
    yield "token_embd.weight", kind, (vocab, hidden)
    yield "output_norm.weight", "f32", (hidden,)
    if not tied:
        yield "output.weight", kind, (vocab, hidden)


def attention(at: str, config: dict[str, Any], kind: str, gate: bool = False) -> Iterator[Tensor]:
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    width = config.get("head_dim", hidden // heads)
    keys, queries = config["num_key_value_heads"] * width, heads * width
    rows = 2 * queries if gate else queries
    shapes = {"attn_q": (rows, hidden), "attn_k": (keys, hidden), "attn_v": (keys, hidden)}
    yield from matrices(at, kind, **shapes, attn_output=(hidden, queries))


def feed_forward(at: str, hidden: int, width: int, kind: str, suffix: str = "") -> Iterator[Tensor]:
    yield f"{at}.ffn_gate{suffix}.weight", kind, (width, hidden)
    yield f"{at}.ffn_up{suffix}.weight", kind, (width, hidden)
    yield f"{at}.ffn_down{suffix}.weight", kind, (hidden, width)


def norms(at: str, hidden: int, *names: str) -> Iterator[Tensor]:
    yield from matrices(at, "f32", **dict.fromkeys(names or ("attn_norm", "ffn_norm"), (hidden,)))


def head_norms(at: str, width: int) -> Iterator[Tensor]:
    yield from matrices(at, "f32", attn_q_norm=(width,), attn_k_norm=(width,))


def experts(at: str, hidden: int, width: int, count: int, kind: str) -> Iterator[Tensor]:
    yield f"{at}.ffn_gate_inp.weight", "f32", (count, hidden)
    shapes = {"ffn_gate_exps": (count, width, hidden), "ffn_up_exps": (count, width, hidden)}
    yield from matrices(at, kind, **shapes, ffn_down_exps=(count, hidden, width))


def llama(kind: str = "q8_0", config: dict[str, Any] = LLAMA) -> Iterator[Tensor]:
    yield from edges(config, kind, tied=config["tie_word_embeddings"])
    yield "rope_freqs.weight", "f32", (16,)
    for layer in range(config["num_hidden_layers"]):
        at, hidden = f"blk.{layer}", config["hidden_size"]
        yield from attention(at, config, kind)
        yield from feed_forward(at, hidden, config["intermediate_size"], kind)
        yield from norms(at, hidden)


def qwen2() -> Iterator[Tensor]:
    yield from llama("f16", QWEN2)
    for layer in range(QWEN2["num_hidden_layers"]):
        for name, width in (("attn_q", 256), ("attn_k", 64), ("attn_v", 64)):
            yield f"blk.{layer}.{name}.bias", "f32", (width,)


def qwen3_moe() -> Iterator[Tensor]:
    config, hidden = QWEN3_MOE, QWEN3_MOE["hidden_size"]
    yield from edges(config, "f16")
    for layer in range(config["num_hidden_layers"]):
        at = f"blk.{layer}"
        yield from attention(at, config, "f16")
        yield from head_norms(at, config["head_dim"])
        yield from norms(at, hidden)
        if layer == 0:
            yield from feed_forward(at, hidden, config["intermediate_size"], "f16")
        else:
            yield from experts(at, hidden, config["moe_intermediate_size"], config["num_experts"], "f16")


def gemma3() -> Iterator[Tensor]:
    config = GEMMA3["text_config"]
    yield from edges(config, "q8_0", tied=True)
    for layer in range(config["num_hidden_layers"]):
        at, hidden = f"blk.{layer}", config["hidden_size"]
        yield from attention(at, config, "q8_0")
        yield from head_norms(at, config["head_dim"])
        yield from feed_forward(at, hidden, config["intermediate_size"], "q8_0")
        yield from norms(at, hidden, "attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")


def deepseek(split: bool = True) -> Iterator[Tensor]:
    """Newer files split kv_b in two, older ones keep it."""
    config, hidden, heads, rank = DEEPSEEK, 256, 4, 40
    yield from edges(config, "f16")
    for layer in range(config["num_hidden_layers"] + 1):
        at = f"blk.{layer}"
        shapes: dict[str, tuple[int, ...]] = {
            "attn_q_a": (72, hidden),
            "attn_q_b": (heads * 32, 72),
            "attn_kv_a_mqa": (rank + 8, hidden),
        }
        halves: dict[str, tuple[int, ...]] = {"attn_k_b": (heads, rank, 24), "attn_v_b": (heads, 32, rank)}
        whole: dict[str, tuple[int, ...]] = {"attn_kv_b": (heads * (24 + 32), rank)}
        shapes |= halves if split else whole
        yield from matrices(at, "f16", **shapes, attn_output=(hidden, heads * 32))
        yield from matrices(at, "f32", attn_q_a_norm=(72,), attn_kv_a_norm=(rank,))
        yield from norms(at, hidden)
        if layer == 0:
            yield from feed_forward(at, hidden, config["intermediate_size"], "f16")
            continue
        yield from experts(at, hidden, 104, 5, "f16")
        yield f"{at}.exp_probs_b.bias", "f32", (5,)
        yield from feed_forward(at, hidden, 2 * 104, "f16", "_shexp")
    vocab = config["vocab_size"]
    yield from matrices(
        "blk.3.nextn",
        "f16",
        eh_proj=(hidden, 2 * hidden),
        embed_tokens=(vocab, hidden),
        shared_head_head=(vocab, hidden),
    )


def gpt_oss() -> Iterator[Tensor]:
    config, hidden, width = GPT_OSS, GPT_OSS["hidden_size"], GPT_OSS["intermediate_size"]
    yield from edges(config, "q8_0")
    for layer in range(config["num_hidden_layers"]):
        at = f"blk.{layer}"
        yield from attention(at, config, "q8_0")
        for name, rows in (("attn_q", 512), ("attn_k", 128), ("attn_v", 128), ("attn_output", hidden)):
            yield f"{at}.{name}.bias", "f32", (rows,)
        yield f"{at}.attn_sinks.weight", "f32", (8,)
        yield from norms(at, hidden, "attn_norm", "post_attention_norm")
        yield from experts(at, hidden, width, 4, "mxfp4")
        yield f"{at}.ffn_gate_inp.bias", "f32", (4,)
        for name, rows in (("ffn_gate_exps", width), ("ffn_up_exps", width), ("ffn_down_exps", hidden)):
            yield f"{at}.{name}.bias", "f32", (4, rows)


def qwen3_next() -> Iterator[Tensor]:
    config, hidden, keys, values = QWEN3_NEXT, QWEN3_NEXT["hidden_size"], 4 * 32, 8 * 40
    yield from edges(config, "f16")
    for layer in range(config["num_hidden_layers"]):
        at = f"blk.{layer}"
        if layer == 3:
            yield from attention(at, config, "f16", gate=True)
            yield from head_norms(at, config["head_dim"])
        else:
            yield from matrices(at, "f16", attn_qkv=(2 * keys + values, hidden), attn_gate=(values, hidden))
            yield from matrices(at, "f32", ssm_conv1d=(2 * keys + values, 4), ssm_norm=(40,))
            yield f"{at}.ssm_dt.bias", "f32", (8,)
            yield f"{at}.ssm_a", "f32", (8,)
            yield from matrices(at, "f16", ssm_ba=(16, hidden), ssm_out=(hidden, values))
        yield from norms(at, hidden, "attn_norm", "post_attention_norm")
        yield from experts(at, hidden, config["moe_intermediate_size"], config["num_experts"], "f16")
        yield from feed_forward(at, hidden, config["shared_expert_intermediate_size"], "f16", "_shexp")
        yield f"{at}.ffn_gate_inp_shexp.weight", "f32", (hidden,)


MOE = {"expert_count": 6, "expert_used_count": 2}
SSM = {"ssm__conv_kernel": 4, "ssm__state_size": 32, "ssm__group_count": 4, "ssm__time_step_rank": 8}
LATENT = {"nextn_predict_layers": 1, "expert_shared_count": 2, "leading_dense_block_count": 1}

GGUF = {
    "llama": (metadata("llama", LLAMA), llama),
    "qwen2": (metadata("qwen2", QWEN2), qwen2),
    "qwen3_moe": (metadata("qwen3moe", QWEN3_MOE, attention__key_length=48, **MOE), qwen3_moe),
    "gemma3": (metadata("gemma3", GEMMA3["text_config"], attention__sliding_window=512), gemma3),
    "deepseek_v3": (metadata("deepseek2", DEEPSEEK | {"num_hidden_layers": 4}, **MOE, **LATENT), deepseek),
    "gpt_oss": (metadata("gpt-oss", GPT_OSS, attention__sliding_window=128, **MOE), gpt_oss),
    "qwen3_next": (metadata("qwen3next", QWEN3_NEXT, ssm__inner_size=320, **SSM, **MOE), qwen3_next),
}
"""By the names of `checkpoints.CHECKPOINTS`."""
