"""The files of a run of several: each with its result, in their order, by this process or by others beside it."""

from __future__ import annotations

import os

from llmlint.cli.jobs import jobs
from llmlint.cli.options import Options
from llmlint.finding import FileResult
from llmlint.packed import Unpacker, is_speaking, pack
from llmlint.reading import Inputs, Text, checked, with_fixes_tried
from llmlint.settings import Checkings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = 16
"""Files that are linted before any process is started, if it was not asked for: what they load, all have then."""
RESULT, UNREADABLE, UNSAID = b"r", b"u", b"x"
"""What a process says of a file: its result, why it cannot be read, or nothing that could be sent."""


def looked_at(inputs: Inputs, options: Options, checkings: Checkings) -> Iterator[tuple[Text, FileResult]]:
    """Every file with what is found in it. A text that cannot be read says why; its result is empty then."""
    number = jobs(options.jobs, checkings, len(inputs))
    answers = Answers(inputs, options)
    alone = len(inputs) if not number else 0 if options.jobs is not None else FIRST
    for one in range(alone):
        yield answers.here(one)
    if alone < len(inputs):
        yield from _by_others(answers, inputs, alone, number)


def _by_others(answers: Answers, inputs: Inputs, first: int, number: int) -> Iterator[tuple[Text, FileResult]]:
    import gc

    from llmlint.cli.workers import Workers, portions

    folders = [os.path.dirname(inputs.bare(one).path) for one in range(len(inputs))]
    gc.freeze()  # else collecting garbage would write to, and so copy, every page of what all have
    workers = Workers(answers.told, _lost, portions(folders, first, number), number)
    told = workers.answers(first, len(inputs))
    try:
        for place, one in enumerate(told, first):
            yield answers.read(place, one)
    finally:
        told.close()
        gc.unfreeze()


class Answers:
    """What there is to say of the files of a run, by their numbers."""

    def __init__(self, inputs: Inputs, options: Options) -> None:
        self._inputs, self._skips = inputs, options.skip_unrecognised
        self._unpacker = Unpacker()

    def here(self, number: int) -> tuple[Text, FileResult]:
        """A file and its result, found in this process."""
        text = self._inputs[number]
        if text.unreadable:
            return text, FileResult(text.path, "")
        named = text.named and not self._skips
        return text, with_fixes_tried(checked(text, named=named), text, named=named)._replace(data=text.data)

    def told(self, number: int) -> bytes:
        """The same as bytes, for the process that reports."""
        text, result = self.here(number)
        if text.unreadable:
            return _said(UNREADABLE, text.unreadable)
        try:
            line = pack(result, text.data)
        except (ValueError, RecursionError):
            return UNSAID
        return _said(RESULT, line) + (b"\n" + text.data if is_speaking(line) else b"")

    def read(self, number: int, told: bytes) -> tuple[Text, FileResult]:
        """A file and its result, as another process told it."""
        kind, rest = told[:1], told[1:]
        text = self._inputs.bare(number)
        if kind == UNREADABLE:
            return text._replace(unreadable=rest.decode("utf-8", "surrogatepass")), FileResult(text.path, "")
        if kind == UNSAID:
            return self.here(number)
        line, _, data = rest.partition(b"\n")
        result = self._unpacker.unpack(line.decode("ascii"), text.path, data)
        return (self._inputs.with_data(number, data) if data else text), result


def _lost(why: str) -> bytes:
    """What is said of a file whose process has died, and the next one too."""
    return _said(UNREADABLE, f"the process that linted it was {why}, twice")


def _said(kind: bytes, words: str) -> bytes:
    return kind + words.encode("utf-8", "surrogatepass")
