"""Quantities as people write them (`24GB`, `70B`, `850W`), and numbers as reports show them.

Memory is sold in binary units, so `24GB` of it means 24 × 2³⁰ bytes, as `24GiB` does; storage is sold in decimal ones.
Reading is exact integer arithmetic, rounded to the nearest whole unit. No regular expression runs here: the hot path
would pay for compiling it. `PATTERNS` says the same to JSON Schema, and a test holds the two together.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


PREFIXES = ("K", "M", "G", "T")
DIGITS = "0123456789."
MOST_DIGITS = 15
"""Before and after the decimal point: what a double holds exactly, and far from overflow."""
KUBERNETES_DIGITS = 1_000
"""Before and after the point: Kubernetes reads however many there are, Python no more than 4,300."""
KUBERNETES_LARGEST = 2**63 - 1
"""Kubernetes caps larger quantities (k8s.io/apimachinery/pkg/api/resource, Quantity: "capped or rounded up")."""


class NotAQuantity(ValueError):
    """The text is not a quantity of the wanted kind; the message says what to write."""


class Measure:
    """A kind of quantity and how it is written. (A plain class: a NamedTuple costs the hot path 0.2 ms to define.)"""

    __slots__ = ("example", "shown", "units", "what")

    def __init__(self, what: str, example: str, units: Mapping[str, int], shown: str) -> None:
        self.what = what
        self.example = example
        self.units = units
        self.shown = shown
        """The units for messages."""


def _spelled(unit: str) -> tuple[str, ...]:
    """As it is written, and in small letters; kB is usual too."""
    return (unit, unit.lower(), "kB") if unit == "KB" else (unit, unit.lower())


def _byte_units(thousand: int) -> dict[str, int]:
    units = {"B": 1, "b": 1}
    for power, prefix in enumerate(PREFIXES, 1):
        units |= dict.fromkeys(_spelled(f"{prefix}B"), thousand**power)
        units |= dict.fromkeys(_spelled(f"{prefix}iB"), 1024**power)
    return units


_BYTES_SHOWN = "B, KB, MB, GB, TB, KiB, MiB, GiB, TiB"
MEMORY = Measure("an amount of memory", "24GB", _byte_units(1024), _BYTES_SHOWN)
STORAGE = Measure("an amount of storage", "500GB", _byte_units(1000), _BYTES_SHOWN)
PARAMETERS = Measure(
    "a number of parameters",
    "70B",
    {spelled: 1000**power for power, unit in enumerate("KMBT", 1) for spelled in (unit, unit.lower())},
    "K, M, B, T",
)
POWER = Measure("electric power", "850W", {"W": 1, "w": 1, "kW": 1000, "KW": 1000, "kw": 1000}, "W, kW")


def _pattern(measure: Measure) -> str:
    # Line feeds at the end are let pass, here and in `_read`: Python's `$`, unlike that of ECMA-262 and Rust, matches
    # before one, so that without them schema and reader would disagree on `24GB\n`.
    return rf"^[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{1,{MOST_DIGITS}}})? ?(?:{'|'.join(measure.units)})\n*$"


PATTERNS: dict[str, str] = {
    "memory": _pattern(MEMORY),
    "storage": _pattern(STORAGE),
    "parameters": _pattern(PARAMETERS),
    "power": _pattern(POWER),
}
"""Matches exactly what the function of the same name accepts, in Python, ECMA-262 and Rust alike."""


def memory(text: str) -> int:
    """Bytes of memory: 24GB and 24GiB are 24 × 2³⁰. Raises `NotAQuantity`."""
    return _read(text, MEMORY)


def storage(text: str) -> int:
    """Bytes of storage: 1TB is 10¹², 1TiB is 2⁴⁰. Raises `NotAQuantity`."""
    return _read(text, STORAGE)


def parameters(text: str) -> int:
    """Parameters of a model: 70B is 70 × 10⁹. Raises `NotAQuantity`."""
    return _read(text, PARAMETERS)


def power(text: str) -> int:
    """Watts: 850W, 1.2kW. Raises `NotAQuantity`."""
    return _read(text, POWER)


def _read(text: str, measure: Measure) -> int:
    digits, unit = _split(text.rstrip("\n"))
    factor = measure.units.get(unit.removeprefix(" "))
    whole, point, part = digits.partition(".")
    if factor is None or not _is_number(whole) or (point and not _is_number(part)):
        from llmlint.misquoted import what_to_write

        raise NotAQuantity(what_to_write(text, measure))
    scale: int = 10 ** len(part)
    return (2 * int(whole + part) * factor + scale) // (2 * scale)


def _split(text: str) -> tuple[str, str]:
    unit = text.lstrip(DIGITS)
    return text[: len(text) - len(unit)], unit


def _is_number(digits: str) -> bool:
    return 1 <= len(digits) <= MOST_DIGITS and "." not in digits


_KUBERNETES = (
    {"": (1, 1), "m": (1, 10**3), "u": (1, 10**6), "n": (1, 10**9)}
    | {unit: (1000**power, 1) for power, unit in enumerate("kMGTPE", 1)}
    | {f"{unit}i": (1024**power, 1) for power, unit in enumerate("KMGTPE", 1)}
)


def kubernetes(text: str) -> int | float:
    """A quantity as Kubernetes reads it: 32G is decimal, 32Gi binary, 1500m is 1.5. Bytes, or a plain number.

    Whole numbers come as int. Raises `NotAQuantity`, for negative ones too: no resource has less than nothing.
    """
    digits, suffix = _split(text.removeprefix("+"))
    whole, _, part = digits.partition(".")
    factor = _KUBERNETES.get(suffix) or _exponent(suffix)
    if factor is None or not whole + part or "." in part or max(len(whole), len(part)) > KUBERNETES_DIGITS:
        from llmlint.misquoted import what_kubernetes_reads

        raise NotAQuantity(what_kubernetes_reads(text))
    number = int(whole + part) * factor[0]
    scale: int = 10 ** len(part) * factor[1]
    return min(number // scale if number % scale == 0 else number / scale, KUBERNETES_LARGEST)


def scaled(digits: str, factor: int) -> int:
    """A decimal number times a whole one, to the nearest whole number, exact however many digits it has."""
    whole, _, part = digits.partition(".")
    scale: int = 10 ** len(part)
    return (2 * int(whole + part) * factor + scale) // (2 * scale)


def _exponent(suffix: str) -> tuple[int, int] | None:
    sign, digits = suffix[1:2], suffix[1:].lstrip("+-")
    if suffix[:1] not in {"e", "E"} or len(suffix) - len(digits) > 2 or digits.strip("0123456789"):
        return None
    if not 1 <= len(digits) <= 2:
        return None
    return (1, 10 ** int(digits)) if sign == "-" else (10 ** int(digits), 1)


def decimal_size(size: float) -> str:
    """Bytes in decimal units: 161.0 GB.

    Three significant digits and at least one decimal; a second decimal where it makes the figure exact (40.25 GB).
    """
    return _size(size, 1000, ("kB", "MB", "GB", "TB"))


def binary_size(size: float) -> str:
    """Bytes in binary units: 48.0 GiB; digits as in `decimal_size`."""
    return _size(size, 1024, ("KiB", "MiB", "GiB", "TiB"))


def both_sizes(size: float) -> str:
    """Bytes in binary units and in decimal ones: 48.0 GiB (51.5 GB)."""
    binary, decimal = binary_size(size), decimal_size(size)
    return binary if binary == decimal else f"{binary} ({decimal})"


def _size(size: float, thousand: int, units: tuple[str, ...]) -> str:
    if abs(size) < thousand:
        return f"{round(size)} B"
    value = size / thousand
    for unit in units[:-1]:
        if abs(value) < thousand - 0.05:  # what would be rounded to 1000.0 is 1.0 of the next unit
            return f"{_decimals(value)} {unit}"
        value /= thousand
    return f"{_decimals(value)} {units[-1]}"


def _decimals(value: float) -> str:
    exact = round(value, 2) == value
    text = f"{value:.2f}" if exact or abs(value) < 9.995 else f"{value:.1f}"
    return text.removesuffix("0") if text[-3] == "." else text


def count(number: float) -> str:
    """A count in three significant digits: 70 B, 70.6 B, 8.03 B, 770 M."""
    value = number
    for unit in ("", " K", " M", " B"):
        if abs(value) < 999.5:
            return f"{value:.3g}{unit}"
        value /= 1000
    return f"{value:.3g} T" if abs(value) < 999.5 else f"{value:.0f} T"


def power_text(watts: float) -> str:
    """Electric power: 850 W; never in kW, so that figures compare at a glance."""
    return f"{round(watts)} W"
