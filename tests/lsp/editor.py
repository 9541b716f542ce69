"""An editor for tests: a real client that talks to `llmlint lsp` in a process of its own, over its streams."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from llmlint.resources import CHECKOUT, folder

Answer = TypeVar("Answer")
PATIENCE = 60
"""Seconds for an answer; nothing is measured by it."""


class Editor:
    """Opens, changes and asks; writes down what was said, without what differs between machines."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.client = LanguageClient("tests", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.messages: list[str] = []
        self.registered: list[str] = []
        self.transcript: list[dict[str, Any]] = []
        self.capabilities: types.ServerCapabilities | None = None
        self._versions: dict[str, int] = {}
        self._listen()

    def _listen(self) -> None:
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published.put_nowait(params)

        def shown(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        def registered(params: types.RegistrationParams) -> None:
            self.registered += [one.method for one in params.registrations]

        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(shown)
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(registered)

    async def start(
        self, options: object = None, encodings: list[types.PositionEncodingKind | str] | None = None
    ) -> None:
        """Start the server in the workspace, and greet it."""
        environment = {**os.environ, "PYTHONPATH": str(Path(CHECKOUT) / "src")}
        await self.client.start_io(sys.executable, "-m", "llmlint", "lsp", cwd=self.workspace, env=environment)
        watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watching),
            general=types.GeneralClientCapabilities(position_encodings=encodings),
        )
        params = types.InitializeParams(
            capabilities, process_id=os.getpid(), root_uri=self.workspace.as_uri(), initialization_options=options
        )
        self.capabilities = (await self.within(self.client.initialize_async(params))).capabilities
        self.client.initialized(types.InitializedParams())

    async def stop(self) -> int | None:
        """Take leave; the exit code of the server."""
        await self.within(self.client.shutdown_async(None))
        self.client.exit(None)
        process = self.client._server  # the client has no name for it
        assert process is not None
        code = await self.within(process.wait())
        await self.client.stop()  # type: ignore[no-untyped-call]
        return code

    async def within(self, answer: Awaitable[Answer]) -> Answer:
        """What is awaited, or a failure."""
        return await asyncio.wait_for(answer, PATIENCE)

    def uri(self, name: str) -> str:
        return (self.workspace / name).as_uri()

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    async def open(self, name: str, text: str) -> list[types.Diagnostic]:
        self._versions[name] = 1
        item = types.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.diagnostics(name, "textDocument/didOpen")

    def type(self, name: str, text: str) -> None:
        """Change the text, and wait for nothing."""
        self._versions[name] += 1
        document = types.VersionedTextDocumentIdentifier(self._versions[name], self.uri(name))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def change(self, name: str, text: str) -> list[types.Diagnostic]:
        self.type(name, text)
        return await self.diagnostics(name, "textDocument/didChange")

    def close(self, name: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(name)))

    async def save(self, name: str) -> list[types.Diagnostic]:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.document(name)))
        return await self.diagnostics(name, "textDocument/didSave")

    async def diagnostics(self, name: str, cause: str = "") -> list[types.Diagnostic]:
        """The next that are published of a document."""
        while True:
            found = await self.within(self.published.get())
            if found.uri == self.uri(name):
                self.record(cause, {"document": name}, found.diagnostics)
                return list(found.diagnostics)

    async def hover(self, name: str, line: int, character: int) -> str:
        params = types.HoverParams(self.document(name), types.Position(line, character))
        found = await self.within(self.client.text_document_hover_async(params))
        self.record("textDocument/hover", params.position, found)
        return found.contents.value if found is not None and isinstance(found.contents, types.MarkupContent) else ""

    async def completion(self, name: str, line: int, character: int) -> list[types.CompletionItem]:
        params = types.CompletionParams(self.document(name), types.Position(line, character))
        found = await self.within(self.client.text_document_completion_async(params))
        items = list(found.items) if isinstance(found, types.CompletionList) else []
        self.record("textDocument/completion", params.position, [one.label for one in items[:10]])
        return items

    async def actions(self, name: str, *lines: int, only: list[Any] | None = None) -> list[types.CodeAction]:
        where = types.Range(types.Position(lines[0], 0), types.Position(lines[-1] + 1, 0))
        params = types.CodeActionParams(self.document(name), where, types.CodeActionContext([], only))
        found = await self.within(self.client.text_document_code_action_async(params))
        made = [one for one in found or () if isinstance(one, types.CodeAction)]
        edits = [{"title": one.title, "kind": one.kind, "edit": one.edit} for one in made]
        self.record("textDocument/codeAction", {"range": where, "only": only}, edits)
        return made

    def record(self, method: str, given: object, answer: object) -> None:
        """One exchange, with the workspace's and the program's folders taken out of it."""
        plain = self.client.protocol._converter.unstructure({"method": method, "given": given, "answer": answer})
        text = json.dumps(plain)
        for path, name in ((self.workspace.as_uri(), "WORKSPACE"), (Path(folder("rules")).resolve().as_uri(), "RULES")):
            text = text.replace(path, name)
        self.transcript.append(json.loads(text))


def applied(text: str, action: types.CodeAction, uri: str) -> str:
    """The text with an action's edits made, as an editor that counts UTF-16 makes them."""
    assert action.edit is not None
    assert action.edit.changes is not None
    units = text.encode("utf-16-le")
    starts = [0]
    position = 0
    while position < len(text):
        two = text.startswith("\r\n", position)
        if text[position] in "\r\n":
            starts.append(len(text[: position + (2 if two else 1)].encode("utf-16-le")))
        position += 2 if two else 1
    edits = sorted(action.edit.changes[uri], key=lambda one: (one.range.start.line, one.range.start.character))
    for edit in reversed(edits):
        start, end = (starts[at.line] + 2 * at.character for at in (edit.range.start, edit.range.end))
        units = units[:start] + edit.new_text.encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


def session(work: Callable[[Editor], Awaitable[None]], workspace: Path, **given: Any) -> Editor:
    """Run what an editor does in a server's life, from start to end; the server leaves with 0."""

    async def run() -> Editor:
        editor = Editor(workspace)
        await editor.start(**given)
        await work(editor)
        assert await editor.stop() == 0
        return editor

    return asyncio.run(run())
