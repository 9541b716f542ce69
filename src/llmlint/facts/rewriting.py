"""What an edit expects and writes at an option of the engine's arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts.fact import Place
from llmlint.finding import Path

if TYPE_CHECKING:
    from llmlint.facts import Facts


def taken_away(facts: Facts, path: Path, text: str, *, values: int) -> Place:
    """The place of an option that an edit leaves out; `path` leads to where it is set: its value, if it has one."""
    word = _word(facts, path)
    if word is None:
        return Place(path, text)
    if isinstance(path[-1], str) or values == 0 or _holds_all(word):
        return Place(path, text, None, word, "")
    before = (*path[:-1], path[-1] - 1)
    option = _word(facts, before) or ""
    certain = option.startswith("-") and "=" not in option and not word.startswith("-")
    return Place(path, text, None, option, "", values, before) if certain else Place(path, text)


def given(facts: Facts, path: Path, text: str, value: float | str) -> Place:
    """The place of an option with one value, for which an edit writes another."""
    word = _word(facts, path)
    if word is None or (isinstance(path[-1], int) and " " in word):
        return Place(path, text)
    if isinstance(path[-1], str):
        return Place(path, text, replacement=value)
    name, equals, _ = word.partition("=")
    if _holds_all(word):
        return Place(path, text, None, word, f"{name}={value}") if equals else Place(path, text)
    return Place(path, text, None, word, str(value))


def with_option(facts: Facts, name: str, value: int) -> Place:
    """The place of an option, written or not, for which an edit writes a value.

    Where it is not written, it comes behind the last argument. A place without a replacement has no room for it.
    """
    engine = facts.deployment.engine
    args, written, path = (engine.args if engine is not None else None), facts.engine.place(name), ("engine", "args")
    if len(written) == 3:
        return given(facts, written, "", value)
    word = f"--{name}={value}"
    if args:
        last = str(args[-1]) if isinstance(args, list) else ""
        alone = re.fullmatch(r"[^\s'\"\\|<>;&]+", last) is not None
        return Place((*path, len(args) - 1), "", None, last, (last, word)) if alone else Place(path, "")
    if facts.plan.unit is not None:
        return Place(path, "")
    if facts.plan.document.holds(("engine", "name")):
        return Place(path, "", replacement=[word])
    return Place(path, "", replacement={"name": facts.engine.name, "args": [word]}, edited=("engine",))


def _holds_all(word: str) -> bool:
    """Whether a word is the option with its value."""
    return word.startswith("-") and ("=" in word or " " in word)


def _word(facts: Facts, path: Path) -> str | None:
    """The word, or the key of a mapping, at the path of an argument; None where the path leads to all of them."""
    engine = facts.deployment.engine
    args = engine.args if engine is not None else None
    if len(path) != 3:
        return None
    if isinstance(args, dict):
        return str(path[-1])
    index = path[-1]
    return str(args[index]) if isinstance(args, list) and isinstance(index, int) and index < len(args) else None
