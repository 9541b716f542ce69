"""What vLLM's profiling run and CUDA graphs take, by the model's shape and the version, as recorded runs have it."""

from __future__ import annotations

import pytest

from llmlint.engines import first_versions
from llmlint.engines.outcome import Outcome
from llmlint.engines.vllm import assumed, releases
from tests.engines.test_vllm import _gib, _outcome

VISION = "meta-llama/Llama-3.2-11B-Vision-Instruct"
DENSE_MLA, SPARSE_MLA = "deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-V3.2"
FBGEMM = "meta-llama/Llama-3.1-405B-Instruct-FP8"


@pytest.mark.parametrize(
    ("model", "gpu", "tensor", "flags", "measured"),
    [
        ("Qwen/Qwen2.5-VL-7B-Instruct", "T4", 1, {"max_model_len": 16384, "max_num_seqs": 1}, 2.71),
        ("google/gemma-3-27b-it", "A100 40GB", 4, {"max_num_seqs": 64, "max_num_batched_tokens": 16384}, 3.73),
    ],
)
def test_an_image_encoder_counts_by_patches(
    model: str, gpu: str, tensor: int, flags: dict[str, object], measured: float
) -> None:
    outcome = _outcome(model, gpu, "0.9.2", tensor_parallel_size=tensor, count=tensor, **flags)
    assert _gib(outcome, "activations") == pytest.approx(measured, rel=0.06)


def test_a_text_only_server_has_no_encoder() -> None:
    model, more = "Qwen/Qwen2.5-VL-7B-Instruct", {"max_model_len": 16384, "max_num_seqs": 16}
    assert _gib(_outcome(model, "L40S", "0.12.0", **more), "activations") > 2
    without = _outcome(model, "L40S", "0.12.0", **more, limit_mm_per_prompt='{"image": 0, "video": 0}')
    assert _gib(without, "activations") < 1


@pytest.mark.parametrize(("sequences", "starts"), [(256, False), (16, True)])
def test_cross_attention_profiles_an_image_for_every_sequence(sequences: int, starts: bool) -> None:
    outcome = _outcome(VISION, "A100 80GB", max_num_seqs=sequences, max_model_len=4096)
    assert (outcome.verdict != "does-not-fit") == starts
    assert outcome.version == "0.10.2"


@pytest.mark.parametrize(
    ("flags", "version"), [({}, "0.13.0"), ({"allow_deprecated_quantization": True}, "0.16.0 to 0.33.0")]
)
def test_without_a_version_the_last_that_takes_the_checkpoint_is_assumed(
    flags: dict[str, object], version: str
) -> None:
    outcome = _outcome(FBGEMM, "H100 SXM", None, "fp8", count=8, tensor_parallel_size=8, **flags)
    assert outcome.version == version
    told = [remark for remark in outcome.remarks if "no version is stated" in remark]
    assert len(told) == 1
    assert ("the last that takes it" in told[0]) == (version == "0.13.0")


def test_an_unstated_version_is_the_one_that_takes_most_and_its_interval_reaches_to_the_newest() -> None:
    older, newest, unstated = (
        _outcome("Qwen/Qwen3-32B", "H100 SXM", version, max_model_len=16000) for version in ("0.16.0", "0.33.0", None)
    )
    assert unstated.version == "0.16.0 to 0.33.0"
    for item, old, new in zip(unstated.gpu, older.gpu, newest.gpu, strict=True):
        assert item.bytes == old.bytes
        assert (item.low, item.high) == (min(old.low or 0, new.low or 0), max(old.high or 0, new.high or 0))
    assert _gib(unstated, "kv_cache") == pytest.approx(4.45, abs=0.05)  # as recorded of a run without a version


def test_where_the_newest_alone_starts_the_version_decides() -> None:
    at = {"max_model_len": 32768}
    unstated, newest = (
        _outcome("meta-llama/Llama-3.1-8B-Instruct", "L4", version, **at) for version in (None, "0.33.0")
    )
    assert (unstated.verdict, newest.verdict) == ("does-not-fit", "tight")
    assert "engine.version decides" in unstated.remarks[0]


def test_a_model_that_older_versions_lack_bounds_an_unstated_one() -> None:
    assert _outcome("Qwen/Qwen3.5-27B", "H200", None, max_model_len=4096).version == "0.17.0 to 0.33.0"


def test_first_versions_are_those_of_the_table() -> None:
    known = [line.split("\t")[0] for line in first_versions._text("architectures.tsv").splitlines() if line[:1] != "#"]
    found = {name: first_versions.table("vllm").earliest(first_versions.names("vllm", name)) for name in known}
    later = {name: first[0] for name, first in found.items() if first is not None and first[0] > assumed.OLDER}
    assert {name: since for since, names in assumed.FIRST.items() for name in names.split()} == later


@pytest.mark.parametrize("version", ["0.12.0", None])
def test_rings_of_four_ranks_that_nvlink_joins_have_more_channels(version: str | None) -> None:
    two, four = (
        _gib(_outcome("Qwen/Qwen3-32B", "H100 SXM", version, count=ranks, tensor_parallel_size=ranks), "runtime")
        for ranks in (2, 4)
    )
    assert two == pytest.approx(0.55)
    assert four == pytest.approx(2.1)


def test_a_draft_adds_two_rows_of_logits_whatever_its_length() -> None:
    drafted = [
        _gib(_outcome("Qwen/Qwen3-8B", "H100 SXM", "0.12.0", speculative_config=config), "activations")
        for config in (None, *(f'{{"method": "ngram", "num_speculative_tokens": {length}}}' for length in (1, 5)))
    ]
    assert drafted[1] == drafted[2]
    assert drafted[1] - drafted[0] == pytest.approx(4 * 1024 * 151936 / 2**30, rel=0.01)


@pytest.mark.parametrize(
    ("model", "weights", "gpu", "sequences", "measured"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "bf16", "H100 SXM", 1024, 0.91),
        ("meta-llama/Llama-3.1-70B-Instruct", "fp8", "H200", 1024, 1.8),
        ("meta-llama/Llama-3.1-8B-Instruct", "bf16", "RTX 4090", 64, 0.23),
        ("openai/gpt-oss-20b", "mxfp4", "RTX 4090", 32, 0.71),
    ],
)
def test_graphs_grow_with_layers_and_sizes(model: str, weights: str, gpu: str, sequences: int, measured: float) -> None:
    outcome = _outcome(model, gpu, "0.19.0", weights, max_num_seqs=sequences, max_model_len=4096)
    assert _gib(outcome, "cuda_graphs") == pytest.approx(measured, abs=0.12)


def test_sizes_of_graphs() -> None:
    assert [releases.graph_sizes(most) for most in (1, 4, 16, 64, 256, 512, 1024)] == [1, 3, 5, 11, 35, 51, 51]


def _peak(tokens: int) -> Outcome:
    more = {"tensor_parallel_size": 16, "max_num_seqs": 64, "max_num_batched_tokens": tokens, "max_model_len": 32768}
    return _outcome("deepseek-ai/DeepSeek-R1", "H100 SXM", "0.12.0", "fp8", count=16, **more)


def test_experts_take_every_token_once_for_each_of_them() -> None:
    assert _gib(_peak(32768), "activations") == pytest.approx(4 * _gib(_peak(8192), "activations"), rel=0.05)
    assert _gib(_peak(32768), "activations") > 32768 * 8 * 7168 * 2 / 2**30


def test_larger_encoders_than_the_tables_are_an_interval() -> None:
    more = {"max_model_len": 4096, "max_num_seqs": 1, "max_num_batched_tokens": 2048}
    small = _outcome("OpenGVLab/InternVL3-8B-hf", "H100 SXM", "0.12.0", **more)
    large = _outcome("OpenGVLab/InternVL3-78B-hf", "H100 SXM", "0.12.0", **more)
    assert _gib(small, "activations") < 0.5
    assert _gib(large, "activations") == pytest.approx(1.5, abs=0.2)


def test_meta_left_two_layers_of_405b_at_16_bits() -> None:
    outcome = _outcome(FBGEMM, "H100 SXM", "0.13.0", "fp8", count=8, tensor_parallel_size=8)
    assert _gib(outcome, "weights") == pytest.approx(57.752, rel=0.02)


@pytest.mark.parametrize(
    ("version", "tensor", "expected"), [("0.19.0", 1, 4.3), ("0.19.0", 8, 0.6), ("0.10.2", 1, 0.6)]
)
def test_latent_attention_allows_for_a_chunk_of_context(version: str, tensor: int, expected: float) -> None:
    more = {"tensor_parallel_size": tensor, "max_num_seqs": 4, "max_num_batched_tokens": 2048, "max_model_len": 32768}
    outcome = _outcome("deepseek-ai/DeepSeek-V3", "L40S", version, "fp8", count=tensor, **more)
    assert _gib(outcome, "activations") == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize(
    ("version", "tensor", "weights", "measured"),
    [("0.19.0", 1, "bf16", 2.68), ("0.19.0", 4, "bf16", 2.68), ("0.13.0", 1, "bf16", 5.62)],
)
def test_buffers_of_experts_stay_while_the_sampler_runs(
    version: str, tensor: int, weights: str, measured: float
) -> None:
    outcome = _outcome("Qwen/Qwen3-30B-A3B", "H100 SXM", version, weights, count=tensor, tensor_parallel_size=tensor)
    assert _gib(outcome, "activations") == pytest.approx(measured, abs=0.06)


def test_an_open_version_may_keep_no_buffers() -> None:
    item = next(item for item in _outcome("Qwen/Qwen3-30B-A3B", "H100 SXM").gpu if item.name == "activations")
    stated = next(i for i in _outcome("Qwen/Qwen3-30B-A3B", "H100 SXM", "0.16.0").gpu if i.name == "activations")
    assert stated.bytes - item.bytes == pytest.approx(2 * 8192 * 8 * 2 * 2048, rel=0.01)
    assert (item.high or 0) >= stated.bytes


def test_sparse_attention_keeps_the_keys_of_a_chunk() -> None:
    more = {"tensor_parallel_size": 8, "max_num_seqs": 16, "max_num_batched_tokens": 2048, "max_model_len": 163840}
    flat, sparse = (_outcome(name, "H200", "0.19.0", "fp8", count=8, **more) for name in (DENSE_MLA, SPARSE_MLA))
    assert _gib(sparse, "activations") - _gib(flat, "activations") > 0.25
