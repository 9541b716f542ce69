"""Writes model files of true shape and no data: real headers, and holes where the weights would be."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from llmlint.catalog.ggml import TYPES
from llmlint.catalog.safetensors import BITS

Tensor = tuple[str, str, tuple[int, ...]]
"""Name, type (of safetensors, or the lower-case name of GGUF), shape as PyTorch has it."""

GGML_NUMBERS = {kind.name: number for number, kind in TYPES.items()}


def sparse(path: Path, head: bytes, data_bytes: int) -> None:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + data_bytes)


def write_safetensors(path: Path, tensors: Iterable[Tensor]) -> int:
    """Returns the bytes of the data."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, dtype, shape in tensors:
        begin, end = end, end + math.prod(shape) * BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    sparse(path, struct.pack("<Q", len(text)) + text, end)
    return end


def write_checkpoint(folder: Path, config: Mapping[str, Any], tensors: Sequence[Tensor], shards: int = 1) -> int:
    """A folder with config.json and one file, or several with their index; returns the bytes of the data."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    if shards == 1:
        return write_safetensors(folder / "model.safetensors", tensors)
    total = 0
    where: dict[str, str] = {}
    for number in range(shards):
        name = f"model-{number + 1:05d}-of-{shards:05d}.safetensors"
        part = tensors[number::shards]
        total += write_safetensors(folder / name, part)
        where |= {tensor[0]: name for tensor in part}
    index = {"metadata": {"total_size": total}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return total


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def gguf_value(value: object) -> bytes:
    """A metadata value with its type: bool, int (uint32), float, string, or a list of one of them."""
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    assert isinstance(value, list)
    items = [gguf_value(item) for item in value]
    kind = items[0][:4] if items else struct.pack("<I", 4)
    return struct.pack("<I", 9) + kind + struct.pack("<Q", len(items)) + b"".join(item[4:] for item in items)


def gguf_bytes(metadata: Mapping[str, object], tensors: Sequence[Tensor], alignment: int = 32) -> tuple[bytes, int]:
    """The header of a GGUF file, padded, and the bytes of the data."""
    infos, offset = [], 0
    for name, kind, shape in tensors:
        number = GGML_NUMBERS[kind]
        axes = shape[::-1]
        infos.append(text(name) + struct.pack(f"<I{len(axes)}QIQ", len(axes), *axes, number, offset))
        size = math.prod(shape) // TYPES[number].per_block * TYPES[number].block_bytes
        offset += -(-size // alignment) * alignment
    pairs = [text(key) + gguf_value(value) for key, value in metadata.items()]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join(pairs) + b"".join(infos)
    return head + b"\0" * (-len(head) % alignment), offset


def write_gguf(path: Path, metadata: Mapping[str, object], tensors: Sequence[Tensor]) -> int:
    """Returns the bytes of the data, padding included."""
    head, data_bytes = gguf_bytes(metadata, tensors)
    sparse(path, head, data_bytes)
    return data_bytes
