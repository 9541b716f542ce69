"""Kustomize: which files are only parts of what will be applied."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmlint.readers.registry import Surroundings

BEFORE = r"(?m)(?:^|[\s\"':/\[,])(?:\./)?"
BEHIND = r"/?[\"']?[ \t]*(?:[,\]]|#.*$|$)"
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def is_listed(surroundings: Surroundings) -> bool:
    """Whether a kustomization in the file's folder, or in the one above, names the file or its folder."""
    if not surroundings.file or surroundings.file == "-":
        return False
    name = os.path.basename(surroundings.file)
    folder = os.path.basename(os.path.dirname(os.path.abspath(surroundings.file)))
    for prefix, listed in (("", name), ("../", f"{folder}/{name}")):
        for kustomization in NAMES:
            text = surroundings.text(prefix + kustomization)
            if text is not None and re.search(rf"{BEFORE}{re.escape(listed)}{BEHIND}", text):
                return True
    return False
