"""What lies outside vLLM's share: the trial of its graphs, its warm-up, and what each version counts."""

from __future__ import annotations

import pytest

from llmlint.engines.estimate import Item
from llmlint.engines.outcome import Outcome
from tests.engines.test_vllm import _outcome

GIB = 2**30
HYBRID, DENSE, MXFP4 = "Qwen/Qwen3.8-27B", "meta-llama/Llama-3.1-8B-Instruct", "openai/gpt-oss-20b"


def _item(found: Outcome, name: str) -> Item:
    return next(item for item in found.gpu if item.name == name)


@pytest.mark.parametrize("share", [0.8, 0.93])
def test_the_trial_of_the_graphs_asks_for_what_a_recorded_start_died_of(share: float) -> None:
    found = _outcome(HYBRID, "RTX 5090", "0.26.1", "nvfp4", max_model_len=32768, gpu_memory_utilization=str(share))
    assert (found.verdict, found.refusal) == ("does-not-fit", "CUDA out of memory. Tried to allocate 784.00 MiB.")
    assert "256 blocks, 12.2" in found.remarks[-1]


@pytest.mark.parametrize(
    ("version", "flags"),
    [
        ("0.26.1", {"enforce_eager": True}),
        ("0.26.1", {"max_num_seqs": 64}),
        ("0.26.1", {"kv_cache_memory_bytes": 2 * GIB}),
        ("0.17.0", {}),
    ],
)
def test_without_a_trial_or_with_few_sequences_the_same_starts(version: str, flags: dict[str, object]) -> None:
    found = _outcome(HYBRID, "RTX 5090", version, "nvfp4", max_model_len=8192, kv_cache_dtype="fp8", **flags)
    assert (found.late, found.refusal) == ("", "")


def test_the_trial_had_a_block_for_each_token_of_the_largest_graph_before_0_26() -> None:
    older, newer = (
        _outcome(HYBRID, "RTX 5090", version, "fp8", max_model_len=4096, max_num_seqs=200)
        for version in ("0.25.0", "0.26.0")
    )
    assert "400 blocks" in older.remarks[-1]
    assert "200 blocks" in newer.remarks[-1]
    assert (older.late, newer.late) == ("sure", "sure")


def test_rocm_has_no_trial_before_0_26() -> None:
    older, newer = (
        _outcome(HYBRID, "AMD Radeon AI PRO R9700", version, "fp8", max_model_len=4096)
        for version in ("0.25.0", "0.26.0")
    )
    assert (older.late, newer.late) == ("", "sure")


@pytest.mark.parametrize(("count", "late"), [(1, "likely"), (2, "likely"), (4, "")])
def test_gpt_oss_at_95_of_h100_dies_in_its_warm_up_as_recorded(count: int, late: str) -> None:
    flags = {"max_model_len": 8192, "gpu_memory_utilization": "0.95", "tensor_parallel_size": count}
    found = _outcome(MXFP4, "H100 SXM", "0.19.0", "mxfp4", count=count, **flags)
    assert found.late == late
    assert found.refusal.startswith("CUDA out of memory occurred when warming up sampler with 1024 ") == bool(late)
    assert found.verdict == ("does-not-fit" if late else "tight")


def test_a_cache_that_is_given_by_its_size_may_leave_too_little() -> None:
    asked = {"max_model_len": 8192, "kv_cache_memory_bytes": 6 * GIB}
    assert _outcome(DENSE, "L4", "0.19.0", **asked).late == "likely"
    assert not _outcome(DENSE, "L4", "0.19.0", **{**asked, "kv_cache_memory_bytes": 3 * GIB}).late
    more = _outcome(DENSE, "L4", "0.19.0", **{**asked, "kv_cache_memory_bytes": 80 * GIB})
    assert more.refusal == "CUDA out of memory. Tried to allocate 80.00 GiB."


def test_an_open_version_is_not_refused_for_what_lies_outside() -> None:
    found = _outcome(MXFP4, "H100 SXM", None, "mxfp4", max_model_len=8192, gpu_memory_utilization="0.97")
    assert (found.late, found.verdict) == ("", "tight")


@pytest.mark.parametrize(("version", "place"), [("0.21.0", "inside"), ("0.25.0", "outside"), ("0.29.0", "inside")])
def test_the_second_model_runner_counts_no_graphs_up_to_0_28(version: str, place: str) -> None:
    assert place in _item(_outcome(DENSE, "L4", version, max_model_len=4096), "cuda_graphs").because


def test_gpt_oss_captures_graphs_of_up_to_1024_tokens() -> None:
    graphs = [_item(_outcome(model, "H100 SXM", "0.19.0"), "cuda_graphs").because for model in (MXFP4, DENSE)]
    assert [because.split()[0] for because in graphs] == ["83", "51"]


def test_what_the_allocator_cannot_return_counts_since_0_27() -> None:
    older, newer = (_item(_outcome(DENSE, "L4", version), "runtime") for version in ("0.26.0", "0.27.0"))
    assert 0.15 * GIB < newer.bytes - older.bytes < 0.3 * GIB
    assert newer.low == older.low


def test_what_was_there_before_may_count_in_0_8() -> None:
    first, second = (_item(_outcome(DENSE, "L4", version), "runtime") for version in ("0.8.5", "0.9.1"))
    assert first.bytes > second.bytes
    assert (first.high or 0) - (second.high or 0) > 0.3 * GIB
    assert first.low == second.low
