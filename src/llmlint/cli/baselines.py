"""Holds findings against the baselines of a run: those that `--baseline` or the configurations name."""

from __future__ import annotations

import os
from collections.abc import Collection

from llmlint.baseline import Counts, by_file, held_back, judged, keys, stale
from llmlint.baseline.file import InvalidBaseline, read
from llmlint.cli.options import Options
from llmlint.finding import FileResult
from llmlint.linting import Settings
from llmlint.reading import Text
from llmlint.settings import UsageError


def load(path: str) -> Counts:
    """The counts of a baseline that is asked for; raises `UsageError` and `InvalidBaseline`."""
    try:
        return read(path)
    except FileNotFoundError:
        raise UsageError(f"baseline {path}: no such file; `llmlint baseline update` writes one") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidBaseline):
            raise
        why = error.strerror if isinstance(error, OSError) else None
        raise UsageError(f"baseline {path}: {(why or str(error)).lower()}") from None


def relative(file: str, baseline: str) -> str:
    """A file as a baseline names it: from the folder of the baseline."""
    return os.path.relpath(file, os.path.dirname(os.path.abspath(baseline))).replace(os.sep, "/")


def asked(settings: Settings) -> frozenset[str]:
    """Ids of the rules that a file is asked."""
    return frozenset(rule.id for rule in settings.rules)


class Baselines:
    """Those of one run, each read once."""

    def __init__(self, options: Options, configured: Collection[str]) -> None:
        self._named = options.baseline
        self._counts = {path: by_file(load(path)) for path in sorted([self._named] if self._named else configured)}
        self._seen: set[tuple[str, str]] = set()

    def sift(self, result: FileResult, text: Text) -> FileResult:
        """The result without what the file's baseline holds back, and how many entries of it are stale."""
        path = self._named or text.checking.config.baseline
        if path is None or text.passed_over:
            return result
        name = relative(text.path, path)
        counts = self._counts[path].get(name, {})
        self._seen.add((path, name))
        found = keys(result, text.data, name)
        left = held_back(result, found, counts)
        return left._replace(stale=len(stale(found, counts, name, judged(result, asked(text.checking.settings)))))

    def gone(self) -> int:
        """Entries of files that are not there any more."""
        return sum(
            len(counts)
            for path, files in self._counts.items()
            for file, counts in files.items()
            if (path, file) not in self._seen and is_gone(file, path)
        )


def is_gone(file: str, baseline: str) -> bool:
    """Whether a file that a baseline speaks of is not there."""
    return not file.startswith("<") and not os.path.lexists(
        os.path.join(os.path.dirname(os.path.abspath(baseline)), file)
    )
