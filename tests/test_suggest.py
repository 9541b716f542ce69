"""What is suggested passes, is small, and is found within bounds: every suggestion is linted again, from its diff."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.document import read
from llmlint.linting import Settings, lint
from llmlint.suggest import MOST, MOST_LINTS, MOST_LINTS_OF_A_FILE, Answer, suggest
from llmlint.suggest.arguments import argument
from llmlint.suggest.diff import unified

SETTINGS = Settings(RULES, Catalogue(), frozenset())
DEFAULT_CONTEXT = """\
# our box
model: meta-llama/Llama-3.1-8B-Instruct
workload: {context: 8192, concurrency: 4}
engine: vllm   # the newest
machine:
  gpus: [RTX 4090]   # one
"""
TWO_CARDS = """\
model: meta-llama/Llama-3.1-70B-Instruct
precision: fp16
workload:
  context: 32768
  concurrency: 4
engine:
  name: vllm
  version: 0.10.0
  args:
    - --enforce-eager
machine:
  gpus: [{name: RTX 4090, count: 2}]
"""
PLANS = {
    "default-context": DEFAULT_CONTEXT,
    "two-cards": TWO_CARDS,
    "windows": TWO_CARDS.replace("\n", "\r\n"),
    "no-last-line-break": TWO_CARDS.rstrip("\n"),
    "byte-order-mark": "\ufeff" + TWO_CARDS,
    "cloud": "model: meta-llama/Llama-3.1-70B-Instruct\nprecision: awq\nworkload: {context: 32768}\n"
    "engine: {name: vllm}\nmachine: aws/g6.xlarge\n",
    "ollama": "model: llama3.1:70b\nengine: {name: ollama, args: {num_gpu: 99}}\nmachine: {gpus: RTX 4090}\n",
    "llama.cpp": "model: meta-llama/Llama-3.1-8B-Instruct\nprecision: q8_0\nworkload: {context: 131072}\n"
    'engine: {name: llama.cpp, args: "-c 131072 -ngl 99 --fit off"}\nmachine: {gpus: [RTX 3060 12GB], ram: 32GB}\n',
    "sglang": "model: meta-llama/Llama-3.1-8B-Instruct\nworkload: {context: 131072}\n"
    "engine: {name: sglang, args: {mem_fraction_static: 0.5}}\nmachine: {gpus: [RTX 4090], ram: 32GB}\n",
    "rule-of-thumb": "model: {parameters: 70B}\nprecision: fp16\nmachine: {gpus: [{name: RTX 4090, count: 2}]}\n",
    "ram-and-storage": "model: {parameters: 7B}\nprecision: int4\n"
    "machine: {tier: professional, ram: 32GB, gpus: [RTX 4090], storage: {kind: nvme, free: 500GB}}\n",
    "json": '{"model": "meta-llama/Llama-3.1-8B-Instruct",\n "engine": "vllm",\n'
    ' "machine": {"gpus": ["RTX 4090"]}}\n',
    "declared-memory": "model: {parameters: 30B}\nprecision: int8\nmachine: {gpus: [{name: L4, memory: 24GB}]}\n",
}  # fmt: skip


def answers(text: str) -> list[Answer]:
    return suggest(text.encode(), "deploy.yaml", SETTINGS)


def only(text: str) -> Answer:
    (answer,) = answers(text)
    return answer


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest) -> str:
    return PLANS[request.param]


def test_every_suggestion_passes(plan: str) -> None:
    answer = only(plan)
    assert not answer.nothing_to_mend
    assert answer.suggestions, answer.why
    for one in answer.suggestions:
        result = lint(one.text.encode(), "deploy.yaml", SETTINGS)
        assert [found.rule for found in result.findings if found.severity == "error"] == []
        (again,) = suggest(one.text.encode(), "deploy.yaml", SETTINGS)
        assert again.nothing_to_mend
        assert one.verdict in ("fits", "tight")


def test_the_search_is_bounded_and_its_answers_differ(plan: str) -> None:
    answer = only(plan)
    assert answer.lints <= MOST_LINTS
    assert len(answer.suggestions) <= MOST
    parts = [set(one.title.split(", and ")) for one in answer.suggestions]
    assert not any(a < b for a in parts for b in parts), "one holds another"
    assert len({one.diff for one in answer.suggestions}) == len(parts)
    assert answer == only(plan), "and they are the same every time"


def test_git_applies_the_diffs(plan: str, tmp_path: Path) -> None:
    for one in only(plan).suggestions:
        (tmp_path / "deploy.yaml").write_bytes(plan.encode())
        subprocess.run(["git", "apply", "-"], input=one.diff.encode(), cwd=tmp_path, check=True, timeout=60)
        assert (tmp_path / "deploy.yaml").read_bytes() == one.text.encode()


def test_what_is_not_changed_stays_as_it_is(plan: str) -> None:
    for one in only(plan).suggestions:
        gone = [line[1:] for line in one.diff.split("\n")[2:] if line.startswith("-")]
        for line in plan.splitlines():
            assert line in one.text or line.strip("\ufeff") in "\n".join(gone)
        assert plan.count("#") == one.text.count("#")


def test_telling_the_engine_the_planned_context_comes_first() -> None:
    first = only(DEFAULT_CONTEXT).suggestions[0]
    assert "planned context of 8192" in first.title
    assert "engine: {name: vllm, args: [--max-model-len=8192]}   # the newest\n" in first.text
    assert first.max_context == 8192
    assert first.max_concurrency is not None
    assert f"{first.max_concurrency:.1f} requests" in first.buys


def test_arguments_come_before_cards_and_cards_before_machines() -> None:
    kinds = ["RTX 4090" in one.title or "GiB" in one.title for one in only(DEFAULT_CONTEXT).suggestions]
    assert kinds == sorted(kinds)


def test_nothing_to_mend() -> None:
    answer = only("model: {parameters: 8B}\nprecision: int4\nmachine: {gpus: [RTX 4090]}\n")
    assert answer.nothing_to_mend
    assert (answer.suggestions, answer.why, answer.lints) == ((), "", 1)


def test_what_no_change_mends_is_named() -> None:
    answer = only("model: GPT-4\nprecision: fp16\nmachine: {gpus: [RTX 4090]}\n")
    assert answer.suggestions == ()
    assert "model-not-downloadable" in answer.why


def test_only_the_failing_document_is_changed() -> None:
    good = "model: {parameters: 8B}\nprecision: int4\nmachine: {gpus: [RTX 4090]}\n"
    text = f"{good}---\n{DEFAULT_CONTEXT}"
    first, second = answers(text)
    assert first.nothing_to_mend
    assert second.document == 1
    assert all(one.text.startswith(f"{good}---\n") for one in second.suggestions)


def test_values_behind_an_alias_are_left_alone() -> None:
    text = (
        "x-card: &card {name: RTX 4090, count: 1}\nmodel: {parameters: 70B}\nprecision: &p fp16\nx-same: *p\n"
        "machine: {gpus: [*card]}\n"
    )
    for one in only(text).suggestions:
        assert read(one.text.encode()).documents[0].data["x-card"] == {"name": "RTX 4090", "count": 1}
        assert read(one.text.encode()).documents[0].data["x-same"] == "fp16"


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", "model: x\n".encode("utf-16"), b"model: [\n", b"- 1\n", b"model: {}\n"]
)
def test_odd_files_have_no_suggestions(data: bytes) -> None:
    assert all(not answer.suggestions for answer in suggest(data, "deploy.yaml", SETTINGS))


def test_a_file_in_another_encoding_is_not_edited() -> None:
    (answer,) = suggest(DEFAULT_CONTEXT.encode("utf-16"), "deploy.yaml", SETTINGS)
    assert answer.suggestions == ()
    assert "UTF-8" in answer.why


@pytest.mark.parametrize(
    "name", ["RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8", "llama3.1:70b-instruct-q8_0", "x/y-70B.Q8_0.gguf"]
)
def test_a_format_that_the_name_says_is_not_changed(name: str) -> None:
    text = f"model: {{id: '{name}', parameters: 70B}}\nengine: vllm\nmachine: {{gpus: [RTX 4090]}}\n"
    answer = only(text)
    assert not answer.nothing_to_mend
    assert not any("weights in" in one.title for one in answer.suggestions)


def test_misspelt_arguments_are_put_right_on_the_way() -> None:
    text = DEFAULT_CONTEXT.replace(
        "engine: vllm", "engine: {name: vllm, args: [--max-modellen=8192, --tensor-paralel-size=1]}"
    )
    (one,) = only(text).suggestions
    assert one.text == text.replace("modellen", "model-len").replace("paralel", "parallel")


def test_many_deployments_take_bounded_time() -> None:
    found = answers("---\n".join([TWO_CARDS] * 40))
    assert len(found) == 40
    assert sum(answer.lints for answer in found) <= MOST_LINTS_OF_A_FILE / 40 + 40
    assert "ended" in found[-1].why


def test_long_files_are_not_searched() -> None:
    answer = only(DEFAULT_CONTEXT + "#" * 100_001 + "\n")
    assert (answer.lints, answer.suggestions) == (1, ())
    assert "100,000 characters" in answer.why


def test_the_budget_ends_the_search() -> None:
    (answer,) = suggest(TWO_CARDS.encode(), "deploy.yaml", SETTINGS, lints=5)
    assert answer.lints == 5
    assert answer.suggestions == ()


@pytest.mark.parametrize(
    ("args", "name", "path", "value"),
    [
        (["--max-model-len=9"], "max-model-len", (0,), "--max-model-len=7"),
        (["--max-model-len", 9], "max-model-len", (1,), 7),
        (["--max-model-len", "9"], "max-model-len", (1,), "7"),
        (["--max-model-len 9"], "max-model-len", (0,), "--max-model-len 7"),
        (["--max_model_len=9", "--max-model-len=8"], "max-model-len", (1,), "--max-model-len=7"),
        (["-tp", 9], "tensor-parallel-size", (1,), 7),
        (["--seed=1"], "max-model-len", (1,), "--max-model-len=7"),
        ({"max_model_len": 9}, "max-model-len", ("max_model_len",), 7),
        ({"tensor_parallel_size": 9}, "max-model-len", ("max_model_len",), 7),
        ({"--seed": 9}, "max-model-len", ("--max-model-len",), 7),
        ("--max-model-len 9 --seed 1", "max-model-len", (), "--max-model-len 7 --seed 1"),
        ("vllm serve x --seed 1 ", "max-model-len", (), "vllm serve x --seed 1 --max-model-len 7 "),
        (None, "max-model-len", (), ["--max-model-len=7"]),
        ([], "max-model-len", (), ["--max-model-len=7"]),
    ],
)
def test_an_argument_is_set_where_it_is_written(
    args: object, name: str, path: tuple[str | int, ...], value: object
) -> None:
    changes = argument("vllm", args, None, name, "7")  # type: ignore[arg-type]
    assert changes is not None
    assert [(change.path[2:], change.value) for change in changes] == [(path, value)]


def test_an_argument_in_two_words_is_added_in_two() -> None:
    changes = argument("llama.cpp", ["-np", 4], None, "ctx-size", "7")
    assert changes is not None
    assert [(change.path[2:], change.value) for change in changes] == [((2,), "--ctx-size"), ((3,), 7)]


def test_there_is_no_such_argument() -> None:
    assert argument("vllm", [], None, "no-such-thing", "7") is None
    assert argument("nothing", [], None, "max-model-len", "7") is None


@pytest.mark.parametrize("name", ["a b.yaml", 'quo"te.yaml', "tab\there.yaml", "über.yaml", "dir/deploy.yaml"])
@pytest.mark.parametrize(
    ("before", "after"), [("a\nb\n", "a\nc\n"), ("a", "b"), ("a\r\nb", "a\r\nc"), ("a\n", "a\n\u2028b")]
)
def test_git_takes_diffs_of_any_name_and_ending(name: str, before: str, after: str, tmp_path: Path) -> None:
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(before.encode())
    diff = unified(before, after, name)
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True, timeout=60)
    assert place.read_bytes() == after.encode()


# Properties: any plan, in either style.

MODELS = st.sampled_from(
    [
        "meta-llama/Llama-3.1-70B-Instruct",
        "meta-llama/Llama-3.1-8B-Instruct",
        "Qwen/Qwen3-30B-A3B",
        "openai/gpt-oss-120b",
        "llama3.1:70b",
        "nobody/knows-7B",
        "GPT-4",
        {"parameters": "13B"},
    ]
)
ENGINES = st.one_of(
    st.none(),
    st.sampled_from(["vllm", "sglang", "llama.cpp", "ollama", "tgi"]),
    st.fixed_dictionaries(
        {"name": st.sampled_from(["vllm", "sglang"])},
        optional={
            "version": st.sampled_from(["0.8.5", "0.33.0", "0.5.1"]),
            "args": st.sampled_from(
                [
                    ["--tensor-parallel-size=2"],
                    ["--max-model-len", 100000, "--tp", "3"],
                    {"gpu_memory_utilization": 0.99},
                    "--max-model-len 131072 --max-num-seqs 512",
                    ["--nonsense"],
                    [],
                    "",
                    {},
                    {"kv-cache-dtype": "auto"},
                ]
            ),
        },
    ),
)
MACHINES = st.one_of(
    st.sampled_from(["aws/g6.xlarge", "gcp/a2-highgpu-1g", "nobody/knows"]),
    st.fixed_dictionaries(
        {},
        optional={
            "gpus": st.sampled_from(
                [
                    "RTX 4090",
                    [],
                    ["L4", "L4"],
                    [{"name": "RTX 3060 12GB", "count": 2}],
                    {"memory": "24GB"},
                    ["Apple M2 Max"],
                    ["MI300X"],
                ]
            ),
            "ram": st.sampled_from(["8GB", "64GB"]),
            "tier": st.sampled_from(["entry", "mid", "professional"]),
            "storage": st.sampled_from(
                ["100GB", {"free": "50GB"}, {"kind": "hdd", "free": "50GB", "capacity": "60GB"}]
            ),
            "instance": st.just("aws/g6.xlarge"),
            "shared": st.just("box"),
        },
    ),
)
DEPLOYMENTS = st.fixed_dictionaries(
    {"model": MODELS, "machine": MACHINES},
    optional={
        "engine": ENGINES,
        "precision": st.sampled_from(["fp16", "fp32", "q8_0", {"weights": "fp16", "kv_cache": "fp8"}, {}, None]),
        "workload": st.sampled_from(
            [{"context": 8192, "concurrency": 16}, {"context": 500000}, {"offload": "cpu"}, {}, None]
        ),
    },
)


@settings(max_examples=60)
@given(DEPLOYMENTS, st.booleans())
def test_whatever_is_suggested_passes(data: dict[str, Any], flow: bool) -> None:
    if flow:
        text = json.dumps(data) + "\n"
    else:
        text = "".join(f"{key}: {json.dumps(value)}  # {key}\n" for key, value in data.items())
    for answer in suggest(text.encode(), "deploy.yaml", SETTINGS, lints=60):
        assert answer.lints <= 60
        assert bool(answer.why) == (not answer.nothing_to_mend and not answer.suggestions)
        for one in answer.suggestions:
            found = lint(one.text.encode(), "deploy.yaml", SETTINGS).findings
            assert [finding.rule for finding in found if finding.severity == "error"] == []
            assert one.text.count("#") == text.count("#")
            assert one.diff
