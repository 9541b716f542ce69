"""Reads the configuration of llama-swap: a command line for each model, put together of macros."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers import shell, variables
from llmlint.readers.devices import visible_gpus
from llmlint.readers.values import at, items, mapping
from llmlint.readers.wording import MOST_TEXT, Inside, plain
from llmlint.unit import Said, Supplied, Unit, Variable, Word

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

MACRO = r"\$\{([\w.-]+)\}"
MOST_DEPTH = 8
"""Of macros in macros."""
MOST_WORDS = 2_000
"""Of one command, so that macros that hold one another many times end."""
MOST_FILLED = 10_000
"""Characters of a word, likewise."""
MOST_MODELS = 500
ON_THE_MACHINE: frozenset[Supplied] = frozenset({"image", "token", "probes", "shared-memory", "gpus", "storage"})
"""A process without a container has the machine's own, and llama-swap asks each whether it is ready."""


def recognises(data: Any) -> bool:
    """Whether models have commands."""
    models = mapping(data, "models")
    return any(isinstance(at(model, "cmd"), str) for model in models.values())


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of every model."""
    return [unit for document in documents for unit in _units(document)]


def _units(document: Document) -> Iterator[Unit]:
    shared = _macros(document, ("macros",))
    for name, model in list(mapping(document.data, "models").items())[:MOST_MODELS]:
        command = at(model, "cmd")
        if not isinstance(command, str):
            continue
        path: Path = ("models", name)
        unit = Unit(f"models.{name}", "llama-swap", Spot(document, path, key=True))
        unit.kind = "model"
        unit.supplies = ON_THE_MACHINE
        unit.profiles = _profiles(document.data, name)
        macros = {**shared, **_macros(document, (*path, "macros")), "MODEL_ID": Said(name, unit.home)}
        _environment(unit, document, (*path, "env"), items(model, "env"), macros)
        unit.entrypoint = tuple(_Command(document, macros).words((*path, "cmd"), command))
        unit.gpus = visible_gpus(unit)
        yield unit


def _profiles(data: Any, name: str) -> tuple[str, ...]:
    """One model runs at a time, but for the members of a group that are not swapped."""
    for group, one in mapping(data, "groups").items():
        if at(one, "swap") is False and name in items(one, "members"):
            return (f"group {group}",)
    return (name,)


def _macros(document: Document, path: Path) -> dict[str, Said[str]]:
    """Macros by name with their places: a mapping, or a list of mappings."""
    written = at(document.data, *path)
    parts: list[tuple[Path, Any]] = [(path, written)]
    if isinstance(written, list):
        parts = [((*path, index), part) for index, part in enumerate(written)]
    return {
        name: Said(plain(value), Spot(document, (*place, name)))
        for place, part in parts
        if isinstance(part, dict)
        for name, value in part.items()
        if not isinstance(value, (dict, list))
    }


def _environment(
    unit: Unit, document: Document, path: Path, entries: list[Any], macros: Mapping[str, Said[str]]
) -> None:
    for index, entry in enumerate(entries):
        name, equals, value = plain(entry).partition("=") if not isinstance(entry, (dict, list)) else ("", "", "")
        if equals:
            filled = _filled(value, macros)
            unit.environment[name] = Variable(name, filled, Spot(document, (*path, index)))


def _filled(text: str, macros: Mapping[str, Said[str]]) -> str:
    """A text with the macros in it in place; as it is where they never end."""
    filled, left = text, variables.room()

    def value(match: re.Match[str]) -> str:
        return left.take(macros[match[1]].value, match[0]) if match[1] in macros else match[0]

    for _ in range(MOST_DEPTH):
        before = filled
        filled = re.sub(MACRO, value, before)
        if filled == before:
            return filled
        if len(filled) > MOST_FILLED:
            break
    return text


class _Command:
    """Splits one model's command."""

    def __init__(self, document: Document, macros: Mapping[str, Said[str]]) -> None:
        self.document = document
        self.macros = macros
        self.left = MOST_WORDS
        self.within: list[str] = []
        """Macros whose words are being read: none is read within itself."""

    def words(self, path: Path, text: str) -> Iterator[Word]:
        """The words of a text at a path; a macro that is a word of its own gives its words in their own place."""
        text = text[:MOST_TEXT]
        places = Inside(self.document, path, text=text)
        comment = 0
        for token in shell.words(_without_comments(text)):
            word = places.word(token, text)
            line = word.spot.span.line if word.spot.span is not None else 0
            if token.text.startswith("#") and not token.quoted and line and self._begins_line(places, token.start):
                comment = line
            if line and line == comment:
                continue
            self.left -= 1
            if self.left < 0:
                return
            yield from self._expanded(token, word)

    def _expanded(self, token: shell.Token, word: Word) -> Iterator[Word]:
        macro = re.fullmatch(MACRO, token.text)
        name = macro[1] if macro is not None else ""
        said = self.macros.get(name)
        if said is None or token.quoted or said.spot.key:
            yield word._replace(text=_filled(token.text, self.macros))
        elif name in self.within or len(self.within) >= MOST_DEPTH:
            yield word
        else:
            self.within.append(name)
            yield from self.words(said.spot.path, said.value)
            self.within.pop()

    @staticmethod
    def _begins_line(places: Inside, start: int) -> bool:
        """Whether nothing stands before a word on its line as it is written; llama-swap drops such a comment."""
        if places.offsets is None or start >= len(places.offsets):
            return False
        before = places.raw[: places.offsets[start]]
        return "\n" in before and not before.rsplit("\n", 1)[-1].strip()


def _without_comments(text: str) -> str:
    """A text with blanks for its lines of comment, as long as it was: a quote in them opens nothing."""
    if "#" not in text:
        return text
    return re.sub(r"(?m)^[ \t]*#[^\n]*", lambda comment: " " * len(comment[0]), text)
