"""Reads the native deployment file: its own schema, so that paths in the deployment are paths in the document."""

from __future__ import annotations

from llmlint.compiled.shapes import SHAPES
from llmlint.plans import Plan
from llmlint.shape import Builder, Misfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from llmlint.document import Document

SCHEMA = "deployment"
MOST_VALUES = 3_000
"""Of one deployment, mappings and lists counted too; the largest that anybody wrote has a few hundred."""
COMPANIONS = frozenset({"precision", "workload", "engine", "machine"})
"""A mapping with `model` and one of these is a deployment."""
LOOKS_LIKE = r"^[ \t{,]*\"?model\"?[ \t]*:"
LOOKS_LIKE_MORE = r"^[ \t{,]*\"?(?:precision|workload|engine|machine)\"?[ \t]*:"
"""Both within a line: a blank that could be a line end would be tried from each of a million empty lines. Compiled only
for text that cannot be parsed."""

_builder = Builder(SHAPES)


def record(name: str, values: dict[str, Any]) -> Any:
    """A record of the deployment's types of values in the program's own units; None counts as not written."""
    return _builder.record_class(name)({key: value for key, value in values.items() if value is not None})


def recognises(document: Document) -> bool:
    """Whether a document is a native deployment by its keys: values of somebody's chart have more that are none."""
    data = document.data
    if not isinstance(data, dict) or "model" not in data or COMPANIONS.isdisjoint(data):
        return False
    return 2 * len(data.keys() & SHAPES["Deployment"][1].keys()) >= len(data)


def has_modeline(text: str) -> bool:
    """Whether a file names the deployment schema for editors, and so says that it is one."""
    return "$schema" in text and any(_is_modeline(line) for line in text.splitlines() if "$schema" in line)


def _is_modeline(line: str) -> bool:
    """`# yaml-language-server: $schema=…llmlint…deployment…`, or the key `$schema`; by cuts, in linear time."""
    before, _, after = line.partition("$schema")
    before, after = before.strip(' \t{"'), after.lstrip('"').lstrip()
    if not (before.startswith("#") and after.startswith("=")) and not (before == "" and after.startswith(":")):
        return False
    return any("deployment" in word.partition("llmlint")[2] for word in after.split())


def resembles(text: str) -> bool:
    """Whether a text that cannot be parsed was meant as a deployment."""
    import re

    patterns = (LOOKS_LIKE, LOOKS_LIKE_MORE)
    return has_modeline(text) or all(re.search(pattern, text, re.MULTILINE) for pattern in patterns)


def is_too_large(data: object, most: int = MOST_VALUES) -> bool:
    """Whether a document holds more than any deployment does; it is then not looked at, so that none takes long."""
    found, left = 1, [data]
    while left:
        value = left.pop()
        if isinstance(value, (dict, list)):
            found += len(value)
            if found > most:
                return True
            left.extend(value.values() if isinstance(value, dict) else value)
    return False


def read(document: Document) -> Plan | None:
    """The plan of a document; None where it is too large, or does not fit the schema (`mistakes.py` says why)."""
    if document.most_values > MOST_VALUES and is_too_large(document.data):
        return None
    try:
        return Plan(_builder.build("Deployment", document.data), document)
    except Misfit:
        return None
