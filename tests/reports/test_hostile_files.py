"""Files of strangers, linted as they are: what they hold is in the reports, and does nothing there."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlint.cli.options import Options
from llmlint.linting import lint
from llmlint.settings import Checkings

from .agreement import AGREES, assert_agrees
from .reporting import reported
from .test_hostile import NASTY, TEXT

NATIVE = """\
model: {0}
precision: {1}
{2}: 1
engine: {{name: vllm, args: [{3}]}}
machine: {{gpus: [{{name: {4}}}], ram: 8GB}}  # llmlint: ignore[{5}] x
"""
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {0}}}
spec:
  template:
    spec:
      containers:
      - name: {1}
        image: vllm/vllm-openai:latest
        args: [--model={2}, {3}, {3}]
        env: [{{name: {4}, value: {5}}}]
        resources: {{limits: {{nvidia.com/gpu: 1}}}}
"""
COMPOSE = """\
services:
  {0}:
    image: vllm/vllm-openai:v0.10.0
    command: [--model, {1}, --{2}, {3}]
    environment: {{{4}: {5}}}
"""
WORDS = st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
SETTINGS = Checkings(Options()).of("x").settings


def in_quotes(text: str) -> str:
    """A text as YAML and JSON take it."""
    return json.dumps(text)


def in_the_open(text: str) -> str:
    """A text as it is, which may break the file."""
    return text.encode("utf-8", "ignore").decode()


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    form=st.sampled_from([NATIVE, MANIFEST, COMPOSE]),
    words=WORDS,
    name=TEXT,
    write=st.sampled_from([in_quotes, in_the_open]),
)
def test_every_report_says_what_was_found(form: str, words: tuple[str, ...], name: str, write: object) -> None:
    assert callable(write)
    data = form.format(*map(write, words)).encode("utf-8", "ignore")
    result = lint(data, name, SETTINGS, named=True)._replace(data=data)
    for report in AGREES:
        assert_agrees(result._replace(findings=result.findings[:10]), report)


@pytest.mark.parametrize("word", NASTY)
def test_each_word_comes_through(word: str) -> None:
    """A model, a key and a card that nobody knows are quoted in messages, whatever they are called."""
    text = NATIVE.format(*[in_quotes(f"a{word}b")] * 6)
    result = lint(text.encode(), f"{word}.yaml", SETTINGS, named=True)
    assert result.findings
    for report in AGREES:
        assert_agrees(result, report)


@pytest.mark.parametrize("form", sorted(AGREES))
def test_very_long_words(form: str) -> None:
    long = "x" * 300_000
    result = lint(NATIVE.format(*[in_quotes(long)] * 6).encode(), "deploy.yaml", SETTINGS, named=True)
    assert result.findings
    assert len(reported(result, form=form)) < 3_000_000
    assert_agrees(result, form)
