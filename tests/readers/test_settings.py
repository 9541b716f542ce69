"""Options from the environment."""

from __future__ import annotations

import pytest

from llmlint.engines.flag_table import table
from llmlint.plans import Spot
from llmlint.readers.settings import llamacpp_variables, words
from llmlint.readers.text import TextDocument
from llmlint.unit import Unit, Variable

HERE = Spot(TextDocument(""), ())


def said(engine: str, **environment: str) -> list[str]:
    """The words that variables become."""
    unit = Unit("x", "test", HERE)
    unit.environment = {name: Variable(name, value, HERE) for name, value in environment.items()}
    return [word.text for word in words(engine, unit)]


@pytest.mark.parametrize(
    ("engine", "name", "value", "expected"),
    [
        ("llama.cpp", "LLAMA_ARG_CTX_SIZE", "8192", ["--ctx-size", "8192"]),
        ("llama.cpp", "LLAMA_ARG_N_PARALLEL", "4", ["--parallel", "4"]),
        ("llama.cpp", "LLAMA_ARG_HF_REPO", "a/b", ["--hf-repo", "a/b"]),
        ("llama.cpp", "LLAMA_ARG_CPU_MOE", "1", ["--cpu-moe"]),
        ("llama.cpp", "LLAMA_ARG_CPU_MOE", "0", []),
        ("llama.cpp", "LLAMA_ARG_KV_OFFLOAD", "false", ["--no-kv-offload"]),
        ("llama.cpp", "LLAMA_ARG_NO_KV_OFFLOAD", "0", ["--no-kv-offload"]),
        ("llama.cpp", "LLAMA_ARG_FLASH_ATTN", "on", ["--flash-attn", "on"]),
        ("llama.cpp", "LLAMA_ARG_UNHEARD", "1", []),
        ("llama.cpp", "HF_TOKEN", "hf_x", []),
        ("tgi", "MODEL_ID", "a/b", ["--model-id", "a/b"]),
        ("tgi", "NUM_SHARD", "2", ["--num-shard", "2"]),
        ("tgi", "PATH", "/bin", []),
        ("ollama", "OLLAMA_CONTEXT_LENGTH", "8192", ["OLLAMA_CONTEXT_LENGTH=8192"]),
        ("vllm", "VLLM_MODEL", "a/b", []),
    ],
)
def test_a_variable_is_an_option(engine: str, name: str, value: str, expected: list[str]) -> None:
    assert said(engine, **{name: value}) == expected


def test_every_variable_of_llamacpp_is_an_option_of_its_table() -> None:
    known = table("llama.cpp")
    assert known is not None
    for name, (option, opposite) in llamacpp_variables().items():
        assert known.options(option), name
        assert not opposite or known.options(opposite), name
