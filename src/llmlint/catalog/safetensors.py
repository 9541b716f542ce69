"""Headers of safetensors files and the index of a sharded checkpoint: names, types and shapes of tensors, no data.

Format: eight bytes little-endian length, then that much JSON, then the data without gaps. Types and their bits as in
huggingface/safetensors, safetensors/src/tensor.rs, version 0.6 (read November 2026).
"""

from __future__ import annotations

import math
import os
import struct
from typing import Any

from llmlint.catalog.local_file import Unreadable, opened, parse_object, read_exactly, read_small
from llmlint.tuples import NamedTuple

BITS = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "C64": 64,
    "F64": 64,
    "I64": 64,
    "U64": 64,
}
"""Bits of an element, by the type's name in the header."""

MOST_HEADER_BYTES = 32 * 2**20
"""Safetensors itself accepts 100 MB; the largest headers have 15, and an answer is due within a second."""
MOST_HEADER_VALUES = 1_200_000
"""Values in a header's JSON: a hundred thousand tensors have fewer than a million."""
MOST_INDEX_VALUES = 500_000
MOST_EXTENT = 2**48
"""Elements along one axis; no model comes near it, and products of a few stay small integers."""
MOST_AXES = 16


class Tensor(NamedTuple):
    """One tensor as its header describes it."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int

    @property
    def elements(self) -> int:
        """Stored elements; a packed tensor holds several parameters in each."""
        return math.prod(self.shape)


class Header(NamedTuple):
    """The tensors of one file."""

    tensors: tuple[Tensor, ...]
    problem: str = ""
    """What is wrong with the file although its header could be read: empty if nothing."""


class Index(NamedTuple):
    """What `model.safetensors.index.json` says."""

    files: tuple[str, ...]
    """Names of the shards, without folders, sorted."""
    total_size: int | None
    """Bytes of all tensors, as stated there."""
    total_parameters: int | None


def read_header(path: str) -> Header:
    """The tensors of one safetensors file; `Unreadable` where it is none."""
    with opened(path) as (file, size):
        if size < 8:
            raise Unreadable("is too short for a safetensors file")
        (length,) = struct.unpack("<Q", read_exactly(file, 8))
        if length > size - 8:
            raise Unreadable(f"is not a safetensors file, or truncated: its header is said to have {length:,} bytes")
        if length > MOST_HEADER_BYTES:
            raise Unreadable(f"has a header of {length:,} bytes; more than {MOST_HEADER_BYTES:,} are not read")
        raw = read_exactly(file, length)
    if not raw.startswith(b"{"):
        raise Unreadable("is not a safetensors file")
    described = parse_object(raw, MOST_HEADER_VALUES)
    described.pop("__metadata__", None)
    placed = sorted(
        (_tensor(name, entry) for name, entry in described.items()), key=lambda pair: (pair[0], pair[1].bytes)
    )
    return Header(tuple(tensor for _, tensor in placed), _layout_problem(placed, size - 8 - length))


def _tensor(name: str, entry: Any) -> tuple[int, Tensor]:
    """A header's entry as (where its data begins, tensor)."""
    if not isinstance(entry, dict):
        raise Unreadable(f"describes {_short(name)} by something else than an object")
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in BITS:
        raise Unreadable(f"gives {_short(name)} an unknown type {_short(str(dtype))}")
    if not isinstance(shape, list) or len(shape) > MOST_AXES:
        raise Unreadable(f"gives {_short(name)} no usable shape")
    elements = 1
    for extent in shape:
        if type(extent) is not int or not 0 <= extent <= MOST_EXTENT:
            raise Unreadable(f"gives {_short(name)} no usable shape")
        elements *= extent
    if not isinstance(offsets, list) or [type(offset) for offset in offsets] != [int, int]:
        raise Unreadable(f"gives {_short(name)} no usable place")
    begin, end = offsets
    if begin < 0 or elements * BITS[dtype] != (end - begin) * 8:
        raise Unreadable(f"is contradictory: {_short(name)} has {end - begin:,} bytes, not what its shape takes")
    return begin, Tensor(name, dtype, tuple(shape), end - begin)


def _layout_problem(placed: list[tuple[int, Tensor]], available: int) -> str:
    """Data must follow one another without gap or overlap and fill the file, or some of the bytes are not weights."""
    expected = 0
    for begin, tensor in placed:
        if begin != expected:
            return f"is contradictory: the data of {_short(tensor.name)} begin at {begin:,}, not at {expected:,}"
        expected = begin + tensor.bytes
    if expected > available:
        return f"is truncated: {available:,} of {expected:,} bytes of tensors are there"
    return f"has {available - expected:,} bytes after its tensors" if expected < available else ""


def read_index(path: str) -> Index:
    """The index of a sharded checkpoint; names of shards that point out of the folder are refused."""
    index = parse_object(read_small(path, MOST_HEADER_BYTES), MOST_INDEX_VALUES)
    where = index.get("weight_map")
    if not isinstance(where, dict) or not where:
        raise Unreadable("has no weight_map")
    files = {name if isinstance(name, str) else str(name) for name in where.values()}
    for name in files:
        if not _is_plain(name):
            raise Unreadable(f"names a shard that is no file of the folder: {_short(name)}")
    metadata = index.get("metadata")
    stated = metadata if isinstance(metadata, dict) else {}
    return Index(tuple(sorted(files)), _count(stated.get("total_size")), _count(stated.get("total_parameters")))


def _is_plain(name: str) -> bool:
    return name == os.path.basename(name) and "\\" not in name and "\0" not in name and name.endswith(".safetensors")


def _count(value: Any) -> int | None:
    if isinstance(value, float) and math.isfinite(value):  # some writers divide, and state 16060522496.0
        value = int(value)
    return value if type(value) is int and 0 < value <= 2**60 else None


def _short(text: str) -> str:
    """Text of a stranger's file, cut so that a message stays one."""
    return repr(text if len(text) <= 60 else text[:57] + "…")
