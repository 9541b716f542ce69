"""`llmlint version` and `llmlint schema`: what is installed, so that a report of a bug says it."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
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


def print_versions(format: str) -> int:
    """The versions as text or JSON."""
    told = about()
    if format == "json":
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return 0
    width = max(map(len, told))
    sys.stdout.write("".join(f"{name:{width}}  {value}\n" for name, value in told.items()))
    return 0


def print_schema(name: str) -> int:
    """One of the committed schemas."""
    sys.stdout.write(resources.schema_text(name))
    return 0
