"""A text names files, and none is read: neither by the lint's own settings nor past the worker's lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import llmlint
from llmlint.web import answers

from ..cli.command import ROOT

HERE = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(llmlint.__file__))}
"""Variables with which a process elsewhere finds the same llmlint."""
TEXTS = [
    "model: /etc/passwd\nprecision: fp16\nmachine: {gpus: L4}\n",
    "model: FOLDER\nprecision: fp16\nmachine: {gpus: L4}\n",
    "model: {id: a/b, path: FOLDER}\nengine: vllm\nmachine: {gpus: L4}\n",
    "model: FOLDER/model.gguf\nengine: llama.cpp\nmachine: {gpus: L4}\n",
    "model: ~/model.gguf\nengine: llama.cpp\nmachine: {gpus: L4}\n",
    'model: a/b\nengine: {name: vllm, args: [--speculative-config, \'{"model": "FOLDER"}\']}\nmachine: {gpus: L4}\n',
    "services:\n  llm:\n    image: vllm/vllm-openai:v0.9.2\n    env_file: FOLDER/.env\n    command: --model ${MODEL}\n"
    "    extends: {file: FOLDER/base.yaml, service: llm}\n",
    "include: [FOLDER/base.yaml]\nservices:\n  llm:\n    image: vllm/vllm-openai:v0.9.2\n    command: --model FOLDER\n",
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [FOLDER/base.yaml]\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n"
    "        - name: vllm\n          image: vllm/vllm-openai\n          args: [--model=FOLDER]\n"
    "          envFrom: [{configMapRef: {name: settings}}]\n",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model, and files beside it that readers would like to see."""
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"], "hidden_size": 4096}))
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + b"\0" * 64)
    (tmp_path / ".env").write_text("MODEL=Qwen/Qwen3-8B\n")
    (tmp_path / "base.yaml").write_text("services: {llm: {image: vllm/vllm-openai:v0.1.0}}\n")
    (tmp_path / "deploy.yaml").write_text("model: a/b\n")
    return tmp_path


WATCH = """
import json, sys
from llmlint.web import answers
answers.check("model: meta-llama/Llama-3.1-8B-Instruct\\nengine: vllm\\nmachine: {gpus: L4}\\n")
seen = []
sys.addaudithook(lambda event, arguments: seen.append(str(arguments[0])) if event in (
    "open", "os.listdir", "os.scandir", "glob.glob", "socket.connect", "subprocess.Popen") else None)
for text in json.load(sys.stdin):
    answers.check(text), answers.suggestions(text), answers.fitting(text), answers.moved(text, "aws/g6.xlarge")
print(json.dumps(seen))
"""


def test_nothing_is_opened_but_the_program_s_own(folder: Path) -> None:
    texts = [text.replace("FOLDER", str(folder)) for text in TEXTS]
    done = subprocess.run(
        [sys.executable, "-c", WATCH],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=HERE,
    )
    seen = json.loads(done.stdout)
    foreign = [
        path for path in seen if str(folder) in path or path.startswith(("/etc", "/home", "/root/model", "~", "."))
    ]
    assert foreign == []
    assert not any("deploy.yaml" in path or path.endswith((".env", ".gguf")) for path in seen)


def test_what_a_file_would_say_is_not_known(folder: Path) -> None:
    text = f"model: {folder}/model.gguf\nengine: llama.cpp\nmachine: {{gpus: L4}}\n"
    assert answers.check(text) == answers.check(text.replace("model.gguf", "model.gguf"))
    there, nowhere = answers.check(text), answers.check(text.replace(str(folder), "/nowhere" + str(folder)))
    assert [one["severity"] for one in there["marks"]] == [one["severity"] for one in nowhere["marks"]]
    assert there["counts"] == nowhere["counts"]


LOCKED = """
import os, socket, subprocess, sys
from llmlint.web import worker
worker.lock()
def refused(act):
    try:
        act()
    except PermissionError:
        return
    except OSError as error:
        raise SystemExit(f"not by the lock: {error}")
    raise SystemExit("let through")
refused(lambda: open("/etc/passwd"))
refused(lambda: os.open("/etc/passwd", os.O_RDONLY))
refused(lambda: open(sys.argv[1]))
refused(lambda: open(os.__file__, "a"))
refused(lambda: open(os.path.join(os.path.dirname(os.__file__), "..", "..", "..", "..", "etc", "passwd")))
refused(lambda: os.listdir("/"))
refused(lambda: subprocess.run(["true"]))
refused(lambda: socket.socket())
import llmlint.rule_pack, gzip
open(llmlint.rule_pack.__file__).close()
print("locked")
"""


def test_the_worker_s_lock(folder: Path) -> None:
    link = folder / "link.py"
    link.symlink_to("/etc/passwd")
    done = subprocess.run([sys.executable, "-c", LOCKED, str(link)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("locked\n", "")


UNLOCKED = """
from llmlint.web import answers, worker
answers.KINDS = {"check": (lambda text: {"read": open(text).read()}, ("text",))}
worker.main()
"""


def test_the_worker_locks_itself(folder: Path) -> None:
    """Whatever a fault of ours may ask for: a file that a text names is refused, and the process goes on."""
    asked = json.dumps({"kind": "check", "text": str(folder / ".env")}) + "\n"
    done = subprocess.run(
        [sys.executable, "-c", UNLOCKED], input=2 * asked, capture_output=True, text=True, check=True, env=HERE
    )
    assert done.stdout.splitlines() == ["ready", *['{"fault": "Refused"}'] * 2]


def test_the_lock_hinders_no_answer() -> None:
    """What a text needs of the program's own files is there: every example, every question."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*/*.yaml"))]
    asked = [
        {"kind": kind, "text": text, "machine": "aws/g6.xlarge"}
        for text in texts
        for kind in ("check", "suggest", "fits", "move")
    ]
    done = subprocess.run(
        [sys.executable, "-m", "llmlint.web.worker"],
        input="".join(f"{json.dumps(one)}\n" for one in asked),
        capture_output=True,
        text=True,
        check=True,
        env=HERE,
    )
    first, *told = done.stdout.splitlines()
    assert first == "ready"
    assert len(told) == len(asked) > 40
    assert [one["kind"] for one, line in zip(asked, told, strict=True) if "answer" not in json.loads(line)] == []
