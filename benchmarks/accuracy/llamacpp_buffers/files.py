"""GGUF files with a catalogue model's true shape and no data: sparse, some megabytes on disk at any size.

Plain, biased, normed and windowed grouped attention with dense blocks or experts: what llama.cpp calls llama, qwen2,
qwen3, qwen3moe and gemma3. The vocabulary is made of placeholders.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path

from llmlint.catalog.rows import LayerGroup, Model

ARCHITECTURES = {
    "llama": "llama",
    "mistral": "llama",
    "mixtral": "llama",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "qwen3_moe": "qwen3moe",
    "gemma3": "gemma3",
    "gemma3_text": "gemma3",
}
"""model_type of the config, and what the converter makes of it."""
TYPES = {"f32": (0, 1, 4), "f16": (1, 1, 2), "q4_0": (2, 32, 18), "q8_0": (8, 32, 34), "q6_k": (14, 256, 210)}
"""Number, elements of a block and bytes of a block (ggml.h)."""
UINT32, FLOAT32, STRING, ARRAY, INT32 = 4, 6, 8, 9, 5
ALIGNMENT = 32
PERIOD = 6
"""Every sixth layer of Gemma 3 has no window."""


def architecture(model: Model) -> str | None:
    """llama.cpp's name of the model's build; None where this module cannot write it."""
    name = ARCHITECTURES.get(model.arch or "")
    groups = model.groups or ()
    if name is None or not model.vocab or not model.hidden or model.norm_bias or model.head_bias or model.encoder:
        return None
    if not all(_plain(group, name) for group in groups):
        return None
    if name == "gemma3":
        full = sum(group.n for group in groups if not group.mixer.window)
        return name if len(groups) == 2 and full == (model.layers or 0) // PERIOD else None
    return name if len(groups) == 1 else None


def _plain(group: LayerGroup, name: str) -> bool:
    mixer, ffn = group.mixer, group.ffn
    odd = mixer.o_bias or mixer.gate or mixer.sinks or mixer.k_eq_v or mixer.chunked or mixer.v_head_dim is not None
    if mixer.kind != "gqa" or odd or group.extra or group.norms != (4 if name == "gemma3" else 2):
        return False
    if mixer.qkv_bias != (name == "qwen2") or (mixer.qk_norm == "head") != (name in ("qwen3", "qwen3moe", "gemma3")):
        return False
    if bool(mixer.window) and name != "gemma3":
        return False
    if ffn.kind == "moe":
        return name in ("llama", "qwen3moe") and ffn.gated and not (ffn.bias or ffn.router_bias or ffn.shared)
    return ffn.kind == "dense" and ffn.gated and not ffn.bias and name != "qwen3moe"


def write(path: Path, model: Model, kind: str) -> None:
    """The file, every matrix but the head in one type; the data is a hole."""
    name = architecture(model)
    assert name is not None
    parts = list(tensors(model, kind))
    keys = _keys(model, name)
    header = b"GGUF" + struct.pack("<IQQ", 3, len(parts), len(keys)) + b"".join(keys)
    offset = 0
    for title, shape, type_name in parts:
        number, per_block, block = TYPES[type_name]
        header += _text(title) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *reversed(shape))
        header += struct.pack("<IQ", number, offset)
        offset += _aligned(math.prod(shape) // per_block * block)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(_aligned(len(header)) + offset)


def tensors(model: Model, kind: str) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Name, shape with the rows first, type."""
    hidden, vocab = model.hidden or 0, model.vocab or 0
    head = kind if kind != "q4_0" else "q8_0" if hidden % 256 else "q6_k"  # llama.cpp's quantiser gives it more bits
    yield "token_embd.weight", (vocab, hidden), head if model.tied else kind
    yield "output_norm.weight", (hidden,), "f32"
    if not model.tied:
        yield "output.weight", (vocab, hidden), head
    for number in range(model.layers or 0):
        for title, shape, type_name in _layer((model.groups or ())[0], hidden, kind):
            yield f"blk.{number}.{title}", shape, type_name


def _layer(group: LayerGroup, hidden: int, kind: str) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Windows change nothing about the tensors."""
    mixer, ffn = group.mixer, group.ffn
    queries, keys = mixer.heads * mixer.head_dim, mixer.kv_heads * mixer.head_dim
    matrices = {"attn_q": (queries, hidden), "attn_k": (keys, hidden), "attn_v": (keys, hidden)}
    yield from ((f"{name}.weight", shape, kind) for name, shape in matrices.items())
    yield "attn_output.weight", (hidden, queries), kind
    if mixer.qkv_bias:
        yield from ((f"{name}.bias", (rows,), "f32") for name, (rows, _) in matrices.items())
    if mixer.qk_norm:
        yield from ((f"attn_{name}_norm.weight", (mixer.head_dim,), "f32") for name in "qk")
    norms = ["attn_norm", "ffn_norm", *(["post_attention_norm", "post_ffw_norm"] if group.norms == 4 else [])]
    yield from ((f"{name}.weight", (hidden,), "f32") for name in norms)
    suffix, lead = ("_exps", (ffn.experts,)) if ffn.kind == "moe" else ("", ())
    if ffn.kind == "moe":
        yield "ffn_gate_inp.weight", (ffn.experts, hidden), "f32"
    for name in ("ffn_gate", "ffn_up"):
        yield f"{name}{suffix}.weight", (*lead, ffn.inter, hidden), kind
    yield f"ffn_down{suffix}.weight", (*lead, hidden, ffn.inter), kind


def _keys(model: Model, name: str) -> list[bytes]:
    group = (model.groups or ())[0]
    mixer, ffn = group.mixer, group.ffn
    numbers = {
        "block_count": model.layers or 0,
        "context_length": 1 << 20,
        "embedding_length": model.hidden or 0,
        "feed_forward_length": ffn.inter,
        "attention.head_count": mixer.heads,
        "attention.head_count_kv": mixer.kv_heads,
        "attention.key_length": mixer.head_dim,
        "attention.value_length": mixer.head_dim,
        "rope.dimension_count": mixer.head_dim,
        "vocab_size": model.vocab or 0,
    }
    if ffn.kind == "moe":
        numbers |= {
            "expert_count": ffn.experts,
            "expert_used_count": ffn.active,
            "expert_feed_forward_length": ffn.inter,
        }
    window = max((one.mixer.window or 0 for one in model.groups or ()), default=0)
    if window:
        numbers["attention.sliding_window"] = window
    found = [_key("general.architecture", STRING, _text(name))]
    found += [_key(f"{name}.{key}", UINT32, struct.pack("<I", value)) for key, value in numbers.items()]
    found.append(_key(f"{name}.attention.layer_norm_rms_epsilon", FLOAT32, struct.pack("<f", 1e-5)))
    found.append(_key(f"{name}.rope.freq_base", FLOAT32, struct.pack("<f", 1e6)))
    return found + _vocabulary(model.vocab or 0)


def _vocabulary(size: int) -> list[bytes]:
    """256 tokens for bytes, as the loader demands, and placeholders."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens += [f"t{number}" for number in range(len(tokens), size)]
    kinds = [2, 3, 3, *[6] * 256, *[1] * (size - 259)]
    return [
        _key("tokenizer.ggml.model", STRING, _text("llama")),
        _key("tokenizer.ggml.tokens", ARRAY, struct.pack("<IQ", STRING, size) + b"".join(map(_text, tokens))),
        _key("tokenizer.ggml.scores", ARRAY, struct.pack("<IQ", FLOAT32, size) + bytes(4 * size)),
        _key("tokenizer.ggml.token_type", ARRAY, struct.pack(f"<IQ{size}i", INT32, size, *kinds)),
        _key("tokenizer.ggml.bos_token_id", UINT32, struct.pack("<I", 1)),
        _key("tokenizer.ggml.eos_token_id", UINT32, struct.pack("<I", 2)),
    ]


def _key(name: str, kind: int, value: bytes) -> bytes:
    return _text(name) + struct.pack("<I", kind) + value


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
