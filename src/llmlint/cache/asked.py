"""Notes what is asked for beside a file while it is linted, and tells later whether the answers are still the same."""

from __future__ import annotations

import os

from llmlint.cache.hashing import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from llmlint.plans import Surroundings

TEXT, COVERED, NAMES, FOLDER = "t", "c", "n", "f"
"""Kinds of notes: the text of a file, whether the run lints it, which manifests lie beside, the texts of all these."""
MOST = 8
"""Texts of manifests beside a file that are noted one by one; of more, all of the folder are noted as one."""


class Folders:
    """What is known of the folders of a run: texts of a folder hashed as one, and what was noted where several files
    share what was worked out.
    """

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}
        self.shared: dict[tuple[str, str], dict[str, str]] = {}

    def digest(self, around: Surroundings, names: Sequence[str]) -> str:
        """One hash of all manifests in the folder of a file."""
        folder = os.path.dirname(around.file)
        if folder not in self._digests:
            self._digests[folder] = _all_texts(around, names)
        return self._digests[folder]


class Asked:
    """What was asked of the surroundings of one file."""

    def __init__(self, around: Surroundings, folders: Folders) -> None:
        self._around, self._folders = around, folders
        self._notes: dict[str, str] = {}
        self.is_known = True
        """Whether all that was asked for was noted: not where it had been worked out before."""

    def noting(self) -> Surroundings:
        """The same surroundings, which note what is asked."""
        return self._around._replace(text=self._text, covers=self._covers, names=self._names, kept=self._kept)

    def _text(self, name: str) -> str | None:
        text = self._around.text(name)
        self._notes[TEXT + name] = _hash(text)
        return text

    def _covers(self, name: str) -> bool:
        covered = self._around.covers(name)
        self._notes[COVERED + name] = str(covered)
        return covered

    def _names(self) -> Sequence[str]:
        names = self._around.names()
        self._notes[NAMES] = digest(*map(_bytes, names))
        return names

    def _kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What is worked out once for all files of a folder: what was asked for then counts for each of them."""
        place = (os.path.dirname(self._around.file), name)
        before, self._notes = self._notes, {}
        made = False

        def noted() -> Any:
            nonlocal made
            made = True
            return make()

        try:
            value = self._around.kept(name, noted)
        finally:
            notes, self._notes = self._notes, before
        if made:
            self._folders.shared[place] = notes
        elif place not in self._folders.shared:
            self.is_known = False
        self._notes.update(self._folders.shared.get(place, {}))
        return value

    def notes(self) -> list[list[str]]:
        """Kind and name of what was asked, and a hash of the answer; many manifests of the folder as one."""
        notes = self._notes
        names = self._around.names() if len(notes) > MOST else ()
        beside = {TEXT + name for name in names}
        if len(beside & notes.keys()) > MOST:
            notes = {key: value for key, value in notes.items() if key not in beside}
            notes[FOLDER] = self._folders.digest(self._around, names)
        return [[key, value] for key, value in notes.items()]


def still_holds(notes: Iterable[Sequence[str]], around: Surroundings | None, folders: Folders) -> bool:
    """Whether all that was asked for would be answered the same way now."""
    return around is not None and all(_now(key, around, folders) == value for key, value in notes)


def _now(key: str, around: Surroundings, folders: Folders) -> str:
    kind, name = key[:1], key[1:]
    if kind == TEXT:
        return _hash(around.text(name))
    if kind == COVERED:
        return str(around.covers(name))
    names = around.names()
    return digest(*map(_bytes, names)) if kind == NAMES else folders.digest(around, names)


def _all_texts(around: Surroundings, names: Sequence[str]) -> str:
    return digest(*(_bytes(part) for name in names for part in (name, _hash(around.text(name)))))


def _hash(text: str | None) -> str:
    return "" if text is None else digest(_bytes(text))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
