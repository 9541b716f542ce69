"""What vLLM's profiling run and CUDA graphs take, by the model's shape and the version, as recorded runs have it."""

from __future__ import annotations

import pytest

from llmlint.engines.outcome import Outcome
from llmlint.engines.vllm import releases
from tests.engines.test_vllm import _gib, _outcome

VISION = "meta-llama/Llama-3.2-11B-Vision-Instruct"
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
    ("flags", "version"), [({}, "0.13.0"), ({"allow_deprecated_quantization": True}, releases.NEWEST)]
)
def test_without_a_version_the_newest_that_takes_the_checkpoint_is_assumed(
    flags: dict[str, object], version: str | tuple[int, ...]
) -> None:
    outcome = _outcome(FBGEMM, "H100 SXM", None, "fp8", count=8, tensor_parallel_size=8, **flags)  # type: ignore[arg-type]
    assert outcome.version == (version if isinstance(version, str) else ".".join(map(str, version)))
    told = [remark for remark in outcome.remarks if "no version is stated" in remark]
    assert ("the last that takes it" in told[0]) == isinstance(version, str)


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
