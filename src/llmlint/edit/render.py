"""Values as they are written in YAML or JSON, in one line: as plainly as reads back the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from llmlint.document.scalar import NumberRefused, resolve
from llmlint.document.yaml11 import reading_1_1

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"

PLAIN = re.compile(r"-{0,2}[A-Za-z0-9_/.][\w./@+()=-]*(?: [A-Za-z0-9_./@+(][\w./@+()=-]*)*", re.ASCII)
"""Words that need no quotes, in a list between brackets either."""


def rendered(value: Value, *, as_json: bool = False, quote: str = "") -> str:
    """A value in one line; `quote` is the quotation mark that a text is to have, where it can."""
    if as_json:
        return _visible(json.dumps(value, ensure_ascii=False))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{rendered(key)}: {rendered(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        return _text(value, quote)
    if isinstance(value, Sequence):
        return "[" + ", ".join(rendered(item) for item in value) + "]"
    return json.dumps(value)


def _text(value: str, quote: str) -> str:
    if quote == "'" and "'" not in value and value.isprintable():
        return f"'{value}'"
    if quote == '"' or not _is_plain(value):
        return _visible(json.dumps(value, ensure_ascii=False))
    return value


def _visible(text: str) -> str:
    """Quoted text with escapes for what nobody can see, such as a byte order mark, which readers may drop."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or ord(one) > 0xFFFF else f"\\u{ord(one):04x}" for one in text)


def _is_plain(value: str) -> bool:
    """Whether the word means itself, to readers of YAML 1.1 too."""
    if not PLAIN.fullmatch(value) or reading_1_1(value):
        return False
    try:
        return resolve(value) == value
    except NumberRefused:
        return False
