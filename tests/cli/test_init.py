"""`llmlint init`: whatever is answered, the file it writes fits the schema and says what was answered."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from llmlint import document
from llmlint.cli.deployment_text import Answers, deployment_text, scalar
from llmlint.cli.init import _wrong
from llmlint.linting import read_plans
from llmlint.precision import FORMATS
from llmlint.resources import schema_text

from .command import INSTALLED, installed, llmlint

MODEL = "meta-llama/Llama-3.1-8B-Instruct"
texts = st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable())
AWKWARD = """true null ~ 1e3 0x10 .5 1_000 12:30 - [a] {a a} a,b *a &a !a %a @a `a ' " a' --- ... = << .inf NaN ? a:"""
awkward = st.sampled_from([*AWKWARD.split(), "a: b", "a #b", "- a", "a ", " a", "2026-01-01"])
amounts = st.sampled_from(["64GB", "16 GB", "24GiB", "1.5TB", "512MB"])


@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(st.one_of(texts, awkward))
def test_texts_read_back_as_they_were(text: str) -> None:
    for written in (f"a: {scalar(text)}   # note\n", f"a: [{{b: {scalar(text)}, c: 1}}]\n"):
        source = document.read(written.encode())
        assert not source.problems
        data = source.documents[0].data
        assert data in ({"a": text}, {"a": [{"b": text, "c": 1}]})


@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(
    model=st.one_of(st.just(MODEL), texts, awkward),
    precision=st.one_of(st.none(), st.sampled_from(sorted(FORMATS))),
    engine=st.one_of(st.none(), st.sampled_from(["vllm", "llama.cpp", "ollama"])),
    context=st.one_of(st.none(), st.integers(1, 10**6)),
    concurrency=st.one_of(st.none(), st.integers(1, 1000)),
    instance=st.one_of(st.none(), st.just("aws/g6.xlarge"), texts),
    gpu=st.one_of(st.none(), st.just("RTX 4090"), texts, awkward),
    gpu_count=st.integers(1, 64),
    ram=st.one_of(st.none(), amounts),
    storage=st.one_of(st.none(), amounts),
    tier=st.one_of(st.none(), st.sampled_from(["entry", "mid", "professional"])),
)
def test_what_is_written_lints_without_schema_findings(**answers: object) -> None:
    given_ = Answers(**answers)  # type: ignore[arg-type]
    text = deployment_text(given_, ".llmlint/deployment.schema.json")
    read = read_plans(text.encode(), "deploy.yaml", named=False)
    assert read.findings == []
    (plan,) = read.plans
    assert plan.document.data["model"] == given_.model
    assert plan.document.data["machine"].get("ram") == given_.ram
    if given_.gpu is not None:
        assert plan.document.data["machine"]["gpus"] == [{"name": given_.gpu, "count": given_.gpu_count}]


@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30), st.sampled_from(["precision", "engine", "ram", "storage", "gpu", "model", "instance"]))
def test_what_does_not_fit_is_refused_and_nothing_else(text: str, field: str) -> None:
    answers = Answers("x")._replace(**{field: text})  # type: ignore[arg-type]
    written = deployment_text(answers).encode("utf-8", "surrogatepass")
    read = read_plans(written, "deploy.yaml")
    assume(field != "model" or text)
    assert bool(_wrong(answers)) == bool(read.findings)


def test_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    flags = ["--model", MODEL, "--precision", "int4", "--engine", "vllm", "--gpu", "L4", "--gpu-count", "2"]
    code, out, err = llmlint("init", *flags, "--ram", "64GB", "--storage", "1TB", "--tier", "mid", "--context", "4096")
    assert (code, err) == (0, "")
    assert out.endswith("next: llmlint deploy.yaml\n")
    text = (tmp_path / "deploy.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=.llmlint/deployment.schema.json\n")
    schema = tmp_path / ".llmlint" / "deployment.schema.json"
    assert schema.read_text(encoding="utf-8") == schema_text("deployment")
    assert llmlint(".").code in (0, 1)
    assert json.loads(llmlint("--format", "json", ".").out)["summary"]["files"] == 1
    assert sorted(os.listdir(tmp_path)) == [".llmlint", "deploy.yaml"]


def test_to_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = llmlint("init", "-", "--model", MODEL)
    assert code == 0
    assert read_plans(out.encode(), "x.yaml").findings == []
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "deploy.yaml"
    file.write_text("mine", encoding="utf-8")
    code, _, err = llmlint("init", file, "--model", MODEL)
    assert (code, err) == (2, f"llmlint: {file} is there already; --force replaces it\n")
    assert file.read_text(encoding="utf-8") == "mine"
    assert llmlint("init", file, "--model", MODEL, "--force").code == 0
    assert file.read_text(encoding="utf-8") != "mine"
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    assert llmlint("init", tmp_path / "dangling.yaml", "--model", MODEL).code == 2


@pytest.mark.parametrize("answer", [["--ram", "64"], ["--precision", "int5"], ["--context", "0"]])
def test_answers_that_do_not_fit_write_nothing(answer: list[str], tmp_path: Path) -> None:
    code, out, err = llmlint("init", tmp_path / "deploy.yaml", "--model", MODEL, *answer)
    assert (code, out) == (2, "")
    assert err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("file", ["file/deploy.yaml", "folder", "new/", "x" * 300])
def test_what_cannot_be_written_leaves_nothing_half(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    code, out, err = llmlint("init", file, "--model", MODEL, "--force")
    assert (code, out) == (2, "")
    assert err.startswith("llmlint: ")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_schema_that_cannot_be_written_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".llmlint").touch()
    assert llmlint("init", "--model", MODEL).code == 2
    assert os.listdir(tmp_path) == [".llmlint"]


def test_nobody_there_to_ask(tmp_path: Path) -> None:
    outcome = installed("init", folder=tmp_path)
    assert outcome.code == 2
    assert outcome.err == f"llmlint: name the model: llmlint init --model {MODEL}\n"
    assert os.listdir(tmp_path) == []


class Terminal:
    """The command in a terminal, and somebody who answers."""

    def __init__(self, *words: str, folder: Path) -> None:
        self.ours, theirs = pty.openpty()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
        try:
            self.process = subprocess.Popen(
                [INSTALLED, *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, start_new_session=True
            )
        finally:
            signal.signal(signal.SIGINT, before)
        os.close(theirs)
        self.seen = ""

    def until(self, text: str) -> None:
        """Wait for a question."""
        deadline = time.monotonic() + 30
        while text not in self.seen:
            ready, _, _ = select.select([self.ours], [], [], max(deadline - time.monotonic(), 0))
            assert ready, self.seen
            try:
                data = os.read(self.ours, 4096)
            except OSError:  # what a terminal gives whose other side was closed
                data = b""
            assert data, self.seen
            self.seen += data.decode()
        self.seen = self.seen.partition(text)[2]

    def answer(self, question: str, text: str) -> None:
        self.until(question)
        os.write(self.ours, text.encode())

    def code(self) -> int:
        found = self.process.wait(timeout=30)
        os.close(self.ours)
        return found


def test_asking(tmp_path: Path) -> None:
    terminal = Terminal("init", folder=tmp_path)
    terminal.answer("Model", "\n")
    terminal.answer("Model", f"{MODEL}\n")
    terminal.answer("[fp16]", "int5\n")
    terminal.until("'int5' is not one of the choices")
    terminal.answer("[fp16]", "int4\n")
    terminal.answer("Engine", "\n")
    terminal.answer("instance", "\n")
    terminal.answer("GPU", "RTX 4090\n")
    terminal.answer("[64GB]", "\n")
    terminal.answer("[1TB]", "500GB\n")
    terminal.until("wrote deploy.yaml")
    assert terminal.code() == 0
    data = document.read((tmp_path / "deploy.yaml").read_bytes()).documents[0].data
    assert (data["model"], data["precision"]) == (MODEL, "int4")
    assert data["machine"] == {
        "ram": "64GB",
        "gpus": [{"name": "RTX 4090", "count": 1}],
        "storage": {"kind": "nvme", "free": "500GB"},
    }


def test_flags_are_not_asked_for(tmp_path: Path) -> None:
    terminal = Terminal(
        "init", "--instance", "aws/g6.xlarge", "--precision", "fp8", "--engine", "vllm", folder=tmp_path
    )
    terminal.answer("Model", f"{MODEL}\n")
    terminal.until("wrote deploy.yaml")
    assert terminal.code() == 0


@pytest.mark.parametrize("how", ["interrupt", "end of input"])
def test_leaving_writes_nothing(how: str, tmp_path: Path) -> None:
    terminal = Terminal("init", folder=tmp_path)
    terminal.answer("Model", f"{MODEL}\n")
    terminal.until("[fp16]")
    if how == "interrupt":
        terminal.process.send_signal(signal.SIGINT)
    else:
        os.write(terminal.ours, b"\x04")
    assert terminal.code() == 130
    assert os.listdir(tmp_path) == []
