"""Model files from strangers: whatever their bytes, there is an answer in words, soon, and never an exception."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlint.catalog.local import LocalModel, read_local
from tests.catalog.checkpoints import CHECKPOINTS, LLAMA, QUANTISED, quantised
from tests.catalog.gguf_checkpoints import GGUF
from tests.catalog.model_files import gguf_bytes, sparse, write_checkpoint

SLOW = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def answered(path: Path) -> LocalModel:
    start = time.process_time()
    found = read_local(str(path))
    assert time.process_time() - start < 10
    assert found.row is not None or found.problems
    for problem in found.problems:
        assert problem.isprintable()
        assert len(problem) < 400
        assert not problem.startswith("cannot be understood")  # that is for what nobody has thought of
    return found


def mutated(data: st.DataObject, whole: bytes) -> bytes:
    """Some bytes replaced, removed or doubled, most of them near the front where the lengths are."""
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        limit = data.draw(st.sampled_from([40, 400, len(changed)]))
        at = data.draw(st.integers(0, max(min(limit, len(changed)) - 1, 0)))
        piece = data.draw(st.binary(max_size=8) | st.sampled_from([b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7]))
        removed = data.draw(st.sampled_from([len(piece), 0, 8]))
        changed[at : at + removed] = piece
    return bytes(changed)


@SLOW
@given(name=st.sampled_from(sorted(GGUF)), data=st.data())
def test_mutated_gguf_headers(name: str, data: st.DataObject, tmp_path: Path) -> None:
    stated, tensors = GGUF[name]
    vocabulary: dict[str, object] = {"tokenizer.ggml.tokens": ["a", "bc"] * 50, "general.file_type": 1}
    head, size = gguf_bytes(stated | vocabulary, list(tensors()))
    sparse(tmp_path / "m.gguf", mutated(data, head), size)
    answered(tmp_path / "m.gguf")


@SLOW
@given(name=st.sampled_from([*sorted(CHECKPOINTS), *sorted(QUANTISED)]), data=st.data())
def test_mutated_checkpoints(name: str, data: st.DataObject, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    if name in CHECKPOINTS:
        config, tensors = CHECKPOINTS[name]
        write_checkpoint(folder, config, list(tensors()))
    else:
        write_checkpoint(folder, LLAMA | QUANTISED[name][0], list(quantised(name)))
    victim = folder / data.draw(st.sampled_from(["config.json", "model.safetensors"]))
    head = victim.read_bytes()[: 2**16] if victim.suffix == ".json" else _header(victim)
    size = victim.stat().st_size - len(head)
    sparse(victim, mutated(data, head), size)
    answered(folder)


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        length = file.read(8)
        return length + file.read(int.from_bytes(length, "little"))


@SLOW
@given(content=st.binary(max_size=200), front=st.sampled_from([b"", b"GGUF\3\0\0\0", b"GGUF\2\0\0\0"]))
def test_any_bytes(content: bytes, front: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(front + content)
    answered(tmp_path / "m.gguf")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@SLOW
@given(config=json_values, index=json_values, header=json_values)
def test_any_json(config: object, index: object, header: object, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    text = json.dumps(header).encode()
    sparse(tmp_path / "model.safetensors", len(text).to_bytes(8, "little") + text, 10)
    answered(tmp_path)


@pytest.mark.parametrize("layers", [0, 1, 4_294_967_295])
@pytest.mark.parametrize("heads", [0, 1, 4_294_967_295])
def test_metadata_at_the_ends_of_their_range(layers: int, heads: int, tmp_path: Path) -> None:
    for name, (stated, tensors) in GGUF.items():
        arch = stated["general.architecture"]
        own = {key: heads for key in stated if key.startswith(f"{arch}.") and isinstance(stated[key], int)}
        head, size = gguf_bytes(stated | own | {f"{arch}.block_count": layers}, list(tensors()))
        sparse(tmp_path / f"{name}.gguf", head, size)
        answered(tmp_path / f"{name}.gguf")
