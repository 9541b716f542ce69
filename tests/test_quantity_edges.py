"""Every unit with its factor, every message as a whole, and what lies on either side of each threshold."""

from __future__ import annotations

import pytest

from llmlint import quantity
from llmlint.quantity import NotAQuantity

K, M, G, T = 1000, 1000**2, 1000**3, 1000**4
Ki, Mi, Gi, Ti = 1024, 1024**2, 1024**3, 1024**4
SPELLED = {
    "B": ("B", "b"),
    "K": ("KB", "kb", "kB"),
    "M": ("MB", "mb"),
    "G": ("GB", "gb"),
    "T": ("TB", "tb"),
    "Ki": ("KiB", "kib"),
    "Mi": ("MiB", "mib"),
    "Gi": ("GiB", "gib"),
    "Ti": ("TiB", "tib"),
}
BINARY = {"B": 1, "K": Ki, "M": Mi, "G": Gi, "T": Ti, "Ki": Ki, "Mi": Mi, "Gi": Gi, "Ti": Ti}
DECIMAL = BINARY | {"K": K, "M": M, "G": G, "T": T}


def spelled(factors: dict[str, int]) -> dict[str, int]:
    return {unit: factor for name, factor in factors.items() for unit in SPELLED[name]}


def test_each_unit_and_no_other() -> None:
    assert quantity.MEMORY.units == spelled(BINARY)
    assert quantity.STORAGE.units == spelled(DECIMAL)
    assert quantity.PARAMETERS.units == {"K": K, "k": K, "M": M, "m": M, "B": G, "b": G, "T": T, "t": T}
    assert quantity.POWER.units == {"W": 1, "w": 1, "kW": K, "KW": K, "kw": K}


KUBERNETES = [
    *(("", 1), ("k", K), ("M", M), ("G", G), ("T", T), ("P", K**5), ("E", K**6)),
    *(("Ki", Ki), ("Mi", Mi), ("Gi", Gi), ("Ti", Ti), ("Pi", Ki**5), ("Ei", Ki**6)),
    *(("m", 1 / K), ("u", 1 / M), ("n", 1 / G), ("e0", 1), ("e+2", 100), ("E-2", 0.01), ("e12", 10**12)),
]


@pytest.mark.parametrize(("suffix", "factor"), KUBERNETES)
def test_each_suffix_of_kubernetes(suffix: str, factor: float) -> None:
    assert quantity.kubernetes(f"3{suffix}") == pytest.approx(min(3 * factor, 2**63 - 1), rel=1e-15)


@pytest.mark.parametrize(
    "text", ["1e", "1e+", "1e100", "1e1x", "1ex1", "1m1", "1K", "1KI", "1ki", "1e1+", "1.5.5", "", "+"]
)
def test_other_suffixes_are_none(text: str) -> None:
    with pytest.raises(NotAQuantity):
        quantity.kubernetes(text)


def test_kubernetes_reads_as_many_digits_before_and_after_the_point() -> None:
    assert quantity.kubernetes("0" * 999 + "1." + "0" * 1_000) == 1
    assert quantity.kubernetes("2." + "0" * 1_000 + "k") == 2000
    for text in ("0" * 1_001 + ".0", "0." + "0" * 1_001):
        with pytest.raises(NotAQuantity):
            quantity.kubernetes(text)
    assert quantity.kubernetes(str(2**63 - 2)) == 2**63 - 2
    assert quantity.kubernetes("0.5") == 0.5
    assert type(quantity.kubernetes("0.50k")) is int


LIKE = "write it like"
MEMORY = "units are B, KB, MB, GB, TB, KiB, MiB, GiB, TiB"
MESSAGES = [
    ("memory", "\n", "say how much: 24GB"),
    ("storage", " ", "say how much: 500GB"),
    ("parameters", "", "say how much: 70B"),
    ("power", "", "say how much: 850W"),
    ("storage", "-1TB", "an amount of storage cannot be negative"),
    ("parameters", " -7B", "a number of parameters cannot be negative"),
    ("memory", "0." + "1" * 16 + "GB", "a number has at most 15 digits before and after the point"),
    ("memory", "24 GB ", "no blanks but one before the unit: 24GB"),
    ("memory", "4095", "say the unit: 4095GB"),
    ("memory", "4096", "say the unit: 4096MB"),
    ("memory", "9999999", "say the unit: 9999999MB"),
    ("memory", "10000000", "say the unit: 10000000B"),
    ("parameters", "99999", "say the unit: 99999B"),
    ("parameters", "100000", "say the unit: 100K, or all digits without quotes"),
    ("power", "1.5", "say the unit: 1.5W"),
    ("parameters", "8x7B", "write the total of all experts, as the model's card states it: 46.7B for an 8x7B"),
    ("parameters", "8X1.5b", "write the total of all experts, as the model's card states it: 46.7B for an 8x7B"),
    ("memory", "2t", "2t is ambiguous: write 2TB (as sold, 2 TiB), or 1.82TiB if 2 × 10¹² bytes are meant"),
    ("memory", "64k", "64k is ambiguous: write 64KB (as sold, 64 KiB), or 62.50KiB if 64 × 10³ bytes are meant"),
    ("storage", "64k", "64k is ambiguous: write 64KB (decimal) or 64KiB (binary)"),
    ("storage", "64ki", "write 64KiB"),
    ("storage", "1.5tI", f'"1.5tI" is not an amount of storage: {LIKE} 500GB; {MEMORY}'),
    ("memory", "8mb", None),
    ("memory", "8kb", None),
    ("memory", "8mB", "write 8MB"),
    ("memory", "8gIb", "write 8GiB"),
    ("memory", "8Mb", "Mb are bits: write 8MB"),
    ("power", "1 kwh", f'"1 kwh" is not electric power: {LIKE} 850W; units are W, kW'),
    ("power", "1 kW ", "no blanks but one before the unit: 1kW"),
    ("memory", "1,024,000KB", "write the number without commas: 1024000KB"),
    ("memory", "1,0245KB", "write a decimal point: 1.0245KB"),
    ("memory", "10,24,000KB", f'"10,24,000KB" is not an amount of memory: {LIKE} 24GB; {MEMORY}'),
    ("memory", ",5GB", f'",5GB" is not an amount of memory: {LIKE} 24GB; {MEMORY}'),
    ("memory", "x" * 40, f'"{"x" * 40}" is not an amount of memory: {LIKE} 24GB; {MEMORY}'),
    ("memory", "x" * 41, f'"{"x" * 39}…" is not an amount of memory: {LIKE} 24GB; {MEMORY}'),
    ("kubernetes", "32kb", "Kubernetes writes 32k (decimal) or 32Ki (binary)"),
    ("kubernetes", "32gib", "Kubernetes writes 32G (decimal) or 32Gi (binary)"),
    ("kubernetes", "1.5eib", "Kubernetes writes 1.5E (decimal) or 1.5Ei (binary)"),
    ("kubernetes", "7pB", "Kubernetes writes 7P (decimal) or 7Pi (binary)"),
    ("kubernetes", "7tb", "Kubernetes writes 7T (decimal) or 7Ti (binary)"),
    ("kubernetes", "7mB", "Kubernetes writes 7M (decimal) or 7Mi (binary)"),
    ("kubernetes", "7GBs", '"7GBs" is no Kubernetes quantity: write it like 32Gi, 1500m or 2'),
    ("kubernetes", " -7", "a quantity cannot be negative"),
    ("kubernetes", "7.G\x07", '"7.G\ufffd" is no Kubernetes quantity: write it like 32Gi, 1500m or 2'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "message"), MESSAGES)
def test_each_message_as_a_whole(kind: str, text: str, message: str | None) -> None:
    if message is None:
        assert getattr(quantity, kind)(text) > 0
        return
    with pytest.raises(NotAQuantity) as caught:
        getattr(quantity, kind)(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (999.4, "999 B"),
        (-999, "-999 B"),
        (1000, "1.0 kB"),
        (9_994, "9.99 kB"),
        (9_995, "10.0 kB"),
        (9_996, "10.0 kB"),
        (-9_996, "-10.0 kB"),
        (12_340, "12.34 kB"),
        (12_345, "12.3 kB"),
        (999_941, "999.9 kB"),
        (999_960, "1.0 MB"),
        (-999_960, "-1.0 MB"),
        (999_960_000_000, "1.0 TB"),
        (999_960_000_000_000, "999.96 TB"),
        (1_000_000_000_000_000, "1000.0 TB"),
    ],
)
def test_decimal_sizes_at_their_thresholds(size: float, shown: str) -> None:
    assert quantity.decimal_size(size) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(1023, "1023 B"), (1024, "1.0 KiB"), (1023.9 * 1024, "1023.9 KiB"), (1023.96 * 1024, "1.0 MiB"), (Gi, "1.0 GiB")],
)
def test_binary_sizes_at_their_thresholds(size: float, shown: str) -> None:
    assert quantity.binary_size(size) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (999.4, "999"),
        (999.5, "1 K"),
        (-999.5, "-1 K"),
        (999_499, "999 K"),
        (999_500, "1 M"),
        (999_400_000_000, "999 B"),
        (999_500_000_000, "1 T"),
        (999_400_000_000_000, "999 T"),
        (999_500_000_000_000, "1000 T"),
        (-1_234_000_000_000_000, "-1234 T"),
    ],
)
def test_counts_at_their_thresholds(number: float, shown: str) -> None:
    assert quantity.count(number) == shown


@pytest.mark.parametrize(
    ("text", "value"), [("0.5B", 1), ("0.4999B", 0), ("1.5B", 2), ("2.5B", 3), ("0.000000000000001B", 0), ("0B", 0)]
)
def test_halves_of_a_byte_are_rounded_up(text: str, value: int) -> None:
    assert quantity.memory(text) == value
    assert quantity.scaled(text[:-1], 1) == value
