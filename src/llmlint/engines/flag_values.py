"""The value of one option: from the words that a user wrote to what the engine makes of them."""

from __future__ import annotations

from llmlint.engines.flag_table import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Value: TypeAlias = "str | bool | int | float | list[object] | dict[str, object] | None"
INTEGER = r"(?a)\s*[+-]?\d+(_\d+)*\s*"
SIZE = r"(?a)(\d+(?:\.\d+)?)([kKmMgGtT])"
DECIMAL = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
BINARY = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
TRUE = ("on", "enabled", "true", "1")
FALSE = ("off", "disabled", "false", "0")
"""llama.cpp's is_truthy and is_falsey (common/arg.cpp)."""
LONGEST = 4000
"""Digits of a whole number: Python reads no more (sys.set_int_max_str_digits)."""


NATURAL = {
    **dict.fromkeys(("tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size"), ">=1"),
    **dict.fromkeys(("tp-size", "pp-size", "dp-size", "ep-size", "num-shard"), ">=1"),
    "port": ">=0 <=65535",
}
"""Ranges of what the parsers of some releases take without one: numbers of processes, which fail later (vLLM's own
parser asks for 1 since 0.25), and TCP ports, which the system refuses (16 bits)."""


class Unreadable(ValueError):
    """A value that the engine would refuse; the message says what it takes."""


def switch(option: Option) -> bool:
    """Whether it stands alone: no word after it belongs to it."""
    return option.kind in ("flag", "bool")


def many(option: Option) -> bool:
    """Whether it takes all the words that follow."""
    return option.kind.endswith("+")


def read(option: Option, words: list[str]) -> Value:
    """The value of the words; raises Unreadable. None stands for the engine's default."""
    kind = option.kind.rstrip("+*?")
    if option.kind.endswith(("+", "*")) or kind == "str2":
        return [_one(option, "str" if kind == "str2" else kind, word) for word in words]
    return _one(option, kind, words[-1])


def _one(option: Option, kind: str, word: str) -> Value:
    if kind in ("bool", "flag", "bool="):
        return truth(word)
    if kind in ("int", "size", "size|auto"):
        return _integer(option, kind, word)
    if kind == "float":
        return _within(option, _float(word))
    if kind in ("json", "json|str"):
        return _json(word, kind == "json")
    if kind == "onoff":
        return _onoff(option, word)
    return _text(option, kind, word)


def truth(word: str) -> bool:
    """true or false as programs write them; raises Unreadable."""
    lower = word.lower()
    if lower in TRUE or lower == "yes":
        return True
    if lower in FALSE or lower == "no":
        return False
    raise Unreadable("takes true or false")


def _integer(option: Option, kind: str, word: str) -> Value:
    choices = option.allowed.removeprefix("+").split("|")
    if option.allowed.startswith("+") and word in choices:
        return word
    if kind == "size|auto" and word.strip().lower() == "auto":
        return -1
    number = _size(word.strip()) if kind != "int" else None
    if number is None:
        if not _is_whole(word) or len(word) > LONGEST:
            raise Unreadable(_wanted("a whole number", option))
        number = int(word)
    if option.allowed[:1].isdigit() and str(number) not in choices:
        raise Unreadable(f"takes {_choices(option)}")
    return _within(option, number)


def _is_whole(word: str) -> bool:
    """Whether it is a whole number, as Python reads one."""
    if word.isascii() and word.isdigit():
        return True
    import re

    return re.fullmatch(INTEGER, word) is not None


def _size(word: str) -> int | None:
    """8k is 8,000 and 8K 8,192 (vLLM's human_readable_int); decimals only with the small letters."""
    if word[-1:] not in (*DECIMAL, *BINARY):
        return None
    import re

    match = re.fullmatch(SIZE, word)
    if match is None:
        return None
    number, unit = match.groups()
    if unit in DECIMAL:
        return int(float(number) * DECIMAL[unit]) if len(number) < LONGEST // 20 else None
    if not number.isdecimal():
        raise Unreadable(f"takes no decimals before {unit}: {number}{unit.lower()} counts in thousands")
    return int(number) * BINARY[unit] if len(number) < LONGEST else None


def _float(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise Unreadable("takes a number") from None


def _within(option: Option, number: float) -> int | float:
    bounds = option.allowed if option.allowed[:1] in (">", "<") else NATURAL.get(option.name, "")
    for bound in bounds.split(" ") if bounds else ():
        sign = bound.rstrip("0123456789.-e")
        limit = float(bound[len(sign) :])
        if not {">": number > limit, ">=": number >= limit, "<": number < limit, "<=": number <= limit}[sign]:
            raise Unreadable(f"must be {_range(bounds)}")
    return number


def _range(bounds: str) -> str:
    import re

    words = {">": "above ", ">=": "at least ", "<": "below ", "<=": "at most "}
    return " and ".join(re.sub(r"^[<>]=?", lambda sign: words[sign[0]], bound) for bound in bounds.split(" "))


def _json(word: str, strict: bool) -> Value:
    import json

    try:
        value = json.loads(word)
    except (ValueError, RecursionError):
        if strict:
            raise Unreadable("takes JSON") from None
        return word
    return value if isinstance(value, (str, bool, int, float, list, dict)) else None


def _onoff(option: Option, word: str) -> str:
    known = [("on", TRUE), ("off", FALSE)] + ([("auto", ("auto", "-1"))] if "auto" in option.allowed else [])
    for value, words in known:
        if word in words:
            return value
    raise Unreadable(f"takes {_choices(option)}")


def _text(option: Option, kind: str, word: str) -> str:
    if kind in ("choice", "choice~"):
        known = option.allowed.split("|")
        spelled = word.lower().replace("-", "_") if kind == "choice~" else word
        if spelled not in known and word not in known:
            raise Unreadable(f"takes {_choices(option)}")
        return spelled if spelled in known else word
    return word


def _wanted(what: str, option: Option) -> str:
    words = option.allowed[1:].replace("|", " or ") if option.allowed.startswith("+") else ""
    return f"takes {what}" + (f", {words}" if words else "")


def _choices(option: Option) -> str:
    known = option.allowed.split("|")
    return ", ".join(known[:-1]) + f" or {known[-1]}" if len(known) > 1 else known[0]
