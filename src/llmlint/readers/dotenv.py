"""Files of `NAME=value` lines, as Compose and systemd read them: `.env`, `env_file`."""

from __future__ import annotations

import re

from llmlint.readers.variables import Lookup, shell

LINE = r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:](.*)"
MOST_LINES = 5_000
"""Of one file."""


def entries(text: str, known: Lookup = lambda _: None) -> dict[str, str]:
    """The variables of a file, later lines over earlier; `${NAME}` from lines above and from what is known."""
    found: dict[str, str] = {}
    for line in text.splitlines()[:MOST_LINES]:
        match = re.fullmatch(LINE, line)
        if match is not None:
            found[match[1]] = _value(match[2].strip(), lambda name: found.get(name, known(name)))
    return found


def _value(written: str, known: Lookup) -> str:
    """Without quotes and comment; only single quotes keep `$` as it is."""
    if written[:1] == "'":
        return written[1:].partition("'")[0]
    if written[:1] == '"':
        return shell(written[1:].partition('"')[0], known)
    return shell(re.sub(r"(?:^|\s+)#.*", "", written), known)
