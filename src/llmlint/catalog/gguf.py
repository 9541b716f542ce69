"""Header of a GGUF file: metadata, and name, type and shape of each tensor. Never the data, never the vocabulary.

Format and what is refused: ggml/src/gguf.cpp as vendored in llama-cpp-python 0.3.36. A vocabulary of 128,000 tokens
with its merges is half a million strings: they are stepped over by their lengths and not decoded.
"""

from __future__ import annotations

import math
import struct
from typing import BinaryIO, TypeAlias

from llmlint.catalog.ggml import TYPES
from llmlint.catalog.local_file import Unreadable, opened
from llmlint.tuples import NamedTuple

MOST_HEADER_BYTES = 100_000_000
MOST_KEYS = 10_000
MOST_TENSORS = 100_000
MOST_STRINGS = 4_000_000
"""Strings in a header's arrays; the largest vocabularies have 262,000 tokens and 515,000 merges."""
MOST_KEPT = 4_096
"""Elements of a number array that is kept: one for each layer."""
MOST_NAME = 1_024
MOST_TEXT = 65_536
"""Bytes of a string that is kept; chat templates beyond are stepped over."""
MOST_ELEMENTS = 2**63 - 1

WINDOW = 2**20
LONG = struct.Struct("<Q")
SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: LONG,
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
"""Value types of fixed size, by their number in the file."""
STRING, ARRAY = 8, 9


class Count(NamedTuple):
    """An array that was stepped over."""

    length: int


Number: TypeAlias = int | float | bool
Value: TypeAlias = Number | str | tuple[Number, ...] | Count


class Tensor(NamedTuple):
    """One tensor as the header describes it."""

    name: str
    type: int
    """Key of `ggml.TYPES`."""
    shape: tuple[int, ...]
    """As the file has it: the extent that is contiguous comes first, so a matrix is (inputs, outputs)."""
    offset: int

    @property
    def elements(self) -> int:
        """Parameters, whatever the type."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Bytes of the data, without the padding after them."""
        kind = TYPES[self.type]
        return self.elements // kind.per_block * kind.block_bytes


class Header(NamedTuple):
    """All of one file but the data."""

    version: int
    metadata: dict[str, Value]
    tensors: tuple[Tensor, ...]
    problem: str = ""
    """What is wrong with the file although its header could be read: empty if nothing."""


def read_header(path: str) -> Header:
    """The header of one GGUF file; `Unreadable` where it is none."""
    with opened(path) as (file, size):
        return _header(_Cursor(file, size))


class _Cursor:
    """A place in a file, seen through a window of bounded size."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size = file, size
        self.limit = min(size, MOST_HEADER_BYTES)
        self.start, self.window, self.at = 0, b"", 0
        self.strings = 0

    @property
    def position(self) -> int:
        return self.start + self.at

    def require(self, count: int) -> None:
        """Refuse what the file cannot hold before anything is allocated or looped over."""
        if count > self.limit - self.position:
            if self.limit < self.size:
                raise Unreadable(f"has a header of more than {MOST_HEADER_BYTES:,} bytes")
            raise Unreadable("ends within its header, or the header lies about its lengths")

    def skip(self, count: int) -> None:
        self.require(count)
        self.at += count

    def take(self, count: int) -> bytes:
        self.require(count)
        if self.at + count > len(self.window):
            self.slide(count)
        piece = self.window[self.at : self.at + count]
        self.at += count
        return piece

    def slide(self, count: int) -> None:
        """Move the window to the place, wide enough for so many bytes."""
        self.start, self.at = self.position, 0
        self.file.seek(self.start)
        self.window = self.file.read(max(count, WINDOW))
        if len(self.window) < count:
            raise Unreadable("became shorter while it was read")

    def scalar(self, kind: int) -> Number:
        layout = SCALARS.get(kind)
        if layout is None:
            raise Unreadable(f"holds a value of unknown type {kind}")
        value: Number = layout.unpack(self.take(layout.size))[0]
        return value

    def count(self, kind: int = 10) -> int:
        return int(self.scalar(kind))

    def text(self, most: int) -> str:
        length = self.count()
        if length > most:
            raise Unreadable(f"holds a name of {length:,} bytes")
        return self.take(length).decode("utf-8", "backslashreplace")

    def skip_strings(self, count: int) -> None:
        """Step over an array of strings; the one loop that runs once for each token of a vocabulary."""
        self.require(count * LONG.size)
        self.strings += count
        if self.strings > MOST_STRINGS:
            raise Unreadable(f"holds more than {MOST_STRINGS:,} strings")
        left = count
        while left > 0:
            left = self.step_over(left)
            self.require(LONG.size if left else 0)
            if left > 0:
                self.slide(LONG.size)

    def step_over(self, count: int) -> int:
        """Step over strings until the window ends, and tell how many are left. Lean: 0.05 s for half a million."""
        read, window, at, done = LONG.unpack_from, self.window, self.at, 0
        try:
            for done in range(count):  # noqa: B007  counts the strings before the one that leaves the window
                at += 8 + read(window, at)[0]
            done = count
        except (struct.error, OverflowError):
            pass
        self.at = at
        return count - done


def _header(cursor: _Cursor) -> Header:
    if cursor.size < 4 or cursor.take(4) != b"GGUF":
        raise Unreadable("is not a GGUF file")
    version = cursor.count(4)
    if version not in (2, 3):
        raise Unreadable(_version_problem(version))
    tensors, keys = cursor.count(), cursor.count()
    if tensors > MOST_TENSORS or keys > MOST_KEYS:
        raise Unreadable(f"is said to hold {tensors:,} tensors and {keys:,} keys")
    metadata: dict[str, Value] = {}
    for _ in range(keys):
        key = cursor.text(MOST_NAME)
        if not key or key in metadata:
            raise Unreadable(f"has the key {key!r} twice" if key else "has a key without a name")
        metadata[key] = _value(cursor, cursor.count(4))
    infos = tuple(_tensor(cursor) for _ in range(tensors))
    return Header(version, metadata, infos, _layout_problem(cursor, infos, metadata))


def _version_problem(version: int) -> str:
    if version & 0xFFFF == 0:
        return "was written for machines of the other byte order, which llama.cpp refuses"
    return f"is GGUF version {version}; llama.cpp reads 2 and 3"


def _value(cursor: _Cursor, kind: int) -> Value:
    if kind == STRING:
        length = cursor.count()
        if length > MOST_TEXT:
            cursor.skip(length)
            return Count(length)
        return cursor.take(length).decode("utf-8", "backslashreplace")
    return _array(cursor) if kind == ARRAY else cursor.scalar(kind)


def _array(cursor: _Cursor) -> Value:
    kind, length = cursor.count(4), cursor.count()
    if kind == STRING:
        cursor.skip_strings(length)
        return Count(length)
    layout = SCALARS.get(kind)
    if layout is None:
        raise Unreadable(f"holds an array of type {kind}")
    if length > MOST_KEPT:
        cursor.skip(length * layout.size)
        return Count(length)
    return tuple(value for (value,) in layout.iter_unpack(cursor.take(length * layout.size)))


def _tensor(cursor: _Cursor) -> Tensor:
    name, axes = cursor.text(MOST_NAME), cursor.count(4)
    if axes > 4:
        raise Unreadable(f"gives {name[:60]!r} {axes} axes; ggml has 4")
    shape = struct.unpack(f"<{axes}Q", cursor.take(8 * axes))
    kind, offset = cursor.count(4), cursor.count()
    if kind not in TYPES:
        raise Unreadable(f"gives {name[:60]!r} the type {kind}, which ggml does not have")
    if math.prod(shape) > MOST_ELEMENTS:
        raise Unreadable(f"gives {name[:60]!r} an impossible shape")
    row = shape[0] if shape else 1  # of no axes: one element
    if row % TYPES[kind].per_block:
        raise Unreadable(f"gives {name[:60]!r} rows of {row:,}, which {TYPES[kind].name} cannot hold")
    return Tensor(name, kind, shape, offset)


def _layout_problem(cursor: _Cursor, tensors: tuple[Tensor, ...], metadata: dict[str, Value]) -> str:
    """The loader's own checks: each tensor follows the one before it, padded, and the file is long enough."""
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        return f"states an alignment of {alignment}, which is no power of two"
    expected = end = 0
    for tensor in tensors:
        if tensor.offset != expected:
            return f"is contradictory: {tensor.name[:60]!r} begins at {tensor.offset:,}, not at {expected:,}"
        end = expected + tensor.bytes
        expected = -(-end // alignment) * alignment
    available = max(cursor.size - -(-cursor.position // alignment) * alignment, 0)
    return f"is truncated: {available:,} of {end:,} bytes of tensors are there" if end > available else ""
