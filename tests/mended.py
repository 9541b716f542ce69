"""What has to hold of any text before and after its fixes, looked at from outside of `fix` and `edit`."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from llmlint import document
from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.finding import FileResult, Finding
from llmlint.fix import Fixed, fixed, offered
from llmlint.linting import Settings, lint

SETTINGS = Settings(RULES, Catalogue(), frozenset(rule.id for rule in RULES) | frozenset(BUILT_IN))
MARK = b"\xef\xbb\xbf"
MOST_LEAVES = 12
"""Values that one fix takes away or writes anew at most: a strategy of a rollout with all that it says."""


class Text:
    """A text as a file of some name, and what is found and fixed in it."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name

    def __repr__(self) -> str:
        return f"Text({self.data!r}, {self.name!r})"

    def found(self, data: bytes) -> FileResult:
        return lint(data, self.name, SETTINGS)

    def fixed(self, *, unsafe: bool) -> Fixed:
        return fixed(self.data, self.found, unsafe=unsafe)

    def offered(self) -> tuple[Finding, ...]:
        return offered(self.data, self.found(self.data), self.found).findings


def mended(text: Text, *, unsafe: bool) -> Fixed:
    """The text with its fixes made, and all that has to hold checked."""
    after = text.fixed(unsafe=unsafe)
    check_findings(text, after)
    check_bytes(text.data, after.data)
    check_values(text, after)
    again = Text(after.data, text.name).fixed(unsafe=unsafe)
    assert (again.data, again.fixed) == (after.data, ()), "fixing twice is fixing once"
    return after


def check_findings(text: Text, after: Fixed) -> None:
    """What is fixed is gone, and no error is new. Reads the text afresh."""
    before, now = text.found(text.data).findings, text.found(after.data).findings
    assert now == after.result.findings
    counts, left = Counter(one.rule for one in before), Counter(one.rule for one in now)
    gone = Counter(one.rule for one in after.fixed)
    errors = {one.rule for one in now if one.severity == "error"}
    assert all(left[rule] <= counts[rule] for rule in errors), "an error is new"
    assert all(left[rule] < counts[rule] or rule not in counts for rule in gone), "what is fixed is gone"
    assert bool(after.fixed) == (after.data != text.data)


def check_bytes(before: bytes, after: bytes) -> None:
    """Mark, line ends, the end of the file, and lines of comment and blanks stay, those and the others in order."""
    assert before.startswith(MARK) == after.startswith(MARK)
    assert bool(re.search(rb"(?<!\r)\n", before)) or not re.search(rb"(?<!\r)\n", after)
    assert (b"\r" in before) or b"\r" not in after
    assert before.endswith((b"\n", b"\r")) == after.endswith((b"\n", b"\r")) or not after
    old, new = lines(before), lines(after)
    kept = iter(new)
    remarks = [line for line in old if not line.strip() or line.lstrip().startswith("#")]
    assert all(line in kept for line in remarks), "a line of comment or a blank one is gone"
    changed = Counter(old) - Counter(new)
    kept, staying = iter(new), [line for line in old if line not in changed]
    assert all(line in kept for line in staying), "lines that stay keep their order"


def lines(data: bytes) -> list[str]:
    return re.split(r"\r\n?|\n", data.decode("utf-8", "surrogateescape"))


def check_values(text: Text, after: Fixed) -> None:
    """The text can be read as before, by another parser too, and what nothing was fixed in says the same."""
    old, new = document.read(text.data), document.read(after.data)
    if old.problems:
        return  # no YAML: a systemd unit, a Modelfile
    assert new.problems == []
    assert not loads(text.data) or loads(after.data), "another parser reads it too"
    touched = {one.document for one in after.fixed}
    for one, other in zip(old.documents, new.documents, strict=False):
        if not touched & {one.index} and not _crosses(after):
            assert one.data == other.data
    gone = Counter(leaf for one in old.documents for leaf in leaves(one.data))
    gone -= Counter(leaf for one in new.documents for leaf in leaves(one.data))
    assert gone.total() <= MOST_LEAVES * len(after.fixed), gone


def _crosses(after: Fixed) -> bool:
    """Whether a fix of one document's finding is made in another one."""
    return any(index != one.document for one in after.fixed if one.fix is not None for index, _ in one.fix.within)


def leaves(data: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Values of a document with the keys that lead to them; items of a list in any order."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*way, str(key)))
    elif isinstance(data, list):
        for value in data:
            yield from leaves(value, (*way, "-"))
    else:
        yield way, repr(data)


def loads(data: bytes) -> bool:
    """Whether ruamel.yaml's own loader in Python reads it."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of anchors that are set twice
            list(YAML(typ="safe", pure=True).load_all(data.decode("utf-8-sig")))
    except (YAMLError, ValueError, RecursionError):
        return False
    return True
