"""Repositories that hand out their files only to people who accepted their terms: data/gated.tsv, with its sources."""

from __future__ import annotations

import os
import re
from functools import cache

TABLE = os.path.join(os.path.dirname(__file__), "data", "gated.tsv")


def is_gated(repository: str) -> bool:
    """Whether a repository of Hugging Face is known to ask for a token; no where nobody has looked."""
    return _pattern().fullmatch(repository) is not None


@cache
def _pattern() -> re.Pattern[str]:
    with open(TABLE, encoding="utf-8", newline="\n") as file:
        names = [line.split("\t", 1)[0] for line in file if not line.startswith("#")]
    return re.compile("|".join(re.escape(name).replace(r"\*", r"[\w.-]*") for name in names), re.IGNORECASE)
