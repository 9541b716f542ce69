"""`llmlint version`: what is installed, so that a report of a bug says it."""

from __future__ import annotations

import hashlib
import platform

from llmlint import document, resources
from llmlint.catalog import CATALOGUE_VERSION
from llmlint.compiled.rules import RULES
from llmlint.version import __version__


def about() -> dict[str, str]:
    """Versions of the parts, by name."""
    return {
        "llmlint": __version__,
        "rules": f"{len(RULES)}, sha256 {_digest()}",
        "catalogue": CATALOGUE_VERSION,
        "yaml": document.backend(),
        "python": platform.python_version(),
    }


def _digest() -> str:
    """First characters of a hash over the rule files: two installations with the same one check the same."""
    digest = hashlib.sha256()
    for path in resources.rule_files():
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]
