"""Small checkpoints of several architectures: what their files would hold, written down independently of the readers.

Names and shapes as in published checkpoints; widths are small and all different, so that a mix-up changes the sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.catalog.model_files import Tensor

LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 256,
    "intermediate_size": 640,
    "num_hidden_layers": 3,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "vocab_size": 1024,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
QWEN2 = LLAMA | {"model_type": "qwen2", "tie_word_embeddings": True}
QWEN3_MOE = LLAMA | {
    "model_type": "qwen3_moe",
    "head_dim": 48,
    "num_experts": 6,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 96,
    "mlp_only_layers": [0],
}
GEMMA3: dict[str, Any] = {
    "model_type": "gemma3",
    "text_config": LLAMA
    | {"model_type": "gemma3_text", "num_hidden_layers": 7, "head_dim": 64, "sliding_window": 512}
    | {"tie_word_embeddings": True},
}
DEEPSEEK: dict[str, Any] = {
    "model_type": "deepseek_v3",
    "hidden_size": 256,
    "intermediate_size": 640,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "vocab_size": 1024,
    "max_position_embeddings": 4096,
    "q_lora_rank": 72,
    "kv_lora_rank": 40,
    "qk_nope_head_dim": 24,
    "qk_rope_head_dim": 8,
    "v_head_dim": 32,
    "n_routed_experts": 5,
    "num_experts_per_tok": 2,
    "n_shared_experts": 2,
    "moe_intermediate_size": 104,
    "first_k_dense_replace": 1,
    "num_nextn_predict_layers": 1,
    "torch_dtype": "bfloat16",
}
GPT_OSS = LLAMA | {
    "model_type": "gpt_oss",
    "head_dim": 64,
    "intermediate_size": 192,
    "num_local_experts": 4,
    "num_experts_per_tok": 2,
    "num_hidden_layers": 4,
    "sliding_window": 128,
    "quantization_config": {"quant_method": "mxfp4"},
}
QWEN3_NEXT = QWEN3_MOE | {
    "model_type": "qwen3_next",
    "mlp_only_layers": [],
    "num_hidden_layers": 4,
    "full_attention_interval": 4,
    "shared_expert_intermediate_size": 120,
    "linear_num_key_heads": 4,
    "linear_num_value_heads": 8,
    "linear_key_head_dim": 32,
    "linear_value_head_dim": 40,
    "linear_conv_kernel_dim": 4,
}


def edges(config: dict[str, Any], dtype: str = "BF16", prefix: str = "model.") -> Iterator[Tensor]:
    hidden, vocab = config["hidden_size"], config["vocab_size"]
    yield f"{prefix}embed_tokens.weight", dtype, (vocab, hidden)
    yield f"{prefix}norm.weight", dtype, (hidden,)
    if not config.get("tie_word_embeddings"):
        yield "lm_head.weight", dtype, (vocab, hidden)


def attention(config: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Projections as (name, outputs, inputs)."""
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    width = config.get("head_dim", hidden // heads)
    keys = config["num_key_value_heads"] * width
    yield "self_attn.q_proj", heads * width, hidden
    yield "self_attn.k_proj", keys, hidden
    yield "self_attn.v_proj", keys, hidden
    yield "self_attn.o_proj", hidden, heads * width


def mlp(name: str, hidden: int, width: int) -> Iterator[tuple[str, int, int]]:
    yield f"{name}.gate_proj", width, hidden
    yield f"{name}.up_proj", width, hidden
    yield f"{name}.down_proj", hidden, width


def plain(at: str, linears: Iterator[tuple[str, int, int]], dtype: str = "BF16") -> Iterator[Tensor]:
    for name, outputs, inputs in linears:
        yield f"{at}.{name}.weight", dtype, (outputs, inputs)


def norms(at: str, hidden: int, *names: str) -> Iterator[Tensor]:
    for name in names or ("input_layernorm", "post_attention_layernorm"):
        yield f"{at}.{name}.weight", "BF16", (hidden,)


def llama_linears(config: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    yield from attention(config)
    yield from mlp("mlp", config["hidden_size"], config["intermediate_size"])


def llama(config: dict[str, Any] = LLAMA) -> Iterator[Tensor]:
    yield from edges(config)
    for layer in range(config["num_hidden_layers"]):
        yield from plain(f"model.layers.{layer}", llama_linears(config))
        yield from norms(f"model.layers.{layer}", config["hidden_size"])


def qwen2() -> Iterator[Tensor]:
    yield from llama(QWEN2)
    for layer in range(QWEN2["num_hidden_layers"]):
        for name, outputs, _ in list(attention(QWEN2))[:3]:
            yield f"model.layers.{layer}.{name}.bias", "BF16", (outputs,)


def head_norms(at: str, width: int) -> Iterator[Tensor]:
    yield f"{at}.self_attn.q_norm.weight", "BF16", (width,)
    yield f"{at}.self_attn.k_norm.weight", "BF16", (width,)


def experts(at: str, config: dict[str, Any], count: int) -> Iterator[Tensor]:
    hidden = config["hidden_size"]
    yield f"{at}.mlp.gate.weight", "BF16", (count, hidden)
    for expert in range(count):
        yield from plain(at, mlp(f"mlp.experts.{expert}", hidden, config["moe_intermediate_size"]))


def qwen3_moe() -> Iterator[Tensor]:
    config, hidden = QWEN3_MOE, QWEN3_MOE["hidden_size"]
    yield from edges(config)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        yield from plain(at, attention(config))
        yield from head_norms(at, config["head_dim"])
        yield from norms(at, hidden)
        if layer in config["mlp_only_layers"]:
            yield from plain(at, mlp("mlp", hidden, config["intermediate_size"]))
        else:
            yield from experts(at, config, config["num_experts"])


def gemma3() -> Iterator[Tensor]:
    """With an image encoder and its projector."""
    config = GEMMA3["text_config"]
    four = ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm")
    yield from edges(config, prefix="language_model.model.")
    for layer in range(config["num_hidden_layers"]):
        at = f"language_model.model.layers.{layer}"
        yield from plain(at, llama_linears(config))
        yield from head_norms(at, config["head_dim"])
        yield from norms(at, config["hidden_size"], *four)
    yield "vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight", "BF16", (77, 33)
    yield "multi_modal_projector.mm_input_projection_weight", "BF16", (33, 256)


def latent(config: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    hidden, heads, rope = config["hidden_size"], config["num_attention_heads"], config["qk_rope_head_dim"]
    nope, value, rank = config["qk_nope_head_dim"], config["v_head_dim"], config["kv_lora_rank"]
    yield "self_attn.q_a_proj", config["q_lora_rank"], hidden
    yield "self_attn.q_b_proj", heads * (nope + rope), config["q_lora_rank"]
    yield "self_attn.kv_a_proj_with_mqa", rank + rope, hidden
    yield "self_attn.kv_b_proj", heads * (nope + value), rank
    yield "self_attn.o_proj", hidden, heads * value


def deepseek() -> Iterator[Tensor]:
    """The last layer, number 3, is for multi-token prediction and brings an embedding and a head."""
    config, hidden = DEEPSEEK, DEEPSEEK["hidden_size"]
    yield from edges(config)
    for layer in range(config["num_hidden_layers"] + 1):
        at = f"model.layers.{layer}"
        yield from plain(at, latent(config))
        yield f"{at}.self_attn.q_a_layernorm.weight", "BF16", (config["q_lora_rank"],)
        yield f"{at}.self_attn.kv_a_layernorm.weight", "BF16", (config["kv_lora_rank"],)
        yield from norms(at, hidden)
        if layer < config["first_k_dense_replace"]:
            yield from plain(at, mlp("mlp", hidden, config["intermediate_size"]))
            continue
        yield from experts(at, config, config["n_routed_experts"])
        yield f"{at}.mlp.gate.e_score_correction_bias", "F32", (config["n_routed_experts"],)
        yield from plain(at, mlp("mlp.shared_experts", hidden, 2 * config["moe_intermediate_size"]))
    yield "model.layers.3.embed_tokens.weight", "BF16", (config["vocab_size"], hidden)
    yield "model.layers.3.shared_head.head.weight", "BF16", (config["vocab_size"], hidden)
    yield "model.layers.3.eh_proj.weight", "BF16", (hidden, 2 * hidden)


def gpt_oss() -> Iterator[Tensor]:
    """Experts in mxfp4: blocks of 32 weights in 16 bytes, and a byte of scale for each."""
    config, hidden, width = GPT_OSS, GPT_OSS["hidden_size"], GPT_OSS["intermediate_size"]
    count = config["num_local_experts"]
    yield from edges(config)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        for name, outputs, inputs in attention(config):
            yield f"{at}.{name}.weight", "BF16", (outputs, inputs)
            yield f"{at}.{name}.bias", "BF16", (outputs,)
        yield f"{at}.self_attn.sinks", "BF16", (config["num_attention_heads"],)
        yield from norms(at, hidden)
        yield f"{at}.mlp.router.weight", "BF16", (count, hidden)
        yield f"{at}.mlp.router.bias", "BF16", (count,)
        for name, outputs, inputs in (("gate_up_proj", 2 * width, hidden), ("down_proj", hidden, width)):
            yield f"{at}.mlp.experts.{name}_blocks", "U8", (count, outputs, inputs // 32, 16)
            yield f"{at}.mlp.experts.{name}_scales", "U8", (count, outputs, inputs // 32)
            yield f"{at}.mlp.experts.{name}_bias", "BF16", (count, outputs)


def qwen3_next() -> Iterator[Tensor]:
    config, hidden = QWEN3_NEXT, QWEN3_NEXT["hidden_size"]
    keys, values = 4 * 32, 8 * 40
    yield from edges(config)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        if layer == 3:
            for name, outputs, inputs in attention(config):
                rows = 2 * outputs if name.endswith("q_proj") else outputs  # the other half gates the output
                yield f"{at}.{name}.weight", "BF16", (rows, inputs)
            yield from head_norms(at, config["head_dim"])
        else:
            yield f"{at}.linear_attn.in_proj_qkvz.weight", "BF16", (2 * keys + 2 * values, hidden)
            yield f"{at}.linear_attn.in_proj_ba.weight", "BF16", (2 * 8, hidden)
            yield f"{at}.linear_attn.conv1d.weight", "BF16", (2 * keys + values, 1, 4)
            yield f"{at}.linear_attn.A_log", "F32", (8,)
            yield f"{at}.linear_attn.dt_bias", "F32", (8,)
            yield f"{at}.linear_attn.norm.weight", "BF16", (40,)
            yield f"{at}.linear_attn.out_proj.weight", "BF16", (hidden, values)
        yield from norms(at, hidden)
        yield from experts(at, config, config["num_experts"])
        yield from plain(at, mlp("mlp.shared_expert", hidden, config["shared_expert_intermediate_size"]))
        yield f"{at}.mlp.shared_expert_gate.weight", "BF16", (1, hidden)


CHECKPOINTS = {
    "llama": (LLAMA, llama),
    "qwen2": (QWEN2, qwen2),
    "qwen3_moe": (QWEN3_MOE, qwen3_moe),
    "gemma3": (GEMMA3, gemma3),
    "deepseek_v3": (DEEPSEEK, deepseek),
    "gpt_oss": (GPT_OSS, gpt_oss),
    "qwen3_next": (QWEN3_NEXT, qwen3_next),
}


def packed(form: str, name: str, outputs: int, inputs: int) -> Iterator[Tensor]:
    """One projection as a quantiser stores it."""
    groups = inputs // 128
    if form == "awq":
        yield f"{name}.qweight", "I32", (inputs, outputs // 8)
        yield f"{name}.qzeros", "I32", (groups, outputs // 8)
        yield f"{name}.scales", "F16", (groups, outputs)
    elif form in ("gptq", "gptq-8bit"):
        per = 4 if form == "gptq-8bit" else 8
        yield f"{name}.qweight", "I32", (inputs // per, outputs)
        yield f"{name}.qzeros", "I32", (groups, outputs // per)
        yield f"{name}.scales", "F16", (groups, outputs)
        yield f"{name}.g_idx", "I32", (inputs,)
    elif form == "fp8":
        yield f"{name}.weight", "F8_E4M3", (outputs, inputs)
        yield f"{name}.weight_scale_inv", "F32", (-(-outputs // 128), -(-inputs // 128))
    elif form == "bnb":
        yield f"{name}.weight", "U8", (outputs * inputs // 2, 1)
        yield f"{name}.weight.absmax", "U8", (outputs * inputs // 64,)
        yield f"{name}.weight.quant_map", "F32", (16,)
        yield f"{name}.weight.quant_state.bitsandbytes__nf4", "U8", (88,)
    elif form == "compressed":
        yield f"{name}.weight_packed", "I32", (outputs, inputs // 8)
        yield f"{name}.weight_scale", "BF16", (outputs, groups)
        yield f"{name}.weight_shape", "I64", (2,)
    elif form == "nvfp4":
        yield f"{name}.weight", "U8", (outputs, inputs // 2)
        yield f"{name}.weight_scale", "F8_E4M3", (outputs, inputs // 16)
        yield f"{name}.weight_scale_2", "F32", ()
        yield f"{name}.input_scale", "F32", ()
    elif form == "mlx":
        yield f"{name}.weight", "U32", (outputs, inputs // 8)
        yield f"{name}.scales", "BF16", (outputs, groups)
        yield f"{name}.biases", "BF16", (outputs, groups)


COMPRESSED = {"config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int", "group_size": 128}}}}
QUANTISED: dict[str, tuple[dict[str, Any], str]] = {
    "awq": ({"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}, "awq"),
    "gptq": ({"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128}}, "gptq"),
    "gptq-8bit": ({"quantization_config": {"quant_method": "gptq", "bits": 8, "group_size": 128}}, "int8"),
    "fp8": ({"quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}, "fp8"),
    "bnb": (
        {"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}},
        "bnb-nf4",
    ),
    "compressed": ({"quantization_config": {"quant_method": "compressed-tensors"} | COMPRESSED}, "int4"),
    "nvfp4": ({"quantization_config": {"quant_method": "modelopt", "quant_algo": "NVFP4"}}, "nvfp4"),
    "mlx": ({"quantization": {"bits": 4, "group_size": 128}}, "int4"),
}
"""What config.json says beside LLAMA, and the precision in a deployment file's words."""


def quantised(form: str) -> Iterator[Tensor]:
    """Llama with its projections packed, the rest as it was."""
    yield from edges(LLAMA, "F16")
    for layer in range(LLAMA["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        for name, outputs, inputs in llama_linears(LLAMA):
            yield from packed(form, f"{at}.{name}", outputs, inputs)
        yield from norms(at, LLAMA["hidden_size"])
