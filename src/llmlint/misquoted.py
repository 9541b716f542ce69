"""What to write instead of a text that is not a quantity. Slow path: only mistakes come here."""

from __future__ import annotations

import re

from llmlint import quantity
from llmlint.quantity import DIGITS, MEMORY, MOST_DIGITS, PARAMETERS, POWER, Measure

LONGEST_SHOWN = 40
"""Characters of the user's text that a message repeats."""


def what_to_write(text: str, measure: Measure) -> str:
    """The message for a text that `measure` does not accept."""
    number, unit = _parts(text)
    if not text.strip():
        return f"say how much: {measure.example}"
    if "," in text:
        return _without_comma(text, measure)
    if text.strip().startswith("-"):
        return f"{measure.what} cannot be negative"
    if any(len(part) > MOST_DIGITS for part in number.split(".")):
        return f"a number has at most {MOST_DIGITS} digits before and after the point"
    if not _is_decimal(number):
        return _neither(text, measure)
    if unit in measure.units:
        return f"no blanks but one before the unit: {number}{unit}"
    if not unit:
        return f"say the unit: {_with_unit(number, measure)}"
    return _unit_mistaken(text, number, unit, measure)


def _unit_mistaken(text: str, number: str, unit: str, measure: Measure) -> str:
    if measure is PARAMETERS and re.fullmatch(r"[xX][0-9.]+[bB]", unit):
        return "write the total of all experts, as the model's card states it: 46.7B for an 8x7B"
    if measure not in (PARAMETERS, POWER):
        letter, rest = unit[0].upper(), unit[1:]
        if letter in quantity.PREFIXES and rest == "":
            return _ambiguous(number, unit, letter, measure)
        if letter in quantity.PREFIXES and rest == "i":
            return f"write {number}{letter}iB"
        if letter in quantity.PREFIXES and rest == "b":
            return f"{unit} are bits: write {number}{letter}B"
    small = unit.lower()
    if small in measure.units:
        usual = next(known for known in measure.units if known.lower() == small)
        return f"write {number}{usual}"
    return _neither(text, measure)


def _ambiguous(number: str, unit: str, letter: str, measure: Measure) -> str:
    if measure is not MEMORY:
        return f"{number}{unit} is ambiguous: write {number}{letter}B (decimal) or {number}{letter}iB (binary)"
    power = quantity.PREFIXES.index(letter) + 1
    decimal = f"{float(number) * (1000 / 1024) ** power:.2f}"
    return (
        f"{number}{unit} is ambiguous: write {number}{letter}B (as sold, {number} {letter}iB), "
        f"or {decimal}{letter}iB if {number} × 10{_superscript(3 * power)} bytes are meant"
    )


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _with_unit(number: str, measure: Measure) -> str:
    value = float(number)
    if measure is POWER:
        return f"{number}W"
    if measure is PARAMETERS:
        written = quantity.count(value).replace(" ", "") if value >= 1e5 else f"{number}B"
        return f"{written}, or all digits without quotes" if value >= 1e5 else written
    return f"{number}GB" if value < 4096 else f"{number}MB" if value < 1e7 else f"{number}B"


def _without_comma(text: str, measure: Measure) -> str:
    plain = re.sub(r",(?=[0-9]{3}(?![0-9]))", "", text)
    if "," not in plain and _is_decimal(_parts(plain)[0]):
        return f"write the number without commas: {_shown(plain.strip())}"
    pointed = text.replace(",", ".")
    if _is_decimal(_parts(pointed)[0]):
        return f"write a decimal point: {_shown(pointed.strip())}"
    return _neither(text, measure)


def what_kubernetes_reads(text: str) -> str:
    """The message for a text that is no Kubernetes quantity."""
    number, unit = _parts(text)
    if text.strip().startswith("-"):
        return "a quantity cannot be negative"
    if _is_decimal(number) and unit[:1].upper() in set("KMGTPE") and unit[1:].upper() in {"", "B", "I", "IB"}:
        letter = unit[0].upper()
        return f"Kubernetes writes {number}{letter if letter != 'K' else 'k'} (decimal) or {number}{letter}i (binary)"
    return f'"{_shown(text)}" is no Kubernetes quantity: write it like 32Gi, 1500m or 2'


def _neither(text: str, measure: Measure) -> str:
    return f'"{_shown(text)}" is not {measure.what}: write it like {measure.example}; units are {measure.shown}'


def _parts(text: str) -> tuple[str, str]:
    stripped = text.strip()
    unit = stripped.lstrip(DIGITS)
    return stripped[: len(stripped) - len(unit)], unit.strip()


def _is_decimal(number: str) -> bool:
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", number) is not None


def _shown(text: str) -> str:
    short = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in short)
