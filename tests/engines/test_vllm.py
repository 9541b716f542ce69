"""vLLM's start-up: the sampler law, the share, what is left for the cache, and refusals in the engine's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.catalog.rows import Model
from llmlint.engines import registry
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request
from llmlint.engines.versions import parsed

GIB = 2**30
CATALOGUE = Catalogue()
MODEL_8B = "meta-llama/Llama-3.1-8B-Instruct"


def _request(model: str, gpu: str, version: str | None = None, weights: str = "bf16", **more: object) -> Request:
    row, card = CATALOGUE.model(model).row, CATALOGUE.accelerator(gpu).row
    assert row is not None
    assert card is not None
    count = more.pop("count", 1)
    cards = (Card(gpu, int(str(count)), card.usable_bytes, card.usable_basis, card.memory_bytes, card),)
    flags: Mapping[str, Flag] = {key.replace("_", "-"): value for key, value in more.items()}  # type: ignore[misc]
    return Request(row, "catalogue", weights, True, version=parsed(version), flags=flags, cards=cards)


def _outcome(*args: str | None, **more: object) -> Outcome:
    return _run(_request(*args, **more))  # type: ignore[arg-type]


def _run(request: Request) -> Outcome:
    engine = registry.engine("vllm")
    assert engine is not None
    return engine.outcome(request)


def _gib(outcome: Outcome, name: str) -> float:
    return next(item.bytes for item in outcome.gpu if item.name == name) / GIB


@pytest.mark.parametrize(
    ("model", "weights", "tensor", "measured"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "bf16", 1, 4.76),
        ("Qwen/Qwen3-0.6B", "bf16", 1, 5.56),
        ("openai/gpt-oss-20b", "mxfp4", 1, 7.38),
        ("Qwen/Qwen3-32B", "bf16", 2, 5.64),
        ("meta-llama/Llama-3.1-70B-Instruct", "fp8", 2, 4.84),
    ],
)
def test_the_profiling_peak_is_the_samplers(model: str, weights: str, tensor: int, measured: float) -> None:
    more = {"tensor_parallel_size": tensor, "max_num_seqs": 1024, "max_num_batched_tokens": 8192}
    outcome = _outcome(model, "H100 SXM", "0.16.0", weights, count=tensor, **more)
    assert _gib(outcome, "activations") == pytest.approx(measured, abs=0.03)


def test_since_0_17_the_sampler_takes_less() -> None:
    for model, measured in (
        ("meta-llama/Llama-3.1-8B-Instruct", 1.89),
        ("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", 1.96),
    ):
        assert _gib(_outcome(model, "H100 SXM", "0.19.0"), "activations") == pytest.approx(measured, abs=0.08)


def test_the_peak_of_a_whole_prompt_is_the_feed_forward_blocks() -> None:
    for context, measured in ((20000, 2.07), (29000, 2.99)):
        outcome = _outcome("meta-llama/Llama-3.1-8B-Instruct", "RTX 3090", "0.6.0", max_model_len=context)
        assert _gib(outcome, "activations") == pytest.approx(measured, abs=0.02)


def test_seventy_billion_at_four_bits_on_48_gb_hangs_on_the_number_of_sequences() -> None:
    model, more = "meta-llama/Llama-3.1-70B-Instruct", {"max_model_len": 8192}
    default = _outcome(model, "L40S", "0.33.0", "awq", **more)
    assert default.budget is not None
    assert default.budget / GIB == pytest.approx(40.96, abs=0.05)
    assert _gib(default, "weights") == pytest.approx(37.07, abs=0.03)
    assert 1.5 <= _gib(default, "kv_cache") <= 3.1
    assert default.verdict == "tight"
    fewer = _outcome(model, "L40S", "0.33.0", "awq", **more, max_num_seqs=64, enforce_eager=True)
    assert 3.0 <= _gib(fewer, "kv_cache") <= 3.5
    assert not fewer.refusal
    assert fewer.cache is not None
    assert fewer.cache.max_concurrency is not None
    assert fewer.cache.max_concurrency > 1


def test_a_context_that_nobody_chose_is_the_models() -> None:
    outcome = _outcome("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", "0.19.0")
    assert outcome.verdict == "does-not-fit"
    assert outcome.refusal.startswith("To serve at least one request with the model's max seq len (131072), (16.00 GiB")
    assert outcome.cache is not None
    assert outcome.cache.max_context is not None
    assert f"the estimated maximum model length is {outcome.cache.max_context}." in outcome.refusal
    assert _outcome("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", "0.19.0", max_model_len="8k").verdict == "fits"
    assert _outcome("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", "0.19.0", max_model_len=-1).verdict == "fits"


def test_it_refuses_in_its_own_words() -> None:
    uneven = _outcome("Qwen/Qwen2.5-7B-Instruct", "H100 SXM", count=8, tensor_parallel_size=8)
    assert uneven.refusal == "Total number of attention heads (28) must be divisible by tensor parallel size (8)."
    large = _outcome("meta-llama/Llama-3.1-70B-Instruct", "L40S")
    assert large.refusal.startswith("CUDA out of memory. Tried to allocate")
    full = _outcome("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", gpu_memory_utilization=0.6)
    assert full.refusal.startswith("No available memory for the cache blocks.")
    for outcome in (uneven, large, full):
        assert outcome.verdict == "does-not-fit"


def test_what_is_not_known_is_left_open() -> None:
    request = _request("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090")
    blind = _run(request._replace(cards=None))
    assert (blind.verdict, blind.unknown) == ("unknown", ("machine.gpus",))
    assert _gib(blind, "weights") > 14
    shapeless = _run(request._replace(model=Model("x", parameters=8_000_000_000), flags={"max-model-len": 8192}))
    assert shapeless.verdict == "unknown"
    assert shapeless.cache is not None
    assert shapeless.cache.capacity_tokens is None
    nothing = _run(request._replace(model=Model("x")))
    assert (nothing.verdict, nothing.unknown) == ("unknown", ("model.parameters",))


def test_the_printed_tokens_changed_their_meaning() -> None:
    old, new = (
        _outcome("google/gemma-3-27b-it", "H100 SXM", version, max_model_len=32768) for version in ("0.19.0", "0.33.0")
    )
    assert old.cache is not None
    assert new.cache is not None
    assert new.cache.capacity_tokens == int((new.cache.max_concurrency or 0) * 32768)
    assert (old.cache.capacity_tokens or 0) < (old.cache.max_concurrency or 0) * 32768


def test_the_workload_is_another_question_than_the_start() -> None:
    request = _request("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", "0.33.0", max_model_len=8192)
    outcome = _run(request._replace(context=8192, concurrency=64))
    assert outcome.verdict == "fits"
    assert outcome.cache is not None
    assert outcome.cache.needed_bytes == 64 * GIB
    assert any("fit at once, the rest wait" in remark for remark in outcome.remarks)


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_no_model_of_the_catalogue_is_too_strange(engine: str) -> None:
    base = _request("meta-llama/Llama-3.1-8B-Instruct", "H100 SXM", "0.33.0", count=8, tensor_parallel_size=2)
    module = registry.engine(engine)
    assert module is not None
    for line in (files("llmlint.catalog") / "data" / "models.jsonl").read_text(encoding="utf-8").splitlines():
        row = CATALOGUE.model(json.loads(line)["id"]).row
        assert row is not None
        outcome = module.outcome(base._replace(model=row, context=4096, concurrency=2))
        for item in (*outcome.gpu, *outcome.storage):
            assert item.bytes >= 0, (row.id, item)
            assert item.low is None or item.high is None or item.low <= item.bytes <= item.high, (row.id, item)


def test_lora_slots_and_offloading_move_the_cache() -> None:
    plain, lora, offloaded = (
        _gib(_outcome("meta-llama/Llama-3.1-8B-Instruct", "RTX 4090", "0.33.0", max_model_len=8192, **more), "kv_cache")
        for more in ({}, {"enable_lora": True, "max_lora_rank": 64, "max_loras": 4}, {"cpu_offload_gb": 4})
    )
    assert lora < plain
    assert offloaded == pytest.approx(plain + 4, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "context", "verdict"),
    [
        ("acme_q5", 16384, "fits"),
        ("acme_q5", 65536, "unknown"),
        ("acme_q5", 131072, "unknown"),
        ("fp8_x", 131072, "does-not-fit"),
    ],
)
def test_a_cache_of_unknown_width_is_judged_by_the_ends_of_what_it_may_be(
    kind: str, context: int, verdict: str
) -> None:
    outcome = _outcome(MODEL_8B, "L4", "0.33.0", max_model_len=context, kv_cache_dtype=kind)
    assert (outcome.verdict, outcome.unknown) == (verdict, ("precision.kv_cache",))
    assert outcome.cache is not None
    assert outcome.cache.capacity_tokens is None
    assert any(kind in remark for remark in outcome.remarks)


def test_a_layer_for_multi_token_prediction_keeps_a_cache_in_the_pool() -> None:
    model, at = "deepseek-ai/DeepSeek-R1", {"count": 8, "tensor_parallel_size": 8, "max_model_len": 8192}
    config = '{"method": "mtp", "num_speculative_tokens": 1}'
    plain, predicting = (
        _outcome(model, "H200", "0.19.0", "fp8", **at, **more) for more in ({}, {"speculative_config": config})
    )
    assert plain.cache is not None
    assert predicting.cache is not None
    assert (plain.cache.bytes_per_token or 0) * 62 == (predicting.cache.bytes_per_token or 0) * 61


@pytest.mark.parametrize(("method", "told"), [("ngram", False), ("suffix", False), ("eagle3", True), ("mtp", False)])
def test_what_drafts_without_weights_leaves_nothing_uncounted(method: str, told: bool) -> None:
    config = f'{{"method": "{method}", "num_speculative_tokens": 2}}'
    outcome = _outcome(MODEL_8B, "H100 SXM", "0.19.0", speculative_config=config)
    assert any("draft model" in remark for remark in outcome.remarks) == told


@pytest.mark.parametrize("name", ["vllm", "sglang", "tensorrt-llm", "tgi"])
def test_more_ranks_than_gpus_do_not_start_on_one_machine(name: str) -> None:
    size = {"sglang": "tp-size", "tgi": "num-shard"}.get(name, "tensor-parallel-size")
    request = _request(MODEL_8B, "L4", count=2)._replace(flags={size: 4, "max-model-len": 8192})
    engine = registry.engine(name)
    assert engine is not None
    alone, several = engine.outcome(request), engine.outcome(request._replace(spread=True))
    assert (alone.verdict, several.verdict) == ("does-not-fit", "fits")
    assert "World size (4)" in alone.refusal or alone.refusal == "CUDA error: invalid device ordinal"
