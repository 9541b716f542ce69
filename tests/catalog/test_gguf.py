"""The reader of GGUF headers: against the format's own package, its refusals, and which layers have windows."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from llmlint.catalog.counting import text_parameters
from llmlint.catalog.ggml import LABELS, TYPES
from llmlint.catalog.gguf import Count, read_header
from llmlint.catalog.gguf_metadata import Metadata
from llmlint.catalog.gguf_windows import unused_window, window
from llmlint.catalog.local import read_local
from llmlint.catalog.local_file import Unreadable
from llmlint.catalog.rows import Ffn, LayerGroup, Mixer
from tests.catalog import gguf_checkpoints
from tests.catalog.checkpoints import LLAMA
from tests.catalog.gguf_checkpoints import GGUF
from tests.catalog.model_files import Tensor, gguf_bytes, sparse, write_gguf

EVERY_KIND: dict[str, object] = {
    "general.architecture": "llama",
    "a.flag": True,
    "a.number": 7,
    "a.real": 1.5,
    "a.text": "é",
    "a.flags": [True, False],
    "a.numbers": [1, 2, 3],
    "a.words": ["one", "two"],
    "a.long": [0] * 5000,
    "a.template": "x" * 70_000,
}


def test_metadata(tmp_path: Path) -> None:
    write_gguf(tmp_path / "m.gguf", EVERY_KIND, [("t", "f32", (3, 5))])
    header = read_header(str(tmp_path / "m.gguf"))
    assert header.problem == ""
    assert header.metadata == EVERY_KIND | {
        "a.flags": (True, False),
        "a.numbers": (1, 2, 3),
        "a.words": Count(2),
        "a.long": Count(5000),
        "a.template": Count(70_000),
    }
    assert [(tensor.name, tensor.shape, tensor.elements, tensor.bytes) for tensor in header.tensors] == [
        ("t", (5, 3), 15, 60)
    ]


def test_strings_on_the_edge_of_the_window(tmp_path: Path) -> None:
    """The reader sees a mebibyte at a time; what lies across its edge must not be lost."""
    for length in (2**20 - 60, 2**20 - 30, 2**20, 2**20 + 5):
        stated = {"general.architecture": "llama", "words": ["x" * length, "", "y"], "after": 5}
        write_gguf(tmp_path / "m.gguf", stated, [("t", "f32", (8,))])
        header = read_header(str(tmp_path / "m.gguf"))
        assert (header.metadata["words"], header.metadata["after"], header.tensors[0].name) == (Count(3), 5, "t")


@pytest.mark.oracle
def test_types_are_those_of_the_formats_package() -> None:
    gguf = pytest.importorskip("gguf")
    for kind, (per_block, block_bytes) in gguf.GGML_QUANT_SIZES.items():
        if kind.name == "Q8_1":  # never in a file; the package's 40 bytes are not block_q8_1 of ggml-common.h
            continue
        assert TYPES[kind.value] == (kind.name.lower(), per_block, block_bytes)
    for label in gguf.LlamaFileType:
        if label.value in LABELS:
            name = label.name.removeprefix("ALL_").removeprefix("MOSTLY_").lower()
            assert LABELS[label.value] == name


@pytest.mark.oracle
@pytest.mark.parametrize("name", GGUF)
def test_headers_are_read_as_the_formats_package_reads_them(name: str, tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    stated, tensors = GGUF[name]
    write_gguf(tmp_path / "m.gguf", stated, list(tensors()))
    theirs = gguf.GGUFReader(tmp_path / "m.gguf")
    ours = read_header(str(tmp_path / "m.gguf"))
    assert [(tensor.name, tensor.shape, tensor.bytes) for tensor in ours.tensors] == [
        (tensor.name, tuple(int(extent) for extent in tensor.shape), tensor.n_bytes) for tensor in theirs.tensors
    ]
    for key, value in ours.metadata.items():
        assert theirs.get_field(key).contents() == value


@pytest.mark.oracle
def test_a_file_that_the_formats_package_wrote(tmp_path: Path) -> None:
    gguf, numpy = pytest.importorskip("gguf"), pytest.importorskip("numpy")
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "llama")
    writer.add_block_count(1)
    writer.add_head_count_kv([2, 4])
    writer.add_token_list([f"t{number}" for number in range(300)])
    writer.add_tensor("token_embd.weight", numpy.zeros((300, 64), dtype=numpy.float16))
    writer.add_tensor("small", numpy.zeros(3, dtype=numpy.float32))
    writer.add_tensor("last", numpy.zeros((4, 32), dtype=numpy.float32))
    for step in ("header", "kv_data", "tensors"):
        getattr(writer, f"write_{step}_to_file")()
    writer.close()
    header = read_header(str(tmp_path / "m.gguf"))
    assert header.problem == ""
    assert header.metadata["llama.attention.head_count_kv"] == (2, 4)
    assert header.metadata["tokenizer.ggml.tokens"] == Count(300)
    assert sum(tensor.bytes for tensor in header.tensors) == 300 * 64 * 2 + 12 + 512


def changed(**fields: object) -> bytes:
    """The header of a file with one tensor of which something is not as it should be."""
    name = str(fields.get("name", "t")).encode()
    shape = fields.get("shape", (32, 4))
    assert isinstance(shape, tuple)
    tensor = struct.pack("<Q", len(name)) + name + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
    tensor += struct.pack("<IQ", fields.get("type", 8), fields.get("offset", 0))
    key = struct.pack("<Q", 1) + b"k" + struct.pack("<II", fields.get("kind", 4), 5)
    keys = fields.get("keys", 1)
    assert isinstance(keys, int)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, keys) + keys * key + tensor
    return head + b"\0" * (-len(head) % 32)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"type": 4}, "gives 't' the type 4, which ggml does not have"),
        ({"type": 99}, "gives 't' the type 99, which ggml does not have"),
        ({"shape": (33, 4)}, "gives 't' rows of 33, which q8_0 cannot hold"),
        ({"shape": ()}, "gives 't' rows of 1, which q8_0 cannot hold"),  # was an IndexError: found by fuzzing
        ({"shape": (32, 1, 1, 1, 1)}, "gives 't' 5 axes; ggml has 4"),
        ({"shape": (2**40, 2**40)}, "gives 't' an impossible shape"),
        ({"keys": 2}, "has the key 'k' twice"),
        ({"kind": 13}, "holds a value of unknown type 13"),
    ],
)
def test_refusals(fields: dict[str, object], problem: str, tmp_path: Path) -> None:
    sparse(tmp_path / "m.gguf", changed(**fields), 4 * 34)
    with pytest.raises(Unreadable) as error:
        read_header(str(tmp_path / "m.gguf"))
    assert str(error.value) == problem


def test_arrays_of_arrays(tmp_path: Path) -> None:
    nested = struct.pack("<Q1sIIQ", 1, b"k", 9, 9, 1) + struct.pack("<IQI", 4, 1, 7)
    (tmp_path / "m.gguf").write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + nested)
    with pytest.raises(Unreadable, match="holds an array of type 9"):
        read_header(str(tmp_path / "m.gguf"))


def test_layouts_that_lie(tmp_path: Path) -> None:
    sparse(tmp_path / "m.gguf", changed(offset=32), 200)
    assert "'t' begins at 32, not at 0" in read_header(str(tmp_path / "m.gguf")).problem
    sparse(tmp_path / "m.gguf", changed(), 100)
    assert read_header(str(tmp_path / "m.gguf")).problem == "is truncated: 100 of 136 bytes of tensors are there"
    sparse(tmp_path / "m.gguf", changed(), 136)
    assert read_header(str(tmp_path / "m.gguf")).problem == ""


def windows(arch: str, layers: int = 6, **keys: object) -> list[int | None]:
    stated = {"general.architecture": arch, f"{arch}.block_count": layers}
    stated |= {f"{arch}.attention.{key}": value for key, value in keys.items()}
    metadata = Metadata(stated)  # type: ignore[arg-type]
    return [window(metadata, layer)[0] for layer in range(layers)]


def test_windows_as_llama_cpp_applies_them() -> None:
    assert windows("llama", sliding_window=64) == [None] * 6
    assert windows("gemma3", sliding_window=64) == [64] * 5 + [None]
    assert windows("gemma3") == [None] * 6
    assert windows("gemma2") == [4096, None] * 3
    assert windows("gpt-oss", sliding_window=128) == [128, None] * 3
    assert windows("llama4") == [8192, 8192, 8192, None, 8192, 8192]
    assert windows("llama4", sliding_window=0) == [None] * 6
    assert windows("smallthinker", sliding_window=64) == [None, 4096, 4096, 4096, None, 4096]
    assert windows("exaone4", sliding_window=64) == [None] * 6
    assert windows("exaone4", layers=64)[:4] == [4096, 4096, 4096, None]
    listed = (True, False, True, True, False, False)
    assert windows("gemma4", sliding_window=64, sliding_window_pattern=listed) == [64, None, 64, 64, None, None]
    assert windows("gemma3", sliding_window=64, sliding_window_pattern=3) == [64, 64, None] * 2
    assert unused_window(Metadata({"general.architecture": "llama", "llama.attention.sliding_window": 64})) == 64


def test_a_window_that_is_not_applied_is_noted(tmp_path: Path) -> None:
    stated = gguf_checkpoints.metadata("llama", LLAMA, attention__sliding_window=512)
    write_gguf(tmp_path / "m.gguf", stated, list(gguf_checkpoints.llama()))
    found = read_local(str(tmp_path / "m.gguf")).row
    assert found is not None
    assert found.kv16 is not None
    assert found.kv16.sliding == 0
    assert found.notes == ("llama.cpp does not apply the window of 512 tokens to this architecture",)


def one_layer(tmp_path: Path, arch: str, layer: list[Tensor], **keys: object) -> LayerGroup:
    """The group of a model with one layer, which must account for all of its tensors."""
    config = {"num_hidden_layers": 1, "hidden_size": 256, "intermediate_size": 640, "max_position_embeddings": 64}
    stated = gguf_checkpoints.metadata(arch, config | {"num_attention_heads": 8, "num_key_value_heads": 2}, **keys)
    tensors = [("token_embd.weight", "f16", (1024, 256)), ("output_norm.weight", "f32", (256,))]
    write_gguf(
        tmp_path / "m.gguf", stated, [*tensors, *((f"blk.0.{name}", kind, shape) for name, kind, shape in layer)]
    )
    found = read_local(str(tmp_path / "m.gguf"))
    assert found.row is not None
    assert found.row.notes == found.problems == ()
    assert found.row.groups is not None
    assert found.row.text == found.row.parameters == text_parameters(found.row)
    (group,) = found.row.groups
    assert group.extra == 0
    return group


NORMS: list[Tensor] = [("attn_norm.weight", "f32", (256,)), ("ffn_norm.weight", "f32", (256,))]
DENSE: list[Tensor] = [
    ("ffn_gate.weight", "f16", (640, 256)),
    ("ffn_up.weight", "f16", (640, 256)),
    ("ffn_down.weight", "f16", (256, 640)),
]


def test_fused_projections(tmp_path: Path) -> None:
    """Phi 3 keeps queries, keys and values in one matrix, and gate and up in another."""
    fused: list[Tensor] = [
        ("attn_qkv.weight", "f16", (256 + 2 * 64, 256)),
        ("attn_output.weight", "f16", (256, 256)),
        ("ffn_up.weight", "f16", (2 * 640, 256)),
        ("ffn_down.weight", "f16", (256, 640)),
    ]
    group = one_layer(tmp_path, "phi3", [*NORMS, *fused])
    assert (group.mixer, group.ffn) == (Mixer("gqa", 8, 2, 32), Ffn("dense", 640))


def test_mamba_2(tmp_path: Path) -> None:
    inner, states = 512, 2 * 16
    mamba: list[Tensor] = [
        ("ssm_in.weight", "f16", (2 * inner + 2 * states + 8, 256)),
        ("ssm_conv1d.weight", "f32", (inner + 2 * states, 4)),
        ("ssm_conv1d.bias", "f32", (inner + 2 * states,)),
        ("ssm_dt.bias", "f32", (8,)),
        ("ssm_a", "f32", (8, 1)),
        ("ssm_d", "f32", (8, 1)),
        ("ssm_norm.weight", "f32", (2, inner // 2)),
        ("ssm_out.weight", "f16", (256, inner)),
    ]
    keys = {"ssm__conv_kernel": 4, "ssm__inner_size": inner, "ssm__state_size": 16, "ssm__group_count": 2}
    group = one_layer(tmp_path, "granitehybrid", [*NORMS, *mamba, *DENSE], ssm__time_step_rank=8, **keys)
    assert group.mixer == Mixer("mamba2", 8, head_dim=64, groups=2, state=16, conv=4)


def test_short_convolution(tmp_path: Path) -> None:
    convolution: list[Tensor] = [
        ("shortconv.conv.weight", "f32", (256, 3)),
        ("shortconv.in_proj.weight", "f16", (3 * 256, 256)),
        ("shortconv.out_proj.weight", "f16", (256, 256)),
    ]
    group = one_layer(tmp_path, "lfm2", [*NORMS, *convolution, *DENSE], shortconv__l_cache=3)
    assert group.mixer == Mixer("shortconv", conv=3, dim=256)


def test_experts_in_a_narrower_space(tmp_path: Path) -> None:
    """Nemotron: a layer without a mixer, experts without gates behind a projection."""
    experts: list[Tensor] = [
        ("ffn_gate_inp.weight", "f32", (6, 256)),
        ("exp_probs_b.bias", "f32", (6,)),
        ("ffn_latent_down.weight", "f16", (64, 256)),
        ("ffn_latent_up.weight", "f16", (256, 64)),
        ("ffn_up_exps.weight", "f16", (6, 96, 64)),
        ("ffn_down_exps.weight", "f16", (6, 64, 96)),
        ("ffn_up_shexp.weight", "f16", (160, 256)),
        ("ffn_down_shexp.weight", "f16", (256, 160)),
    ]
    group = one_layer(tmp_path, "nemotron_h_moe", [NORMS[0], *experts], expert_used_count=2)
    shared = {"shared": 1, "shared_inter": 160, "router_bias": True, "latent": 64, "gated": False}
    assert (group.mixer, group.norms) == (Mixer("none"), 1)
    assert group.ffn == Ffn("moe", 96, experts=6, active=2, **shared)  # type: ignore[arg-type]


def test_keys_that_serve_as_values(tmp_path: Path) -> None:
    """Gemma 4's layers that keep every token."""
    attention: list[Tensor] = [
        ("attn_q.weight", "f16", (8 * 64, 256)),
        ("attn_k.weight", "f16", (64, 256)),
        ("attn_output.weight", "f16", (256, 8 * 64)),
        ("attn_q_norm.weight", "f32", (64,)),
        ("attn_k_norm.weight", "f32", (64,)),
    ]
    keys = {"attention__head_count_kv": [1], "attention__sliding_window": 16}
    listed = {"attention__sliding_window_pattern": [False]}
    group = one_layer(tmp_path, "gemma4", [*NORMS, *attention, *DENSE], **keys, **listed)
    assert group.mixer == Mixer("gqa", 8, 1, 64, qk_norm="head", k_eq_v=True)


def test_an_older_file_keeps_the_latent_projection_whole(tmp_path: Path) -> None:
    stated, tensors = GGUF["deepseek_v3"]
    write_gguf(tmp_path / "new.gguf", stated, list(tensors()))
    write_gguf(tmp_path / "old.gguf", stated, list(gguf_checkpoints.deepseek(split=False)))
    new, old = read_local(str(tmp_path / "new.gguf")).row, read_local(str(tmp_path / "old.gguf")).row
    assert new is not None
    assert old is not None
    assert new.groups is not None
    assert new.groups == old.groups


@pytest.mark.parametrize(
    ("key", "value", "note"),
    [
        ("llama.block_count", 0, "the GGUF states no usable block_count"),
        ("llama.block_count", 4_000_000, "the GGUF states 4,000,000 layers"),
        ("llama.block_count", 5, "layer 3 has no tensors"),
        ("llama.attention.head_count", 0, "the GGUF states no usable attention.head_count"),
        ("llama.attention.head_count", [8, 8], "the GGUF states no usable attention.head_count"),
    ],
)
def test_metadata_that_do_not_make_layers(key: str, value: object, note: str, tmp_path: Path) -> None:
    stated, tensors = GGUF["llama"]
    write_gguf(tmp_path / "m.gguf", stated | {key: value}, list(tensors()))
    found = read_local(str(tmp_path / "m.gguf"))
    assert found.row is not None
    assert (found.row.groups, found.row.notes) == (None, (f"{note}: no estimate of the KV cache",))
    assert found.row.parameters is not None


@pytest.mark.parametrize("name", ["ssm_x.weight", "time_mix_key.weight", "ffn_down.0.weight"])
def test_layers_that_rows_have_no_words_for(name: str, tmp_path: Path) -> None:
    stated, tensors = GGUF["llama"]
    listed = [tensor for tensor in tensors() if "ffn" not in tensor[0]]
    write_gguf(tmp_path / "m.gguf", stated, [*listed, (f"blk.0.{name}", "f32", (4, 4))])
    found = read_local(str(tmp_path / "m.gguf")).row
    assert found is not None
    assert found.groups is None
    assert "model" in found.notes[0]


def test_the_header_is_padded_to_the_stated_alignment(tmp_path: Path) -> None:
    head, size = gguf_bytes({"general.architecture": "llama", "general.alignment": 64}, [("t", "f32", (5,))], 64)
    sparse(tmp_path / "m.gguf", head, size)
    assert read_header(str(tmp_path / "m.gguf")).problem == ""
    sparse(tmp_path / "m.gguf", head, 8)
    assert "8 of 20 bytes" in read_header(str(tmp_path / "m.gguf")).problem
    head, size = gguf_bytes({"general.alignment": 48}, [("t", "f32", (5,))])
    sparse(tmp_path / "m.gguf", head, size)
    assert "no power of two" in read_header(str(tmp_path / "m.gguf")).problem
