"""Reads the native deployment file: its own schema, so that paths in the deployment are paths in the document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.compiled.shapes import SHAPES
from llmlint.plan import Plan
from llmlint.shape import Builder, Misfit

if TYPE_CHECKING:
    from llmlint.document import Document

SCHEMA = "deployment"
COMPANIONS = frozenset({"precision", "workload", "engine", "machine"})
"""A mapping with `model` and one of these is a deployment."""
MODELINE = re.compile(r"^\s*(?:#.*\$schema=|\"?\$schema\"?\s*:).*llmlint\S*deployment", re.MULTILINE)
LOOKS_LIKE = re.compile(r"^[\s{,]*\"?model\"?\s*:", re.MULTILINE)
LOOKS_LIKE_MORE = re.compile(r"^[\s{,]*\"?(?:precision|workload|engine|machine)\"?\s*:", re.MULTILINE)

_builder = Builder(SHAPES)


def recognises(document: Document) -> bool:
    """Whether a document is a native deployment by its keys."""
    data = document.data
    return isinstance(data, dict) and "model" in data and not COMPANIONS.isdisjoint(data)


def has_modeline(text: str) -> bool:
    """Whether a file names the deployment schema for editors, and so says that it is one."""
    return "$schema" in text and MODELINE.search(text) is not None


def resembles(text: str) -> bool:
    """Whether a text that cannot be parsed was meant as a deployment."""
    return has_modeline(text) or (LOOKS_LIKE.search(text) is not None and LOOKS_LIKE_MORE.search(text) is not None)


def read(document: Document) -> Plan | None:
    """The plan of a document; None where it does not fit the schema (`mistakes.py` says why)."""
    try:
        return Plan(_builder.build("Deployment", document.data), document)
    except Misfit:
        return None
