"""Patterns of file names: `*`, `?` and `[…]` within a name, `**` for any number of folders, `/` between names.

Patterns come from configurations, which strangers may write: matching takes no time that grows beyond the product of
both lengths. Slow path: `fnmatch` is imported when there is a pattern.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def is_pattern(text: str) -> bool:
    """Whether anything in it is a wildcard."""
    return any(character in text for character in "*?[")


def matches(pattern: str, path: str) -> bool:
    """Whether a path, its names parted by `/`, is what the whole pattern describes."""
    return _match(pattern.split("/"), path.split("/"))


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern describes a path or a folder that it lies in; without `/`, at any depth."""
    names = path.split("/")
    pattern = pattern.removeprefix("./").rstrip("/")
    if "/" not in pattern:
        return any(_match([pattern], [name]) for name in names)
    wanted = pattern.lstrip("/").split("/")
    return any(_match(wanted, names[:end]) for end in range(1, len(names) + 1))


def _match(pattern: Sequence[str], names: Sequence[str]) -> bool:
    """The common way with wildcards: on a mismatch, let the last `**` take one name more."""
    from fnmatch import fnmatchcase

    wanted = name = retry_name = 0
    retry = -1
    while name < len(names):
        if wanted < len(pattern) and pattern[wanted] == "**":
            retry, retry_name = wanted, name
            wanted += 1
        elif wanted < len(pattern) and fnmatchcase(names[name], pattern[wanted]):
            wanted += 1
            name += 1
        elif retry >= 0:
            retry_name += 1
            wanted, name = retry + 1, retry_name
        else:
            return False
    return all(rest == "**" for rest in pattern[wanted:])
