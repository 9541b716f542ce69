"""The server: takes an editor's messages, keeps each document's latest analysis, and answers from it.

Everything is worked out in threads of its own, so that the editor is heard while a lint runs. What belongs to a version
of a text that is no longer the current one is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from llmlint.lsp.actions import KINDS, actions
from llmlint.lsp.analysis import Analysis, analysed
from llmlint.lsp.completion import completions
from llmlint.lsp.diagnostics import diagnostics, of_configuration
from llmlint.lsp.hover import hover
from llmlint.lsp.positions import Positions
from llmlint.lsp.session import CONFIGURATIONS, Broken, Session, faults_of, is_configuration, path_of, request_of
from llmlint.version import __version__

Answer = TypeVar("Answer")
PAUSE = 0.2
"""Seconds that a text has to rest before it is linted."""
logger = logging.getLogger("llmlint.lsp")


class Server(LanguageServer):
    """A language server with the state of its documents."""

    def __init__(self) -> None:
        super().__init__("llmlint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.session = Session()
        self._pool = ThreadPoolExecutor(2, "llmlint")
        self._known: dict[str, tuple[int | None, Analysis, Broken | None]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, str] = {}
        """Configurations that cannot be used, by the document that wants them."""

    def soon(self, uri: str, pause: float = PAUSE) -> None:
        """Lint a document when it has rested; what waits for an earlier version is given up."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self._waiting[uri] = asyncio.get_running_loop().create_task(self._lint(uri, pause))

    def everything_soon(self) -> None:
        """Lint all open documents anew, with configurations as they are now."""
        self.session.forget()
        self._known.clear()
        for uri in list(self.workspace.text_documents):
            self.soon(uri, 0)

    def close(self, uri: str) -> None:
        """Forget a document, and take back what was shown of it."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self._known.pop(uri, None)
        self._publish(uri, [], None)
        self._tell(uri, None)
        if is_configuration(path_of(uri)):
            self.everything_soon()  # what the file holds counts again

    async def analysis(self, uri: str) -> Analysis | None:
        """Of the document as it is now; None where it is not open, or was changed meanwhile."""
        document = self.workspace.text_documents.get(uri)
        if document is None:
            return None
        known = self._known.get(uri)
        if known is not None and known[0] == document.version:
            return known[1]
        version, text = document.version, document.source
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        found, broken = await self.worked_out(lambda: self._analysed(path_of(uri), text, encoding))
        now = self.workspace.text_documents.get(uri)
        if now is None or now.version != version:
            return None
        self._known[uri] = (version, found, broken)
        return found

    def _analysed(self, path: str, text: str, encoding: str) -> tuple[Analysis, Broken | None]:
        settled = self.session.settled(path)
        return analysed(path, Positions(text, encoding), settled.checking), settled.broken

    async def worked_out(self, work: Callable[[], Answer]) -> Answer:
        """What a thread works out; the request may be given up meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _lint(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            if is_configuration(path_of(uri)):
                await self._check_configuration(uri)
                return
            found = await self.analysis(uri)
            if found is None:
                return
            version, _, broken = self._known[uri]
            shown = await self.worked_out(lambda: diagnostics(found, uri))
            document = self.workspace.text_documents.get(uri)
            if document is not None and document.version == version:
                self._publish(uri, shown, version)
                self._tell(uri, broken)
        except Exception:  # a fault of ours is told in the log; the editor goes on without us
            logger.exception("linting %s", uri)

    async def _check_configuration(self, uri: str) -> None:
        """Show what is wrong with a configuration as it stands in the editor, or with a file that it names."""
        document = self.workspace.text_documents.get(uri)
        if document is None:
            return
        path, version, text = path_of(uri), document.version, document.source
        broken = await self.worked_out(lambda: faults_of(path, text))
        now = self.workspace.text_documents.get(uri)
        if now is None or now.version != version:
            return
        elsewhere = broken is not None and broken.file not in ("", os.path.abspath(path))
        positions = Positions(text, self.workspace.position_encoding or types.PositionEncodingKind.Utf16)
        self._publish(uri, [] if broken is None or elsewhere else of_configuration(broken, positions), version)
        self._tell(uri, broken if elsewhere else None)

    def _publish(self, uri: str, shown: list[types.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, version))

    def _tell(self, uri: str, broken: Broken | None) -> None:
        """Show at a configuration's own lines what is wrong with it, and take it back when nothing is."""
        before = self._told.pop(uri, None)
        if broken is not None and broken.file:
            target = broken.uri
            self._told[uri] = target
            if not self._is_open_configuration(target):
                self._publish(target, of_configuration(broken, Positions(broken.text)), None)
        if before is not None and before not in self._told.values() and not self._is_open_configuration(before):
            self._publish(before, [], None)
        if broken is not None and not broken.file:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, broken.message))

    def _is_open_configuration(self, uri: str) -> bool:
        """Whether the editor is shown what is wrong with it as it stands there."""
        return uri in self.workspace.text_documents and is_configuration(path_of(uri))

    def stop(self) -> None:
        """Give up what is being worked out."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)


def server() -> Server:
    """A server that knows all requests and has not started."""
    made = Server()
    _add_notifications(made)
    _add_requests(made)
    return made


def _add_notifications(made: Server) -> None:
    @made.feature(types.INITIALIZE)
    def start(ls: Server, params: types.InitializeParams) -> None:
        ls.session = Session(request_of(params.initialization_options))

    @made.feature(types.INITIALIZED)
    async def watch(ls: Server, params: types.InitializedParams) -> None:
        workspace = ls.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace is not None else None
        if watched is None or not watched.dynamic_registration:
            return
        watchers = [types.FileSystemWatcher(f"**/{name}") for name in CONFIGURATIONS]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration("llmlint", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        with contextlib.suppress(Exception):  # an editor that refuses sends no changes, and is served all the same
            await ls.client_register_capability_async(types.RegistrationParams([registration]))

    @made.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        ls.soon(params.text_document.uri, 0)

    @made.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        ls.soon(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        if is_configuration(path_of(params.text_document.uri)):
            ls.everything_soon()
        else:
            ls.soon(params.text_document.uri, 0)

    @made.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        ls.close(params.text_document.uri)

    @made.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def configured(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
        ls.everything_soon()

    @made.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def settings(ls: Server, params: types.DidChangeConfigurationParams) -> None:
        given = params.settings.get("llmlint") if isinstance(params.settings, dict) else None
        if given is not None:
            ls.session = Session(request_of(given))
        ls.everything_soon()

    @made.feature(types.SHUTDOWN)
    def ended(ls: Server, params: None) -> None:
        ls.stop()


def _add_requests(made: Server) -> None:
    @made.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(ls: Server, params: types.HoverParams) -> types.Hover | None:
        found = await ls.analysis(params.text_document.uri)
        return await ls.worked_out(lambda: hover(found, params.position)) if found is not None else None

    @made.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=KINDS))
    async def acted(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        found = await ls.analysis(params.text_document.uri)
        return await ls.worked_out(lambda: actions(found, params.text_document.uri, params)) if found else []

    @made.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(":-[ =/")))
    async def completed(ls: Server, params: types.CompletionParams) -> types.CompletionList | None:
        found = await ls.analysis(params.text_document.uri)
        return await ls.worked_out(lambda: completions(found, params.position)) if found is not None else None


def serve() -> None:
    """Serve one editor over standard input and output until it leaves. Nothing else is written to standard output."""
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    server().start_io(stdin, stdout)
