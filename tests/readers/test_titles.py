"""Every format that a reader gives has a name for people, and every such name is some reader's."""

from __future__ import annotations

from llmlint.read import Around, read_plans
from llmlint.reports.text import TITLES

from .test_readers import FIXTURES, beside


def test_the_formats_are_those_with_titles() -> None:
    formats = {"native"}
    for path in FIXTURES:
        read = read_plans(path.read_bytes(), str(path), named=False, around=Around(beside(path)))
        formats |= {plan.format for plan in read.plans}
    assert formats == set(TITLES)
