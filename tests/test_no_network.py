"""Nothing that llmlint does by itself reaches for a network: an audit hook, which nothing takes back, would end it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WATCHED = """
import os, sys

def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        os.write(2, f"NETWORK: {event} {arguments}".encode())
        os._exit(99)

sys.addaudithook(watch)
"""
PROGRAM = f"{WATCHED}\nfrom llmlint.cli import main\nmain()"
SAMPLES = (
    ["check", "examples/good", "examples/bad"],
    ["check", "--format", "sarif", "examples/bad"],
    ["check", "--format", "html", "examples/bad"],
    ["check", "--diff", "--unsafe-fixes", "examples/bad"],
    ["check", "tests/readers/compose", "tests/readers/kubernetes", "tests/hostile"],
    ["check", "--jobs", "2", "tests/readers/compose"],
    ["plan", "examples/good", "examples/bad"],
    ["plan", "--format", "html", "examples/good/cloud.yaml"],
    ["suggest", "examples/bad/seventy-billion.yaml"],
    ["facts", "examples/good/cloud.yaml"],
    ["rule", "vram-too-small"],
    ["rules", "test", "examples/rules"],
    ["catalog", "models", "qwen3"],
    ["schema", "deployment"],
    ["version"],
)


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program in an interpreter of its own, at the root of the project."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LLMLINT_")}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


@pytest.mark.parametrize("arguments", SAMPLES, ids=" ".join)
def test_no_command_opens_a_socket(arguments: list[str]) -> None:
    done = run(PROGRAM, *arguments)
    assert done.returncode in (0, 1), done.stderr[-2000:]


def test_a_socket_would_be_seen() -> None:
    done = run(f"{WATCHED}\nimport socket\nsocket.create_connection(('127.0.0.1', 9))")
    assert done.returncode == 99
    assert "NETWORK: socket." in done.stderr
