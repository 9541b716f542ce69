"""Reads Ollama's Modelfiles: `FROM` names the model, `PARAMETER` sets what it runs with."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from llmlint.plans import Spot
from llmlint.readers.text import TextDocument
from llmlint.unit import Said, Unit, Word

if TYPE_CHECKING:
    from llmlint.readers.registry import Surroundings

OTHER_KEYWORDS = frozenset(
    {"PARAMETER", "TEMPLATE", "SYSTEM", "ADAPTER", "LICENSE", "MESSAGE", "RENDERER", "PARSER", "REQUIRES", "DRAFT"}
)
"""What ollama's parser takes beside FROM (errInvalidCommand in parser/parser.go of ollama/ollama at 00dc3af)."""
OF_MODELFILES = frozenset({"PARAMETER", "TEMPLATE", "SYSTEM", "ADAPTER", "MESSAGE"})
"""Of which one tells a Modelfile from a Dockerfile that says FROM alone."""
INSTRUCTION = r"[ \t]*([A-Za-z]+)[ \t]+([^\r\n]*)"
FILE_NAME = r"(?i)(?:.*[._-])?modelfile(?:[._-].*)?"
MOST_INSTRUCTIONS = 1_000


def read(text: str, surroundings: Surroundings) -> tuple[list[Unit], TextDocument] | None:
    """The unit of a Modelfile; None where the text is none: every line has to be one of its instructions."""
    document = _parsed(text)
    name = os.path.basename(surroundings.file)
    if document is None or "FROM" not in document.data:
        return None
    if OF_MODELFILES.isdisjoint(document.data) and re.fullmatch(FILE_NAME, name) is None:
        return None
    return [_unit(document, name)], document


def _unit(document: TextDocument, name: str) -> Unit:
    last = len(document.data["FROM"]) - 1
    home = Spot(document, ("FROM", last))
    unit = Unit(name or "Modelfile", "Modelfile", home)
    unit.kind = "Modelfile"
    unit.supplies = frozenset({"image", "token", "probes", "shared-memory", "gpus", "storage"})
    unit.engine = Said("ollama", home)
    unit.model = Said(document.data["FROM"][last], home)
    arguments = []
    for index, value in enumerate(document.data.get("PARAMETER", [])):
        parts = value.split(None, 1)
        if len(parts) == 2:
            spot = Spot(document, ("PARAMETER", index))
            arguments.append(Word(f"{parts[0]}={_unquoted(parts[1])}", spot))
    unit.arguments = tuple(arguments)
    return unit


def _parsed(text: str) -> TextDocument | None:
    """The instructions of a Modelfile, by keyword; None where a line is none."""
    document = TextDocument(text)
    at = count = 0
    while at < len(text):
        end = min((found for found in (text.find("\n", at), text.find("\r", at)) if found >= 0), default=len(text))
        line = text[at:end]
        if line.lstrip().startswith("#"):
            document.comments.append(at + len(line) - len(line.lstrip()))
        elif line.strip():
            count += 1
            found = _instruction(document, at) if count <= MOST_INSTRUCTIONS else None
            if found is None:
                return None
            end = found
        at = end + 1
    return document


def _instruction(document: TextDocument, at: int) -> int | None:
    """Takes the instruction that begins at an offset; the offset behind it, None where there is none."""
    match = re.compile(INSTRUCTION).match(document.text, at)
    keyword = match[1].upper() if match is not None else ""
    if match is None or (keyword != "FROM" and keyword not in OTHER_KEYWORDS):
        return None
    start, end = match.span(2)
    if keyword != "FROM":
        end = _behind_quotes(document.text, start, end)
    value = document.text[start:end].rstrip()
    given = document.data.setdefault(keyword, [])
    document.put((keyword, len(given)), match.span(1), (start, start + len(value)))
    given.append(value)
    return end


def _behind_quotes(text: str, start: int, end: int) -> int:
    """The end of a value that may go on over lines in quotes, from where its line ends."""
    opened = re.compile(r'(?:(?:user|assistant|system)[ \t]+|[\w.]+[ \t]+)?("""|")').match(text, start, end)
    if opened is None:
        return end
    closed = text.find(opened[1], opened.end())
    if closed < 0:
        return len(text) if opened[1] == '"""' else end
    return max(end, closed + len(opened[1]))


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
