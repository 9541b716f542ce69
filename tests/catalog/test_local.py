"""What a path to a model holds: counts, layers and bytes of folders and GGUF files, and problems in words."""

from __future__ import annotations

import json
import os
import struct
import time
from pathlib import Path

import pytest

from llmlint.catalog.counting import text_parameters
from llmlint.catalog.local import LocalModel, local_model, read_local
from llmlint.catalog.rows import Model
from llmlint.precision import FORMATS
from tests.catalog import checkpoints, gguf_checkpoints
from tests.catalog.checkpoints import CHECKPOINTS, DEEPSEEK, LLAMA, QUANTISED
from tests.catalog.gguf_checkpoints import GGUF
from tests.catalog.model_files import sparse, write_checkpoint, write_gguf, write_safetensors

LLAMA_PARAMETERS = 2 * 1024 * 256 + 256 + 3 * (2 * 256 * 256 + 2 * 64 * 256 + 3 * 640 * 256 + 2 * 256)


def row(found: LocalModel) -> Model:
    assert found.problems == ()
    assert found.row is not None
    return found.row


@pytest.fixture
def llama(tmp_path: Path) -> Path:
    write_checkpoint(tmp_path / "my-llama", LLAMA, list(checkpoints.llama()))
    return tmp_path / "my-llama"


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_layers_of_config_json_account_for_every_tensor(name: str, tmp_path: Path) -> None:
    config, tensors = CHECKPOINTS[name]
    written = write_checkpoint(tmp_path / name, config, list(tensors()))
    found = read_local(str(tmp_path / name))
    model = row(found)
    assert model.groups is not None
    assert [group.extra for group in model.groups] == [0] * len(model.groups)
    assert text_parameters(model) == model.text
    assert model.checkpoint_bytes == written == sum(size for _, size in found.bytes_by_type)
    assert model.notes == ()


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_gguf_file_has_the_layers_of_the_checkpoint_that_it_was_made_of(name: str, tmp_path: Path) -> None:
    config, tensors = CHECKPOINTS[name]
    write_checkpoint(tmp_path / name, config, list(tensors()))
    stated, converted = GGUF[name]
    write_gguf(tmp_path / "model.gguf", stated, list(converted()))
    original, copy = row(read_local(str(tmp_path / name))), row(read_local(str(tmp_path / "model.gguf")))
    assert copy.groups == original.groups
    assert (copy.text, copy.active, copy.kv16, copy.state32) == (
        original.text,
        original.active,
        original.kv16,
        original.state32,
    )
    assert (copy.hidden, copy.vocab, copy.tied, copy.max_ctx) == (256, 1024, original.tied, 4096)


def test_counts_of_a_plain_folder(llama: Path) -> None:
    found = read_local(str(llama))
    model = row(found)
    assert model.parameters == model.stored == model.text == model.active == LLAMA_PARAMETERS
    assert model.checkpoint_bytes == 2 * LLAMA_PARAMETERS
    assert (found.precision, found.counted, model.dtype, model.quant) == ("bf16", "tensors", "bfloat16", None)
    assert (model.id, model.layers, model.vision, model.mtp, model.extra) == ("my-llama", 3, None, None, None)


def test_an_answer_like_the_catalogues(llama: Path) -> None:
    match = local_model(str(llama))
    assert (match.basis, match.precision, match.why, match.status) == ("local", "bf16", "", "found")
    missing = local_model(str(llama / "nowhere"))
    assert (missing.basis, missing.row, missing.why) == ("none", None, "does not exist")


def test_shards_are_added_up(llama: Path, tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "sharded", LLAMA, list(checkpoints.llama()), shards=3)
    found = read_local(str(tmp_path / "sharded"))
    assert found.files == 3
    assert row(found).groups == row(read_local(str(llama))).groups
    assert row(found).parameters == LLAMA_PARAMETERS


@pytest.mark.parametrize("form", QUANTISED)
def test_packed_weights_are_unpacked_for_counting_and_exact_in_bytes(form: str, tmp_path: Path) -> None:
    config, precision = QUANTISED[form]
    written = write_checkpoint(tmp_path / form, LLAMA | config, list(checkpoints.quantised(form)))
    found = read_local(str(tmp_path / form))
    model = row(found)
    assert model.parameters == text_parameters(model) == LLAMA_PARAMETERS
    assert (found.precision, found.counted, model.checkpoint_bytes) == (precision, "unpacked", written)
    assert precision in FORMATS
    assert model.quant is not None
    assert model.quant.precision == precision


def test_vision_prediction_and_copies_are_told_apart(tmp_path: Path) -> None:
    config, tensors = CHECKPOINTS["gemma3"]
    copy = ("language_model.lm_head.weight", "BF16", (1024, 256))
    write_checkpoint(tmp_path / "gemma", config, [*tensors(), copy])
    gemma = row(read_local(str(tmp_path / "gemma")))
    assert (gemma.vision, gemma.extra, gemma.tied) == (77 * 33 + 33 * 256, 1024 * 256, True)
    assert gemma.text is not None
    assert gemma.parameters == gemma.text + 77 * 33 + 33 * 256
    assert gemma.stored == gemma.parameters + 1024 * 256

    write_checkpoint(tmp_path / "deepseek", DEEPSEEK, list(checkpoints.deepseek()))
    deepseek = row(read_local(str(tmp_path / "deepseek")))
    assert deepseek.mtp is not None
    assert deepseek.mtp > 2 * 1024 * 256
    assert (deepseek.layers, deepseek.stored) == (3, (deepseek.parameters or 0) + deepseek.mtp)


def test_a_padded_vocabulary_is_the_tensors(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "m", LLAMA | {"vocab_size": 1000}, list(checkpoints.llama()))
    assert row(read_local(str(tmp_path / "m"))).vocab == 1024


def test_an_index_alone_gives_bytes_and_the_description_gives_parameters(tmp_path: Path) -> None:
    total = write_checkpoint(tmp_path / "m", LLAMA, list(checkpoints.llama()), shards=2)
    for file in (tmp_path / "m").glob("*.safetensors"):
        file.unlink()
    found = read_local(str(tmp_path / "m"))
    assert found.row is not None
    assert (found.row.checkpoint_bytes, found.row.parameters) == (total, LLAMA_PARAMETERS)
    assert (found.counted, found.precision) == ("described", "bf16")
    assert found.problems == ("weights are missing, 2 of 2 files: model-00001-of-00002.safetensors, …",)


def test_an_index_may_state_the_parameters(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "nova", "dtype": "float16"}))
    stated = {"metadata": {"total_size": 20, "total_parameters": 10}, "weight_map": {"a": "x.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(stated))
    found = read_local(str(tmp_path))
    assert found.row is not None
    assert (found.row.parameters, found.row.checkpoint_bytes, found.counted) == (10, 20, "stated")
    assert (found.precision, found.row.text, found.problems) == (
        "fp16",
        None,
        ("weights are missing, 1 of 1 files: x.safetensors",),
    )


def test_a_description_that_is_not_the_tensors_gives_no_layers(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "m", LLAMA | {"intermediate_size": 512}, list(checkpoints.llama()))
    model = row(read_local(str(tmp_path / "m")))
    assert (model.groups, model.kv16, model.parameters) == (None, None, LLAMA_PARAMETERS)
    assert "its description accounts for" in model.notes[0]


def test_parameters_beyond_the_description_are_kept(tmp_path: Path) -> None:
    scale = [(f"model.layers.{layer}.layer_scalar", "BF16", (7,)) for layer in range(3)]
    write_checkpoint(tmp_path / "m", LLAMA, [*checkpoints.llama(), *scale])
    model = row(read_local(str(tmp_path / "m")))
    assert model.groups is not None
    assert [group.extra for group in model.groups] == [7]
    assert text_parameters(model) == model.text == LLAMA_PARAMETERS + 21


def test_an_unknown_model_type_has_counts_and_no_layers(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "m", LLAMA | {"model_type": "nova"}, list(checkpoints.llama()))
    model = row(read_local(str(tmp_path / "m")))
    assert (model.groups, model.kv16, model.parameters) == (None, None, LLAMA_PARAMETERS)
    assert model.notes == ("the layers of the model type 'nova' are not known: no estimate of the KV cache",)


def test_other_weights_of_the_folder_are_left_out(llama: Path) -> None:
    write_safetensors(llama / "adapter_model.safetensors", [("lora.weight", "F32", (8, 8))])
    write_safetensors(llama / "consolidated.safetensors", list(checkpoints.llama()))
    assert row(read_local(str(llama))).parameters == LLAMA_PARAMETERS


def test_a_safetensors_file_stands_for_its_folder(llama: Path, tmp_path: Path) -> None:
    write_safetensors(llama / "other.safetensors", [("x.weight", "F32", (8, 8))])
    found = row(read_local(str(llama / "model.safetensors")))
    assert (found.parameters, found.layers, found.id) == (LLAMA_PARAMETERS, 3, "model.safetensors")
    write_checkpoint(tmp_path / "sharded", LLAMA, list(checkpoints.llama()), shards=3)
    part = tmp_path / "sharded" / "model-00002-of-00003.safetensors"
    assert row(read_local(str(part))).parameters == LLAMA_PARAMETERS
    assert read_local(str(llama / "nowhere.safetensors")).problems == ("does not exist",)
    assert "cannot be listed" in read_local(str(llama / "nowhere" / "m.safetensors")).problems[0]


def test_a_folder_with_one_gguf_model(tmp_path: Path) -> None:
    stated, tensors = GGUF["llama"]
    write_gguf(tmp_path / "model.gguf", stated, list(tensors()))
    write_gguf(tmp_path / "mmproj-model.gguf", {"general.architecture": "clip"}, [])
    assert row(read_local(str(tmp_path))).parameters == LLAMA_PARAMETERS
    write_gguf(tmp_path / "other.gguf", stated, list(tensors()))
    assert read_local(str(tmp_path)).problems == ("holds 2 GGUF models; name one of them",)


def test_buffers_of_a_gguf_file_are_stored_but_not_counted(tmp_path: Path) -> None:
    stated, tensors = GGUF["llama"]
    write_gguf(tmp_path / "m.gguf", stated | {"general.file_type": 7}, list(tensors()))
    found = read_local(str(tmp_path / "m.gguf"))
    model = row(found)
    assert (model.parameters, model.stored, model.extra) == (LLAMA_PARAMETERS, LLAMA_PARAMETERS + 16, 16)
    assert (found.precision, found.bytes_by_type[0][0], found.counted) == ("q8_0", "q8_0", "tensors")


def test_split_gguf_files_are_one_model_whichever_is_named(tmp_path: Path) -> None:
    stated, tensors = GGUF["llama"]
    every = list(tensors())
    split = {"split.count": 2, "split.tensors.count": len(every)}
    first, second = tmp_path / "m-00001-of-00002.gguf", tmp_path / "m-00002-of-00002.gguf"
    write_gguf(first, stated | split, every[:10])
    write_gguf(second, split | {"split.no": 1}, every[10:])
    for path in (first, second, tmp_path):
        assert row(read_local(str(path))).parameters == LLAMA_PARAMETERS
    second.unlink()
    found = read_local(str(first))
    assert found.problems == (
        "m-00002-of-00002.gguf does not exist",
        f"has 10 of {len(every)} tensors",
    )
    first.rename(tmp_path / "renamed.gguf")
    assert "is a part of 2" in read_local(str(tmp_path / "renamed.gguf")).problems[0]


@pytest.mark.parametrize(
    ("file_type", "kind", "precision", "noted"),
    [
        (7, "q8_0", "q8_0", False),
        (7, "iq4_nl", "iq4_nl", True),
        (2, "q8_0", "q4_0", True),
        (None, "q4_0", "q4_0", False),
    ],
)
def test_a_label_is_believed_where_the_bits_agree(
    file_type: int | None, kind: str, precision: str, noted: bool, tmp_path: Path
) -> None:
    stated = dict(GGUF["llama"][0])
    if file_type is not None:
        stated["general.file_type"] = file_type
    write_gguf(tmp_path / "m.gguf", stated, list(gguf_checkpoints.llama(kind)))
    found = read_local(str(tmp_path / "m.gguf"))
    assert found.precision == precision
    assert any(note.startswith("labelled") for note in row(found).notes) is noted


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is not a GGUF file"),
        (b"GGML" + b"\0" * 60, "is not a GGUF file"),
        (b"GGUF\1\0\0\0" + b"\0" * 60, "is GGUF version 1; llama.cpp reads 2 and 3"),
        (b"GGUF\0\0\0\3" + b"\0" * 60, "was written for machines of the other byte order, which llama.cpp refuses"),
        (b"GGUF\3\0\0\0" + b"\xff" * 16, "is said to hold 18,446,744,073,709,551,615 tensors"),
        (b"GGUF\3\0\0\0" + b"\0" * 8 + b"\1" + b"\0" * 7 + b"\xff" * 8, "holds a name of 18,446,744,073,709,551,615"),
        (b"GGUF\3\0\0\0" + b"\0" * 8 + b"\1" + b"\0" * 7, "ends within its header"),
    ],
)
def test_files_that_are_no_models(content: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(content)
    found = read_local(str(tmp_path / "m.gguf"))
    assert found.row is None
    assert found.problems[0].startswith(problem)


def test_a_truncated_file_is_counted_and_said_to_be_truncated(llama: Path, tmp_path: Path) -> None:
    os.truncate(llama / "model.safetensors", (llama / "model.safetensors").stat().st_size - 1000)
    found = read_local(str(llama))
    assert found.row is not None
    assert found.row.parameters == LLAMA_PARAMETERS
    assert "model.safetensors is truncated" in found.problems[0]
    stated, tensors = GGUF["llama"]
    write_gguf(tmp_path / "m.gguf", stated, list(tensors()))
    os.truncate(tmp_path / "m.gguf", (tmp_path / "m.gguf").stat().st_size - 1000)
    assert "is truncated" in read_local(str(tmp_path / "m.gguf")).problems[0]


def test_folders_without_usable_files(tmp_path: Path) -> None:
    assert read_local(str(tmp_path)).problems == ("there is no config.json", "there are no safetensors files")
    (tmp_path / "config.json").write_text("[1]")
    assert read_local(str(tmp_path)).problems[0] == "config.json is not a JSON object"
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02")
    found = read_local(str(tmp_path))
    assert found.row is not None
    assert (found.row.parameters, found.row.checkpoint_bytes) == (LLAMA_PARAMETERS, None)
    assert "can run code and are not read" in found.problems[0]


@pytest.mark.parametrize("name", ["", "\0", "\udcff/x", "a" * 5000, "/dev/null", "/dev/zero"])
def test_paths_that_lead_nowhere(name: str) -> None:
    found = read_local(name)
    assert found.row is None
    assert found.problems


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    assert read_local(str(tmp_path / "pipe.gguf")).problems == ("is not a regular file",)
    (tmp_path / "link.gguf").symlink_to(tmp_path / "pipe.gguf")
    assert read_local(str(tmp_path / "link.gguf")).problems == ("is not a regular file",)
    (tmp_path / "circle.gguf").symlink_to(tmp_path / "circle.gguf")
    assert "cannot be opened" in read_local(str(tmp_path / "circle.gguf")).problems[0]


def test_links_to_regular_files_are_followed_as_caches_need(llama: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    for name in ("config.json", "model.safetensors"):
        (snapshot / name).symlink_to(llama / name)
    assert row(read_local(str(snapshot))).parameters == LLAMA_PARAMETERS


def test_an_index_cannot_point_out_of_its_folder(llama: Path) -> None:
    for name in ("../other/model.safetensors", "/etc/passwd", "a\\b.safetensors", "x.bin"):
        (llama / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"x": name}}))
        assert "names a shard that is no file of the folder" in read_local(str(llama)).problems[0]


def test_headers_only_are_read(tmp_path: Path) -> None:
    """A hundred gigabytes of hole would take minutes to read."""
    wide = LLAMA | {"hidden_size": 65536, "intermediate_size": 131072, "num_attention_heads": 128}
    total = write_checkpoint(tmp_path / "wide", wide, list(checkpoints.llama(wide)))
    stated = gguf_checkpoints.metadata("llama", wide)
    write_gguf(tmp_path / "wide.gguf", stated, list(gguf_checkpoints.llama("f16", wide)))
    assert total > 100e9
    start = time.process_time()
    folder, file = read_local(str(tmp_path / "wide")), read_local(str(tmp_path / "wide.gguf"))
    assert time.process_time() - start < 10
    assert row(folder).checkpoint_bytes == total
    assert row(file).parameters == row(folder).parameters


def test_a_vocabulary_of_128_thousand_tokens_is_read_in_a_fifth_of_a_second(tmp_path: Path) -> None:
    stated, tensors = GGUF["llama"]
    vocabulary: dict[str, object] = {
        "tokenizer.ggml.tokens": [f"token {number}" for number in range(128_256)],
        "tokenizer.ggml.scores": [0.0] * 128_256,
        "tokenizer.ggml.merges": [f"to ken{number}" for number in range(280_147)],
    }
    write_gguf(tmp_path / "m.gguf", stated | vocabulary, list(tensors()))
    times = []
    for _ in range(5):
        start = time.process_time()
        found = read_local(str(tmp_path / "m.gguf"))
        times.append(time.process_time() - start)
    assert row(found).parameters == LLAMA_PARAMETERS
    assert min(times) < 0.2


def test_headers_that_would_take_long_are_refused(tmp_path: Path) -> None:
    """Two hundred megabytes of hole, which would be ten million empty strings or a billion promised."""
    for count, problem in (
        (2**30, "header of more than 100,000,000 bytes"),
        (10_000_000, "holds more than 4,000,000 strings"),
    ):
        strings = struct.pack("<Q1sIIQ", 1, b"a", 9, 8, count)
        sparse(tmp_path / "m.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + strings, 200_000_000)
        start = time.process_time()
        assert problem in read_local(str(tmp_path / "m.gguf")).problems[0]
        assert time.process_time() - start < 5
