"""Finds rules/ and schemas/: inside the installed package, or beside `src` in a checkout."""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(PACKAGE))


def folder(name: str) -> str:
    """The folder `rules` or `schemas`; an editable install has it only in the checkout."""
    inside = os.path.join(PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(CHECKOUT, name)


def schema_text(name: str) -> str:
    """The committed JSON Schema of that name (deployment, rule, config, …)."""
    with open(os.path.join(folder("schemas"), f"{name}.json"), encoding="utf-8") as file:
        return file.read()


def rule_files() -> list[str]:
    """Paths of the built-in rules, sorted by subject and id."""
    found = []
    for subject, _, names in os.walk(folder("rules")):
        found += [os.path.join(subject, name) for name in names if name.endswith(".yaml")]
    return sorted(found)
