"""Finds the files that a run looks at: those named, those in named folders, those that globs match."""

from __future__ import annotations

import os
import stat

from llmlint.document import MAX_BYTES
from llmlint.finding import Error
from llmlint.globs import is_pattern, matches
from llmlint.tuples import NamedTuple

ENDINGS = (".yaml", ".yml", ".json", ".service", ".Modelfile", ".modelfile")
BEGINNINGS = ("Modelfile",)
"""Of names, whatever the ending: what is no manifest is passed over by its content."""
SKIPPED = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".terraform", ".llmlint"})
READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Not blocking: opening a FIFO that nobody writes to would wait for ever."""
CONFIGURATION = frozenset({".llmlint.yaml", ".llmlint-baseline.json"})

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmlint.gitignore import Ignored


class Unreadable(Error):
    """A path that was named and cannot be read; the run ends with code 2."""


class NoFile(Unreadable):
    """What has no text by its kind: a folder, a pipe, a link to nothing. In a folder it is passed over."""


class NotThere(Unreadable):
    """A path to nothing, with the name beside it that comes near."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.near = _near(path)
        meant = f"; did you mean {self.near}?" if self.near else ""
        super().__init__(f"{path or repr(path)}: no such file or folder{meant}")


class Found(NamedTuple):
    """A file to look at."""

    path: str
    named: bool
    """Named by the user: linted whatever it looks like."""
    unreadable: str = ""
    """Why it, a folder, cannot be looked into."""
    passed_over: str = ""
    """Why it is not looked at."""


def find(paths: Sequence[str], *, gitignore: bool = True) -> Iterator[Found]:
    """Every file once, in the order of the arguments, those of a folder sorted; raises `Unreadable`.

    `gitignore`: of folders, what their repository ignores is left out without a word.
    """
    if len(paths) == 1 and os.path.isdir(paths[0]):  # a walk finds nothing twice
        yield from _expand(paths[0], gitignore)
        return
    seen: set[str] = set()
    for path in paths:
        for found in _expand(path, gitignore):
            key = os.path.normpath(found.path)
            if key not in seen:
                seen.add(key)
                yield found


def _expand(path: str, gitignore: bool) -> Iterator[Found]:
    if os.path.isdir(path):
        yield from _walk(path, _ignored(path) if gitignore else None)
    elif os.path.lexists(path):
        yield Found(path, True)
    elif is_pattern(path):
        yield from _glob(path, gitignore)
    else:
        raise NotThere(path)


def _near(path: str) -> str:
    """A file or folder whose name comes near one that is not there; empty if there is none."""
    from difflib import get_close_matches

    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder or ".")[:10_000]
    except OSError:
        return ""
    near = get_close_matches(name, names, n=1, cutoff=0.75)
    return os.path.join(folder, near[0]) if near else ""


def _glob(pattern: str, gitignore: bool) -> Iterator[Found]:
    import glob

    found = sorted(_deep_glob(pattern) if "**" in pattern.split("/") else glob.glob(pattern))
    if not found:
        raise Unreadable(f"{pattern}: nothing matches")
    for match in found:
        yield from _expand(match, gitignore)


def _deep_glob(pattern: str) -> Iterator[str]:
    """Files below the part without wildcards. The library's `**` follows links to folders, and may never end."""
    names = pattern.split("/")
    fixed = next(position for position, name in enumerate(names) if is_pattern(name))
    base = "/".join(names[:fixed])
    for here, folders, files in os.walk(base + "/" if base or fixed else "."):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        for name in files:
            path = os.path.normpath(os.path.join(here, name))
            if matches(os.path.normpath(pattern), path) and not name.startswith("."):
                yield path


def _ignored(folder: str) -> Ignored | None:
    """What the folder's repository ignores; None outside of any."""
    root = repository(folder)
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    from llmlint.gitignore import Ignored

    return Ignored(root)


def _is_ours(name: str) -> bool:
    return (name.endswith(ENDINGS) or name.startswith(BEGINNINGS)) and name not in CONFIGURATION


def _walk(folder: str, ignored: Ignored | None) -> Iterator[Found]:
    """Files with a fitting name, sorted; links to folders are not followed, so that a tree ends."""
    closed: list[OSError] = []
    inside: str | None = None
    pending = [folder]
    while pending:
        folders, files = _entries(pending.pop(), closed)
        if ignored is not None:
            folders = [one for one in folders if not ignored(one, folder=True)]
        pending += reversed(folders)
        for path, is_link in files:
            if ignored is None or not ignored(path, folder=False):
                if is_link:
                    inside = inside or repository(folder)
                    if not os.path.realpath(path).startswith(inside):
                        yield Found(path, False, passed_over="a link that leads out of the folder")
                        continue
                yield Found(path[2:] if folder == "." else path, False, "", "")
    for error in closed:
        yield Found(str(error.filename), False, unreadable=reason(error))


def _entries(folder: str, closed: list[OSError]) -> tuple[list[str], list[tuple[str, bool]]]:
    """Paths of the folders in a folder, and of its files that may be ours with whether they are links; sorted."""
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_folder(entry):
                    if entry.name not in SKIPPED and not entry.is_symlink():
                        folders.append(entry.path)
                elif _is_ours(entry.name):
                    files.append((entry.path, entry.is_symlink()))
    except OSError as error:
        closed.append(error)
    return sorted(folders), sorted(files)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or leads to one."""
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def repository(folder: str) -> str:
    """The real path, with a separator at its end, that links in a folder may not leave: its repository, or itself."""
    here = top = os.path.realpath(folder)
    while not os.path.exists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return os.path.join(top, "")
        here = parent
    return os.path.join(here, "")


LEAST_READ = 1 << 16
"""Bytes that are asked for at once of a file that is longer than it said."""


def read(path: str) -> bytes:
    """The bytes of a regular file, one more than the cap at most; raises `Unreadable`."""
    try:
        handle = os.open(path, READING)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoFile(f"{path}: {reason(error)}") from None
    except (OSError, ValueError) as error:
        raise (NoFile if _is_odd(path) else Unreadable)(f"{path}: {reason(error)}") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NoFile(f"{path}: not a regular file")
        return _contents(handle, status.st_size)
    except OSError as error:
        raise Unreadable(f"{path}: {reason(error)}") from None
    finally:
        os.close(handle)


def _contents(handle: int, size: int) -> bytes:
    """All bytes up to one more than the cap; `size` is what the system says, which growing files and /proc belie."""
    data = b""
    while len(data) <= MAX_BYTES:
        wanted = min(max(size + 1 - len(data), LEAST_READ), MAX_BYTES + 1 - len(data))
        more = os.read(handle, wanted)
        if not more:
            break
        data = data + more if data else more
    return data


def _is_odd(path: str) -> bool:
    """Whether it is no regular file, or a link that leads to none: sockets and loops cannot even be opened."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return os.path.islink(path)


def reason(error: Exception) -> str:
    """Why, in small letters."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
