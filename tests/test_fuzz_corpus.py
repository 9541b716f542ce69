"""The inputs that fuzzing has found, replayed without atheris: `python tests/fuzz/run.py` finds more."""

from __future__ import annotations

import pytest

from tests.fuzz import seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_breaks_no_promise(target: str) -> None:
    inputs = seeds.committed(target)
    assert inputs, f"no corpus: python tests/fuzz/run.py --minutes 1 {target}"
    for data in inputs:
        TARGETS[target](data)


def test_a_line_of_the_corpus_is_one_input() -> None:
    inputs = [b"", b"a\nb\r\0", bytes(range(256)), "é\u2028".encode()]
    lines = seeds.written(inputs).splitlines()
    assert [line.encode().decode("unicode_escape").encode("latin-1") for line in lines] == inputs


def test_every_target_begins_with_something() -> None:
    assert {target for target in TARGETS if not any(seeds.seeds(target))} == set()
