"""What is known of a model by its name, its files and the file's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.asked import facts_of


@pytest.mark.parametrize(
    ("model", "billions"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", 8),
        ("meta-llama/Llama-3.2-3B-Instruct", 3),
        ("google/gemma-7b", 7),
        ("Qwen/Qwen3-VL-8B-Instruct", 8),
        ("Qwen/Qwen3-30B-A3B", 30),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", 47),
        ("Qwen/Qwen2.5-0.5B", 0.5),
        ("{parameters: 8.03B}", 8.03),
        ("{id: meta-llama/Llama-3.1-8B-Instruct, parameters: 9B}", 9),
        ("acme/house-model-8b", None),
    ],
)
def test_nominal_size(model: str, billions: float | None) -> None:
    assert facts_of(f"model: {model}\nmachine: {{}}\n").model.nominal_billions == billions


@pytest.mark.parametrize(
    ("model", "stated", "agrees"),
    [
        ("{id: meta-llama/Llama-3.1-8B-Instruct, parameters: 8B}", True, True),
        ("{id: meta-llama/Llama-3.1-8B-Instruct, parameters: 7B}", True, False),
        ("{id: google/gemma-7b, parameters: 7B}", True, True),
        ("{id: mistralai/Mixtral-8x7B-Instruct-v0.1, parameters: 56B}", True, False),
        ("{id: acme/house-model, parameters: 7B}", True, True),
        ("LLaMA-70B", True, True),
        ("meta-llama/Llama-3.1-8B-Instruct", False, True),
    ],
)
def test_agreement_with_the_catalogue(model: str, stated: bool, agrees: bool) -> None:
    facts = facts_of(f"model: {model}\nmachine: {{}}\n")
    assert (facts.model.stated_parameters is not None, facts.model.agrees) == (stated, agrees)


@pytest.mark.parametrize("key", ["id", "path"])
def test_files_that_lie_elsewhere_are_known_by_their_name(key: str) -> None:
    name = "/models/Llama-3.1-8B-Instruct.Q4_K_M.gguf"
    facts = facts_of(f"model: {{{key}: {name}}}\nmachine: {{}}\n")
    assert (facts.model.parameters, facts.precision.weights) == (8_030_261_248, "q4_k_m")
    assert (facts.model.is_local, facts.model.basis, facts.storage.needed) == (True, "derived-from-name", 0)


def test_files_that_lie_nowhere_and_tell_nothing(tmp_path: Path) -> None:
    facts = facts_of("model: ./house-model\nmachine: {}\n", str(tmp_path / "deploy.yaml"))
    assert (facts.model.status, facts.model.parameters) == ("unknown", None)
    assert "does not exist" in facts.model.ignorance


def test_candidates_that_agree_on_the_kind_of_model_are_used() -> None:
    assert facts_of("model: deepseek-r1:8b\nmachine: {}\n").model.category == "reasoning"


@pytest.mark.parametrize(
    ("precision", "model", "few"),
    [
        ("int8", "{parameters: 8B}", False),
        ("int4", "{parameters: 8B}", True),
        ("q5_0", "{parameters: 8B}", False),
        ("q4_1", "{parameters: 8B}", True),
        ("mxfp4", "openai/gpt-oss-20b", False),
        ("int4", "openai/gpt-oss-20b", True),
    ],
)
def test_bits_that_may_cost_accuracy(precision: str, model: str, few: bool) -> None:
    assert facts_of(f"model: {model}\nprecision: {precision}\n").precision.few_bits is few


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("precision: fp16\nmachine: {gpus: [L4]}\n", "precision int8 (16.1 GB), or 2 × L4 (48.0 GiB)"),
        ("precision: fp16\nengine: ollama\nmachine: {gpus: [L4]}\n", "precision q8_0 (17.1 GB), or 2 × L4 (48.0 GiB)"),
        (
            "precision: q8_0\nmachine: {gpus: [RTX 3060 12GB]}\n",
            "precision q5_k_m (11.5 GB), or 2 × RTX 3060 12GB (24.0 GiB)",
        ),
        ("precision: int4\nmachine: {gpus: [{memory: 4GB}]}\n", "2 × GPU (8.0 GiB)"),
        ("precision: fp16\nmachine: {gpus: [], ram: 24GB}\n", "precision int8 (16.1 GB), or ram 32GB"),
        ("precision: fp16\nmachine: {cpu: Apple M2, ram: 24GB}\n", "precision int8 (16.1 GB)"),
        ("precision: int4\nmachine: {cpu: Apple M1 Max, ram: 8GB}\n", "ram 32GB"),
        (
            "precision: fp16\nmachine: aws/g6.xlarge\n",
            "precision int8 (16.1 GB), or instance aws/g6.12xlarge (4 × L4, 96.0 GiB)",
        ),
        (
            "precision: fp16\nmachine: {instance: aws/g6.xlarge, gpus: []}\n",
            "precision int8 (16.1 GB), or instance aws/g6.2xlarge (32.0 GiB of RAM)",
        ),
    ],
)
def test_the_smallest_change_that_fits(text: str, change: str) -> None:
    assert facts_of(f"model: {{parameters: 14B}}\n{text}").estimate.change == change
