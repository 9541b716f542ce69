"""Loads rule packs: files and folders of rules, the team's own beside the built-in ones. Slow path only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice

from llmlint.builtin import BUILT_IN
from llmlint.facts.registry import registry
from llmlint.finding import Problem, Span
from llmlint.rule import Rule
from llmlint.rule_file import InvalidRule, Loaded, load_rule

START = Span(1, 1, 1, 2)
MOST_RULES = 1_000
"""Of one pack: a limit against packs made to exhaust memory."""
RESERVED = ("by a rule that is built in", "by the program itself")
"""Where an id comes from that no file of the user's can have."""


def ids_in_use(built_in: Sequence[Rule]) -> dict[str, str]:
    """Ids that a pack of one's own cannot use, to begin `taken` with."""
    return dict.fromkeys((*BUILT_IN, "all"), RESERVED[1]) | {rule.id: RESERVED[0] for rule in built_in}


def load_pack(path: str, taken: dict[str, str]) -> list[Rule]:
    """The rules of a file or folder, checked completely; `taken` maps ids in use to where they come from.

    Raises `InvalidRule` for the first file that cannot be used, with all of its problems.
    """
    return [loaded.rule for loaded in read_pack(path, taken)]


def read_pack(path: str, taken: dict[str, str]) -> list[Loaded]:
    """As `load_pack`, with the files as data too."""
    facts = registry()
    found = []
    for file in files(path):
        loaded = _load(file, facts)
        first = taken.setdefault(loaded.rule.id, file)
        if first != file:
            where = first if first in RESERVED else f"by {first}"
            problem = Problem(f"the id {loaded.rule.id} is taken {where}", loaded.id_span, "rename the file and its id")
            raise InvalidRule(file, [problem])
        found.append(loaded)
    return found


def _load(file: str, facts: object) -> Loaded:
    try:
        return load_rule(file, facts)  # type: ignore[arg-type]
    except OSError as error:
        raise _unusable(file, (error.strerror or str(error)).lower()) from None


def files(path: str) -> Iterator[str]:
    """The rule files of a pack, sorted; a pack without any is a mistake, not an empty pack."""
    if not os.path.isdir(path):
        if not os.path.lexists(path):
            raise _unusable(path, "no such file or folder")
        yield path
        return
    found = list(islice(_rule_files(path), MOST_RULES + 1))
    if not found:
        raise _unusable(path, "no rule files (*.yaml) in it")
    if len(found) > MOST_RULES:
        raise _unusable(path, f"more than {MOST_RULES} files")
    yield from sorted(found)


def _rule_files(path: str) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise _unusable(str(error.filename), (error.strerror or str(error)).lower())

    home = os.path.join(os.path.realpath(path), "")
    for folder, folders, names in os.walk(path, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                file = os.path.join(folder, name)
                if not os.path.realpath(file).startswith(home):
                    raise _unusable(file, "a link that leads out of the pack")
                yield file


def _unusable(path: str, why: str) -> InvalidRule:
    return InvalidRule(path, [Problem(why, START, "--rules and `rules:` take rule files and folders of them")])
