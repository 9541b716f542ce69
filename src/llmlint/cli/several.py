"""The files of a run of several: each with its result, in their order, by this process or by others beside it."""

from __future__ import annotations

import os

from llmlint.cli.jobs import jobs
from llmlint.finding import FileResult
from llmlint.packed import Unpacker, is_speaking, pack
from llmlint.reading import Inputs, Text, checked, with_fixes_tried
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmlint.cache.results import Results
    from llmlint.cli.options import Options
    from llmlint.settings import Checkings

FIRST = 16
"""Files that are linted before any process is started, if it was not asked for: what they load, all have then. Where
results are known, looking them up is faster than asking others for them."""
FEWEST = 48
"""Files that must be left for it."""
RESULT, KEPT, USED, UNREADABLE, UNSAID = b"r", b"k", b"o", b"u", b"x"
"""What a process says of a file: its result; one to be kept; one that was; why it cannot be read; nothing."""


def looked_at(
    inputs: Inputs, options: Options, checkings: Checkings, results: Results | None = None
) -> Iterator[tuple[Text, FileResult]]:
    """Every file with what is found in it. A text that cannot be read says why; its result is empty then."""
    number = jobs(options.jobs, checkings, len(inputs))
    answers = Answers(inputs, options, results)
    first = FIRST if options.jobs is None else 0
    fewest = FEWEST if options.jobs is None else 1
    for one in range(len(inputs)):
        if number and answers.linted >= first and len(inputs) - one >= fewest:
            yield from _by_others(answers, inputs, one, number)
            return
        yield answers.here(one)


def _by_others(answers: Answers, inputs: Inputs, first: int, number: int) -> Iterator[tuple[Text, FileResult]]:
    import gc

    from llmlint.cli.workers import Workers, portions

    folders = [os.path.dirname(inputs.bare(one).path) for one in range(len(inputs))]
    answers.prepare()
    gc.freeze()  # else collecting garbage would write to, and so copy, every page of what all have
    told = Workers(answers.told, _lost, portions(folders, first, number), number).answers(first, len(inputs))
    try:
        for place, one in enumerate(told, first):
            yield answers.read(place, one)
    finally:
        told.close()
        gc.unfreeze()


class _Seen(NamedTuple):
    """What is known of a file that was looked at."""

    text: Text
    result: FileResult
    line: str | None = None
    kind: bytes = RESULT
    note: bytes = b""
    """Of a line that is kept: its key; of one that is to be, also what it rests on, behind a tab."""


class Answers:
    """What there is to say of the files of a run, by their numbers."""

    def __init__(self, inputs: Inputs, options: Options, results: Results | None = None) -> None:
        self._inputs, self._skips, self._results = inputs, options.skip_unrecognised, results
        self._unpacker = Unpacker()
        self.linted = 0
        """Files of which the result was not known."""

    def prepare(self) -> None:
        """Read what all processes share."""
        if self._results is not None:
            for checking in self._inputs.checkings():
                self._results.prepare(checking)

    def here(self, number: int) -> tuple[Text, FileResult]:
        """A file and its result, found in this process."""
        seen = self._seen(number)
        self._keep(seen.text, seen.kind, seen.note, seen.line)
        return seen.text, seen.result

    def _unpacked(self, text: Text, line: str) -> tuple[Text, FileResult]:
        if not is_speaking(line):
            return text, self._unpacker.unpack(line, text.path, b"")
        return self._inputs.beside(text), self._unpacker.unpack(line, text.path, text.data)

    def _seen(self, number: int) -> _Seen:
        text = self._inputs.bytes_of(number)
        if text.unreadable:
            return _Seen(text, FileResult(text.path, ""))
        if text.passed_over or text.path.startswith("<") or self._results is None:
            return self._linted(text)
        key = self._results.key(text)
        if not key:
            return self._linted(text)
        line = self._results.get(text, key, lambda: self._inputs.beside(text).checking.settings.around.surroundings)
        seen = None if line is None else self._known(text, key, line)
        return self._newly_linted(text, key) if seen is None else seen

    def _known(self, text: Text, key: bytes, line: str) -> _Seen | None:
        """What a line says. Its checksum tells that it was written by us, and so no more than that it can be read."""
        try:
            text, result = self._unpacked(text, line)
        except (ValueError, TypeError, LookupError, RecursionError):
            return None
        assert self._results is not None
        return _Seen(text, result, line, RESULT if self._results.is_fresh(text, key) else USED, key)

    def _linted(self, text: Text) -> _Seen:
        text = self._inputs.beside(text)
        return _Seen(text, self._result(text))

    def _result(self, text: Text) -> FileResult:
        self.linted += 1
        named = text.named and not self._skips
        return with_fixes_tried(checked(text, named=named), text, named=named)._replace(data=text.data)

    def _newly_linted(self, text: Text, key: bytes) -> _Seen:
        """A result that is kept, if it may be."""
        from llmlint.cache.results import is_lasting, notes_of

        assert self._results is not None
        whole = self._inputs.beside(text)
        around = whole.checking.settings.around.surroundings
        asked = None if around is None else self._results.asked(around)
        catalogue = whole.checking.settings.catalogue
        looked = catalogue.looked_at_files
        result = self._result(whole if asked is None else whole.among(asked.noting()))
        notes = notes_of(asked)
        if notes is None or looked != catalogue.looked_at_files or not is_lasting(result):
            return _Seen(whole, result)
        try:
            line = pack(result, text.data)
        except (ValueError, RecursionError):
            return _Seen(whole, result)
        return _Seen(whole, result, line, KEPT, key + b"\t" + notes)

    def told(self, number: int) -> bytes:
        """The same as bytes, for the process that reports."""
        seen = self._seen(number)
        if seen.text.unreadable:
            return UNREADABLE + seen.text.unreadable.encode("utf-8", "surrogatepass")
        line = seen.line
        if line is None:
            try:
                line = pack(seen.result, seen.text.data)
            except (ValueError, RecursionError):
                return UNSAID
        told = seen.kind + (b"" if seen.kind == RESULT else seen.note + b"\n") + line.encode("ascii")
        return told + b"\n" + seen.text.data if is_speaking(line) else told

    def read(self, number: int, told: bytes) -> tuple[Text, FileResult]:
        """A file and its result, as another process told it."""
        kind, rest = told[:1], told[1:]
        text = self._inputs.bare(number)
        if kind == UNREADABLE:
            return text._replace(unreadable=rest.decode("utf-8", "surrogatepass")), FileResult(text.path, "")
        if kind == UNSAID:
            return self.here(number)
        note = b""
        if kind != RESULT:
            note, _, rest = rest.partition(b"\n")
        words, _, data = rest.partition(b"\n")
        line = words.decode("ascii")
        self._keep(text, kind, note, line)
        return self._unpacked(text._replace(data=data) if data else text, line)

    def _keep(self, text: Text, kind: bytes, note: bytes, line: str | None) -> None:
        if self._results is None or kind == RESULT or line is None:
            return
        if kind == USED:
            self._results.use(text, note)
        else:
            key, _, asked = note.partition(b"\t")
            self._results.keep(text, key, asked, line.encode("ascii"))


def _lost(why: str) -> bytes:
    """What is said of a file whose process has died, and the next one too."""
    return UNREADABLE + f"the process that linted it was {why}, twice".encode()
