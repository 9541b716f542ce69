"""What a reader of YAML 1.1 makes of a word that YAML 1.2, and so this program, reads otherwise."""

from __future__ import annotations

import re

from llmlint.finding import Span
from llmlint.tuples import NamedTuple

_READINGS = (  # https://yaml.org/type/, the types of YAML 1.1, as far as they differ from the 1.2 core schema
    (re.compile(r"[yY]|yes|Yes|YES|on|On|ON"), "true"),
    (re.compile(r"[nN]|no|No|NO|off|Off|OFF"), "false"),
    (re.compile(r"[-+]?0[0-7_]+"), "an octal number"),
    (re.compile(r"0o[0-7]+"), "text"),
    (re.compile(r"[-+]?0b[01_]+"), "a binary number"),
    (re.compile(r"[-+]?(?:0x[0-9a-fA-F_]*_[0-9a-fA-F_]*|[1-9][0-9]*_[0-9_]*(?:\.[0-9_]*)?)"), "a number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number to the base of 60"),
    (re.compile(r"[-+]?[0-9]+(?:\.[0-9]+[eE][0-9]+|[eE][-+]?[0-9]+)"), "text"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"), "a date"),
    (re.compile("="), "the value `=`, which many readers refuse"),
)
_LONGEST = 64


class Ambiguity(NamedTuple):
    """An unquoted word that readers of YAML 1.1 take for something else."""

    text: str
    reading: str
    """What they take it for, in words."""
    span: Span


def reading_1_1(text: str) -> str:
    """How YAML 1.1 reads a plain scalar, in words; empty where both versions agree."""
    if len(text) > _LONGEST:
        return ""
    return next((reading for pattern, reading in _READINGS if pattern.fullmatch(text)), "")
