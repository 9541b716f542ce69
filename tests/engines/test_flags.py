"""Arguments as each engine's parser reads them, in every form that a file may give them."""

from __future__ import annotations

import json
import shlex
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmlint.engines.flag_near import TWINS
from llmlint.engines.flag_table import GRAMMARS, Table, table, version_of
from llmlint.engines.flags import Flags, parse

ENGINES = sorted(GRAMMARS)
NEW = (0, 33, 0)


def kinds(flags: Flags) -> list[tuple[str, object]]:
    return [(problem.kind, problem.index) for problem in flags.problems]


@pytest.mark.parametrize(
    "args",
    [
        ["--tensor-parallel-size=2", "--enforce-eager", "--gpu-memory-utilization", "0.9", "--max_model_len", "32k"],
        ["--tensor-parallel-size 2", "--enforce-eager", "--gpu-memory-utilization 0.9", "--max-model-len=32k"],
        ["-tp", 2, "--enforce-eager", "--gpu-memory-utilization", 0.9, "--max-model-len", 32000],
        "vllm serve some/model -tp 2 --enforce-eager --gpu-memory-utilization 0.9 --max-model-len 32k",
        "python3 -m vllm.entrypoints.openai.api_server -tp=2 \\\n --enforce-eager --gpu-memory-util 0.9 --max-mod=32k",
        {"tensor_parallel_size": 2, "enforce-eager": True, "gpu-memory-utilization": 0.9, "--max-model-len": "32k"},
        {"tp": "2", "enforce_eager": None, "gpu_memory_utilization": "0.9", "max_model_len": 32000},
    ],
)
def test_every_form_says_the_same(args: Any) -> None:
    assert parse("vllm", args, NEW) == Flags(
        {"tensor-parallel-size": 2, "enforce-eager": True, "gpu-memory-utilization": 0.9, "max-model-len": 32000}
    )


def test_values_have_the_engine_s_types() -> None:
    args = [
        "--no-enable-prefix-caching",
        "-O3",
        "--compilation-config.mode=3",
        "-cc.pass_config.fuse_norm_quant",
        "true",
        "--speculative-config",
        '{"method": "mtp", "num_speculative_tokens": 2}',
        "--api-key",
        "a",
        "b",
        "--max-model-len",
        "auto",
        "--max-num-batched-tokens=8K",
    ]
    assert parse("vllm", args, NEW) == Flags(
        {
            "enable-prefix-caching": False,
            "optimization-level": "3",
            "compilation-config": {"mode": 3, "pass_config": {"fuse_norm_quant": True}},
            "speculative-config": {"method": "mtp", "num_speculative_tokens": 2},
            "api-key": ["a", "b"],
            "max-model-len": -1,
            "max-num-batched-tokens": 8192,
        }
    )


def test_words_give_json_back_as_text() -> None:
    flags = parse("vllm", {"speculative_config": {"method": "mtp"}, "enforce-eager": True, "max-num-seqs": 8}, NEW)
    assert flags.words() == {"speculative-config": '{"method": "mtp"}', "enforce-eager": True, "max-num-seqs": "8"}


@pytest.mark.parametrize(
    ("engine", "version", "args", "kind", "index", "words"),
    [
        ("vllm", NEW, ["--enforce-eager", "--maxmodellen", "3"], "unknown", 1, "--max-model-len"),
        ("vllm", NEW, ["--tp=2"], "unknown", 0, "-tp"),
        ("vllm", NEW, {"ctx_size": 8192}, "unknown", "ctx_size", "--max-model-len"),
        ("sglang", None, ["--gpu-memory-utilization=0.9"], "unknown", 0, "--mem-fraction-static"),
        ("vllm", NEW, ["--swap-space", "4"], "removed", 0, "0.19.0"),
        ("vllm", (0, 12), ["--guided-decoding-backend=auto"], "removed", 0, "--structured-outputs-config.backend"),
        (
            "vllm",
            (0, 10, 2),
            {"async_scheduling": True, "attention-backend": "X"},
            "unknown",
            "attention-backend",
            "came",
        ),
        ("vllm", NEW, "--gpu-memory-utilization 92", "invalid", None, "above 0 and at most 1"),
        ("vllm", NEW, ["--max-num-seqs", "many"], "invalid", 0, "a whole number"),
        ("vllm", NEW, ["--max-num-batched-tokens", "1.5K"], "invalid", 0, "1.5k"),
        ("vllm", NEW, ["--enforce-eager=true"], "invalid", 0, "takes no value"),
        ("vllm", NEW, ["--max-model-len"], "missing", 0, "lacks"),
        ("vllm", NEW, ["--max-model-len", "--enforce-eager"], "missing", 0, "lacks"),
        ("vllm", NEW, ["--speculative-config={method: mtp}"], "invalid", 0, "JSON"),
        ("sglang", (0, 5, 23), ["--mem_fraction_static=0.8"], "unknown", 0, "--mem-fraction-static"),
        ("sglang", (0, 5, 23), ["--cuda-graph-max-bs", "8"], "removed", 0, "--cuda-graph-max-bs-decode"),
        ("sglang", (0, 5, 23), ["--kv-cache-dtype", "fp9"], "invalid", 0, "fp8_e5m2"),
        ("sglang", (0, 5, 23), ["stray"], "unknown", 0, "stray"),
        ("llama.cpp", None, ["--ctx-size=4096"], "unknown", 0, "--ctx-size 4096"),
        ("llama.cpp", (7000,), ["-fa", "-ngl"], "invalid", 0, "on, off or auto"),
        ("llama.cpp", None, ["-ngl", "most"], "invalid", 0, "auto or all"),
        ("llama.cpp", None, ["--no-mmap"], "removed", 0, "--load-mode"),
        ("ollama", None, {"num_ctxt": 8192}, "unknown", "num_ctxt", "num_ctx"),
        ("ollama", (0, 9), {"low_vram": True}, "removed", "low_vram", "0.7.0"),
        ("tgi", None, ["--quantize", "awq4"], "invalid", 0, "bitsandbytes-nf4"),
        ("tensorrt-llm", None, ["--max_batchsize", "4"], "unknown", 0, "--max_batch_size"),
        ("mlx", None, ["--kv-bits=4"], "unknown", 0, "--kv-bits"),
        ("transformers", None, ["--cb-blocksize", "4"], "unknown", 0, "--cb-block-size"),
    ],
)
def test_a_problem_names_the_argument(  # noqa: PLR0917
    engine: str, version: Any, args: Any, kind: str, index: object, words: str
) -> None:
    (problem,) = parse(engine, args, version).problems
    assert (problem.kind, problem.index) == (kind, index)
    assert words in f"{problem.message} {problem.suggestion}"


@pytest.mark.parametrize(
    ("engine", "version", "args"),
    [
        ("vllm", (0, 17, 5), ["--swap-space", "4"]),  # dropped between 0.16.0 and 0.19.0: either may hold
        ("vllm", (0, 5, 0), ["--kv-sharing-fast-prefill"]),  # older than any version looked at
        ("vllm", (0, 10, 2), ["--disable-log-requests", "--enable-chunked-prefill"]),
        ("vllm", NEW, ["serve", "some/model", "--disable-prefix-caching"]),
        ("sglang", (0, 5, 23), ["--tp", "2", "--host", "0.0.0.0", "--chunked-prefill-size", "-1"]),
        (
            "llama.cpp",
            None,
            ["-m", "-odd-name.gguf", "-ngl", "-1", "-nocb", "--cache_type_k", "q8_0", "--no-kv-unified"],
        ),
        ("llama.cpp", (6000,), ["--no-mmap", "--mlock"]),  # nobody has looked at which build they went
        ("ollama", None, ["OLLAMA_NUM_PARALLEL=4", "num-ctx=8192"]),
        ("tgi", (2, 4, 1), ["--sharded", "true", "--model-id=x", "-p", "80"]),
        ("tensorrt-llm", None, "trtllm-serve some/model --tp_size 2 --max-batch-size 8"),
    ],
)
def test_what_the_engine_takes_is_no_problem(engine: str, version: Any, args: Any) -> None:
    assert parse(engine, args, version).problems == ()


def test_variables_are_not_judged_and_their_defaults_are_read() -> None:
    args = ["--nnodes", "$(LWS_GROUP_SIZE)", "--tp=${TP:-2}", "--mem-fraction-static", "{{ .Values.memory }}"]
    hidden = {"nnodes": "$(LWS_GROUP_SIZE)", "mem-fraction-static": "{{ .Values.memory }}"}
    assert parse("sglang", args, None) == Flags({"tp-size": 2}, refused=hidden)


def test_a_beginning_that_later_became_a_name() -> None:
    assert parse("sglang", ["--model", "some/model"], (0, 4, 6)) == Flags({"model-path": "some/model"})


def test_a_removed_or_misspelled_option_still_gives_its_value() -> None:
    assert parse("sglang", ["--cuda-graph-max-bs=8", "--mem_fraction_static", "0.8"], None).values == {
        "cuda-graph-max-bs": 8,
        "mem-fraction-static": 0.8,
    }


def test_the_last_of_repeated_options_counts() -> None:
    assert parse("vllm", ["-tp", "2", "--tensor-parallel-size", "4"], NEW).values == {"tensor-parallel-size": 4}
    assert parse("vllm", ["--middleware", "a", "--middleware=b"], NEW).values == {"middleware": ["a", "b"]}


def test_defaults_that_changed_are_told_apart() -> None:
    options = known("vllm").options("--gpu-memory-utilization")
    assert {o.default for o, _ in options if known("vllm").alive(o, (0, 12, 0))} == {"0.9"}
    assert {o.default for o, _ in options if known("vllm").alive(o, None)} == {"0.92"}


def known(engine: str) -> Table:
    found = table(engine)
    assert found is not None
    return found


def test_what_other_engines_call_it_exists() -> None:
    for names in TWINS:
        for engine, name in names.items():
            assert known(engine).options(name if known(engine).grammar.bare else "--" + name), (engine, name)


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_are_whole(engine: str) -> None:
    data = known(engine)
    lines = [line for line in data.text.split("\n") if line and not line.startswith("#")]
    options = data.all()
    assert len(options) == len(lines)
    assert [option.name for option in options] == sorted(option.name for option in options)
    for option in options:
        assert option.default == "?" or json.loads(option.default) is not ...
        assert not option.since or not option.removed or version_of(option.since) < version_of(option.removed)
        assert (option, False) in data.options(("" if data.grammar.bare else "--") + option.name)


def test_loading_a_table_is_cheap() -> None:
    times = []
    for _ in range(5):
        table.cache_clear()
        begun = time.perf_counter()
        table("vllm")
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.001


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=30)
spelled = st.sampled_from(
    ["--tp", "-O", "--max-model-len", "-cc.x.y+", "--", "-", "--=", "-fa", "num_ctx", "--no-x", "-1"]
)
anything = st.recursive(
    scalars | spelled,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
keys = spelled | st.text(max_size=12)
versions = st.none() | st.lists(st.integers(0, 40), max_size=3).map(tuple)


@given(
    st.sampled_from(ENGINES),
    st.lists(anything, max_size=6) | st.dictionaries(keys, anything, max_size=5) | st.text(),
    versions,
)
@settings(max_examples=300)
def test_nothing_raises(engine: str, args: Any, version: Any) -> None:
    flags = parse(engine, args, version)
    flags.words()
    for problem in flags.problems:
        assert problem.message
        assert not isinstance(args, str) or problem.index is None
        assert not isinstance(args, list) or (isinstance(problem.index, int) and problem.index < len(args))


WHOLE = ["max-num-seqs", "tensor-parallel-size", "pipeline-parallel-size", "max-model-len"]
pairs = st.dictionaries(st.sampled_from(WHOLE), st.integers(-3, 10**6), min_size=1)


@given(pairs, st.booleans(), st.booleans())
def test_forms_agree(values: dict[str, int], underscores: bool, equals: bool) -> None:
    def name(key: str) -> str:
        return "--" + (key.replace("-", "_") if underscores else key)

    words = [w for k, v in values.items() for w in ([f"{name(k)}={v}"] if equals else [name(k), str(v)])]
    as_list, as_text, as_map = parse("vllm", words), parse("vllm", shlex.join(words)), parse("vllm", dict(values))
    assert as_list.values == as_text.values == as_map.values
    assert [p.kind for p in as_list.problems] == [p.kind for p in as_text.problems] == [p.kind for p in as_map.problems]


def test_a_value_of_another_version_is_no_fault_where_no_version_is_named() -> None:
    argument = ["--kv-cache-dtype=fp4_e2m1"]
    assert parse("sglang", argument).values == {"kv-cache-dtype": "fp4_e2m1"}
    assert not parse("sglang", argument).problems
    assert [problem.kind for problem in parse("sglang", argument, (0, 5, 23)).problems] == ["invalid"]
    assert [problem.kind for problem in parse("sglang", ["--kv-cache-dtype=fp9"]).problems] == ["invalid"]


@pytest.mark.parametrize(("word", "value"), [("off", False), ("on", True)])
def test_a_value_that_newer_builds_take_is_read_behind_an_older_switch(word: str, value: bool) -> None:
    flags = parse("llama.cpp", ["--flash-attn", word, "-c", "8192"], (5000,))
    assert flags.values == {"flash-attn": value, "ctx-size": 8192}
    assert [problem.kind for problem in flags.problems] == ["invalid"]
