"""The short way and typer read the same of every command line, or the short way hands over."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout

import pytest
import typer.main
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from llmlint.cli import app as app_module
from llmlint.cli import check as check_module
from llmlint.cli.app import app, run_application
from llmlint.cli.options import COMMANDS, FORMATS, OPTIONS, Asked, Options, parse

from .command import llmlint

VALUES = [
    "text",
    "concise",
    "json",
    "jsonl",
    "error",
    "warning",
    "info",
    "never",
    "auto",
    "always",
    "jso",
    "",
    "-",
    "--",
    "a,b",
]
PATHS = ["deploy.yaml", "-", "plan", "./plan", "check", "a b", "ünicode.yaml", "x=y", "*.yaml", "", "help", "rules"]
NAMES = [f"--{option.name}" for option in OPTIONS] + ["-o", "-q", "-v", "--help", "--formt", "-x", "-qv", "--no-quiet"]
VARIABLES = [f"LLMLINT_{option.field.upper()}" for option in OPTIONS]

words = st.one_of(
    st.sampled_from(PATHS),
    st.sampled_from(NAMES),
    st.sampled_from(VALUES),
    st.builds("{}={}".format, st.sampled_from(NAMES), st.sampled_from(VALUES)),
    st.builds("{}{}".format, st.sampled_from(["-o", "-q", "-v"]), st.sampled_from(VALUES)),
    st.text(max_size=6),
)
reports = st.lists(
    st.tuples(st.sampled_from(["--format {}", "--format={}"]), st.sampled_from(FORMATS), st.sampled_from("ox")),
    max_size=3,
).map(
    lambda asked: [
        word
        for place, (form, name, short) in enumerate(asked)
        for word in [*form.format(name).split(" "), "-o" if short == "o" else "--output", f"file-{place}"]
    ]
)
"""Pairs that belong together, each file another one."""
pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)).map(list)
sensible = st.sampled_from([option for option in OPTIONS if option.kind != "report"]).flatmap(
    lambda option: (
        st.just([f"--{option.name}"])
        if option.kind == "flag"
        else st.sampled_from(option.choices or ("x", "a,b", "memory/")).flatmap(
            lambda value: st.sampled_from([[f"--{option.name}", value], [f"--{option.name}={value}"]])
        )
    )
)
lines = st.one_of(
    st.lists(words, max_size=6),
    st.tuples(reports, st.lists(sensible, max_size=4), st.lists(st.sampled_from(PATHS), min_size=1, max_size=2)).map(
        lambda parts: parts[0] + [word for option in parts[1] for word in option] + parts[2]
    ),
    st.lists(st.one_of(sensible, pairs, st.sampled_from(PATHS).map(lambda path: [path])), min_size=1, max_size=6).map(
        lambda parts: [word for part in parts for word in part]
    ),
)
environments = st.dictionaries(
    st.sampled_from(VARIABLES), st.sampled_from([*VALUES, "1", "0", "TRUE", "off", "maybe"]), max_size=2
)


@pytest.fixture
def read_by_typer(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """What typer gives the lint run instead of linting."""
    read: list[Options] = []

    def check(options: Options) -> int:
        read.append(options)
        return 0

    monkeypatch.setattr(check_module, "check", check)
    monkeypatch.setattr(app_module, "app", typer.main.get_command(app))  # which is else made for each line anew
    return read


def by_typer(line: list[str], environment: Mapping[str, str], read: list[Options]) -> Options | None:
    """The options that typer reads, None where it refuses the line or runs something else."""
    read.clear()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        for name in VARIABLES:
            patched.delenv(name, raising=False)
        for name, text in environment.items():
            patched.setenv(name, text)
        run_application(line)
    return read[0] if read else None


@settings(max_examples=3000, suppress_health_check=list(HealthCheck))
@given(line=lines, environment=environments)
def test_short_way_agrees_with_typer_or_hands_over(
    line: list[str], environment: dict[str, str], read_by_typer: list[Options]
) -> None:
    short = parse(line, environment)
    event("handed over" if short is None else "read")
    if short is not None:
        assert by_typer(line, environment, read_by_typer) == short


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(asked=reports, parts=st.lists(sensible, max_size=5), path=st.sampled_from(["deploy.yaml", "./plan", "-"]))
def test_sensible_lines_take_the_short_way(asked: list[str], parts: list[list[str]], path: str) -> None:
    line = [*asked, *(word for part in parts for word in part)]
    assert parse(["check", *line, path], {}) is not None
    assert parse([path, *line], {}) is not None


def test_every_option_is_a_variable() -> None:
    for option in OPTIONS:
        text = {"flag": "1", "list": "x, y"}.get(option.kind, option.choices[-1] if option.choices else "x")
        given_ = parse(["deploy.yaml"], {f"LLMLINT_{option.field.upper()}": text})
        assert given_ is not None
        value = getattr(given_.reports[0] if option.kind == "report" else given_, option.field)
        assert value == {"flag": True, "list": ("x", "y")}.get(option.kind, text)


def test_the_command_line_comes_before_the_environment() -> None:
    read = parse(["--format", "json", "--select=a", "x"], {"LLMLINT_FORMAT": "concise", "LLMLINT_SELECT": "b"})
    assert read == Options(paths=("x",), reports=(Asked("json"),), select=("a",))


@pytest.mark.parametrize(
    ("line", "reports"),
    [
        ("x", "text:"),
        ("--format json x", "json:"),
        ("-o a x", "text:a"),
        ("-o a --format json x", "json:a"),
        ("--format json -o - x", "json:"),
        ("--format json -o a --format jsonl x --output=b", "json:a jsonl:b"),
        ("--format json -o a --format concise x", "json:a concise:"),
        ("--format concise x --format=json --output a", "concise: json:a"),
        ("--format json -o a --format json -o b x", "json:a json:b"),
    ],
)
def test_each_output_belongs_to_the_format_before_it(line: str, reports: str) -> None:
    read = parse(line.split(), {})
    assert read is not None
    assert " ".join(f"{one.format}:{one.output or ''}" for one in read.reports) == reports


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--format json --format concise x", "--format json and --format concise: only one can go to the terminal"),
        ("--format json -o - --format text x", "--format json and --format text: only one can go to the terminal"),
        ("-o a --format json -o b x", "--output a: name its --format before it, since there are several"),
        ("-o a -o b x", "--output a: name its --format before it, since there are several"),
        ("--format json -o a -o b x", "--output b: --format json goes to a already"),
    ],
)
def test_what_cannot_be_paired_is_told(line: str, said: str) -> None:
    assert llmlint(*line.split()) == (2, "", f"llmlint: {said}\n")


def test_variables_of_reports_count_where_the_line_says_less() -> None:
    def read(line: str) -> tuple[Asked, ...]:
        found = parse(line.split(), {"LLMLINT_FORMAT": "json", "LLMLINT_OUTPUT": "there"})
        assert found is not None
        return found.reports

    assert read("x") == (Asked("json", "there"),)
    assert read("--format concise x") == (Asked("concise", "there"),)
    assert read("-o here x") == (Asked("json", "here"),)
    assert read("--format jsonl -o here --format text x") == (Asked("jsonl", "here"), Asked("text"))


def test_commands_of_the_short_way_are_those_of_typer() -> None:
    registered = {command.name for command in app.registered_commands} | {one.name for one in app.registered_groups}
    assert set(COMMANDS) == registered | {"help"}


@pytest.mark.parametrize("line", [["deploy.yaml"], ["-q", "deploy.yaml"], ["plan", "deploy.yaml"]])
def test_a_bad_variable_is_named(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMLINT_COLOR", "alway")
    code, out, err = llmlint(*line)
    assert (code, out) == (2, "")
    assert err == "llmlint: LLMLINT_COLOR: 'alway' is not one of auto, always, never; did you mean always?\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--formt", "json", "x"], "--format"),
        (["--format", "jso", "x"], "did you mean json?"),
        (["--fail-on=eror", "x"], "did you mean error?"),
        (["plan", "--format", "jason", "x"], "did you mean json?"),
        (["catalog", "modles"], "did you mean models?"),
        (["schema", "deploymnt"], "did you mean deployment?"),
        (["init", "--tier", "midd"], "did you mean mid?"),
        (["rule", "vram-to-small"], "did you mean vram-too-small"),
        (["--select", "vram-to-small", "x"], "x: no such file"),
        (["ruel"], "did you mean `llmlint rule`?"),
        (["plann", "x.yaml"], "did you mean `llmlint plan`?"),
        (["--today", "yesterday", "examples/good"], "--today: 'yesterday' is not a date"),
        (["facts", "a", "b"], "b"),
    ],
)
def test_typos_get_a_suggestion(line: list[str], said: str) -> None:
    code, out, err = llmlint(*line)
    assert (code, out) == (2, "")
    assert said in err


def test_no_arguments_print_help_and_fail() -> None:
    code, out, err = llmlint()
    assert (code, out) == (2, "")
    assert "Usage: llmlint [OPTIONS] COMMAND" in err


@pytest.mark.parametrize("line", [["--help"], ["-h"], ["help"]])
def test_help(line: list[str]) -> None:
    code, out, _ = llmlint(*line)
    assert code == 0
    assert "Commands:" in out


@pytest.mark.parametrize("line", [["help", "plan"], ["plan", "--help"], ["plan", "-h"]])
def test_help_of_a_command(line: list[str]) -> None:
    code, out, _ = llmlint(*line)
    assert code == 0
    assert "Usage: llmlint plan" in out


@pytest.mark.parametrize("line", [["--version"], ["-V"], ["version"]])
def test_version(line: list[str]) -> None:
    code, out, _ = llmlint(*line)
    assert code == 0
    assert {line.split()[0] for line in out.splitlines()} == {"llmlint", "rules", "catalogue", "yaml", "python"}
