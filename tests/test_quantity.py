"""Quantities: read exactly, refused helpfully, shown alike; readers and patterns accept the same texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from llmlint import quantity
from llmlint.quantity import NotAQuantity, scaled

READ = [
    ("memory", "24GB", 24 * 2**30),
    ("memory", "24GiB", 24 * 2**30),
    ("memory", "24 gb", 24 * 2**30),
    ("memory", "24gib", 24 * 2**30),
    ("memory", "512MB", 512 * 2**20),
    ("memory", "64kB", 64 * 2**10),
    ("memory", "1.5TB", 3 * 2**39),
    ("memory", "0.1GB", 107374182),
    ("memory", "1024B", 1024),
    ("memory", "24GB\n", 24 * 2**30),
    ("storage", "1TB", 10**12),
    ("storage", "1TiB", 2**40),
    ("storage", "500 GB", 500 * 10**9),
    ("storage", "0.5tb", 5 * 10**11),
    ("parameters", "70B", 70_000_000_000),
    ("parameters", "770M", 770_000_000),
    ("parameters", "1.76T", 1_760_000_000_000),
    ("parameters", "8.03b", 8_030_000_000),
    ("parameters", "500K", 500_000),
    ("power", "850W", 850),
    ("power", "1.2kW", 1200),
    ("power", "1.2 KW", 1200),
    ("kubernetes", "32G", 32 * 10**9),
    ("kubernetes", "32Gi", 32 * 2**30),
    ("kubernetes", "1500m", 1.5),
    ("kubernetes", "2000m", 2),
    ("kubernetes", "128974848000m", 128974848),
    ("kubernetes", "128974848", 128974848),
    ("kubernetes", "1e3", 1000),
    ("kubernetes", "1E3", 1000),
    ("kubernetes", "1E", 10**18),
    ("kubernetes", "25e-1", 2.5),
    ("kubernetes", "+.5Gi", 2**29),
    ("kubernetes", "5.", 5),
    ("kubernetes", "99999E", 2**63 - 1),
    ("kubernetes", "9" * 1_000, 2**63 - 1),
    ("kubernetes", "0." + "0" * 30 + "1Gi", 2**30 / 10**31),
]

REFUSED = [
    ("memory", "24", "say the unit: 24GB"),
    ("memory", "65536", "say the unit: 65536MB"),
    ("memory", "25769803776", "say the unit: 25769803776B"),
    ("memory", "24G", "24G is ambiguous: write 24GB (as sold, 24 GiB), or 22.35GiB if 24 × 10⁹ bytes are meant"),
    ("memory", "512m", "512m is ambiguous: write 512MB (as sold, 512 MiB), or 488.28MiB if 512 × 10⁶ bytes are meant"),
    ("memory", "24Gi", "write 24GiB"),
    ("memory", "24Gb", "Gb are bits: write 24GB"),
    ("memory", "24GIB", "write 24GiB"),
    ("memory", "24  GB", "no blanks but one before the unit: 24GB"),
    ("memory", " 24GB", "no blanks but one before the unit: 24GB"),
    ("memory", "1,5GB", "write a decimal point: 1.5GB"),
    ("memory", "1,024GB", "write the number without commas: 1024GB"),
    ("memory", "-1GB", "an amount of memory cannot be negative"),
    ("memory", "", "say how much: 24GB"),
    ("memory", "1" * 16 + "GB", "a number has at most 15 digits before and after the point"),
    ("memory", "24PB", '"24PB" is not an amount of memory: write it like 24GB'),
    ("memory", "1.GB", '"1.GB" is not an amount of memory'),
    ("memory", ".5GB", '".5GB" is not an amount of memory'),
    ("memory", "1.2.3GB", '"1.2.3GB" is not an amount of memory'),
    ("memory", "２４GB", '"２４GB" is not an amount of memory'),
    ("memory", "\x1b[2J" + "x" * 100, '"\ufffd[2J' + "x" * 35 + '…" is not'),
    ("storage", "1T", "1T is ambiguous: write 1TB (decimal) or 1TiB (binary)"),
    ("storage", "1Ti", "write 1TiB"),
    ("parameters", "70", "say the unit: 70B"),
    ("parameters", "8030261248", "say the unit: 8.03B, or all digits without quotes"),
    ("parameters", "8x7B", "write the total of all experts"),
    ("parameters", "70 billion", '"70 billion" is not a number of parameters: write it like 70B; units are K, M, B, T'),
    ("power", "850", "say the unit: 850W"),
    ("power", "850 watts", '"850 watts" is not electric power: write it like 850W; units are W, kW'),
    ("kubernetes", "32GB", "Kubernetes writes 32G (decimal) or 32Gi (binary)"),
    ("kubernetes", "32K", "Kubernetes writes 32k (decimal) or 32Ki (binary)"),
    ("kubernetes", "32 Gi", "Kubernetes writes 32G (decimal) or 32Gi (binary)"),
    ("kubernetes", "-1", "a quantity cannot be negative"),
    ("kubernetes", "9" * 1_001, "is no Kubernetes quantity"),
    ("kubernetes", "1e999", '"1e999" is no Kubernetes quantity: write it like 32Gi, 1500m or 2'),
    ("kubernetes", "1e+-3", '"1e+-3" is no Kubernetes quantity'),
    ("kubernetes", ".", '"." is no Kubernetes quantity'),
    ("kubernetes", "32Gi\n", "Kubernetes writes 32G"),
]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_reads(kind: str, text: str, value: float) -> None:
    read = getattr(quantity, kind)(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("kind", "text", "message"), REFUSED)
def test_refuses(kind: str, text: str, message: str) -> None:
    with pytest.raises(NotAQuantity) as caught:
        getattr(quantity, kind)(text)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def accepts(kind: str, text: str) -> bool:
    try:
        value = getattr(quantity, kind)(text)
    except NotAQuantity:
        return False
    assert type(value) is int
    assert 0 <= value < 10**30
    return True


def ecma(pattern: str) -> Callable[[str], bool]:
    compiled: Any = pytest.importorskip("regress").Regex(pattern)
    return lambda text: compiled.find(text) is not None


def rust(pattern: str) -> Callable[[str], bool]:
    adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(pattern=pattern)])

    def matches(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return True

    return matches


near_misses = st.text(alphabet="0123459.,-+ eKkMmGgTtIiBbWw\n\r\t٣２\u00a0x", max_size=24)


@pytest.mark.parametrize("kind", quantity.PATTERNS)
def test_pattern_and_reader_accept_the_same(kind: str) -> None:
    pattern = quantity.PATTERNS[kind]
    in_rust = rust(pattern)

    @given(st.one_of(near_misses, st.text(max_size=20), st.from_regex(pattern)))
    @example("24GB\n")
    @example("24GB\n\n")
    @example("24GB\r\n")
    @example("\n24GB")
    @example("1" * 15 + "." + "9" * 15 + "TB")
    @example("1" * 16 + "TB")
    def check(text: str) -> None:
        accepted = accepts(kind, text)
        assert accepted == bool(re.fullmatch(pattern, text))
        assert accepted == bool(re.search(pattern, text))  # what jsonschema asks
        assert accepted == in_rust(text)

    check()


@pytest.mark.parametrize("kind", quantity.PATTERNS)
def test_pattern_means_the_same_in_ecma(kind: str) -> None:
    matches = ecma(quantity.PATTERNS[kind])

    @given(st.one_of(near_misses, st.from_regex(quantity.PATTERNS[kind])))
    def check(text: str) -> None:
        assert matches(text) == accepts(kind, text)

    check()


@pytest.mark.parametrize("kind", quantity.PATTERNS)
def test_patterns_do_not_backtrack(kind: str) -> None:
    for text in ("1" * 100_000, "1GB" + "\n" * 100_000 + "x", "1." * 50_000):
        assert not re.search(quantity.PATTERNS[kind], text)
        assert not accepts(kind, text)


@given(st.text(max_size=50) | near_misses)
def test_kubernetes_reads_or_refuses(text: str) -> None:
    try:
        value = quantity.kubernetes(text)
    except NotAQuantity:
        return
    assert 0 <= value < 2**63


@given(st.integers(0, 10**15 - 1), st.from_regex(r"[0-9]{0,15}", fullmatch=True))
def test_reading_is_exact(whole: int, part: str) -> None:
    digits = f"{whole}.{part}" if part else str(whole)
    assert abs(quantity.memory(f"{digits}GB") - Fraction(digits) * 2**30) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("size", "decimal", "both"),
    [
        (161e9, "161.0 GB", "149.9 GiB (161.0 GB)"),
        (40.25e9, "40.25 GB", "37.5 GiB (40.25 GB)"),
        (48 * 2**30, "51.5 GB", "48.0 GiB (51.5 GB)"),
        (8_030_261_248, "8.03 GB", "7.48 GiB (8.03 GB)"),
        (2 * 2**40, "2.2 TB", "2.0 TiB (2.2 TB)"),
        (512 * 2**20, "536.9 MB", "512.0 MiB (536.9 MB)"),
        (128 * 2**10, "131.1 kB", "128.0 KiB (131.1 kB)"),
        (512, "512 B", "512 B"),
        (0, "0 B", "0 B"),
        (999_960_000, "1.0 GB", "953.6 MiB (1.0 GB)"),
        (-3e9, "-3.0 GB", "-2.79 GiB (-3.0 GB)"),
        (12_345e12, "12345.0 TB", "11227.7 TiB (12345.0 TB)"),
    ],
)
def test_shows_sizes(size: float, decimal: str, both: str) -> None:
    assert quantity.decimal_size(size) == decimal
    assert quantity.both_sizes(size) == both
    assert quantity.binary_size(size) == both.partition(" (")[0]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (70e9, "70 B"),
        (70_553_706_496, "70.6 B"),
        (8_030_261_248, "8.03 B"),
        (770e6, "770 M"),
        (999_600_000, "1 B"),
        (1_760_000_000_000, "1.76 T"),
        (1e16, "10000 T"),
        (1500, "1.5 K"),
        (12, "12"),
        (0, "0"),
    ],
)
def test_shows_counts(number: float, shown: str) -> None:
    assert quantity.count(number) == shown


@given(st.integers(10**6, 10**14))
def test_what_is_shown_can_be_written(number: int) -> None:
    assert quantity.storage(quantity.decimal_size(number)) == pytest.approx(number, rel=0.006)
    assert quantity.memory(quantity.binary_size(number)) == pytest.approx(number, rel=0.006)
    assert quantity.parameters(quantity.count(number)) == pytest.approx(number, rel=0.006)


def test_shows_power() -> None:
    assert quantity.power_text(850) == "850 W"
    assert quantity.power_text(1199.6) == "1200 W"


@pytest.mark.parametrize(
    ("digits", "factor", "expected"),
    [
        ("1.5", 1024, 1536),
        ("123456789012345", 1024**2, 129453825995408670720),
        ("0.0005", 1000, 1),
        ("0.0004", 1000, 0),
    ],
)
def test_scaled_numbers_are_exact(digits: str, factor: int, expected: int) -> None:
    assert scaled(digits, factor) == expected
