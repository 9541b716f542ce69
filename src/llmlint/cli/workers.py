"""Lints a run's files in several processes, and gives what they say in the order of the files.

Files are handed out a few at a time, so that one that takes long does not hold up those behind it, and not far ahead of
the one that is reported next, so that no more is held than a few of them say. A process that dies was not the fault of
the files that it had, as far as anybody knows: they are given to another one by one. A file of which that dies too is
the fault, and is told as one that could not be read, so that nothing is asked for ever.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Generator, Iterator, Sequence

from llmlint.cli.worker import Answer, Worker, start

MOST_AT_ONCE = 32
"""Files of one order."""
FEWEST_AT_ONCE = 8
"""The same, where a folder ends: what was worked out of one is of use where its other files are."""
ORDERS_EACH = 2
"""Orders that a process has, so that it never waits for the next."""
AHEAD = 256
"""Files beyond the one that is reported next that are handed out, for each process."""
MOST_HELD = 8 << 20
"""Bytes of answers that are held until their turn comes; beyond, only what comes next is read."""

Lost = Callable[[str], bytes]
"""What there is to say of a file that ended the processes which linted it, by what ended them."""


def portions(folders: Sequence[str], first: int, processes: int) -> Iterator[range]:
    """Numbers of files, a few at a time: of one folder if it is small, and fewer where there are few files in all."""
    most = max(1, min(MOST_AT_ONCE, (len(folders) - first) // (processes * 4)))
    begin = first
    for number in range(first, len(folders)):
        size = number - begin
        if size and (size >= most or (size >= min(FEWEST_AT_ONCE, most) and folders[number] != folders[number - 1])):
            yield range(begin, number)
            begin = number
    if begin < len(folders):
        yield range(begin, len(folders))


class Workers:
    """The processes of a run."""

    def __init__(self, answer: Answer, lost: Lost, portions: Iterator[range], processes: int) -> None:
        self._answer, self._lost, self._portions, self._processes = answer, lost, portions, processes
        self._workers: list[Worker] = []
        self._next: range | None = next(portions, None)
        self._again: list[int] = []
        """Files that were with a process that has died; in their order."""
        self._alone: set[int] = set()
        """The same: each is the only one that a process has."""
        self._held: dict[int, bytes] = {}
        self._size = 0
        self._number = 0

    def answers(self, first: int, last: int) -> Generator[bytes]:
        """What is said of the files from `first` on, in their order; the processes end with it."""
        try:
            for number in range(first, last):
                self._number = number
                while number not in self._held:
                    self._step()
                told = self._held.pop(number)
                self._size -= len(told)
                yield told
        except BaseException:
            for worker in self._workers:
                worker.kill()
            raise
        finally:
            for worker in self._workers:
                worker.close()
            for worker in self._workers:
                worker.end()

    def _step(self) -> None:
        """Hand out what there is, and take what comes."""
        self._hand_out()
        if self._number in self._held:
            return
        awaited = self._workers
        if self._size > MOST_HELD:
            awaited = [one for one in self._workers if one.waiting and one.waiting[0].start == self._number] or awaited
        by_pipe = {one.answers: one for one in awaited}
        for pipe in _readable(list(by_pipe)):
            worker = by_pipe[pipe]
            told = worker.received()
            if told is None:
                self._bury(worker)
                continue
            for one in told:
                self._hold(worker.answered(), one)

    def _hold(self, number: int, told: bytes) -> None:
        self._held[number] = told
        self._size += len(told)

    def _hand_out(self) -> None:
        """Give every process something to do; those that have died have others in their place."""
        while self._again or self._is_due():
            worker = self._free()
            if worker is None:
                return
            if self._again:
                worker.give(range(self._again[0], self._again[0] + 1))
                del self._again[0]
            elif self._next is not None:
                worker.give(self._next)
                self._next = next(self._portions, None)

    def _is_due(self) -> bool:
        """Whether there are files that nobody has, and that are not too far ahead."""
        return self._next is not None and self._next.start < self._number + AHEAD * self._processes

    def _free(self) -> Worker | None:
        """A process that takes an order: the one with the fewest, or a new one. None where all have enough."""
        most = 1 if self._again else ORDERS_EACH
        free = [one for one in self._workers if len(one.waiting) < most and not self._has_one_alone(one)]
        idlest = min(free, key=lambda one: len(one.waiting), default=None)
        if (idlest is None or idlest.waiting) and len(self._workers) < self._processes:
            return self._started() or idlest
        return idlest

    def _has_one_alone(self, worker: Worker) -> bool:
        return any(numbers.start in self._alone for numbers in worker.waiting)

    def _started(self) -> Worker | None:
        """A new process; None where there can be none: then fewer do, or this one."""
        try:
            worker = start(self._answer, self._workers)
        except OSError:
            self._processes = len(self._workers)
            if not self._workers:
                self._do_it_here()
            return None
        self._workers.append(worker)
        return worker

    def _do_it_here(self) -> None:
        """No process can be started: what no process has died of is linted in this one."""
        if self._again:
            self._hold(self._again[0], self._lost("ended, and no other could be started"))
            del self._again[0]
        elif self._next is not None:
            self._hold(self._next.start, self._answer(self._next.start))
            rest = self._next[1:]
            self._next = rest if rest else next(self._portions, None)
        self._processes = 1  # it is tried again with the next file

    def _bury(self, worker: Worker) -> None:
        """Take back what a process had that has gone."""
        self._workers.remove(worker)
        why = _cause(worker.end())
        for numbers in worker.waiting:
            for number in numbers:
                if number in self._alone:
                    self._hold(number, self._lost(why))
                else:
                    self._alone.add(number)
                    self._again.append(number)
        self._again.sort()


def _readable(pipes: list[int]) -> list[int]:
    """Pipes that have something to read, or an end; waits for the first."""
    if not pipes:
        return []
    if not hasattr(select, "poll"):
        return list(select.select(pipes, [], [])[0])
    poll = select.poll()
    for pipe in pipes:
        poll.register(pipe, select.POLLIN)
    return [pipe for pipe, _ in poll.poll()]


def _cause(status: int) -> str:
    """What ended a process, in words."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = next((one.name for one in signal.Signals if one == number), f"signal {number}")
        memory = ", as where memory runs out" if number == signal.SIGKILL else ""
        return f"ended by {name}{memory}"
    return f"ended with code {os.waitstatus_to_exitcode(status)}"
