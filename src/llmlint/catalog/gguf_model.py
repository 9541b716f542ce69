"""From one GGUF file, or all parts of a split one, to what the model is and how its weights are stored."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from llmlint.catalog import gguf
from llmlint.catalog.ggml import LABELS, TYPES
from llmlint.catalog.gguf_layers import Shapes, has_norm_bias, layer
from llmlint.catalog.gguf_metadata import Metadata
from llmlint.catalog.gguf_windows import unused_window
from llmlint.catalog.local_file import Unreadable, shown
from llmlint.catalog.reconcile import Held
from llmlint.catalog.settings import NotStated
from llmlint.catalog.structure import Structure
from llmlint.precision import FORMATS
from llmlint.tuples import NamedTuple

PART = re.compile(r"(.*)-(\d{5})-of-(\d{5})\.gguf", re.DOTALL)
MOST_PARTS = 1_000
NAMES = {"mxfp4": "mxfp4_moe"}
"""Types that a deployment file calls otherwise."""
LESS, MORE = 0.88, 1.25
"""Bits a parameter against those of the label: honest files stay within (small models have large embeddings)."""
BUFFERS = ("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight")


class Parts(NamedTuple):
    """All files of one model."""

    metadata: Metadata
    tensors: tuple[gguf.Tensor, ...]
    files: int
    problems: tuple[str, ...]


def read_parts(path: str) -> Parts:
    """The model that a file belongs to: itself, or with its other parts, whichever of them is named."""
    paths = part_paths(path)
    headers: list[gguf.Header] = []
    problems: list[str] = []
    for part in paths:
        try:
            headers.append(gguf.read_header(part))
        except Unreadable as error:
            if part == path or not headers:
                raise Unreadable(f"{'' if part == path else shown(os.path.basename(part)) + ' '}{error}") from None
            problems.append(f"{shown(os.path.basename(part))} {error}")
            if len(problems) > 3:
                break
            continue
        if headers[-1].problem:
            problems.append(f"{shown(os.path.basename(part))} {headers[-1].problem}")
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    problems += _split_problems(headers[0], len(paths), tensors)
    return Parts(Metadata(headers[0].metadata), tensors, len(headers), tuple(problems))


def part_paths(path: str) -> list[str]:
    """The files `name-00001-of-0000N.gguf` that belong together, in order; else the file itself."""
    folder, name = os.path.split(path)
    match = PART.fullmatch(name)
    count = int(match[3]) if match else 0
    if match is None or not 1 <= int(match[2]) <= count <= MOST_PARTS:
        return [path]
    return [os.path.join(folder, f"{match[1]}-{number:05d}-of-{count:05d}.gguf") for number in range(1, count + 1)]


def _split_problems(first: gguf.Header, files: int, tensors: Sequence[gguf.Tensor]) -> list[str]:
    count, held = first.metadata.get("split.count"), first.metadata.get("split.tensors.count")
    if type(count) is int and count > 1 and count != files:
        return [f"is a part of {count}, and its name does not lead to the others"]
    if type(held) is int and held != len(tensors):
        return [f"has {len(tensors):,} of {held:,} tensors"]
    return []


def structure(parts: Parts) -> Structure:
    """The shape of the model, layer by layer from its tensors."""
    metadata = parts.metadata
    shapes = {tensor.name: tensor.shape for tensor in parts.tensors}
    embedding = shapes.get("token_embd.weight", ())
    found = Structure(
        arch=metadata.arch,
        hidden=metadata.number("embedding_length") or None,
        vocab=embedding[1] if len(embedding) == 2 else metadata.vocabulary,
        tied="output.weight" not in shapes,
        head_bias="output.bias" in shapes,
        max_ctx=metadata.number("context_length") or None,
    )
    try:
        return _with_layers(found, metadata, shapes)
    except (NotStated, ZeroDivisionError) as error:
        why = str(error) if isinstance(error, NotStated) else "its metadata is contradictory"
        return found._replace(notes=(f"{why}: no estimate of the KV cache",))


def _with_layers(found: Structure, metadata: Metadata, shapes: Shapes) -> Structure:
    count, hidden = metadata.layers - mtp_layers(metadata), found.hidden or 0
    by_layer: dict[int, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        number, rest = layer_name(name)
        by_layer.setdefault(number, {})[rest] = shape
    missing = next((number for number in range(count) if number not in by_layer), None)
    if missing is not None:
        raise NotStated(f"layer {missing} has no tensors")
    layers = tuple(layer(metadata, by_layer[number], number, hidden) for number in range(count))
    idle = unused_window(metadata)
    notes = (f"llama.cpp does not apply the window of {idle:,} tokens to this architecture",) if idle else ()
    return found._replace(
        norm_bias=any(has_norm_bias(by_layer[number]) for number in range(count)),
        layers=layers,
        notes=notes,
    )


def mtp_layers(metadata: Metadata) -> int:
    """Layers for multi-token prediction, which follow the others and are counted in `block_count`."""
    return metadata.number("nextn_predict_layers") or 0


def layer_name(name: str) -> tuple[int, str]:
    """`blk.7.attn_q.weight` as (7, attn_q.weight); -1 for tensors outside of the layers."""
    if name.startswith("blk."):
        number, _, rest = name[4:].partition(".")
        if number.isdecimal() and len(number) < 6:
            return int(number), rest
    return -1, name


def held(parts: Parts) -> Held:
    """Parameters by where they belong."""
    layers: dict[int, int] = {}
    mtp = buffers = rest = head = 0
    last = (parts.metadata.number("block_count") or 0) - mtp_layers(parts.metadata)
    for tensor in parts.tensors:
        number, name = layer_name(tensor.name)
        if name in BUFFERS:
            buffers += tensor.elements
        elif number >= last > 0:
            mtp += tensor.elements
        elif number >= 0:
            layers[number] = layers.get(number, 0) + tensor.elements
        else:
            rest += tensor.elements
            head += tensor.elements if name == "output.weight" else 0
    return Held(layers, rest, head, 0, mtp, buffers)


def bytes_by_type(parts: Parts) -> dict[str, int]:
    """Bytes of the tensors of each type."""
    sizes: dict[str, int] = {}
    for tensor in parts.tensors:
        name = TYPES[tensor.type].name
        sizes[name] = sizes.get(name, 0) + tensor.bytes
    return sizes


def precision(parts: Parts) -> tuple[str | None, str]:
    """The precision in a deployment file's words, and a note where the label promises another one.

    The maker's label is used where the bits agree, because it is what people know the file by; else the type that most
    parameters have.
    """
    stated = parts.metadata.raw.get("general.file_type")
    label = LABELS.get(stated) if isinstance(stated, int) else None
    elements = sum(tensor.elements for tensor in parts.tensors)
    if label is None or label not in FORMATS or not elements:
        return _common_type(parts), ""
    bits = 8 * sum(tensor.bytes for tensor in parts.tensors) / elements
    if LESS <= bits / FORMATS[label].bits <= MORE:
        return label, ""
    note = f"labelled {label}, which has {FORMATS[label].bits:.2f} bits a parameter; the tensors have {bits:.2f}"
    return (label if bits > FORMATS[label].bits else _common_type(parts)), note


def _common_type(parts: Parts) -> str | None:
    counts: dict[str, int] = {}
    for tensor in parts.tensors:
        name = TYPES[tensor.type].name
        counts[name] = counts.get(name, 0) + tensor.elements
    common = max(counts, key=lambda name: counts[name], default="")
    name = NAMES.get(common, common)
    return name if name in FORMATS else None
