"""The language server as an editor meets it: a real client, a process, its streams. One session is kept as data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

import llmlint

from .editor import Editor, applied, session

TRANSCRIPT = Path(__file__).with_name("session.json")
PLAN = """\
model: meta-llama/Llama-3.1-70B-Instruct
precision: fp16
workload: {context: 8192, concurrency: 4}
engine:
  name: vllm
  version: "0.33.0"
  args: [--max-modl-len, "8192"]
machine:
  gpus: [{name: RTX 4090, count: 2}]
  ram: 128GB
"""
COMPOSE = """\
services:
  llm:
    image: vllm/vllm-openai:v0.9.0
    command: >-
      --model Qwen/Qwen3-8B --max-model-len 32768 --gpu-memory-utilization 0.95
    # llmlint: machine=rtx4090
    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}
"""


def codes(found: list[types.Diagnostic]) -> set[object]:
    return {one.code for one in found}


def test_a_session_is_the_recorded_one(tmp_path: Path, update: bool) -> None:
    async def work(editor: Editor) -> None:
        await editor.open("deploy.yaml", PLAN)
        for line, character in ((0, 10), (1, 12), (2, 20), (6, 12), (8, 20), (9, 8)):
            await editor.hover("deploy.yaml", line, character)
        await editor.actions("deploy.yaml", 6, 8)
        await editor.completion("deploy.yaml", 1, 12)
        await editor.change("deploy.yaml", PLAN.replace("fp16", "awq").replace("modl", "model"))
        await editor.save("deploy.yaml")
        await editor.open("compose.yaml", COMPOSE)
        await editor.hover("compose.yaml", 4, 34)
        await editor.completion("compose.yaml", 4, 37)
        await editor.actions("compose.yaml", 2, only=["source.fixAll"])

    transcript = session(work, tmp_path).transcript
    if update:
        TRANSCRIPT.write_text(json.dumps(transcript, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert transcript == json.loads(TRANSCRIPT.read_text(encoding="utf-8"))


def test_diagnostics_are_the_findings_of_the_command(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        found = await editor.open("deploy.yaml", PLAN)
        told = llmlint.lint(PLAN, filename="deploy.yaml")
        assert [one.code for one in found] == [one.rule for one in told]
        lines = [(one.range.start.line + 1, one.range.end.line + 1) for one in found]
        assert lines == [(one.span.line, one.span.end_line) for one in told]
        flag = next(one for one in found if one.code == "unknown-flag")
        assert flag.severity == types.DiagnosticSeverity.Error
        assert flag.code_description is not None
        assert flag.code_description.href.endswith("/unknown-flag.yaml")
        assert [one.location.range.start.line for one in flag.related_information or ()] == [4]

    session(work, tmp_path)


def test_the_actions_do_what_they_say(tmp_path: Path) -> None:
    """Each is made as an editor makes it, and linted: its finding is gone."""

    async def work(editor: Editor) -> None:
        await editor.open("deploy.yaml", PLAN)
        actions = await editor.actions("deploy.yaml", 0, 9)
        titles = [one.title for one in actions]
        assert any(title.startswith("Fix unknown-flag (unsafe") and "--max-model-len" in title for title in titles)
        assert any(title.startswith("Change ") for title in titles)
        assert "Ignore vram-too-small here, by a comment" in titles
        for action in actions:
            after = applied(PLAN, action, editor.uri("deploy.yaml"))
            concerned = {one.code for one in action.diagnostics or ()}
            assert concerned
            assert not concerned & {one.rule for one in llmlint.lint(after, filename="deploy.yaml")}, action.title

    session(work, tmp_path)


def test_all_safe_fixes_at_once(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        before = await editor.open("compose.yaml", COMPOSE)
        assert "model-cache-not-persistent" in codes(before)
        (action,) = await editor.actions("compose.yaml", 0, only=[types.CodeActionKind.SourceFixAll])
        assert action.kind == "source.fixAll.llmlint"
        after = applied(COMPOSE, action, editor.uri("compose.yaml"))
        assert "model-cache-not-persistent" not in codes(await editor.change("compose.yaml", after))
        assert all(one.kind == types.CodeActionKind.QuickFix for one in await editor.actions("compose.yaml", 0, 9))

    session(work, tmp_path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_count_as_the_protocol_does(tmp_path: Path, end: str) -> None:
    """A character beyond the basic plane is two units before the place, and every kind of line break one line."""
    plan = PLAN.replace("args: [", "args: [--served-model-name, 🦙🦙é, ").replace("\n", end)

    async def work(editor: Editor) -> None:
        found = await editor.open("deploy.yaml", plan)
        (flag,) = [one for one in found if one.code == "unknown-flag"]
        assert flag.range.start == types.Position(6, 9 + len("--served-model-name, ") + 5 + 2)
        for action in await editor.actions("deploy.yaml", 6):
            after = applied(plan, action, editor.uri("deploy.yaml"))
            assert after.count("🦙🦙é") == 1
            assert set(after) & {"\r", "\n"} == set(end)
            assert after.replace(end, "").count("\r") == 0
        assert "--max-model-len" in await editor.hover("deploy.yaml", 6, flag.range.start.character + 1)

    session(work, tmp_path)


def test_other_units_are_spoken_where_they_are_asked_for(tmp_path: Path) -> None:
    plan = PLAN.replace("args: [", "args: [--served-model-name, 🦙, ")

    async def work(editor: Editor) -> None:
        found = await editor.open("deploy.yaml", plan)
        (flag,) = [one for one in found if one.code == "unknown-flag"]
        assert editor.capabilities is not None
        assert editor.capabilities.position_encoding == types.PositionEncodingKind.Utf32
        assert flag.range.start.character == 9 + len("--served-model-name, ") + 1 + 2

    session(work, tmp_path, encodings=[types.PositionEncodingKind.Utf32])


def test_only_the_last_of_many_changes_is_answered(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        await editor.open("deploy.yaml", PLAN)
        for number in range(30):
            editor.type("deploy.yaml", f"model: m{number}\nprecision: [\n")
        editor.type("deploy.yaml", PLAN.replace("fp16", "fp17"))
        found = await editor.within(editor.published.get())
        assert found.version == 32
        assert codes(list(found.diagnostics)) == {"schema"}
        assert editor.published.empty()

    session(work, tmp_path)


def test_the_nearest_configuration_counts_and_is_watched(tmp_path: Path) -> None:
    config = tmp_path / ".llmlint.yaml"
    config.write_text("ignore: cooling-unstated\n", encoding="utf-8")

    async def work(editor: Editor) -> None:
        assert "cooling-unstated" not in codes(await editor.open("deploy.yaml", PLAN))
        config.write_text("ignore: vram-too-small\n", encoding="utf-8")
        event = types.FileEvent(config.as_uri(), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        found = await editor.diagnostics("deploy.yaml")
        assert codes(found) & {"cooling-unstated", "vram-too-small"} == {"cooling-unstated"}
        config.write_text("ignroe: vram-too-small\n", encoding="utf-8")
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        (wrong,) = await editor.diagnostics(".llmlint.yaml")
        assert "unknown key 'ignroe'" in wrong.message
        config.write_text("ignore: vram-too-small\n", encoding="utf-8")
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        assert await editor.diagnostics(".llmlint.yaml") == []

    assert session(work, tmp_path).registered == ["workspace/didChangeWatchedFiles"]


def test_a_configuration_is_checked_as_it_stands_in_the_editor(tmp_path: Path) -> None:
    config = tmp_path / ".llmlint.yaml"
    config.write_text("ignore: cooling-unstated\n", encoding="utf-8")

    async def work(editor: Editor) -> None:
        (wrong,) = await editor.open(".llmlint.yaml", "# 😀\nignroe: cooling-unstated\n")
        assert "unknown key 'ignroe'" in wrong.message
        assert (wrong.range.start.line, wrong.range.start.character) == (1, 0)
        (wrong,) = await editor.change(".llmlint.yaml", "ignore: coolin-unstated\n")
        assert "coolin-unstated" in wrong.message
        assert "cooling-unstated" not in codes(await editor.open("deploy.yaml", PLAN))  # as the file says
        assert await editor.change(".llmlint.yaml", "ignore: [cooling-unstated]\n") == []
        (wrong,) = await editor.change(".llmlint.yaml", "ignore: [cooling-unstated\n")
        assert "not closed" in wrong.message
        editor.close(".llmlint.yaml")
        assert await editor.diagnostics(".llmlint.yaml") == []

    session(work, tmp_path)


def test_a_project_file_that_is_not_about_us_is_left_alone(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        assert await editor.open("pyproject.toml", "[tool.other\n") == []
        (wrong,) = await editor.change("pyproject.toml", "[tool.llmlint]\nslect = 3\n")
        assert "slect" in wrong.message

    session(work, tmp_path)


def test_settings_of_the_editor(tmp_path: Path) -> None:
    async def work(editor: Editor) -> None:
        assert codes(await editor.open("deploy.yaml", PLAN)) == {"unknown-flag"}

    session(work, tmp_path, options={"select": ["engine/"], "isolated": True, "config": 3})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "a: [",
        "model: {",
        "model: x\nmachine:\n  gpus: [{name: ",
        "- - -",
        "\t",
        "&a [*a]",
        "# llmlint: ignore[",
    ],
)
def test_broken_texts_are_answered(tmp_path: Path, text: str) -> None:
    async def work(editor: Editor) -> None:
        await editor.open("deploy.yaml", text)
        last = text.count("\n")
        for character in (0, 5, 999):
            await editor.hover("deploy.yaml", last, character)
            await editor.completion("deploy.yaml", last, character)
        await editor.actions("deploy.yaml", 0, 99)
        assert "vram-too-small" in codes(await editor.change("deploy.yaml", PLAN))
        assert editor.messages == []

    session(work, tmp_path)


def test_nothing_but_the_protocol_is_on_standard_output() -> None:
    """Also where the input is no protocol: what is said of that goes to standard error."""
    environment = {**os.environ, "PYTHONPATH": "src"}
    message = json.dumps({"jsonrpc": "2.0", "method": "exit"}).encode()
    stdin = b"Content-Length: 5\r\n\r\n{oops" + b"Content-Length: %d\r\n\r\n" % len(message) + message
    command = [sys.executable, "-m", "llmlint", "lsp"]
    root = Path(llmlint.__file__).parents[2]
    done = subprocess.run(command, input=stdin, capture_output=True, env=environment, cwd=root, timeout=60, check=False)
    rest = done.stdout
    while rest:
        head, found, rest = rest.partition(b"\r\n\r\n")
        assert found
        length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
        json.loads(rest[:length])
        rest = rest[length:]


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from llmlint.cli import lsp

    from ..cli.command import llmlint as command

    monkeypatch.setattr(lsp, "find_spec", lambda name: None)
    code, out, err = command("lsp")
    assert (code, out) == (2, "")
    assert "pip install 'llmlint[lsp]'" in err
