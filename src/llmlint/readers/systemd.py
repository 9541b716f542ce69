"""Reads systemd's units of services: what `ExecStart` launches, with the variables and limits of the unit."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from llmlint.plans import Spot
from llmlint.readers import dotenv, shell, variables
from llmlint.readers.devices import visible_gpus
from llmlint.readers.programs import ASSIGNMENT
from llmlint.readers.text import TextDocument
from llmlint.readers.wording import MOST_TEXT, Inside
from llmlint.unit import Amounts, Said, Supplied, Unit, Variable, Word

if TYPE_CHECKING:
    from llmlint.readers.registry import Surroundings

SECTION = r"\[([A-Za-z0-9_.-]+)\]"
SETTING = r"[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*="
PREFIXES = "@-+!:|"
"""In front of a command: how its failure, rights and name are dealt with."""
SIZES = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
VARIABLE = r"\$\{(\w+)\}|\$(\w+)"
MOST_LINES = 20_000
ON_THE_MACHINE: frozenset[Supplied] = frozenset({"image", "token", "probes", "shared-memory", "gpus", "storage"})
"""A process without a container has the machine's own."""


def read(text: str, surroundings: Surroundings) -> tuple[list[Unit], TextDocument] | None:
    """The units of the commands that a service starts; None where the text is no unit of systemd."""
    document = _parsed(text)
    if document is None or "Service" not in document.data:
        return None
    name = os.path.basename(surroundings.file) or "service"
    commands = document.data["Service"].get("ExecStart", [])
    found = [_unit(document, name, index, surroundings) for index, command in enumerate(commands) if command]
    if not commands:
        found = _drop_in(document, name, surroundings)
    return found, document


def _unit(document: TextDocument, name: str, index: int, surroundings: Surroundings) -> Unit:
    spot = Spot(document, ("Service", "ExecStart", index))
    unit = _base(document, name, spot, surroundings)
    unit.entrypoint = _words(document, ("Service", "ExecStart", index), unit)
    return unit


def _base(document: TextDocument, name: str, home: Spot, surroundings: Surroundings) -> Unit:
    unit = Unit(name, "systemd", home)
    unit.kind = "service"
    unit.supplies = ON_THE_MACHINE
    service = document.data["Service"]
    for index, value in enumerate(service.get("Environment", [])):
        _variables(unit, document, ("Service", "Environment", index), value)
    for index, value in enumerate(service.get("EnvironmentFile", [])):
        _file(unit, Spot(document, ("Service", "EnvironmentFile", index)), value, surroundings)
    for index, value in enumerate(service.get("MemoryMax", [])):
        size = re.fullmatch(r"(\d{1,15})([KMGT]?)", value)
        if size is not None:
            spot = Spot(document, ("Service", "MemoryMax", index))
            unit.limits = Amounts(memory=Said(int(size[1]) * SIZES[size[2]], spot))
    unit.gpus = visible_gpus(unit)
    return unit


def _file(unit: Unit, spot: Spot, value: str, surroundings: Surroundings) -> None:
    """The variables of a file of that name beside the unit's: where it will lie, nothing is to be looked up."""
    name = value.lstrip("-").rsplit("/", 1)[-1]
    written = surroundings.text(name) if name else None
    unit.environment_complete = unit.environment_complete and (written is not None or not name)
    for key, entry in dotenv.entries(written or "", lambda _: None).items():
        unit.environment[key] = Variable(key, entry, spot._replace(elsewhere=name), "config")


def _drop_in(document: TextDocument, name: str, surroundings: Surroundings) -> list[Unit]:
    """A file that only adds to a service: Ollama's settings tell what it is for."""
    unit = _base(document, name, Spot(document, ("Service",), key=True), surroundings)
    first = next((one for key, one in unit.environment.items() if key.startswith("OLLAMA_")), None)
    if first is None:
        return []
    unit.fragment = True
    unit.engine = Said("ollama", first.spot)
    return [unit]


def _variables(unit: Unit, document: TextDocument, path: tuple[str | int, ...], value: str) -> None:
    """`Environment=A=b "C=d e"`; an empty one takes back those before it."""
    if not value:
        unit.environment = {}
    text = _unbroken(document, path)
    places = Inside(document, path, text=document.written(path))
    for token in shell.words(text):
        match = re.fullmatch(ASSIGNMENT, token.text, re.DOTALL)
        if match is not None and not match[2]:
            unit.environment[match[1]] = Variable(match[1], match[3], places.word(token, text).spot)


def _words(document: TextDocument, path: tuple[str | int, ...], unit: Unit) -> tuple[Word, ...]:
    """The words of a command; a variable that is a word of its own is split at blanks."""
    known = {name: variable.value for name, variable in unit.environment.items()}.get
    text = _unbroken(document, path)[:MOST_TEXT]
    prefix = len(text) - len(text.lstrip(PREFIXES))
    places = Inside(document, path, text=document.written(path))
    found: list[Word] = []
    for token in shell.words(" " * prefix + text[prefix:]):
        if token.text == ";":
            break
        word = places.word(token, text)._replace(text=_filled(token.text, known))
        if re.fullmatch(r"\$\w+", token.text) and not token.quoted and word.text != token.text:
            found += [word._replace(text=part) for part in word.text.split()]
        else:
            found.append(word)
    return tuple(found[:1] + found[2:] if "@" in text[:prefix] else found)


def _filled(text: str, known: Callable[[str], str | None]) -> str:
    """`$NAME` and `${NAME}` with their values, `$$` and `%%` as what they stand for; systemd knows no defaults."""
    left = variables.room()

    def value(found: re.Match[str]) -> str:
        return left.take(known(found[1] or found[2] or "") or found[0], found[0])

    return re.sub(VARIABLE, value, text).replace("$$", "$").replace("%%", "%")


def _unbroken(document: TextDocument, path: tuple[str | int, ...]) -> str:
    """A value with blanks for the ends of continued lines and the comments between them, as long as it was."""
    raw = document.written(path)
    raw = re.sub(r"(?m)(?<=\n)[ \t]*[#;][^\r\n]*", lambda comment: " " * len(comment[0]), raw)
    return re.sub(r"\\\r?\n|\r?\n", lambda end: " " * len(end[0]), raw)


def _parsed(text: str) -> TextDocument | None:
    """The settings of a unit file by section and name; None where a line is neither section, setting nor comment."""
    document = TextDocument(text)
    section = ""
    at = lines = 0
    while at < len(text):
        end = _line_end(text, at)
        line = text[at:end].strip()
        lines += 1
        match = re.fullmatch(SECTION, line)
        if lines > MOST_LINES:
            return None
        if line[:1] in ("#", ";"):
            document.comments.append(text.index(line[0], at))
        elif match is not None:
            section = match[1]
            document.data.setdefault(section, {})
            start = text.index("[", at)
            document.put((section,), (start, start + len(line)), (start, start + len(line)))
        elif line:
            found = _setting(document, section, at)
            if found is None:
                return None
            end = found
        at = end + 1
    return document


def _setting(document: TextDocument, section: str, at: int) -> int | None:
    """Takes the setting that begins at an offset; the end of its last line, None where there is none."""
    text = document.text
    match = re.compile(SETTING).match(text, at)
    if match is None or not section:
        return None
    start, end = match.end(), _line_end(text, at)
    while end < len(text) and (_continues(text[start:end]) or _is_comment_inside(text, start, end)):
        end = _line_end(text, end + 1)
    value = text[start:end]
    document.comments += [start + one.start(1) for one in re.finditer(r"(?<=\n)[ \t]*([#;])", value)]
    start += len(value) - len(value.lstrip(" \t"))
    value = value.strip()
    given = document.data[section].setdefault(match[1], [])
    if not value and match[1].startswith("Exec"):
        given.clear()
        return end
    place = (start, start + len(value))
    document.put((section, match[1], len(given)), match.span(1), place)
    if not given:
        document.put((section, match[1]), match.span(1), place)
    given.append(value)
    return end


def _continues(value: str) -> bool:
    return value.rstrip("\r").endswith("\\")


def _is_comment_inside(text: str, start: int, end: int) -> bool:
    """Whether the last line of a value is a comment within it, so that it goes on."""
    line = text[text.rfind("\n", start, end) + 1 : end] if text.rfind("\n", start, end) >= 0 else ""
    return line.lstrip()[:1] in ("#", ";")


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
