"""When versions of engines were released, and how old one is beside the newest that is known: data/releases.tsv."""

from __future__ import annotations

import os
from functools import cache

from llmlint.engines.flag_table import DATA
from llmlint.engines.versions import Version, parsed
from llmlint.tuples import NamedTuple

DAYS_A_MONTH = 30.44


class Release(NamedTuple):
    """A version and its day."""

    version: Version
    text: str
    day: str
    """ISO date."""


@cache
def releases(engine: str) -> tuple[Release, ...]:
    """Those of an engine, from old to new; empty where nobody has looked."""
    with open(os.path.join(DATA, "releases.tsv"), encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    found = [Release(parsed(text) or (), text, day) for name, text, day in rows if name == engine]
    return tuple(sorted(found))


def newest(engine: str) -> Release | None:
    """The newest that is known."""
    return max(releases(engine), default=None)


def release(engine: str, version: Version) -> Release | None:
    """The version, or the next one where it is not listed; None where it is older, or newer, than all that are."""
    known = releases(engine)
    if not known or version < known[0].version:
        return None
    return min((one for one in known if one.version >= version), default=None)


def months_behind(engine: str, version: Version) -> float | None:
    """Months between the release of a version and that of the newest that is known."""
    from datetime import date

    found, last = release(engine, version), newest(engine)
    if found is None or last is None:
        return None
    return (date.fromisoformat(last.day) - date.fromisoformat(found.day)).days / DAYS_A_MONTH
