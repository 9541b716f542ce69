"""A Hugging Face folder: config.json beside safetensors files or their index, read for what the model holds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from llmlint.catalog import safetensors
from llmlint.catalog.local_file import Unreadable, parse_object, read_small, shown
from llmlint.catalog.packing import parameters
from llmlint.catalog.reconcile import Held
from llmlint.tuples import NamedTuple

MOST_CONFIG_BYTES = 4 * 2**20
MOST_CONFIG_VALUES = 200_000
MOST_FILES = 2_000
MOST_TENSORS = 1_000_000
MOST_ENTRIES = 20_000

INDEX = "model.safetensors.index.json"
LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks|layer)\.(\d{1,5})\.")
ENCODERS = frozenset(
    {
        "visual",
        "vision_tower",
        "vision_model",
        "vision_encoder",
        "vision_backbone",
        "vision_projection",
        "vision_embed_tokens",
        "vision_language_adapter",
        "vit",
        "embed_vision",
        "embed_audio",
        "audio_tower",
        "audio_model",
        "audio_encoder",
        "image_newline",
        "multi_modal_projector",
        "mm_projector",
        "mlp1",
        "patch_merger",
        "patch_merge_mlp",
    }
)
"""Words between dots that mark tensors of an encoder or of what joins it to the text."""
HEADS = ("lm_head.weight", "embed_out.weight", "output.weight")
HEAD_STEMS = ("lm_head.", "embed_out.")
EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "tok_embeddings.weight", "word_embeddings.weight", "embed_in.weight")
BUFFERS = ("rotary_emb.inv_freq", "attn.bias", "attn.masked_bias", "attention.bias", "attention.masked_bias")


class Folder(NamedTuple):
    """What a folder's files say."""

    config: Mapping[str, Any]
    modelopt: Mapping[str, Any]
    """hf_quant_config.json, which ModelOpt writes."""
    tensors: tuple[safetensors.Tensor, ...]
    """Of all files; empty where not every file is there to be read."""
    stated_bytes: int | None
    """What the index states, for want of headers."""
    stated_parameters: int | None
    files: int
    problems: tuple[str, ...]


def entries(path: str) -> list[str]:
    """Names in a folder, sorted; `Unreadable` where it is none."""
    try:
        with os.scandir(path) as found:
            names = [entry.name for entry, _ in zip(found, range(MOST_ENTRIES), strict=False)]
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be listed ({getattr(error, 'strerror', None) or 'not a folder name'})") from None
    return sorted(names)


def read_folder(path: str, names: Sequence[str]) -> Folder:
    """Everything but the data; what is wrong with single files is a problem, not the end."""
    problems: list[str] = []
    config = _object(path, "config.json", names, problems)
    modelopt = _object(path, "hf_quant_config.json", names, [])
    index = _index(path, names, problems)
    files = _weights(names, index)
    tensors = _tensors(path, files, names, problems)
    if not files:
        problems.append(_nothing(names))
    size, count = (index.total_size, index.total_parameters) if index is not None else (None, None)
    return Folder(config, modelopt, tensors, size, count, len(files), tuple(problems))


def _object(path: str, name: str, names: Sequence[str], problems: list[str]) -> dict[str, Any]:
    if name not in names:
        problems.append(f"there is no {name}")
        return {}
    try:
        return parse_object(read_small(os.path.join(path, name), MOST_CONFIG_BYTES), MOST_CONFIG_VALUES)
    except Unreadable as error:
        problems.append(f"{name} {error}")
        return {}


def _index(path: str, names: Sequence[str], problems: list[str]) -> safetensors.Index | None:
    if INDEX not in names:
        return None
    try:
        return safetensors.read_index(os.path.join(path, INDEX))
    except Unreadable as error:
        problems.append(f"{INDEX} {error}")
        return None


def _weights(names: Sequence[str], index: safetensors.Index | None) -> list[str]:
    """The files that an engine would load: a folder may hold the same weights twice, and adapters beside them."""
    if index is not None:
        return list(index.files)
    if "model.safetensors" in names:
        return ["model.safetensors"]
    found = [name for name in names if name.endswith(".safetensors") and not name.startswith("adapter_")]
    return [name for name in found if name.startswith("model")] or found


def _nothing(names: Sequence[str]) -> str:
    if any(name.endswith((".bin", ".pt", ".pth")) for name in names):
        return "there are no safetensors files; those of PyTorch can run code and are not read"
    return "there are no safetensors files"


def _tensors(
    path: str, files: Sequence[str], names: Sequence[str], problems: list[str]
) -> tuple[safetensors.Tensor, ...]:
    """The tensors of all files; none at all where a file is missing, so that a part is not taken for the whole."""
    present = set(names)
    absent = [name for name in files if name not in present]
    if absent:
        more = ", …" if len(absent) > 1 else ""
        problems.append(f"weights are missing, {len(absent)} of {len(files)} files: {shown(absent[0])}{more}")
    if absent or len(files) > MOST_FILES:
        return ()
    tensors: dict[str, safetensors.Tensor] = {}
    for name in files:
        try:
            header = safetensors.read_header(os.path.join(path, name))
        except Unreadable as error:
            problems.append(f"{shown(name)} {error}")
            return ()
        if header.problem:
            problems.append(f"{shown(name)} {header.problem}")
        tensors |= {tensor.name: tensor for tensor in header.tensors}
        if len(tensors) > MOST_TENSORS:
            problems.append(f"there are more than {MOST_TENSORS:,} tensors")
            return ()
    return tuple(tensors.values())


def held(tensors: Sequence[safetensors.Tensor], bits: int | None, layers: int | None) -> tuple[Held, bool]:
    """Parameters by where they belong, and whether some were packed. `layers` tells apart those of prediction."""
    counted, packed = parameters(tensors, bits)
    by_layer: dict[int, int] = {}
    vision = mtp = buffers = rest = head = 0
    for name, count in counted.items():
        match, words = LAYER.search(name), name.split(".")
        if not ENCODERS.isdisjoint(words):
            vision += count
        elif "mtp" in words or (match and layers is not None and int(match[1]) >= layers):
            mtp += count
        elif name.endswith(BUFFERS):
            buffers += count
        elif match:
            by_layer[int(match[1])] = by_layer.get(int(match[1]), 0) + count
        else:
            rest += count
            head += count if is_head(name) else 0
    return Held(by_layer, rest, head, vision, mtp, buffers), packed


def is_head(name: str) -> bool:
    """Whether a tensor outside of the layers is the output head, packed or not."""
    return name.endswith(HEADS) or any(stem in name for stem in HEAD_STEMS)


def embedding_rows(tensors: Sequence[safetensors.Tensor]) -> int | None:
    """Rows of the vocabulary as stored, which may be padded beyond what config.json states."""
    for tensor in tensors:
        if tensor.name.endswith(EMBEDDINGS) and len(tensor.shape) == 2 and ENCODERS.isdisjoint(tensor.name.split(".")):
            return tensor.shape[0]
    return None


def bytes_by_dtype(tensors: Sequence[safetensors.Tensor]) -> dict[str, int]:
    """Bytes of the tensors of each type."""
    sizes: dict[str, int] = {}
    for tensor in tensors:
        sizes[tensor.dtype] = sizes.get(tensor.dtype, 0) + tensor.bytes
    return sizes
