"""Processes that answer texts: as many as there may be at once, each ended when it takes too long."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Any

from llmlint.tuples import NamedTuple

SECONDS_TO_START = 60
"""For a worker to load what it needs."""
LONGEST_ANSWER = 1 << 25
"""Bytes of one line that a worker writes."""


class TooBusy(Exception):
    """As many ask as may wait."""


class TooSlow(Exception):
    """An answer took longer than it may."""


class Failed(Exception):
    """The worker failed: a fault of llmlint's."""


class Bounds(NamedTuple):
    """What requests may cost."""

    workers: int = 2
    """Processes that answer at the same time."""
    waiting: int = 8
    """Requests that wait for one of them."""
    seconds: float = 10.0
    """That an answer may take; neither the wait for a worker nor its start counts."""


class Workers:
    """The processes of one server; started when they are needed."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._idle: list[Process] = []
        self._turn = asyncio.Semaphore(bounds.workers)
        self._present = 0

    async def prepare(self) -> None:
        """Have one that is ready, since the first answer would take a second otherwise."""
        with contextlib.suppress(OSError, TimeoutError):  # the first request will say so
            self._idle.append(await _started())

    async def ask(self, kind: str, **texts: str) -> dict[str, Any]:
        """The answer of a worker; raises `TooBusy`, `TooSlow`, `Failed`."""
        if self._present >= self.bounds.workers + self.bounds.waiting:
            raise TooBusy
        self._present += 1
        try:
            async with self._turn:
                return await self._answer({"kind": kind, **texts})
        finally:
            self._present -= 1

    async def _answer(self, asked: dict[str, str]) -> dict[str, Any]:
        try:
            process = self._idle.pop() if self._idle else await _started()
        except (OSError, TimeoutError):
            raise Failed("no worker could be started") from None
        told: dict[str, Any] | None = None
        try:
            told = json.loads(await asyncio.wait_for(_told(process, asked), self.bounds.seconds))
        except TimeoutError:
            raise TooSlow from None
        except (OSError, ValueError):  # it has ended, or writes what is no answer
            raise Failed("the worker failed") from None
        finally:
            if told is not None:
                self._idle.append(process)
            else:  # also where the request was given up: its answer must not be taken for another's
                await _ended(process)
        if "answer" not in told:
            raise Failed(told.get("fault", "no answer"))
        answer: dict[str, Any] = told["answer"]
        return answer

    async def end(self) -> None:
        """End all of them."""
        while self._idle:
            await _ended(self._idle.pop())


async def _started() -> Process:
    words = (sys.executable, "-P", "-m", "llmlint.web.worker")
    # a session of its own: Ctrl-C is the server's to answer
    process = await asyncio.create_subprocess_exec(
        *words, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=LONGEST_ANSWER, start_new_session=True
    )
    assert process.stdout is not None
    try:
        first = await asyncio.wait_for(process.stdout.readline(), SECONDS_TO_START)
    except BaseException:
        await _ended(process)
        raise
    if not first:
        await _ended(process)
        raise OSError("the worker did not start")
    return process


async def _told(process: Process, asked: dict[str, str]) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asked).encode("ascii") + b"\n")
    await process.stdin.drain()
    return await process.stdout.readline()


async def _ended(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
