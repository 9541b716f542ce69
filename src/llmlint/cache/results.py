"""The kept results of one run: looks them up, and takes new ones in."""

from __future__ import annotations

from llmlint.cache.asked import Asked, Folders, still_holds
from llmlint.cache.hashing import blake2b
from llmlint.cache.settings_key import settings_key
from llmlint.cache.store import Store
from llmlint.catalog.index import loads
from llmlint.packed import dumps
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from llmlint.config import Config
    from llmlint.finding import FileResult
    from llmlint.plans import Surroundings
    from llmlint.reading import Text
    from llmlint.settings import Checking
    from llmlint.wanted import WantedOfFiles

NOTHING = b"-"
"""In place of notes, where a file asks for nothing beside it: nearly all do."""


class _Place(NamedTuple):
    """Where the results for one configuration are."""

    store: Store
    begun: Any
    """A hash that holds all but the file."""


class Results:
    """Those of a run, in a folder that `place.prepared` gave."""

    def __init__(self, folder: str, secret: bytes, options: WantedOfFiles, more: Sequence[object], today: str) -> None:
        self._folder, self._secret, self._options, self._more = folder, secret, options, more
        self._today = (options.today or today).encode()
        self._places: dict[int, _Place | None] = {}
        self._configs: list[Config] = []
        self._folders = Folders()

    def key(self, text: Text, *more: bytes) -> bytes:
        """What a result for a file that has been read is kept under; empty where none is. `more`: of another kind."""
        place = self._place(text.checking)
        if place is None:
            return b""
        taken = place.begun.copy()
        taken.update(text.path.encode("utf-8", "surrogateescape") + (b"\0n" if text.named else b"\0f"))
        for one in more:
            taken.update(b"\0" + one)
        data = text.data
        if _is_dated(data):
            taken.update(b"\0" + self._today)
        taken.update(b"\0\0" + data)
        return taken.hexdigest().encode()  # type: ignore[no-any-return]  # a hash of which Python has several kinds

    def get(self, text: Text, key: bytes, around: Callable[[], Surroundings | None]) -> str | None:
        """The line of what was found, if it is known and what it rests on is as it was. `around`: the file's."""
        place = self._place(text.checking)
        held = place.store.get(key) if place is not None else None
        if held is None:
            return None
        asked, found = held
        if asked != NOTHING and not still_holds(loads(asked), around(), self._folders):
            return None
        return found.decode("ascii")

    def is_fresh(self, text: Text, key: bytes) -> bool:
        """Whether an entry need not be noted as used."""
        place = self._place(text.checking)
        return place is not None and place.store.is_fresh(key)

    def asked(self, around: Surroundings) -> Asked:
        """What notes what is asked for beside a file."""
        return Asked(around, self._folders)

    def keep(self, text: Text, key: bytes, asked: bytes, found: bytes) -> None:
        """Keep what was found in a file."""
        place = self._place(text.checking)
        if place is not None:
            place.store.add(key, asked, found)

    def use(self, text: Text, key: bytes) -> None:
        """Note that what is kept under a key was of use."""
        place = self._place(text.checking)
        if place is not None:
            place.store.use(key)

    def write(self) -> None:
        """Write what is new to the disk; raises `OSError`."""
        for place in self._places.values():
            if place is not None:
                place.store.write()

    def prepare(self, checking: Checking) -> None:
        """Read what is kept for a configuration, so that processes that are copied from this one share it."""
        self._place(checking)

    def _place(self, checking: Checking) -> _Place | None:
        known = id(checking.config)
        if known not in self._places:
            self._configs.append(checking.config)  # as long as it is held, no other has its id
            self._places[known] = self._opened(checking)
        return self._places[known]

    def _opened(self, checking: Checking) -> _Place | None:
        if not checking.config.cache:
            return None
        try:
            name = settings_key(checking, self._options, self._more)
        except OSError:  # a file of the configuration has vanished
            return None
        begun = blake2b(name.encode(), key=self._secret, digest_size=16)
        return _Place(Store(self._folder, name, self._secret), begun)


def _is_dated(data: bytes) -> bool:
    """Whether what is found may depend on the day: where comments or annotations may say `until=`. UTF-16 may."""
    return b"\0" in data or (b"llmlint" in data and (b"llmlint:" in data or b"llmlint.dev/" in data))


def notes_of(asked: Asked | None) -> bytes | None:
    """What was asked for, in a word of an entry; None where not all of it is known."""
    if asked is None:
        return NOTHING
    if not asked.is_known:
        return None
    notes = asked.notes()
    if not notes:
        return NOTHING
    return dumps(notes).encode("ascii")


def is_lasting(result: FileResult) -> bool:
    """Whether a result is one of the file's own: a fault of the program may be gone with the next run."""
    return all(one.rule != "internal-error" for one in result.findings)
