"""Entries of the cache, and results as lines of text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from llmlint.cache import store as entries
from llmlint.cache.store import Store
from llmlint.cli.options import Options
from llmlint.finding import FileResult, Finding, Span
from llmlint.packed import Unpacker, pack
from llmlint.reading import checked, texts, with_fixes_tried
from llmlint.reports.json import fact_value, remedy_entry

ROOT = Path(__file__).resolve().parent.parent
NAME, SECRET = "0" * 32, b"secret"
KEYS = [b"%032d" % number for number in range(10)]


def opened(folder: Path) -> Store:
    return Store(str(folder), NAME, SECRET)


def test_what_was_added_is_found(tmp_path: Path) -> None:
    one = opened(tmp_path)
    one.add(KEYS[0], b"-", b"found")
    assert one.get(KEYS[0]) is None  # not before it is written: a run asks for each once
    one.write()
    assert opened(tmp_path).get(KEYS[0]) == (b"-", b"found")
    assert opened(tmp_path).get(KEYS[1]) is None
    assert Store(str(tmp_path), NAME, b"another").get(KEYS[0]) is None


def test_of_two_runs_at_once_each_leaves_a_whole_file(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    first.add(KEYS[0], b"-", b"first")
    second.add(KEYS[1], b"-", b"second")
    first.write()
    second.write()
    assert opened(tmp_path).get(KEYS[1]) == (b"-", b"second")
    assert os.listdir(tmp_path) == [NAME]


def test_what_nobody_uses_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, key in enumerate(KEYS):
        monkeypatch.setattr(entries, "today", lambda day=day: 20_000 + day * 10)
        one = opened(tmp_path)
        one.use(KEYS[0])
        one.add(key, b"-", b"found")
        one.write()
    held = opened(tmp_path)
    assert [held.get(key) is not None for key in KEYS] == [True, *[False] * 6, *[True] * 3]
    assert held.is_fresh(KEYS[9])
    assert not held.is_fresh(KEYS[8])


def test_a_file_stays_within_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "LARGEST", 1_000)
    one = opened(tmp_path)
    for key in KEYS:
        one.add(key, b"-", b"x" * 100)
    one.write()
    assert (tmp_path / NAME).stat().st_size <= 1_000
    held = opened(tmp_path)
    kept = [held.get(key) is not None for key in KEYS]
    assert kept == sorted(kept)  # the last ones
    assert kept[-1]


def test_an_entry_that_is_too_long_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "LONGEST", 10)
    one = opened(tmp_path)
    one.add(KEYS[0], b"-", b"x" * 10)
    one.write()
    assert os.listdir(tmp_path) == []


def test_all_files_stay_within_their_size_and_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "LARGEST_OF_ALL", 500)
    for number in range(1, 8):
        file = tmp_path / f"{number:032}"
        file.write_bytes(b"x" * 100)
        os.utime(file, (0, 0) if number == 7 else None)
    (tmp_path / ".1-a").write_bytes(b"")  # of a run that was killed
    os.utime(tmp_path / ".1-a", (0, 0))
    (tmp_path / ".2-b").write_bytes(b"")  # of one that is at work
    (tmp_path / "notes").write_bytes(b"x" * 1000)
    one = opened(tmp_path)
    one.add(KEYS[0], b"-", b"found")
    one.write()
    left = sorted(os.listdir(tmp_path))
    assert {".2-b", NAME, "notes"} <= set(left)
    assert f"{7:032}" not in left
    assert ".1-a" not in left
    assert sum((tmp_path / name).stat().st_size for name in left if len(name) == 32) <= 500


SAMPLES = ["examples/bad", "examples/good", "tests/deployments", "tests/fixes", "tests/hostile"]


def results() -> list[tuple[FileResult, bytes]]:
    readers = sorted(map(str, (ROOT / "tests" / "readers").rglob("*.yaml")))[::10]
    paths = (*(str(ROOT / sample) for sample in SAMPLES if (ROOT / sample).is_dir()), *readers)
    found = []
    for text in texts(Options(paths=paths, isolated=True, no_gitignore=True)):
        result = with_fixes_tried(checked(text, named=text.named), text, named=text.named)
        found.append((result._replace(data=text.data), text.data))
    return found


def comparable(result: FileResult) -> FileResult:
    """A result as reports see it: text and bytes where there are findings, facts as they are shown."""
    findings = tuple(
        one._replace(facts=tuple((name, fact_value(value)) for name, value in one.facts), remedies=())
        for one in result.findings
    )
    return result._replace(findings=findings) if findings else result._replace(text="", data=b"")


def test_results_come_back_as_they_were() -> None:
    unpacker = Unpacker()
    speaking = 0
    for result, data in results():
        line = pack(result, data)
        assert line.isascii()
        assert "\n" not in line
        assert "\t" not in line
        back = unpacker.unpack(line, result.file, data)
        assert comparable(back) == comparable(result)
        assert [list(map(remedy_entry, one.remedies)) for one in back.findings] == [
            list(map(remedy_entry, one.remedies)) for one in result.findings
        ]
        speaking += bool(result.findings)
    assert speaking > 50


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, float("inf"), float("nan"), "\ud800 ü\n\t", (1, "a"), ["a"], {"a": 1}, 10**30]
)
def test_facts_come_back_as_reports_show_them(value: object) -> None:
    finding = Finding("a-rule", "error", "wrong", "a.yaml", Span(1, 1, 1, 2), facts=(("fact", value),))
    back = Unpacker().unpack(pack(FileResult("a.yaml", "a", (finding,)), b"a"), "a.yaml", b"a")
    ((_, read),) = back.findings[0].facts
    assert fact_value(read) == fact_value(value)


def test_every_count_of_a_file_comes_back() -> None:
    """Those that are added to a result, too: what is no number and no word has to be read back by hand."""
    odd = {"file": "a.yaml", "text": "", "findings": (), "not_checked": (), "formats": ("native",), "data": b""}
    counts = {
        name: {int: 7, bool: True, str: "words"}[type(value)]
        for name, value in FileResult("", "")._asdict().items()
        if name not in odd
    }
    result = FileResult(**odd, **counts)  # type: ignore[arg-type]  # each has the type of its default
    assert Unpacker().unpack(pack(result, b""), "a.yaml", b"") == result
    assert FileResult._fields[-1] == "data"


@pytest.mark.parametrize("line", ["", "x", "c", "c1", "c[]", "f{}", 'f["",[],0,0,[],[1],null]', "c[[[[[["])
def test_other_lines_are_no_results(line: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        Unpacker().unpack(line, "a.yaml", b"")
