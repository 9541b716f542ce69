"""The results that a run keeps, and those that it finds kept; what stands in the way is told where much is told."""

from __future__ import annotations

import os
import time

from llmlint.cache.place import NoPlace, folder, prepared
from llmlint.cache.results import NOTHING, Results, is_lasting
from llmlint.cli.options import Options
from llmlint.cli.problems import tell
from llmlint.discovery import reason
from llmlint.finding import FileResult
from llmlint.packed import Unpacker, pack
from llmlint.reading import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from llmlint.suggest.findings import Remedies


def results_of(options: Options) -> Results | None:
    """The results that are kept for a run; None where it is to keep none, or there is no place for them."""
    if options.no_cache or "-" in options.paths:
        return None
    try:
        place = folder(os.environ)
        secret = prepared(place, {path if os.path.isdir(path) else os.path.dirname(path) for path in options.paths})
    except NoPlace as why:
        _say(options, str(why))
        return None
    return Results(place, secret, options, (options.skip_unrecognised,), time.strftime("%Y-%m-%d"))


def write(results: Results | None, options: Options) -> None:
    """Write what is new; a disk that is full, or closed to us, is no fault of what was linted."""
    try:
        if results is not None:
            results.write()
    except OSError as error:
        _say(options, reason(error))


def _say(options: Options, why: str) -> None:
    if options.verbose:
        tell(f"results are not kept for the next run: {why}")


class KeptRemedies:
    """The remedies of findings among the results that are kept. Each says how many lints its search took, so that what
    is left for those behind it is the same as if they were searched for again.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._unpacker = Unpacker()

    def helped(
        self, result: FileResult, text: Text, remedies: Remedies, search: Callable[[FileResult], FileResult]
    ) -> FileResult:
        """The result with its remedies, by `search` where they are not known."""
        left = remedies.left
        key = self._key(result, text, remedies)
        if not key:
            return search(result)
        line = self._results.get(text, key, lambda: None)
        if line is not None:
            lints, _, packed = line.partition(" ")
            remedies.spend(int(lints))
            return self._unpacker.unpack(packed, text.path, text.data)
        looked = text.checking.settings.catalogue.looked_at_files
        found = search(result)
        if is_lasting(found) and looked == text.checking.settings.catalogue.looked_at_files:
            self._keep(text, key, left - remedies.left, found)
        return found

    def _key(self, result: FileResult, text: Text, remedies: Remedies) -> bytes:
        """Empty where an answer would not rest on the file alone."""
        if remedies.left <= 0 or any(one != "native" for one in result.formats):
            return b""
        return self._results.key(text, b"remedies", b"%d" % remedies.bound(result))

    def _keep(self, text: Text, key: bytes, lints: int, found: FileResult) -> None:
        try:
            line = pack(found, text.data)
        except (ValueError, RecursionError):
            return
        self._results.keep(text, key, NOTHING, f"{lints} {line}".encode("ascii"))
