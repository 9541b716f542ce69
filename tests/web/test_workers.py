"""Workers: what takes too long is ended, what fails is told, and others go on."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from llmlint.web import workers
from llmlint.web.workers import Bounds, Failed, TooBusy, TooSlow, Workers

STAND_IN = """
import json, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    if asked["kind"] == "slow":
        while True: pass
    if asked["kind"] == "die":
        sys.exit(1)
    if asked["kind"] == "garbage":
        print("no JSON", flush=True); continue
    time.sleep(float(asked.get("seconds", 0)))
    told = {"fault": "Fault"} if asked["kind"] == "fault" else {"answer": {"text": asked["text"]}}
    print(json.dumps(told), flush=True)
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """Workers that do as they are told; each that is started is kept."""
    found: list[Process] = []

    async def start() -> Process:
        found.append(await asyncio.create_subprocess_exec(sys.executable, "-c", STAND_IN, stdin=PIPE, stdout=PIPE))
        return found[-1]

    monkeypatch.setattr(workers, "_started", start)
    return found


def run(bounds: Bounds, act: Callable[[Workers], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        pool = Workers(bounds)
        try:
            await act(pool)
        finally:
            await pool.end()

    asyncio.run(whole())


def test_one_worker_answers_again_and_again(started: list[Process]) -> None:
    async def act(pool: Workers) -> None:
        for text in ("a", "b", "ü\n\u2028"):
            assert await pool.ask("check", text=text) == {"text": text}

    run(Bounds(workers=1), act)
    assert len(started) == 1
    assert started[0].returncode is not None


def test_what_takes_too_long_is_ended(started: list[Process]) -> None:
    async def act(pool: Workers) -> None:
        with pytest.raises(TooSlow):
            await pool.ask("slow", text="")
        assert started[0].returncode is not None
        with pytest.raises(ProcessLookupError):
            os.kill(started[0].pid, 0)

    run(Bounds(workers=1, seconds=1), act)


def test_others_are_answered_meanwhile_and_after(started: list[Process]) -> None:
    async def act(pool: Workers) -> None:
        slow = asyncio.create_task(pool.ask("slow", text=""))
        await asyncio.sleep(0)
        assert await pool.ask("check", text="meanwhile") == {"text": "meanwhile"}
        assert not slow.done()
        with pytest.raises(TooSlow):
            await slow
        assert await pool.ask("check", text="after") == {"text": "after"}

    run(Bounds(workers=2, seconds=5), act)


@pytest.mark.parametrize("kind", ["die", "fault", "garbage"])
def test_a_worker_that_fails(started: list[Process], kind: str) -> None:
    async def act(pool: Workers) -> None:
        with pytest.raises(Failed):
            await pool.ask(kind, text="")
        assert await pool.ask("check", text="after") == {"text": "after"}

    run(Bounds(workers=1), act)


def test_no_more_wait_than_may(started: list[Process]) -> None:
    async def act(pool: Workers) -> None:
        asked = [asyncio.create_task(pool.ask("check", text=str(at), seconds="0.3")) for at in range(4)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert found[:2] == [{"text": "0"}, {"text": "1"}]
        assert [type(one) for one in found[2:]] == [TooBusy, TooBusy]
        assert await pool.ask("check", text="later") == {"text": "later"}

    run(Bounds(workers=1, waiting=1), act)


def test_an_answer_that_nobody_waits_for_is_not_given_to_another(started: list[Process]) -> None:
    async def act(pool: Workers) -> None:
        first = asyncio.create_task(pool.ask("check", text="first", seconds="0.5"))
        await asyncio.sleep(0.2)
        first.cancel()
        assert await pool.ask("check", text="second") == {"text": "second"}

    run(Bounds(workers=1), act)


MEMORY = """
from llmlint.web import worker
worker._limit_memory()
try:
    bytearray(worker.MOST_MEMORY)
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_memory_is_bounded() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
