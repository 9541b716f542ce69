"""`llmlint serve`: where it listens, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="the web extra is not installed: pip install 'llmlint[web]'")

import llmlint as package
from llmlint.cli import serve

from .command import llmlint

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "llmlint", "serve", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        yield process
        process.kill()


def test_it_prints_its_port_serves_and_ends_in_order(server: subprocess.Popen[str]) -> None:
    assert server.stdout is not None
    assert server.stderr is not None
    line = server.stdout.readline()
    address = line.removeprefix("llmlint playground: ").removesuffix(" (Ctrl-C ends it)\n")
    assert address.startswith("http://127.0.0.1:")
    assert not address.endswith(":0/")
    body = json.dumps({"text": "model: meta-llama/Llama-3.1-8B-Instruct\nengine: vllm\n"}).encode()
    asked = urllib.request.Request(f"{address}api/check", body, {"content-type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as response:
        assert json.load(response)["deployments"] == 1
    server.send_signal(signal.SIGINT)
    assert server.wait(timeout=20) == 0
    assert server.stdout.read() == "llmlint playground: ended\n"
    assert server.stderr.read() == ""


def test_a_port_that_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = llmlint("serve", "--port", port)
    assert (code, out) == (2, "")
    assert err == f"llmlint: port {port} is in use: name another with --port, or --port 0 for any that is free\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "box.lan"])
def test_others_are_let_in_on_request_only(host: str) -> None:
    code, _, err = llmlint("serve", "--host", host, "--port", "0")
    assert code == 2
    assert "--allow-remote" in err


def test_who_lets_others_in_is_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_run", lambda host, listening: 0)
    code, out, err = llmlint("serve", "--host", "0.0.0.0", "--port", "0", "--allow-remote")
    assert code == 0
    assert out.startswith("llmlint playground: http://127.0.0.1:")
    assert err.startswith("llmlint: warning: ")


def test_an_address_that_is_not_ours() -> None:
    code, _, err = llmlint("serve", "--host", "192.0.2.1", "--port", "0", "--allow-remote")
    assert code == 2
    assert err.startswith("llmlint: cannot listen on 192.0.2.1, port 0: ")


@pytest.mark.parametrize("name", serve.NEEDED)
def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda wanted: None if wanted == name else object())
    code, out, err = llmlint("serve")
    assert (code, out) == (2, "")
    assert err == "llmlint: serve needs the web extra, which is not installed: pip install 'llmlint[web]'\n"


def test_nothing_of_it_is_loaded_by_a_lint() -> None:
    code = (
        "import sys; from llmlint.cli import run; run(['--isolated', 'nothing.yaml']); "
        "print([name for name in sys.modules if name.split('.')[0] in ('starlette', 'uvicorn', 'asyncio')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    assert done.stdout == "[]\n"
