"""The model that scripts around an Ollama server fetch for it: `ollama pull llama3.1:8b`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from llmlint.readers.wording import MOST_TEXT, Inside
from llmlint.unit import Said, Word

PULL = r"(?<![\w.-])ollama[ \t]+(?:pull|run)[ \t]+[\"']?([\w.-][\w./:-]{0,200})"
PROGRAM = r"(?:.*/)?ollama"


def pulled(commands: Iterable[Sequence[Word]]) -> Said[str] | None:
    """The only model that the commands fetch, with its place; None where they fetch none, or several."""
    found: dict[str, Said[str]] = {}
    for words in commands:
        for said in (*_listed(words), *(one for word in words for one in _in_script(word))):
            found.setdefault(said.value, said)
    return next(iter(found.values())) if len(found) == 1 else None


def _listed(words: Sequence[Word]) -> Iterable[Said[str]]:
    """Of a command whose words stand apart."""
    for program, command, name in zip(words, words[1:], words[2:], strict=False):
        if re.fullmatch(PROGRAM, program.text) and command.text in ("pull", "run") and not name.text.startswith("-"):
            yield Said(name.text, name.spot)


def _in_script(word: Word) -> Iterable[Said[str]]:
    if "ollama" not in word.text or not re.search(r"\s", word.text):
        return
    places = Inside(word.spot.document, word.spot.path, word.spot.span)
    for match in re.finditer(PULL, re.sub(r"(?m)^[ \t]*#.*$", "", word.text[:MOST_TEXT])):
        yield Said(match[1], places.spot(match[1]))
