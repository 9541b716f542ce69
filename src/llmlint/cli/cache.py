"""`llmlint cache`: says where results are kept, and takes them away."""

from __future__ import annotations

import contextlib
import os
import sys

from llmlint.cache.place import NoPlace, check, folder
from llmlint.cache.store import is_ours, is_store
from llmlint.cli.problems import tell
from llmlint.discovery import reason
from llmlint.reports.printable import printable_file


def where() -> int:
    """Print the folder, whether it is there yet or not; 2 where it could not be used."""
    try:
        path = folder(os.environ)
        with contextlib.suppress(FileNotFoundError):
            check(path)
    except (NoPlace, OSError) as problem:
        return tell(str(problem) if isinstance(problem, NoPlace) else reason(problem))
    sys.stdout.write(f"{printable_file(path)}\n")
    return 0


def clear() -> int:
    """Take all away that llmlint has put there, and nothing else; 2 where that cannot be."""
    try:
        path = folder(os.environ)
        check(path)
        ours = [name for name in os.listdir(path) if is_ours(name)]
        for name in ours:
            os.unlink(os.path.join(path, name))
        with contextlib.suppress(OSError):  # somebody else has put something there
            os.rmdir(path)
    except FileNotFoundError:
        ours = []
    except (NoPlace, OSError) as problem:
        return tell(str(problem) if isinstance(problem, NoPlace) else f"{path}: {reason(problem)}")
    number = sum(map(is_store, ours))
    sys.stdout.write(f"removed {number} file{'' if number == 1 else 's'} of results\n" if ours else "nothing is kept\n")
    return 0
