"""Results that are kept for their arguments, and how long."""

from __future__ import annotations

import pytest

from llmlint import once as module
from llmlint.once import once, once_of


def test_a_result_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    asked: list[tuple[int, int]] = []

    @once
    def product(one: int, other: int) -> int:
        """Their product."""
        asked.append((one, other))
        return one * other

    assert [product(2, 3), product(2, 3), product(3, 3), product(2, 3)] == [6, 6, 9, 6]
    assert asked == [(2, 3), (3, 3)]
    product(4, 4)  # the third result: what was there is forgotten
    assert product(2, 3) == 6
    assert asked == [(2, 3), (3, 3), (4, 4), (2, 3)]
    product.cache_clear()
    product(4, 4)
    assert asked[-1] == (4, 4)
    assert product.__doc__ == "Their product."


def test_results_of_the_same_row_are_told_by_its_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    asked: list[str] = []

    @once_of
    def width(row: list[int], word: str) -> int:
        asked.append(word)
        return len(row)

    one, other = [1], [1, 2]  # lists have no hash
    assert [width(one, "a"), width(other, "a"), width(one, "a"), width(other, "a")] == [1, 2, 1, 2]
    assert asked == ["a", "a"]
    for number in range(50):  # rows that nobody else keeps: none is taken for another that had its place in memory
        assert width([0] * number, "b") == number
