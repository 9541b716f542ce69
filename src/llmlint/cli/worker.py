"""A process that lints some files of a run, and what it sends to the one that reports."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

ORDER = 8
"""Bytes of an order: the first number and the one behind the last, of four bytes each."""
HEAD = 4
"""Bytes in front of an answer that tell its length."""
AT_ONCE = 1 << 16
"""Bytes that are gathered before they are sent: what a pipe holds."""
FAULT = 70
"""Exit code where something went wrong that is no file's fault."""

Answer = Callable[[int], bytes]
"""What there is to say of the file of a number."""


class Worker:
    """A process of its own, as it is seen from the one that started it."""

    def __init__(self, process: int, orders: int, answers: int) -> None:
        self.process, self.orders, self.answers = process, orders, answers
        self.waiting: list[range] = []
        """Numbers that it was given, without those that it has answered; in its order."""
        self._received = bytearray()
        self._closed = False

    def give(self, numbers: range) -> None:
        """Give it files to lint. It may have gone meanwhile, which is seen where its answers are read."""
        self.waiting.append(numbers)
        order = numbers.start.to_bytes(4, "big") + numbers.stop.to_bytes(4, "big")
        with contextlib.suppress(BrokenPipeError):
            os.write(self.orders, order)

    def received(self) -> list[bytes] | None:
        """The answers that have come whole; None where it has gone, and no more will come."""
        try:
            part = os.read(self.answers, 1 << 20)
        except OSError:
            part = b""
        if not part:
            return None
        self._received += part
        whole, at = [], 0
        while at + HEAD <= len(self._received):
            length = int.from_bytes(self._received[at : at + HEAD], "big")
            if at + HEAD + length > len(self._received):
                break
            at += HEAD + length
            whole.append(bytes(self._received[at - length : at]))
        del self._received[:at]
        return whole

    def answered(self) -> int:
        """The number of the file whose answer comes next, which is no longer waited for."""
        numbers = self.waiting[0]
        self.waiting[:1] = [numbers[1:]] if len(numbers) > 1 else []
        return numbers.start

    def close(self) -> None:
        """Let it go: it ends once it sees that there is nothing to do any more."""
        if not self._closed:
            self._closed = True
            os.close(self.orders)
            os.close(self.answers)

    def end(self) -> int:
        """Wait for its end; what ended it, as `os.waitpid` says."""
        self.close()
        try:
            return os.waitpid(self.process, 0)[1]
        except ChildProcessError:  # somebody else has waited
            return 0

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)


def start(answer: Answer, others: Iterable[Worker]) -> Worker:
    """A copy of this process that answers for files; raises OSError where there can be none.

    `others`: those that were started before, whose pipes the new one must not hold open.
    """
    pipes: list[int] = []
    try:
        pipes += os.pipe()
        pipes += os.pipe()
        # An interrupt between the copy and its first own line would be taken for one of this process.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            process = os.fork()
            if process == 0:
                _be_worker(answer, pipes, [pipe for one in others for pipe in (one.orders, one.answers)])
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    except OSError:
        for pipe in pipes:
            os.close(pipe)
        raise
    os.close(pipes[0])
    os.close(pipes[3])
    return Worker(process, pipes[1], pipes[2])


def _be_worker(answer: Answer, pipes: Sequence[int], others: Iterable[int]) -> NoReturn:
    """All that the copy does. It never returns: what the other process has opened and begun is not for it to end."""
    try:
        for pipe in (pipes[1], pipes[2], *others):
            os.close(pipe)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started it, which ends it then
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        _serve(answer, pipes[0], pipes[3])
        os._exit(0)
    except BaseException:
        os._exit(FAULT)


def _serve(answer: Answer, orders: int, answers: int) -> None:
    """Answer what is asked until nobody asks any more."""
    while len(order := os.read(orders, ORDER)) == ORDER:
        out = bytearray()
        for number in range(int.from_bytes(order[:4], "big"), int.from_bytes(order[4:], "big")):
            told = answer(number)
            out += len(told).to_bytes(HEAD, "big") + told
            if len(out) >= AT_ONCE:
                _send(answers, out)
                out = bytearray()
        _send(answers, out)


def _send(pipe: int, data: bytearray) -> None:
    with memoryview(data) as view:
        sent = 0
        while sent < len(data):
            sent += os.write(pipe, view[sent:])
