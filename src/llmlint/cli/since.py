"""`--since REV`: lints what has changed since a revision, and leaves out the findings that were there before."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from llmlint.baseline import held_back, keys
from llmlint.cli.options import Options
from llmlint.config import Config
from llmlint.discovery import Found, repository
from llmlint.finding import FileResult
from llmlint.history import History, NoHistory
from llmlint.neighbours import MANIFESTS, Run
from llmlint.plans import Surroundings
from llmlint.readers.kubernetes.kustomize import NAMES
from llmlint.reading import Text, checked
from llmlint.settings import Checkings, UsageError


class Since:
    """The changes of a run's repositories."""

    def __init__(self, options: Options, checkings: Checkings) -> None:
        assert options.since is not None
        if "-" in options.paths:
            raise UsageError("--since looks at files, not at standard input")
        self._revision = options.since
        self._options = options
        self._checkings = checkings
        self._roots: dict[str, str] = {}
        self._histories: dict[str, History] = {}
        self._then = Run()
        """What was worked out of folders as they were."""
        self._assembled: dict[str, bool] = {}
        """Folders whose files a kustomization may put together with files of others."""
        if not options.paths or options.since.startswith("-"):
            raise UsageError(f"--since {options.since}: is no revision: write a branch, a tag or a commit")

    def kept(self, found: Iterable[Found]) -> list[Found]:
        """Files that have changed, those beside which something has, and all where what they are checked with has."""
        return [one for one in found if one.passed_over or one.unreadable or self._concerns(one.path)]

    def sift(self, result: FileResult, text: Text) -> FileResult:
        """What was not found in the file as it was, with the settings of today."""
        if text.passed_over or not result.findings or self._widened(text.path):
            return result
        history, path = self._place(text.path)
        before = history.then(path)
        if before is None:
            return result
        settings = text.checking.settings
        around = settings.around._replace(
            surroundings=_as_they_were(history, path, settings.around.surroundings, self._then)
        )
        then = text._replace(data=before, checking=text.checking._replace(settings=settings._replace(around=around)))
        named = text.named and not self._options.skip_unrecognised
        known = Counter(key for key in keys(checked(then, named=named), before, path) if key is not None)
        left = held_back(result, keys(result, text.data, path), known)
        return left._replace(baselined=result.baselined, earlier=len(result.findings) - len(left.findings))

    def gone(self) -> int:
        """Nothing is written down that could be out of date."""
        return 0

    def _concerns(self, path: str) -> bool:
        history, own = self._place(path)
        if own in history.changed or self._widened(path):
            return True
        folder = own.rpartition("/")[0]
        if any(_is_beside(folder, other) for other in history.changed):
            return True
        return any(other.endswith(MANIFESTS) for other in history.changed) and self._is_assembled(path)

    def _is_assembled(self, path: str) -> bool:
        folder = os.path.dirname(os.path.abspath(path))
        if folder not in self._assembled:
            places = (folder, os.path.dirname(folder))
            self._assembled[folder] = any(os.path.exists(os.path.join(one, name)) for one in places for name in NAMES)
        return self._assembled[folder]

    def _widened(self, path: str) -> bool:
        """Whether what a file is checked with has changed: configuration, rules, catalogue."""
        history, _ = self._place(path)
        shared = [*self._options.rules, *self._options.catalogue, *_inputs(self._checkings.of(path).config)]
        return any(self._has_changed(history, one) for one in shared)

    def _has_changed(self, history: History, path: str) -> bool:
        own = _from_root(path, history.root)
        return any(one == own or one.startswith(f"{own}/") for one in history.changed)

    def _place(self, path: str) -> tuple[History, str]:
        """The history of a file's repository, and its path from the root."""
        folder = os.path.dirname(path) or "."
        root = self._roots.get(folder)
        if root is None:
            root = self._roots[folder] = repository(folder)
        if root not in self._histories:
            self._histories[root] = self._history(root, path)
        return self._histories[root], _from_root(path, root)

    def _history(self, root: str, path: str) -> History:
        if not os.path.exists(os.path.join(root, ".git")):
            raise UsageError(f"--since {self._revision}: {path} lies in no git repository")
        try:
            return History(root, self._revision)
        except NoHistory as problem:
            raise UsageError(f"--since {self._revision}: {problem}") from None


def _inputs(config: Config) -> Sequence[str]:
    own = [one.file for one in (*config.bases, config) if one.file is not None]
    return [*own, *config.rules, *config.catalogue]


def _from_root(path: str, root: str) -> str:
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.relpath(os.path.join(os.path.realpath(folder), name), root).replace(os.sep, "/")


def _is_beside(folder: str, other: str) -> bool:
    """Whether a file lies in a folder, or below one that is not the root: what manifests ask for lies there."""
    above = other.rpartition("/")[0]
    return above == folder or (bool(folder) and above.startswith(f"{folder}/"))


def _as_they_were(history: History, path: str, now: Surroundings | None, then: Run) -> Surroundings | None:
    """What a reader may ask for beside a file, as it was at the revision."""
    if now is None:
        return None
    folder = path.rpartition("/")[0]

    def text(name: str) -> str | None:
        place = os.path.normpath(os.path.join(folder, name)).replace(os.sep, "/")
        if os.path.isabs(name) or place.startswith("..") or "\0" in name:
            return None
        if now.text(name) is not None and place not in history.changed:
            return now.text(name)
        held = history.then(place)
        return held.decode("utf-8", errors="replace") if held is not None else None

    def names() -> list[str]:
        return sorted(name for name in history.names(folder) if name.endswith(MANIFESTS))

    def once(name: str, make: Callable[[], Any]) -> Any:
        known = then.kept(os.path.join(history.root, folder))
        if name not in known:
            known[name] = make()
        return known[name]

    return now._replace(text=text, names=names, kept=once)
