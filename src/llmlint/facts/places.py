"""Where an argument stands among the engine's arguments in the file. Slow path: asked only for findings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from llmlint.engines.flags import Args, parse
from llmlint.engines.versions import parsed


def index(engine: str, args: Args, version: str | None, names: Iterable[str]) -> int | str | None:
    """Index of the item, or key of the entry, with which one of these options has its value; None where none has."""
    wanted, release = set(names), parsed(version)

    def sets(some: Args) -> bool:
        return not wanted.isdisjoint(parse(engine, some, release).values)

    if isinstance(args, dict):
        return next((key for key, value in args.items() if sets({key: value})), None)
    if not isinstance(args, list) or not sets(args):
        return None
    # Once set it stays set, whatever follows: the shortest beginning that sets it ends with it.
    return bisect_left(range(len(args)), True, key=lambda last: sets(args[: last + 1]))
