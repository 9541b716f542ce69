"""The Python API says what the command says, of texts without reading files, from many threads alike."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
import textwrap
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import llmlint
from llmlint import reading

from .cli.command import BAD, GOOD, ROOT, SMALL
from .cli.command import llmlint as command

EXAMPLES = sorted((ROOT / "examples").glob("*/*.yaml"))
MANIFESTS = sorted((ROOT / "tests" / "fixes").glob("*.yaml"))[:6]
SHARED = """\
x-settings: &settings {MAX_INPUT_LENGTH: "4096"}
services:
  llm:
    image: ghcr.io/huggingface/text-generation-inference:3.3.5
    environment: *settings
    command: [--model-id=Qwen/Qwen3-8B, --max-input-length=4096]
"""
"""TGI refuses both names of an option at once, and the one behind an anchor is not edited."""
PYTHON = {**{key: value for key, value in os.environ.items() if not key.startswith("LLMLINT_")}, "PYTHONPATH": "src"}


def python(program: str, folder: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=folder, env={**PYTHON, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_paths_and_texts_give_the_findings_of_the_command(file: Path) -> None:
    reported = json.loads(command("--format", "json", "--isolated", file).out)["findings"]
    told = [(one["rule"], one["severity"], one["line"], one["column"], one["message"]) for one in reported]
    of_text = llmlint.lint(file.read_text(encoding="utf-8"), filename=str(file))
    for found in (llmlint.lint(file, isolated=True), of_text, llmlint.lint(file.read_bytes(), filename=file)):
        assert [(one.rule, one.severity, one.span.line, one.span.column, one.message) for one in found] == told


def test_fixes_are_those_that_hold_as_for_the_command(tmp_path: Path) -> None:
    file = tmp_path / "deployment.yaml"
    file.write_text(SHARED, encoding="utf-8")
    reported = json.loads(command("--format", "json", "--isolated", "--fail-on", "never", file).out)["findings"]
    told = [(one["rule"], one["line"], one["fix"] is not None) for one in reported]
    for found in (llmlint.lint(file, isolated=True), llmlint.lint(SHARED)):
        assert [(one.rule, one.span.line, one.fix is not None) for one in found] == told
    assert ("deprecated-flag", 6, False) in told
    assert any(offered for *_, offered in told)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_plans_are_those_of_the_command(file: Path) -> None:
    done = command("plan", "--format", "json", "--isolated", file)
    planned = llmlint.plan(file, isolated=True)
    assert json.loads(json.dumps(planned.plans)) == json.loads(done.out)["plans"]
    assert bool(planned.findings) == bool(done.err)


def test_the_command_goes_through_what_the_functions_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """One function for a file: what it says both say."""
    finding = llmlint.Finding("syntax", "error", "as the double says", "x", llmlint.Span(1, 1, 1, 2))
    double = llmlint.FileResult("x", "", (finding,), deployments=1)
    monkeypatch.setattr(reading, "lint", lambda *_, **__: double)
    assert llmlint.lint("model: x") == [finding]
    assert "as the double says" in command(GOOD).out


def test_a_folder_gives_what_its_files_give() -> None:
    together = llmlint.lint(ROOT / "examples" / "bad", isolated=True)
    alone = [finding for file in sorted((ROOT / "examples" / "bad").glob("*.yaml")) for finding in llmlint.lint(file)]
    assert together == alone
    assert together


def test_a_text_is_no_path_though_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deploy.yaml").write_text(SMALL, encoding="utf-8")
    assert [one.rule for one in llmlint.lint("deploy.yaml")] == ["schema"]
    assert "schema" not in {one.rule for one in llmlint.lint(Path("deploy.yaml"))}
    Path("-").write_text(SMALL, encoding="utf-8")
    assert {one.rule for one in llmlint.lint(Path("-"))} == {one.rule for one in llmlint.lint(SMALL)}


def test_nothing_of_the_disk_is_read_for_a_text(tmp_path: Path) -> None:
    """Neither configuration nor what lies beside it nor models: every file that is opened is the program's."""
    (tmp_path / ".llmlint.yaml").write_text("select: memory/\n", encoding="utf-8")
    (tmp_path / "my.env").write_text("HF_TOKEN=x\n", encoding="utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}", encoding="utf-8")
    program = f"""
        import sys, os, llmlint
        COMPOSE = "services: {{llm: {{image: 'vllm/vllm-openai:v0.9.0', command: --model ./model, env_file: my.env}}}}"
        NATIVE = "model: ./model\\nmachine: {{gpus: L4}}\\n"
        here = {str(tmp_path)!r}
        asked = []
        def watch(event, arguments):
            if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
                path = os.path.abspath(os.fsdecode(arguments[0]))
                if path.startswith(here):
                    asked.append(path)
        sys.addaudithook(watch)
        for text, name in ((COMPOSE, "compose.yaml"), (NATIVE, "deploy.yaml"), (NATIVE, None)):
            llmlint.lint(text, filename=name, remedies=True)
            llmlint.plan(text, filename=name)
        print(asked)
        llmlint.lint(COMPOSE, filename="compose.yaml", files=True)
        llmlint.lint(NATIVE, filename="deploy.yaml", files=True)
        print(sorted({{os.path.basename(one) for one in asked}}))
    """
    without, allowed = python(program, tmp_path).splitlines()
    assert without == "[]"
    assert {".llmlint.yaml", "my.env", "config.json"} <= set(json.loads(allowed.replace("'", '"')))


def test_a_path_is_read_alone_where_no_other_file_may_be(tmp_path: Path) -> None:
    (tmp_path / ".llmlint.yaml").write_text("ignore: all\n", encoding="utf-8")
    file = tmp_path / "deploy.yaml"
    file.write_text("model: {parameters: 70B}\nprecision: fp16\nmachine: {gpus: L4}\n", encoding="utf-8")
    assert llmlint.lint(file) == []
    assert "vram-too-small" in {one.rule for one in llmlint.lint(file, files=False)}


def test_many_threads_find_what_one_does(tmp_path: Path) -> None:
    """Different texts under different settings at once; unknown names too, whose near misses are sought for a file."""
    config = tmp_path / ".llmlint.yaml"
    config.write_text("severity: {memory/: warning}\nignore: cooling-unstated\n", encoding="utf-8")
    texts = [(file.read_bytes(), str(file)) for file in (*EXAMPLES, *MANIFESTS)[::4]]
    texts += [
        (f"model: meta-lama/Llama-3.{n}-8B\nmachine: {{gpus: [RTX 409{n}]}}\n".encode(), "x.yaml") for n in range(3)
    ]
    settings: list[dict[str, Any]] = [
        {},
        {"config": config},
        {"machine": "rtx4090*2 ram=64GB"},
        {"select": ["memory/"]},
    ]
    work = [(text, {"filename": name, **given}) for text, name in texts for given in settings]

    def done(one: tuple[bytes, dict[str, Any]]) -> object:
        text, given = one
        kept = {key: value for key, value in given.items() if key != "select"}
        return llmlint.check(text, **given), llmlint.plan(text, **kept)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(16) as pool:
            together = list(pool.map(done, work))
    finally:
        sys.setswitchinterval(before)
    assert together == [done(one) for one in work]


def test_the_import_loads_nothing() -> None:
    program = "import sys; before = set(sys.modules); import llmlint; print(sorted(set(sys.modules) - before))"
    assert python(program).strip() == "['llmlint', 'llmlint.version']"


def test_public_names_are_there_and_explained() -> None:
    for name in llmlint.__all__:
        found = getattr(llmlint, name)
        assert name in dir(llmlint)
        if isinstance(found, (type, types.FunctionType)):
            assert found.__doc__, name
    assert len(set(llmlint.__all__)) == len(llmlint.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lnt'"):
        _ = llmlint.lnt  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "given", "error", "words"),
    [
        (Path("not/there.yaml"), {}, llmlint.Unreadable, "no such file"),
        (BAD, {"filename": "x"}, llmlint.UsageError, "filename: a path has its own name"),
        ("model: x", {"machine": "t4*none"}, llmlint.UsageError, "machine: t4\\*none"),
        ("model: x", {"today": "soon"}, llmlint.UsageError, "today: 'soon' is not a date"),
        ("model: x", {"select": ["memry/"]}, llmlint.UsageError, "did you mean memory/"),
        ("model: x", {"select": "memory/"}, llmlint.UsageError, "one text, where a list"),
        ("model: x", {"config": "not/there.yaml"}, llmlint.UsageError, "no such file"),
        ("model: x", {"rules": ["not/there"]}, llmlint.Error, "no such file"),
        ("model: x", {"catalogue": [Path("not/there")]}, llmlint.Unreadable, "no such file"),
        ("model: x", {"config": BAD}, llmlint.InvalidConfig, "unknown key"),
    ],
)
def test_a_request_that_cannot_be_met_is_raised(
    source: Any, given: Any, error: type[Exception], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(error, match=words) as caught:
        llmlint.lint(source, **given)
    assert isinstance(caught.value, llmlint.Error)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["", "\0", "a: [", "\ud800", "- " * 3000, "&a [*a]", "{{ x }}", "model: &x {<<: *x}"])
def test_no_text_raises(text: str) -> None:
    assert all(isinstance(one, llmlint.Finding) for one in llmlint.lint(text))
    llmlint.plan(text)


def test_remedies_are_looked_for_on_request() -> None:
    (finding,) = llmlint.lint(BAD, select=["vram-too-small"], remedies=True)
    assert finding.remedies
    assert llmlint.lint(BAD, select=["vram-too-small"])[0].remedies == ()
    assert llmlint.lint(finding.remedies[0].after, select=["vram-too-small"]) == []


SAMPLE = """
import pathlib
from typing import assert_type
import llmlint

for finding in llmlint.lint("model: x", select=["memory/"], files=False):
    assert_type(finding, llmlint.Finding)
    assert_type(finding.severity, llmlint.Severity)
    assert_type(finding.span.line, int)
assert_type(llmlint.plan(pathlib.Path("x")).plans[0]["verdict"], llmlint.Verdict)
assert_type(llmlint.check(b"")[0].not_checked, tuple[llmlint.NotChecked, ...])
try:
    llmlint.lint("x")
except llmlint.InvalidConfig as error:
    assert_type(error.problems, list[llmlint.Problem])
llmlint.lint(1)
llmlint.lint("x", slect=["all"])
llmlint.nothing
"""


def test_callers_are_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a type checker the public names are what they are, and others are not there."""
    from mypy import api

    sample = tmp_path / "sample.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    monkeypatch.setenv("MYPYPATH", str(ROOT / "src"))
    options = ["--strict", "--no-incremental", "--follow-imports=silent", "--config-file=", "--no-error-summary"]
    out, err, _ = api.run([*options, str(sample)])
    assert err == ""
    assert re.findall(r"sample\.py:(\d+): error: .*\[(.*)\]", out) == [
        ("16", "arg-type"),
        ("17", "call-arg"),
        ("18", "attr-defined"),
    ]


def test_the_page_s_examples_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, verbose=False)
    assert done.attempted > 15
    assert done.failed == 0
