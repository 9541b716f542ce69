"""Values of an engine's arguments: what the words of a flag mean. None is "not given, or not understood"."""

from __future__ import annotations

import math

from llmlint.engines.request import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

WHOLE = r"(-?\d+(?:\.\d+)?)([kmgtKMGT]?)"
SCALES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
"""As vLLM reads its integers (vllm/engine/arg_utils.py: human_readable_int): small letters decimal, capitals binary."""

MOST_DIGITS = 16
"""Of what is a whole number without a second look; a float holds as many."""

Flags: TypeAlias = "Mapping[str, Flag]"


def text(flags: Flags, *names: str) -> str | None:
    """The words of the first of these flags that is given."""
    for name in names:
        found = flags.get(name)
        if found is None:
            continue
        if type(found) is str:  # as nearly all are
            return found
        value: object = found[-1] if isinstance(found, list) and found else found
        if value is not None and not isinstance(value, (bool, dict, list)):
            return str(value)
    return None


def whole(flags: Flags, *names: str) -> int | None:
    """A whole number such as 32768, 32k or 1.5K."""
    written = text(flags, *names)
    if written is None:
        return None
    if written.isascii() and written.isdigit() and len(written) < MOST_DIGITS:
        return int(written)
    import re

    found = re.fullmatch(WHOLE, written.strip())
    return round(float(found[1]) * SCALES[found[2]]) if found else None


def positive(flags: Flags, *names: str) -> int | None:
    """A whole number above 0; others are no answer, since -1 and 0 mean "by default"."""
    found = whole(flags, *names)
    return found if found is not None and found > 0 else None


def share(flags: Flags, name: str) -> float | None:
    """A part of a whole, above 0; more than all of it is left to the engine to refuse."""
    found = number(flags, name)
    return found if found is not None and found > 0 else None


def number(flags: Flags, *names: str) -> float | None:
    """A number that need not be whole."""
    written = text(flags, *names)
    try:
        found = float(written) if written is not None else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def given(flags: Flags, *names: str) -> bool:
    """Whether one of these switches is on."""
    return any(flags.get(name) not in (None, False, "false", "False", "0") for name in names)


def mapping(flags: Flags, *names: str) -> dict[str, object]:
    """A flag whose value is a JSON object; empty where it is not given or not one."""
    found = next((flags[name] for name in names if name in flags), None)
    if isinstance(found, str):
        import json

        try:
            found = json.loads(found)
        except ValueError:
            return {}
    return found if isinstance(found, dict) else {}
