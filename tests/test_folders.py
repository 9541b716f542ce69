"""Files that are applied together: `tests/folders/CASE/` is linted, and `expected.txt` says what is found.

`pytest tests/test_folders.py --update` writes the expectations anew; read the difference before you commit it.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

import pytest

from llmlint import neighbours
from llmlint.cli.options import Options
from llmlint.linting import lint
from llmlint.neighbours import MOST_FOLDERS, MOST_NAMES, Run, surroundings
from llmlint.plans import Surroundings
from llmlint.read import Around, read_plans
from llmlint.readers.kubernetes import folder as kubernetes_folder
from llmlint.reading import texts

HERE = Path(__file__).parent / "folders"
CASES = sorted(path.parent for path in HERE.glob("*/expected.txt"))


def found(case: Path, *paths: Path) -> list[str]:
    """Every warning and error, with what stands in another file."""
    lines = []
    for text in texts(Options(paths=tuple(map(str, paths)), skip_unrecognised=True)):
        for one in lint(text.data, text.path, text.checking.settings, named=False).findings:
            if one.severity != "info":
                where = f"{Path(one.file).relative_to(case).as_posix()}:{one.span.line}:{one.span.column}"
                beside = f" (written in {one.elsewhere})" if one.elsewhere else ""
                lines.append(f"{where}: {one.severity}[{one.rule}] {one.message}{beside}")
    return lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_files_that_are_applied_together(case: Path, request: pytest.FixtureRequest) -> None:
    expected = case / "expected.txt"
    lines = "".join(f"{line}\n" for line in found(case, case))
    if request.config.getoption("--update"):
        expected.write_text(lines, encoding="utf-8")
    assert lines == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_alone_has_the_findings_that_it_has_among_the_others(case: Path) -> None:
    """Where it joins an engine's description of another file, it tells what is wrong with that too."""
    files = [path for path in sorted(case.rglob("*")) if path.suffix in {".yaml", ".json"}]
    alone = [line for path in files for line in found(case, path)]
    assert set(found(case, case)) <= set(alone)
    assert [line for line in alone if "(written in runtime.yaml" not in line] == [
        line for line in found(case, *files) if "(written in runtime.yaml" not in line
    ]


ENGINE = (HERE / "claim-too-small/chat.yaml").read_text(encoding="utf-8")
CLAIM = (HERE / "claim-in-two-files/pvc-dev.yaml").read_text(encoding="utf-8")
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "chat.yaml").write_text(ENGINE)
    return tmp_path


def too_small(folder: Path) -> bool:
    return any("volume-smaller-than-model" in line for line in found(folder, folder / "chat.yaml"))


def test_a_claim_beside_it(folder: Path) -> None:
    assert not too_small(folder)
    (folder / "claim.yaml").write_text(CLAIM)
    assert too_small(folder)


def test_a_folder_of_very_many_manifests_is_not_looked_through(folder: Path) -> None:
    (folder / "claim.yaml").write_text(CLAIM)
    for number in range(MOST_NAMES - 2):
        (folder / f"{number}.yaml").write_text("a: 1\n")
    assert too_small(folder)
    (folder / "one-more.yaml").write_text("a: 1\n")
    assert not too_small(folder)


def test_a_folder_of_very_large_files_is_not_looked_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_folder, "MOST_READ", 3_000)
    (folder / "claim.yaml").write_text(CLAIM)
    assert too_small(folder)
    (folder / "a.json").write_text('"' + "x" * 3_000 + '"')
    assert not too_small(folder)


def test_nothing_outside_of_the_repository_is_read(folder: Path) -> None:
    inside = folder / "inside"
    (inside / ".git").mkdir(parents=True)
    (inside / "chat.yaml").write_text(ENGINE)
    (folder / "claim.yaml").write_text(CLAIM)
    (inside / "link.yaml").symlink_to(folder / "claim.yaml")
    assert not too_small(inside)
    (inside / "kustomization.yaml").write_text(f"{KUSTOMIZATION}resources: [chat.yaml, ../claim.yaml]\n")
    assert not too_small(inside)


@pytest.mark.parametrize(
    "text",
    [
        "resources: [., .., ../kustomization.yaml, chat.yaml, claim.yaml, https://example.com/x?ref=main]",
        "resources: [chat.yaml, claim.yaml, claim.yaml, ./claim.yaml, 3, null, [], {a: 1}, '', 'a\\0b']",
        "resources: [chat.yaml, claim.yaml]\npatches: [{path: none.yaml}, none.yaml, 1, {patch: 2}]",
    ],
)
def test_kustomizations_that_name_odd_things(folder: Path, text: str) -> None:
    (folder / "claim.yaml").write_text(CLAIM)
    (folder / "kustomization.yaml").write_text(KUSTOMIZATION + text)
    assert too_small(folder)


@pytest.mark.parametrize("text", ["resources: chat.yaml", "resources: {chat.yaml: claim.yaml}", "[", "", "- a"])
def test_kustomizations_that_name_nothing(folder: Path, text: str) -> None:
    (folder / "claim.yaml").write_text(CLAIM)
    (folder / "kustomization.yaml").write_text(text)
    assert too_small(folder)


@pytest.mark.parametrize(
    "text", ["", "kind: PersistentVolumeClaim", "apiVersion: v1\nkind: [", "\0", "{{ x }}\n" + CLAIM]
)
def test_neighbours_that_say_nothing(folder: Path, text: str) -> None:
    (folder / "claim.yaml").write_text(text)
    assert not too_small(folder)


def test_a_run_reads_a_folder_once_and_keeps_few(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = neighbours._Folder._text

    def counting(self: neighbours._Folder, name: str) -> str | None:
        opened.append(name)
        return real(self, name)

    monkeypatch.setattr(neighbours._Folder, "_text", counting)
    (folder / "claim.yaml").write_text(CLAIM)
    for number in range(20):
        (folder / f"{number}.yaml").write_text(ENGINE.replace("name: chat", f"name: chat{number}"))
    lines = found(folder, folder)
    assert len([line for line in lines if "volume-smaller-than-model" in line]) == 21
    assert opened.count("7.yaml") == 1
    assert opened.count("claim.yaml") == 21, "for the folder, and for each further file that names it"
    run = Run()
    for number in range(10):
        run.kept(str(number))["x"] = number
    assert len(run._folders) == MOST_FOLDERS


def test_the_key_of_a_folder_is_of_all_that_it_was_made_of(folder: Path) -> None:
    from llmlint.readers.kubernetes.folder import folder as read

    def key() -> bytes:
        beside = surroundings(str(folder / "chat.yaml"))
        assert beside is not None
        return read(beside).key

    first = key()
    assert first == key()
    (folder / "claim.yaml").write_text(CLAIM)
    second = key()
    (folder / "claim.yaml").write_text(CLAIM.replace("10Gi", "90Gi"))
    third = key()
    (folder / "kustomization.yaml").write_text(KUSTOMIZATION)
    assert len({first, second, third, key()}) == 4


def test_kustomizations_that_name_one_another_are_read_a_bounded_number_of_times() -> None:
    from llmlint.readers.kubernetes.kustomization import MOST_FOLDERS, put_together

    asked: list[str] = []

    def read(file: str) -> str | None:
        asked.append(file)
        names = ", ".join([".", "..", "a", "b", "../c"] * 80)
        return f"namespace: {len(asked)}\nresources: [{names}]\n" if file.endswith("kustomization.yaml") else None

    put_together("", read)
    assert len(asked) <= MOST_FOLDERS + 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_change_of_a_neighbour_breaks_a_file(case: Path) -> None:
    """Lines are left out, doubled or cut off, in each file in turn: people save one file of a folder after another."""
    texts_of = {path.relative_to(case).as_posix(): path.read_text(encoding="utf-8") for path in case.rglob("*.*")}
    for changed, text in texts_of.items():
        lines = text.splitlines(keepends=True)
        for number in range(0, len(lines), 9):
            without = "".join(lines[:number] + lines[number + 1 :])
            twice = "".join([*lines[: number + 1], *lines[number:]])
            for worse in (without, twice, text[: len("".join(lines[:number])) + 5]):
                _lint_all({**texts_of, changed: worse})


def _lint_all(files: dict[str, str]) -> None:
    for file, text in files.items():
        if "vllm" in text:
            read_plans(text.encode(), file, named=False, around=Around(_around(file, files)))


def _around(file: str, files: dict[str, str]) -> Surroundings:
    inside = posixpath.dirname(file)

    def read(name: str) -> str | None:
        return files.get(posixpath.normpath(posixpath.join(inside, name)))

    def names() -> list[str]:
        return sorted(posixpath.basename(name) for name in files if posixpath.dirname(name) == inside)

    return Surroundings(file, read, names=names)
