"""Vectors of github/codeql-action, src/fingerprints.test.ts (MIT): inputs and what they hash to, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.reports.fingerprint import line_hashes, pointer

GREETINGS = "e9496ae3ebfced30:1 fb7c023a8b9ccb3f:1 ce8ba1a563dcdaca:1 e20e36e16fcb0cc8:1 b3edc88f2938467e:1 c8e28b0b4002a3a0:1 c129715d7a2bc9a3:1"  # noqa: E501
VECTORS = [
    ("", "c129715d7a2bc9a3:1"),
    (" a\nb\n  \t\tc\n d", "271789c17abda88f:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1"),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        "8b7cf3e952e7aeb2:1 b1ae1287ec4718d9:1 bff680108adb0fcc:1 c6805c5e1288b612:1 b86d3392aea1be30:1 e6ceba753e1a442:1",  # noqa: E501
    ),
    (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETINGS),
    (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETINGS),
    (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETINGS),
    (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETINGS),
    (
        "Lorem ipsum dolor sit amet.\n" * 10,
        "a7f2ff13bc495cf2:1 a7f2ff13bc495cf2:2 a7f2ff13bc495cf2:3 a7f2ff13bc495cf2:4 a7f2ff13bc495cf2:5 "
        "a7f2ff13bc495cf2:6 a7f2ff1481e87703:1 a9cf91f7bbf1862b:1 55ec222b86bcae53:1 cc97dc7b1d7d8f7b:1 "
        "c129715d7a2bc9a3:1",
    ),
    (
        "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n",
        "e54938cc54b302f1:1 bb609acbe9138d60:1 1131fd5871777f34:1 5c482a0f8b35ea28:1 54517377da7028d2:1 "
        "2c644846cb18d53e:1 f1b89f20de0d133:1 c129715d7a2bc9a3:1",
    ),
]


@pytest.mark.parametrize(("text", "hashes"), VECTORS)
def test_lines_are_hashed_as_github_does(text: str, hashes: str) -> None:
    assert line_hashes(text.encode()) == hashes.split()


def rolling(text: str) -> list[str]:
    """The same by the other road: one hash that rolls over all units."""
    raw = text.encode("utf-16-be")
    units, after_return = [], False
    for high, low in zip(raw[::2], raw[1::2], strict=True):
        unit = high << 8 | low
        dropped = unit in (32, 9) or (unit == 10 and after_return)
        after_return = unit == 13
        if not dropped:
            units.append(10 if unit == 13 else unit)
    units += [65535] + [0] * 100
    value, ring, found, at = 0, [0] * 100, [], []
    for place, unit in enumerate(units):
        value = (37 * value + unit - 37**100 * ring[place % 100]) % 2**64
        ring[place % 100] = unit
        at.append(value)
    starts = [0, *(place + 1 for place, unit in enumerate(units) if unit == 10)]
    for start in starts:
        found.append(at[start + 99])
    return [f"{one:x}:{found[: place + 1].count(one)}" for place, one in enumerate(found)]


@given(st.text(st.sampled_from("ab \t\r\n\U0001f600é\ufeff"), max_size=300))
def test_any_text_hashes_alike_by_both_roads(text: str) -> None:
    assert line_hashes(text.encode()) == rolling(text)


def test_pointers() -> None:
    assert pointer(("spec", 0, "a/b", "~c", "")) == "/spec/0/a~1b/~0c/"
    assert pointer(()) == ""
