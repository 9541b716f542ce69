"""Bisection over bytes, how little it reads, and how little is loaded."""

from __future__ import annotations

import builtins
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.catalog import Catalogue, decoding, index
from llmlint.catalog.index import data_file, find, row_at
from llmlint.catalog.keys import key, loose_key

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "difflib",
    "dataclasses",
    "pathlib",
    "pydantic",
    "pydantic_core",
    "inspect",
    "ast",
    "tomllib",
    "subprocess",
    "logging",
}


def write(path: Path, keys: list[str]) -> str:
    lines = sorted(f"{name}\talias\t{number}\n".encode() for number, name in enumerate(keys))
    path.write_bytes(b"".join(lines))
    return str(path)


@given(
    st.sets(st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), min_size=1, max_size=300), max_size=40)
)
def test_finds_every_key_and_no_other(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    keys = sorted(names)
    path = write(tmp_path_factory.mktemp("index") / "x.index", keys)
    for number, name in enumerate(keys):
        assert find(path, name) == ["alias", str(number)]
    for name in ("", "no such key", *(name[:-1] for name in keys), *(name + "a" for name in keys)):
        assert (find(path, name) is not None) == (name in names)


def test_a_key_is_not_taken_for_a_longer_one(tmp_path: Path) -> None:
    path = write(tmp_path / "x.index", ["a-b", "a", "a.b", "ab"])
    assert [find(path, name) for name in ("a", "a-b", "ab", "a-", "b")] == [
        ["alias", "1"],
        ["alias", "0"],
        ["alias", "3"],
        None,
        None,
    ]


def test_an_empty_index_has_nothing(tmp_path: Path) -> None:
    assert find(write(tmp_path / "x.index", []), "a") is None


def test_shipped_index_at_its_ends() -> None:
    lines = Path(data_file("models.index")).read_text(encoding="utf-8").splitlines()
    for line in (lines[0], lines[-1]):
        name, *rest = line.split("\t")
        assert find(data_file("models.index"), name) == rest
        assert find(data_file("models.index"), name + "x") is None


class Counting:
    """Stands in for `open` and counts the bytes read of each file."""

    def __init__(self) -> None:
        self.read: dict[str, int] = {}

    def __call__(self, path: str, *args: Any, **named: Any) -> Any:
        counts, name = self.read, Path(path).name

        class Reader(io.FileIO):
            def read(self, size: int | None = -1, /) -> Any:
                part = super().read(-1 if size is None else size)
                counts[name] = counts.get(name, 0) + len(part or b"")
                return part

        assert named.get("buffering") == 0, f"{name} is read through a buffer"
        return Reader(path)


def test_one_look_up_reads_a_few_hundred_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalogue()
    counting = Counting()
    monkeypatch.setattr(builtins, "open", counting)
    assert catalogue.model("meta-llama/Llama-3.1-70B-Instruct").row
    assert catalogue.accelerator("RTX 4090").row
    assert catalogue.machine("aws/g6.xlarge").row
    monkeypatch.undo()
    assert counting.read["models.jsonl"] <= index.ROW
    assert counting.read["accelerators.jsonl"] <= index.ROW
    assert sum(counting.read.values()) < 12_000
    assert set(counting.read) == {
        f"{kind}.{end}" for kind in ("models", "accelerators", "machines") for end in ("index", "jsonl")
    }


def test_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalogue()
    first = catalogue.model("Qwen/Qwen3-8B")
    monkeypatch.setattr(builtins, "open", None)
    assert catalogue.model("Qwen/Qwen3-8B") is first


def test_importing_reads_nothing_and_loads_little() -> None:
    code = (
        "import sys, builtins; known = set(sys.modules); opened = []\n"
        "import llmlint.catalog\n"
        "keep = builtins.open\n"
        "builtins.open = lambda *a, **k: opened.append(a) or keep(*a, **k)\n"
        "c = llmlint.catalog.Catalogue(); assert not opened\n"
        "c.model('Qwen/Qwen3-8B'); c.accelerator('H100'); c.machine('g6.xlarge'); c.cpu('Ryzen 5 3600')\n"
        "c.model('TheBloke/Llama-2-13B-chat-AWQ'); c.model('gpt-4'); c.model('unknown'); c.apple_fraction(2**35)\n"
        "print(*sorted(set(sys.modules) - known))"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert not HEAVY & set(ran.stdout.split())


@given(st.text(max_size=250))
def test_any_name_is_answered(name: str) -> None:
    catalogue = CATALOGUE
    assert catalogue.model(name).name == name
    assert catalogue.accelerator(name).name == name
    assert catalogue.machine(name).name == name
    catalogue.cpu(name)


CATALOGUE = Catalogue()


@given(st.text(alphabet="aB3.1-_ :/", max_size=30))
def test_separators_and_case_do_not_matter(name: str) -> None:
    assert key(name) == key(name.upper().replace("_", " ").replace(":", "/").replace("-", "--"))
    assert loose_key(name) == loose_key(key(name))


def test_rows_longer_than_one_read() -> None:
    longest = max(index.rows(data_file("models.jsonl")), key=lambda row: len(str(row)))
    assert len(str(longest)) > index.ROW
    found = find(data_file("models.index"), key(longest["id"]))
    assert found is not None
    assert decoding.model(row_at(data_file("models.jsonl"), int(found[1]))) == decoding.model(longest)
