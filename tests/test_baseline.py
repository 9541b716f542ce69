"""Baselines: what a finding is recognised by, that no new one is hidden and no old one shown, and the file."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from llmlint.baseline import Key, held_back, judged, keys, pruned, stale, updated
from llmlint.baseline.file import read, text
from llmlint.finding import FileResult, Finding, NotChecked, Span
from llmlint.resources import schema_text

from .cli.command import SMALL, Outcome, llmlint

NAME = ".llmlint-baseline.json"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: llm, namespace: prod}
spec:
  containers:
    - name: proxy
      image: nginx:1.27
    - name: engine
      image: vllm/vllm-openai:v0.9.2
      args: [--model, Qwen/Qwen3-8B, --bogus, "3", --max-model-len=8192]
      resources: {limits: {nvidia.com/gpu: 1}}
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*words: str) -> dict[str, Any]:
    done = llmlint("--format", "json", *words)
    assert done.code in (0, 1), done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def shown(*words: str) -> list[str]:
    return [one["rule"] for one in told("--baseline", NAME, *words)["findings"]]


def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(NAME).read_text())["entries"]
    return found


def test_a_finding_is_held_back_and_counted(tree: Path) -> None:
    assert llmlint("baseline", "update").code == 0
    assert shown("deploy.yaml") == []
    done = llmlint("deploy.yaml", "--baseline", NAME)
    assert "all clear; 1 held back by the baseline" in done.out
    assert told("--baseline", NAME, ".")["summary"]["baselined"] == 1
    (tree / ".llmlint.yaml").write_text(f"baseline: {NAME}\n", encoding="utf-8")
    assert llmlint("deploy.yaml", "--fail-on", "info").code == 0
    assert llmlint("deploy.yaml", "--fail-on", "info", "--isolated").code == 1


def test_its_file(tree: Path) -> None:
    (tree / "pod.yaml").write_text(POD, encoding="utf-8")
    assert llmlint("baseline", "update").code == 0
    first = Path(NAME).read_text(encoding="utf-8")
    jsonschema.validate(json.loads(first), json.loads(schema_text("baseline")))
    assert sum(line.lstrip().startswith('{"file"') for line in first.splitlines()) == len(entries()), "one a line"
    assert first == text(read(NAME)), "sorted, and read as it was written"
    assert llmlint("baseline", "update", "pod.yaml").code == 0, "entries of other files stay"
    assert Path(NAME).read_text(encoding="utf-8") == first
    assert not any("line" in one for one in entries())
    assert {one["document"] for one in entries()} == {"0", "v1/Pod/prod/llm"}
    flag = next(one for one in entries() if one["rule"] == "unknown-flag")
    assert flag["path"] == "/spec/containers/name=engine/args/--bogus"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spec:\n", "# a comment\n\n\nspec:\n"),
        ("    - name: proxy\n      image: nginx:1.27\n", ""),
        ("    - name: proxy", "    - {name: other, image: busybox}\n    - name: proxy"),
        ("[--model", "[--disable-log-requests, --model"),
        ("apiVersion: v1", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1"),
        ("--max-model-len=8192", "--max-model-len=4096"),
    ],
)
def test_what_is_moved_is_recognised(tree: Path, old: str, new: str) -> None:
    (tree / "pod.yaml").write_text(POD, encoding="utf-8")
    assert "unknown-flag" in {one["rule"] for one in told("pod.yaml")["findings"]}
    llmlint("baseline", "update")
    assert POD.count(old) == 1
    (tree / "pod.yaml").write_text(POD.replace(old, new), encoding="utf-8")
    assert "unknown-flag" in {one["rule"] for one in told("pod.yaml")["findings"]}
    assert "unknown-flag" not in shown("pod.yaml")


def test_a_second_option_in_one_string_is_new(tree: Path) -> None:
    """Words of one value are told apart by their options."""
    shell = POD.replace('args: [--model, Qwen/Qwen3-8B, --bogus, "3", --max-model-len=8192]', "command: [sh, -c, LINE]")
    line = "vllm serve Qwen/Qwen3-8B --bogus --max-model-len=8192"
    (tree / "pod.yaml").write_text(shell.replace("LINE", line), encoding="utf-8")
    llmlint("baseline", "update")
    assert shown("pod.yaml") == []
    (tree / "pod.yaml").write_text(shell.replace("LINE", line.replace("--bogus", "--invented")), encoding="utf-8")
    assert shown("pod.yaml") == ["unknown-flag"]


def test_stale_entries_are_told_and_pruned(tree: Path) -> None:
    llmlint("baseline", "update")
    (tree / "deploy.yaml").write_text(SMALL.replace("int4", "fp16").replace("8B", "4B"), encoding="utf-8")
    done = llmlint("deploy.yaml", "--baseline", NAME)
    assert "1 entry of the baseline stale (llmlint baseline prune)" in done.out
    assert "1 taken out" in llmlint("baseline", "prune").out
    assert entries() == []
    before = Path(NAME).stat().st_mtime_ns
    assert llmlint("baseline", "prune").code == 0
    assert Path(NAME).stat().st_mtime_ns == before, "nothing to write"


def test_files_that_are_gone(tree: Path) -> None:
    (tree / "b.yaml").write_text(SMALL, encoding="utf-8")
    llmlint("baseline", "update")
    (tree / "b.yaml").unlink()
    assert told("--baseline", NAME, "deploy.yaml")["summary"]["stale"] == 1
    llmlint("baseline", "prune", "deploy.yaml")
    assert {one["file"] for one in entries()} == {"deploy.yaml"}


def test_a_file_that_is_not_linted_is_not_judged(tree: Path) -> None:
    (tree / "b.yaml").write_text(SMALL, encoding="utf-8")
    llmlint("baseline", "update")
    assert told("--baseline", NAME, "deploy.yaml")["summary"]["stale"] == 0
    llmlint("baseline", "prune", "deploy.yaml")
    assert len(entries()) == 2


def test_what_is_not_checked_is_not_stale(tree: Path) -> None:
    llmlint("baseline", "update")
    assert told("--baseline", NAME, "--ignore", "precision-loses-accuracy", ".")["summary"]["stale"] == 0
    (tree / "deploy.yaml").write_text("model: [\n", encoding="utf-8")
    found = told("--baseline", NAME, "deploy.yaml")
    assert found["summary"]["stale"] == 0
    assert [one["rule"] for one in found["findings"]] == ["syntax"]
    llmlint("baseline", "update")
    assert [one["rule"] for one in entries()] == ["precision-loses-accuracy"], "nor is syntax in it"


def test_from_another_folder(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / ".llmlint.yaml").write_text(f"baseline: {NAME}\n", encoding="utf-8")
    llmlint("baseline", "update")
    (tree / "sub").mkdir()
    monkeypatch.chdir(tree / "sub")
    assert told("../deploy.yaml")["summary"]["baselined"] == 1
    assert llmlint("baseline", "update", "..").code == 0
    assert not Path(NAME).exists(), "the configured one is written"


BROKEN = [
    ("", "no JSON"),
    ("{", ":1:2: no JSON"),
    ("[]", "version 1 is wanted"),
    ('{"version": 2, "entries": []}', "version 1 is wanted, not 2"),
    ('{"version": 1}', "`entries` is missing"),
    ('{"version": 1, "entries": [3]}', "entry 1 is none"),
    (
        '{"version": 1, "entries": [{"file": "a", "document": "", "path": "", "rule": "r", "count": 0}]}',
        "entry 1 is none",
    ),
    ('{"version": 1, "entries": [\n<<<<<<< HEAD\n', "a conflict of a merge stands in it"),
    ('{"version": 1, "entries": [NaN]}', "NaN is no number"),
    ("[" * 100_000, "no JSON"),
]


@pytest.mark.parametrize(("written", "message"), BROKEN)
def test_a_broken_baseline_ends_the_run(tree: Path, written: str, message: str) -> None:
    Path(NAME).write_text(written, encoding="utf-8")
    for words in (["--baseline", NAME, "."], ["baseline", "prune"], ["baseline", "update"]):
        done = llmlint(*words)
        assert done.code == 2
        assert message in done.err
        assert done.out == ""
    assert Path(NAME).read_text(encoding="utf-8") == written


def test_unusable_requests(tree: Path) -> None:
    assert "no such file; `llmlint baseline update` writes one" in llmlint("--baseline", "none.json", ".").err
    assert llmlint("--baseline", ".", ".").code == 2
    assert llmlint("baseline", "prune").code == 2
    (tree / ".llmlint.yaml").write_text("baseline: ../elsewhere.json\n", encoding="utf-8")
    done = llmlint(".")
    assert done.code == 2
    assert "leads out of the repository" in done.err
    assert llmlint("baseline", "update", "nowhere.yaml").code == 2
    assert "not of standard input" in llmlint("baseline", "update", "-").err
    assert not Path(NAME).exists()


def test_the_stricter_of_two_branches_counts(tmp_path: Path) -> None:
    row = '{"file": "a", "document": "0", "path": "/x", "rule": "r", "count": %d}'
    path = tmp_path / NAME
    path.write_text('{"version": 1, "entries": [' + row % 3 + "," + row % 2 + "]}", encoding="utf-8")
    assert read(os.fspath(path)) == {Key("a", "0", "/x", "r"): 2}


words = st.text(max_size=8)
key = st.builds(Key, words, words, words, words)


@given(st.dictionaries(key, st.integers(1, 1000), max_size=8))
def test_whatever_is_written_is_read(counts: dict[Key, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_text(text(counts), encoding="utf-8")
        assert read(os.fspath(path)) == counts


def finding(path: tuple[str | int, ...], rule: str = "r") -> Finding:
    return Finding(rule, "error", "m", "f.yaml", Span(1, 1, 1, 2), 0, path)


def test_more_than_is_counted_is_all_shown() -> None:
    """Of three of a kind nobody can tell which the new one is: hiding two of them might hide it."""
    result = FileResult("f.yaml", "a: 1\n", (finding(("a",)), finding(("a",)), finding(("a",))))
    found = keys(result, b"a: 1\n", "f.yaml")
    one = found[0]
    assert one is not None
    assert held_back(result, found, {one: 2}) == result
    assert held_back(result, found, {one: 3}).findings == ()
    assert stale(found, {one: 4}, "f.yaml", {"r"}) == [one]
    assert pruned(found, {one: 4}, "f.yaml", {"r"}) == {one: 3}
    assert pruned(found, {one: 2}, "f.yaml", {"r"}) == {one: 2}, "nothing is added"
    assert updated(found, {one: 2}, "f.yaml", {"r"}) == {one: 3}
    assert judged(result._replace(not_checked=(NotChecked("r", 0, (), ()),)), {"r", "s"}) >= {"s"}
    assert "r" not in judged(result._replace(not_checked=(NotChecked("r", 0, (), ()),)), {"r", "s"})


class Adopting(RuleBasedStateMachine):
    """Documents come, go, move and are mended in two files; a model says which findings there are, and which known."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.files: dict[str, list[dict[str, Any]]] = {"a.yaml": [], "b.yaml": []}
        self.known: Counter[tuple[str, str, str]] = Counter()
        self.made = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    # the model

    def present(self) -> Counter[tuple[str, str, str]]:
        found: Counter[tuple[str, str, str]] = Counter()
        for file, documents in self.files.items():
            for one in documents:
                found[file, one["name"], "precision-loses-accuracy"] += one["int4"]
                for number in range(one["bogus"]):
                    found[file, one["name"], f"unknown-flag {number}"] += 1
        return +found

    # the files

    def path(self, name: str) -> Path:
        return Path(self.folder.name) / name

    def write(self) -> None:
        for file, documents in self.files.items():
            self.path(file).write_text("---\n".join(map(self.document, documents)) or "# nothing\n", encoding="utf-8")

    @staticmethod
    def document(one: dict[str, Any]) -> str:
        flags = ["--max-model-len=4096"] * one["plain"] + ["--bogus"] * one["bogus"]
        text: str = (
            "# moved\n" * one["above"] + f"name: {one['name']}\nmodel: {{parameters: 1B}}\n"
            f"precision: {'int4' if one['int4'] else 'fp16'}\nengine: {{name: vllm, version: 0.9.2, args: {flags}}}\n"
        )
        return text

    def run(self, *arguments: str) -> Outcome:
        before = os.getcwd()
        os.chdir(self.folder.name)
        try:
            return llmlint(*arguments)
        finally:
            os.chdir(before)

    # what people do

    @initialize()
    def begin(self) -> None:
        self.write()
        assert self.run("baseline", "update", "a.yaml", "b.yaml").code == 0

    @rule(file=st.sampled_from(["a.yaml", "b.yaml"]), at=st.integers(0, 5), int4=st.booleans(), bogus=st.integers(0, 2))
    def add(self, file: str, at: int, int4: bool, bogus: int) -> None:
        self.made += 1
        one = {"name": f"d{self.made}", "int4": int4, "bogus": bogus, "above": 0, "plain": 1}
        self.files[file].insert(at, one)
        self.write()

    @rule(file=st.sampled_from(["a.yaml", "b.yaml"]), at=st.integers(0, 5), data=st.data())
    @precondition(lambda self: any(self.files.values()))
    def change(self, file: str, at: int, data: st.DataObject) -> None:
        documents = self.files[file]
        if documents:
            one = documents[at % len(documents)]
            key = data.draw(st.sampled_from(["int4", "bogus", "above", "plain"]))
            one[key] = data.draw(st.booleans() if key == "int4" else st.integers(0, 1 if key == "plain" else 3))
            self.write()

    @rule(file=st.sampled_from(["a.yaml", "b.yaml"]))
    def turn_around(self, file: str) -> None:
        self.files[file].reverse()
        self.write()

    @rule(file=st.sampled_from(["a.yaml", "b.yaml"]), at=st.integers(0, 5))
    def remove(self, file: str, at: int) -> None:
        if self.files[file]:
            del self.files[file][at % len(self.files[file])]
            self.write()

    @rule(files=st.sampled_from([["a.yaml"], ["b.yaml"], ["a.yaml", "b.yaml"]]))
    def update(self, files: list[str]) -> None:
        assert self.run("baseline", "update", *files).code == 0
        self.known = +Counter({one: n for one, n in self.known.items() if one[0] not in files}) + Counter(
            {one: n for one, n in self.present().items() if one[0] in files}
        )

    @rule(files=st.sampled_from([["a.yaml"], ["b.yaml"], ["a.yaml", "b.yaml"]]))
    def prune(self, files: list[str]) -> None:
        assert self.run("baseline", "prune", *files).code == 0
        present = self.present()
        self.known = Counter({one: n for one, n in self.known.items() if one[0] not in files or one in present})

    # what must hold

    @invariant()
    def what_is_shown_is_what_is_new(self) -> None:
        if not self.path(NAME).exists():
            return
        done = self.run(
            "--format", "json", "--select", "precision-loses-accuracy,unknown-flag", "--baseline", NAME, "."
        )
        assert done.code in (0, 1, 3), done.err
        report = json.loads(done.out)
        present = self.present()
        new = present - self.known
        assert Counter(self.of(one) for one in report["findings"]) == Counter(
            (file, name, rule_id.split()[0]) for file, name, rule_id in new.elements()
        )
        assert report["summary"]["baselined"] == (present & self.known).total()
        assert report["summary"]["stale"] == len(self.known - present)

    def of(self, one: dict[str, Any]) -> tuple[str, str, str]:
        return one["file"], self.files[one["file"]][one["document"]]["name"], one["rule"]


Adopting.TestCase.settings = settings(max_examples=30, stateful_step_count=12, suppress_health_check=list(HealthCheck))
TestAdopting = Adopting.TestCase
