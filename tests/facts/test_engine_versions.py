"""Which version of an engine a file means where it states none."""

from __future__ import annotations

import pytest

from tests.facts.asked import facts_of

COMPOSE = 'services:\n  llm:\n    image: {image}\n    command: ["--model=Qwen/Qwen3-8B"]\n'
SCRIPT = "resources: {{accelerators: L4:1}}\nsetup: {setup}\nrun: |\n  vllm serve Qwen/Qwen3-8B\n"


@pytest.mark.parametrize(
    ("image", "newest"),
    [
        ("vllm/vllm-openai:latest", True),
        ("vllm/vllm-openai", True),
        ("docker.io/vllm/vllm-openai:nightly", True),
        ("vllm/vllm-openai:v0.19.0", False),
        ("vllm/vllm-openai:nightly-0123abcdef", False),
        ("vllm/vllm-openai@sha256:" + "0" * 64, False),
        ("acme/our-vllm:latest", False),  # of whatever age their own build is
    ],
)
def test_a_tag_that_moves_of_the_engines_own_image_is_the_newest(image: str, newest: bool) -> None:
    assert facts_of(COMPOSE.format(image=image), "compose.yaml").engine.is_newest == newest


@pytest.mark.parametrize(
    ("setup", "newest"),
    [("pip install vllm", True), ("pip install vllm==0.19.0", False), ("source /opt/venv/bin/activate", False)],
)
def test_an_installation_without_a_pin_is_the_newest(setup: str, newest: bool) -> None:
    assert facts_of(SCRIPT.format(setup=setup), "serve.sky.yaml").engine.is_newest == newest


@pytest.mark.parametrize(("version", "newest"), [("latest", True), ("Nightly", True), ("0.33.0", False), (None, False)])
def test_a_deployment_may_say_that_it_takes_the_newest(version: str | None, newest: bool) -> None:
    stated = f", version: {version}" if version is not None else ""
    facts = facts_of(f"model: Qwen/Qwen3-8B\nengine: {{name: vllm{stated}}}\nmachine: {{gpus: L4}}\n")
    assert facts.engine.is_newest == newest
    assert facts.engine.outcome is not None
    assert facts.engine.outcome.version == ("0.16.0 to 0.33.0" if version is None else "0.33.0")
