"""`llmlint version`: what is installed, so that a report of a bug says it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable

from llmlint import document, resources
from llmlint.catalog.index import data_file
from llmlint.compiled.rules import RULES
from llmlint.version import __version__

DATA = ("models.jsonl", "accelerators.jsonl", "machines.jsonl", "cpus.jsonl", "cpu_rules.json", "ambiguous.jsonl")


def about() -> dict[str, str]:
    """Versions of the parts, by name."""
    return {
        "llmlint": __version__,
        "rules": f"{len(RULES)}, sha256 {_digest(resources.rule_files())}",
        "catalogue": f"sha256 {_digest(map(data_file, DATA))}",
        "yaml": document.backend(),
        "python": platform.python_version(),
    }


def _digest(paths: Iterable[str]) -> str:
    """First characters of a hash over files: two installations with the same one check the same."""
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]
