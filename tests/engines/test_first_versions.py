"""The tables of first versions: their form, what was read in the releases themselves, and how they are looked up."""

from __future__ import annotations

import pytest

from llmlint.engines.first_versions import ENGINES, judged, lacking, names, release, table
from llmlint.engines.versions import parsed

READ = (
    ("vllm", "Qwen3ForCausalLM", (0, 8, 4)),
    ("vllm", "GptOssForCausalLM", (0, 10, 1)),
    ("vllm", "Gemma3ForCausalLM", (0, 8, 0)),
    ("vllm", "DeepseekV3ForCausalLM", (0, 6, 6)),
    ("vllm", "LlamaForCausalLM", ()),
    ("sglang", "Qwen3ForCausalLM", (0, 4, 5)),
    ("sglang", "GptOssForCausalLM", (0, 5, 1)),
    ("sglang", "Llama4ForConditionalGeneration", (0, 4, 5)),
    ("llama.cpp", "gemma3", (4980,)),
    ("llama.cpp", "gpt-oss", (6122,)),
    ("transformers", "Qwen3ForCausalLM", (4, 51, 0)),
    ("transformers", "GptOssForCausalLM", (4, 55, 0)),
    ("mlx", "gpt_oss", (0, 26, 3)),
    ("mlx", "plainly-not-a-model", None),
)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_is_in_order(engine: str) -> None:
    known = table(engine)
    rows = [line.split("\t") for line in known.text.splitlines() if not line.startswith("#")]
    assert list(known.samples) == sorted(set(known.samples))
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    firsts = [known.first(name) for name, _ in rows]
    assert all(first == () or first in known.samples[1:] for first in firsts)
    assert known.fallbacks(known.samples[:1]) == []


@pytest.mark.parametrize(("engine", "name", "first"), READ)
def test_what_was_read(engine: str, name: str, first: tuple[int, ...] | None) -> None:
    assert table(engine).first(name) == first


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_what_falls_back_asks_for_some_transformers(engine: str) -> None:
    known = table(engine)
    spans = known.fallbacks(known.samples)
    assert spans
    assert all(least and (not limit or least < limit) for least, limit in spans)


def test_names_of_a_model_type() -> None:
    assert {"ExaoneMoEForCausalLM", "ExaoneMoeForCausalLM"} <= set(names("vllm", "exaone_moe"))
    assert "deepseek2" in names("llama.cpp", "kimi_k2")
    assert names("vllm", "plainly-not-a-model") == ()
    assert not judged("vllm", "plainly-not-a-model")
    assert not judged("tgi", "llama")


@pytest.mark.parametrize(
    ("engine", "model_type", "version", "lacks"),
    [
        ("vllm", "qwen3", "0.8.3", True),
        ("vllm", "qwen3", "v0.8.4rc1", False),
        ("vllm", "qwen3", "0.3.0", True),
        ("vllm", "llama", "0.2.0", False),
        ("vllm", "qwen3", "99.0", False),
        ("vllm", "plainly-not-a-model", "0.4.0", False),
        ("sglang", "gpt_oss", "0.5.0", False),  # between 0.4.10 without and 0.5.1 with it
        ("sglang", "qwen3", "0.4.4.post1", True),
        ("llama.cpp", "qwen3", "b4980", True),
        ("llama.cpp", "qwen3", "b5000", False),  # between two builds
        ("llama.cpp", "qwen3", "0.3.5", False),  # of llama-cpp-python
        ("llama.cpp", "qwen3moe", "4600", True),  # as a GGUF file names it
        ("mlx", "qwen3", "0.23.2", True),
        ("tgi", "qwen3", "1.0", False),
    ],
)
def test_what_a_version_lacks(engine: str, model_type: str, version: str, lacks: bool) -> None:
    numbers = parsed(version)
    assert numbers is not None
    assert (lacking(engine, model_type, numbers) is not None) is lacks


def test_by_way_of_transformers() -> None:
    before, open_ended = lacking("vllm", "qwen3", (0, 7, 1)), lacking("vllm", "qwen3", (0, 8, 2))
    pinned, covered = lacking("sglang", "gpt_oss", (0, 4, 9)), lacking("vllm", "smollm3", (0, 10, 0))
    assert before is not None
    assert not before.falls_back
    assert open_ended is not None
    assert open_ended.falls_back
    assert not open_ended.excluded
    assert not open_ended.always
    assert pinned is not None
    assert pinned.excluded
    assert covered is not None
    assert covered.always


def test_releases_as_they_are_written() -> None:
    assert release("llama.cpp", (5590,)) == "b5590"
    assert release("vllm", (0, 8, 4)) == "0.8.4"
