"""Headers and indices of safetensors: what is read, and what is refused."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import pytest

from llmlint.catalog.local_file import Unreadable
from llmlint.catalog.safetensors import read_header, read_index
from tests.catalog.model_files import sparse, write_safetensors


def written(path: Path, header: object, data_bytes: int = 0) -> str:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    sparse(path, struct.pack("<Q", len(text)) + text, data_bytes)
    return str(path)


def entry(dtype: object = "F16", shape: object = (2, 3), offsets: object = (0, 12)) -> dict[str, object]:
    return {"t": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


def test_tensors_in_the_order_of_their_data(tmp_path: Path) -> None:
    tensors = [("b", "F32", (2,)), ("a", "F4", (3, 4)), ("scalar", "BF16", ()), ("none", "I64", (0, 7))]
    assert write_safetensors(tmp_path / "m.safetensors", tensors) == 8 + 6 + 2
    header = read_header(str(tmp_path / "m.safetensors"))
    assert [(tensor.name, tensor.dtype, tensor.shape) for tensor in header.tensors] == tensors
    assert [(tensor.elements, tensor.bytes) for tensor in header.tensors] == [(2, 8), (12, 6), (1, 2), (0, 0)]
    assert header.problem == ""


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (b"", "is not a safetensors file"),
        (b"[1]", "is not a safetensors file"),
        (b"{", "is not JSON"),
        (b'{"t": \xff}', "is not JSON"),
        (b'{"a":' * 100_000, "is not JSON"),
        (b'{"t":' + b"1" * 5000 + b"}", "is not JSON"),
        ({"t": 1}, "describes 't' by something else than an object"),
        (entry(dtype="F7"), "gives 't' an unknown type 'F7'"),
        (entry(dtype=["F16"]), "gives 't' an unknown type"),
        (entry(shape=None), "gives 't' no usable shape"),
        (entry(shape=[2, -3]), "gives 't' no usable shape"),
        (entry(shape=[2.0]), "gives 't' no usable shape"),
        (entry(shape=[1] * 17), "gives 't' no usable shape"),
        (entry(shape=[2**60]), "gives 't' no usable shape"),
        (entry(offsets=[0]), "gives 't' no usable place"),
        (entry(offsets=[0, 1e3]), "gives 't' no usable place"),
        (entry(offsets=[0, 13]), "is contradictory: 't' has 13 bytes"),
        (entry(offsets=[12, 0]), "is contradictory: 't' has -12 bytes"),
        (entry(offsets=[-12, 0]), "is contradictory: 't' has 12 bytes"),
    ],
)
def test_headers_that_are_refused(header: object, problem: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as error:
        read_header(written(tmp_path / "m", header, 12))
    assert str(error.value).startswith(problem)
    assert len(str(error.value)) < 300


def test_lengths_that_lie(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"short")
    with pytest.raises(Unreadable, match="too short"):
        read_header(str(tmp_path / "m"))
    (tmp_path / "m").write_bytes(struct.pack("<Q", 2**63) + b"{}")
    with pytest.raises(Unreadable, match="or truncated: its header is said to have"):
        read_header(str(tmp_path / "m"))
    sparse(tmp_path / "m", struct.pack("<Q", 90_000_000), 10**9)
    with pytest.raises(Unreadable, match="more than 33,554,432 are not read"):
        read_header(str(tmp_path / "m"))


def test_layouts_that_lie(tmp_path: Path) -> None:
    assert read_header(written(tmp_path / "m", entry(), 5)).problem == (
        "is truncated: 5 of 12 bytes of tensors are there"
    )
    assert read_header(written(tmp_path / "m", entry(), 99)).problem == "has 87 bytes after its tensors"
    assert "begin at 4, not at 0" in read_header(written(tmp_path / "m", entry(offsets=(4, 16)), 16)).problem


def test_a_header_of_empty_values_is_refused_before_they_are_made(tmp_path: Path) -> None:
    start = time.process_time()
    with pytest.raises(Unreadable, match="holds more than 1,200,000 values"):
        read_header(written(tmp_path / "m", b'{"t":[' + b"{}," * 10_000_000 + b"{}]}"))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        ({}, "has no weight_map"),
        ({"weight_map": []}, "has no weight_map"),
        ({"weight_map": {"a": 1}}, "names a shard that is no file of the folder: '1'"),
        ({"weight_map": {"a": "../m.safetensors"}}, "names a shard that is no file of the folder"),
        ([], "is not a JSON object"),
    ],
)
def test_indices_that_are_refused(index: object, problem: str, tmp_path: Path) -> None:
    (tmp_path / "i").write_text(json.dumps(index))
    with pytest.raises(Unreadable) as error:
        read_index(str(tmp_path / "i"))
    assert str(error.value).startswith(problem)


@pytest.mark.parametrize(
    ("stated", "read"), [(5, 5), (5.0, 5), ("5", None), (-1, None), (True, None), (float("inf"), None), (None, None)]
)
def test_the_size_that_an_index_states(stated: object, read: int | None, tmp_path: Path) -> None:
    (tmp_path / "i").write_text(json.dumps({"metadata": {"total_size": stated}, "weight_map": {"a": "m.safetensors"}}))
    index = read_index(str(tmp_path / "i"))
    assert (index.total_size, index.files) == (read, ("m.safetensors",))
