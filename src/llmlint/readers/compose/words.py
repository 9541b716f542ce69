"""The words of `command` and `entrypoint`: a list, or a string that Compose splits; both with variables filled in."""

from __future__ import annotations

import re

from llmlint.plans import Spot
from llmlint.readers import shell
from llmlint.readers.compose.interpolation import Interpolation
from llmlint.readers.compose.service import Layer, Service
from llmlint.readers.wording import MOST_TEXT, inside, plain
from llmlint.unit import Word


def words(service: Service, key: str) -> tuple[Word, ...] | None:
    """The words under a key; None where it is not written."""
    found = service.first(key)
    return None if found is None else of_value(found[0], found[1], (key,), service.fill)


def of_value(value: object, layer: Layer, steps: tuple[str | int, ...], fill: Interpolation) -> tuple[Word, ...] | None:
    """The words of a list or a string; None of anything else."""
    if isinstance(value, list):
        items = ((fill.filled(plain(item)), layer.spot(*steps, index)) for index, item in enumerate(value))
        return tuple(Word(item.text, spot) for item, spot in items if item.text or item.source == "literal")
    if isinstance(value, (dict, bool)) or value is None:
        return None
    return tuple(split(plain(value)[:MOST_TEXT], layer.spot(*steps), fill))


def split(text: str, spot: Spot, fill: Interpolation) -> list[Word]:
    """The words of a string. Compose fills in before it splits: a variable that is not quoted may be many words."""
    places = inside(spot)
    found: list[Word] = []
    for token in shell.words(text):
        word = places.word(token, text)
        if "$" not in token.text:
            found.append(word)
            continue
        filled = fill(token.text)
        if re.search(r"\s", filled) and text[token.start] not in "'\"":
            found += [word._replace(text=part.text) for part in shell.words(filled)]
        elif filled:
            found.append(word._replace(text=filled))
    return found
