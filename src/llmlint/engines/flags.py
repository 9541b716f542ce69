"""The arguments of an engine as its own parser would read them, and what that parser would say against them.

`parse` is the entrance. What the arguments mean for memory is the engines' matter: here they get names and types.
"""

from __future__ import annotations

from llmlint.engines.flag_reader import FlagProblem, Reader, alone
from llmlint.engines.flag_table import Table, Version, table
from llmlint.engines.flag_values import Value, many, switch
from llmlint.engines.flag_words import plain, words
from llmlint.once import once
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

Args: TypeAlias = "Sequence[object] | dict[str, object] | str | None"

__all__ = ["Args", "FlagProblem", "Flags", "Value", "parse"]


class Flags(NamedTuple):
    """What the arguments say."""

    values: dict[str, Value]
    """By canonical long name without dashes: text, truth value, number, list of words, or JSON."""
    problems: tuple[FlagProblem, ...] = ()
    refused: Mapping[str, str] = {}
    """Values that an option does not take, or that hold a variable, as they are written; they are not in `values`."""

    def words(self) -> dict[str, str | bool | list[str]]:
        """The values as words of a command line, as `engines.request.Request.flags` takes them: JSON is text again."""
        return {name: _typed(value) for name, value in self.values.items()}


def parse(engine: str, args: Args, version: Version | None = None) -> Flags:
    """The arguments of an engine, named as in a deployment file, at a version; None for the newest known.

    An option that other versions know, or that is spelled a little wrong, still gives its value, beside the problem:
    estimates go by what the user means. Raises nothing.
    """
    if isinstance(args, list) and all(type(word) is str for word in args):
        return _line(engine, tuple(args), version)
    return _parsed(engine, args, version)


@once
def _line(engine: str, args: tuple[str, ...], version: Version | None) -> Flags:
    """The same command line in many files is read once."""
    return _parsed(engine, args, version)


def _parsed(engine: str, args: Args, version: Version | None) -> Flags:
    known = table(engine)
    if known is None or not args:
        return Flags({})
    if type(args) is tuple and (values := _each_alone(known, version, args)) is not None:
        return Flags(values)
    reader = Reader(known, version)
    if isinstance(args, dict):
        for key, value in args.items():
            before = len(reader.problems)
            _entry(reader, str(key), value)
            found = reader.problems[before:]
            reader.problems[before:] = [one._replace(spelling=str(key)) for one in found]
    else:
        reader.line(words(args))
    return Flags(reader.values, tuple(reader.problems), reader.refused)


def _each_alone(known: Table, version: Version | None, args: tuple[str, ...]) -> dict[str, Value] | None:
    """The values of a command line each of whose words says all by itself; None where one does not."""
    values: dict[str, Value] = {}
    for word in args:
        found = alone(known, version, word) if word[:1] == "-" and "=" in word else None
        if found is None or found[0] in values:
            return None
        values[found[0]] = list(found[1]) if isinstance(found[1], list) else found[1]
    return values


def _entry(reader: Reader, key: str, value: object) -> None:
    """One key of a mapping: dashes may be missing or written as underscores, for it is no command line."""
    bare = key.lstrip("-") or key
    short = key.startswith("-") and not key.startswith("--")
    spelling = key if short or reader.grammar.bare else "--" + bare
    base, dot, rest = spelling.partition(".")
    known = reader.find(base.replace("_", "-") + dot + rest if not reader.grammar.bare else spelling, key)
    if known is None and not short and not reader.grammar.bare and len(bare) <= 3:
        known = reader.find("-" + bare, key)
    if known is None:
        reader.say_unknown(spelling, key)
    elif value is None and switch(known.option):
        reader.put(known, spelling, [], key)
    else:
        reader.put(known, spelling, _words(value, many(known.option) or known.option.kind[-1] in "*2"), key)


def _words(value: object, several: bool) -> list[str]:
    """A value of the file as the words of a command line."""
    if value is None:
        return []
    if isinstance(value, list) and several:
        return [_word(item) for item in value]
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return [",".join(map(plain, value))]
    return [_word(value)]


def _word(value: object) -> str:
    if not isinstance(value, (list, dict)):
        return plain(value)
    import json

    try:
        return json.dumps(value, default=str)
    except (ValueError, RecursionError):
        return ""


def _typed(value: Value) -> str | bool | list[str]:
    if isinstance(value, bool | str):
        return value
    return [_word(item) for item in value] if isinstance(value, list) else _word(value)
