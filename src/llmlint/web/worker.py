"""A process that answers: a line of JSON in, a line out. It reads no file but the program's own, and opens no socket.

The server ends it when an answer takes too long. Beside the settings of the lint, which ask for no files, an audit hook
refuses them here once everything is loaded: two locks, so that a mistake in one opens nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import site
import sys
import sysconfig
from typing import Any

MOST_MEMORY = 1 << 31
"""Bytes of address space, where the system can limit it."""
READING = ("os.listdir", "os.scandir")
"""Events of folders that are read, which is how modules are found."""
FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename", "os.mkdir",
    "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate", "shutil.", "ctypes.", "urllib.",
    "ftplib.",
)  # fmt: skip
"""Beginnings of the names of events that nothing here has a use for."""


READY = b"ready\n"
"""What is written first: from then on the server counts the time."""


class Refused(PermissionError):
    """A file or socket was asked for."""


def main() -> None:
    """Answer until the input ends."""
    _limit_memory()
    from llmlint.web.answers import KINDS

    _warm_up()
    lock()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        answer, names = KINDS[asked["kind"]]
        try:
            told: dict[str, Any] = {"answer": answer(*(asked[name] for name in names))}
        except Exception as error:  # a fault of ours must not end the others' answers
            told = {"fault": type(error).__name__}
        sys.stdout.buffer.write(json.dumps(told, allow_nan=False).encode("ascii") + b"\n")
        sys.stdout.buffer.flush()


def _warm_up() -> None:
    """Load what a text needs, before files are refused; the rest is the program's own, which may be read."""
    from llmlint.web.answers import check

    check("model: meta-llama/Llama-3.1-8B-Instruct\nengine: vllm\nmachine: {gpus: L4}\n")


def lock() -> None:
    """From now on refuse files but the program's own for reading, and everything that leaves the process."""
    import llmlint
    from llmlint.resources import folder

    paths = sysconfig.get_paths()
    own = [os.path.dirname(llmlint.__file__), folder("rules"), folder("schemas"), *site.getsitepackages(),
           *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))]  # fmt: skip
    roots = tuple(os.path.join(os.path.realpath(one), "") for one in own)
    sys.dont_write_bytecode = True

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and not _is_own(arguments, roots):
            raise Refused(f"a file was asked for: {arguments[0]!r}")
        if event in READING and not _lies_in(arguments[0], roots):
            raise Refused(f"a folder was asked for: {arguments[0]!r}")
        if event.startswith(FORBIDDEN):
            raise Refused(f"{event} was asked for")

    sys.addaudithook(refuse)


def _is_own(arguments: tuple[Any, ...], roots: tuple[str, ...]) -> bool:
    path, mode, flags = arguments
    if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or any(letter in (mode or "") for letter in "wax+"):
        return False
    return _lies_in(path, roots)


def _lies_in(path: Any, roots: tuple[str, ...]) -> bool:
    """Whether a path leads to one of the folders or into it; a stream that is open already does."""
    if isinstance(path, int):
        return True
    return path is not None and os.path.join(os.path.realpath(os.fsdecode(path)), "").startswith(roots)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main()
