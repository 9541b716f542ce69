"""Results that are kept: the same reports, byte for byte, whatever becomes of them; and none where none may be."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmlint import reading
from llmlint.cache import place, settings_key
from llmlint.cli import check, several
from llmlint.finding import FileResult
from llmlint.reading import Inputs, Text
from llmlint.reports import REPORTS
from llmlint.suggest.findings import Remedies

from .command import SMALL, Outcome, llmlint
from .test_packs import RULE

LARGE = "model: {parameters: 70B}\nprecision: fp16\nmachine: {gpus: [L4], ram: 32GB}\n"
EXPIRING = "model: {parameters: 8B}\nprecision: int4  # llmlint: ignore[precision-loses-accuracy] until=2026-06-30 so\n"
COMPOSE = "services: {llm: {image: 'vllm/vllm-openai:v0.9.0', command: '--model ${MODEL} --max-model-len 4096'}}\n"
VOLUME = """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 200Gi}}}
"""
POD = """apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: llm
      image: vllm/vllm-openai:v0.9.0
      args: [--model, meta-llama/Llama-3.1-70B-Instruct, --max-model-len=4096]
      resources: {limits: {nvidia.com/gpu: 4}}
      volumeMounts: [{name: models, mountPath: /root/.cache/huggingface}]
  volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
"""
LINE = b"\n"
ENOUGH = 7
"""Files from which on these runs keep results."""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that results are kept in, which is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "llmlint"


@pytest.fixture
def tree(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A few files of all kinds, and enough of them; the current folder."""
    texts = [SMALL, LARGE, EXPIRING, "model: [", "services: {web: {image: nginx}}\n", "# empty\n"]
    monkeypatch.setattr(check, "SEVERAL", ENOUGH)
    monkeypatch.setattr(settings_key, "installation", tuple)
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(ENOUGH):
        (folder / f"{number:02}.yaml").write_text(texts[number] if number < len(texts) else f"# {number}\n{SMALL}")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def manifests(tree: Path) -> Path:
    """The same with manifests that ask for files beside them."""
    (tree / "compose").mkdir(parents=True)
    (tree / "compose" / "compose.yaml").write_text(COMPOSE)
    (tree / "compose" / ".env").write_text("MODEL=meta-llama/Llama-3.1-8B-Instruct\n")
    (tree / "pods").mkdir()
    (tree / "pods" / "pod.yaml").write_text(POD)
    (tree / "pods" / "volume.yaml").write_text(VOLUME)
    return tree


def run(*words: str) -> Outcome:
    """A run in one process, which looks for no changes unless a format asks for them."""
    quick = [] if any("--format" in word for word in words) else ["--format=concise"]
    return llmlint("--isolated", "--today=2026-11-25", "--jobs=1", *quick, *words, ".")


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are linted, not looked up."""
    found: list[str] = []

    def noted(text: Text, *, named: bool) -> FileResult:
        found.append(text.path)
        return reading.checked(text, named=named)

    monkeypatch.setattr(several, "checked", noted)
    return found


def store(kept: Path) -> Path:
    """The one file of entries."""
    (found,) = (file for file in kept.iterdir() if len(file.name) == 32)
    return found


@pytest.mark.parametrize("format", [name for name in REPORTS if not name.startswith("statistics")])
def test_every_report_is_the_same(format: str, tree: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    new = run("-v", "--format", format, "--no-cache")
    assert len(linted) == len(list(tree.rglob("*.yaml")))
    linted.clear()
    assert run("-v", "--format", format) == new
    assert linted
    linted.clear()
    monkeypatch.setattr("llmlint.cli.remedies.helped", None)
    assert run("-v", "--format", format) == new
    assert linted == []
    assert llmlint("--isolated", "--today=2026-11-25", "--jobs=3", "-v", "--format", format, ".") == new
    assert linted == []


def test_several_processes_keep_what_they_find(manifests: Path, linted: list[str]) -> None:
    words = ("--isolated", "--today=2026-11-25", "--format=concise", ".")
    new = llmlint("--jobs=3", "--no-cache", *words)
    assert llmlint("--jobs=3", *words) == new
    assert llmlint("--jobs=1", *words) == new
    assert linted == []


def test_processes_are_started_for_what_is_not_known(
    tree: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def alone(answers: several.Answers, inputs: Inputs, first: int, number: int) -> Iterator[tuple[Text, FileResult]]:
        begun.append(first)
        return map(answers.here, range(first, len(inputs)))

    monkeypatch.setattr(several, "_by_others", alone)
    monkeypatch.setattr("llmlint.cli.jobs.processors", lambda: 2)
    monkeypatch.setattr(several, "FIRST", 4)
    monkeypatch.setattr(several, "FEWEST", 3)
    monkeypatch.setattr("llmlint.cli.jobs.FILES_EACH", 3)
    words = ("--isolated", "--today=2026-11-25", "--format=concise", ".")
    assert llmlint(*words) == llmlint(*words)
    assert begun == [4]  # all were known the second time
    (tree / "06.yaml").write_text(f"# new\n{SMALL}")
    llmlint(*words)
    assert begun == [4]


def test_what_has_not_changed_is_not_linted(tree: Path, linted: list[str]) -> None:
    run()
    linted.clear()
    (tree / "03.yaml").write_text(LARGE)
    shutil.move(tree / "04.yaml", tree / "new.yaml")
    assert run() == run("--no-cache")
    assert sorted(linted[:2]) == ["03.yaml", "new.yaml"]


def test_a_search_for_changes_is_not_made_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it took counts, so that what is left for other files is the same."""
    (tree / "02.yaml").write_text(LARGE)
    (tree / "03.yaml").write_text(LARGE + "name: third\n")
    monkeypatch.setattr("llmlint.cli.remedies.remedies_of_a_run", lambda: Remedies(3))
    new = run("--no-cache", "--format=text")
    assert "the smallest changes for 2 files not looked for" in new.out
    assert [run("--format=text"), run("--format=text")] == [new, new]
    (tree / "01.yaml").write_text(SMALL)
    assert run("--format=text") == run("--format=text", "--no-cache") != new


Change = Callable[[Path], object]
BESIDE: dict[str, Change] = {
    "a variable of Compose": lambda tree: (tree / "compose" / ".env").write_text("MODEL=Qwen/Qwen3-8B\n"),
    "no variable of Compose": lambda tree: (tree / "compose" / ".env").unlink(),
    "a claim": lambda tree: (tree / "pods" / "volume.yaml").write_text(VOLUME.replace("200Gi", "20Gi")),
    "no claim": lambda tree: (tree / "pods" / "volume.yaml").unlink(),
    "another file": lambda tree: (tree / "pods" / "more.yaml").write_text(VOLUME.replace("name: models", "name: m")),
}


@pytest.mark.parametrize("change", BESIDE.values(), ids=BESIDE)
def test_a_file_beside_counts(change: Change, manifests: Path, linted: list[str]) -> None:
    before = run()
    change(manifests)
    linted.clear()
    after = run()
    assert {"compose/compose.yaml", "pods/pod.yaml"} & set(linted)
    assert after == run("--no-cache")
    if change is BESIDE["a claim"]:
        assert after != before


def test_many_files_beside_are_noted_as_one(manifests: Path, kept: Path, linted: list[str]) -> None:
    for number in range(20):
        (manifests / "pods" / f"volume-{number}.yaml").write_text(
            VOLUME.replace("name: models", f"name: models-{number}")
        )
    run()
    assert all(len(line) < 5_000 for line in store(kept).read_bytes().split(LINE))
    linted.clear()
    run()
    assert linted == []
    (manifests / "pods" / "volume-7.yaml").write_text(VOLUME.replace("name: models", "name: models-77"))
    assert run() == run("--no-cache")
    assert "pods/pod.yaml" in linted


def test_models_in_files_are_looked_at_each_time(tree: Path) -> None:
    (tree / "00.yaml").write_text("model: ./weights\nmachine: {gpus: [L4]}\n")
    before = run("-v")
    (tree / "weights").mkdir()
    (tree / "weights" / "config.json").write_text('{"num_hidden_layers": 4}')
    assert run("-v") == run("-v", "--no-cache") != before


SETTINGS: dict[str, tuple[str, ...]] = {
    "select": ("--select", "memory/"),
    "ignore": ("--ignore", "precision-loses-accuracy"),
    "machine": ("--machine", "rtx4090"),
    "day": ("--today", "2026-06-30"),
    "rules": ("--rules", "../headroom.yaml"),
    "catalogue": ("--catalogue", "../catalogue.yaml"),
    "configuration": ("--config", "../config.yaml"),
}


@pytest.mark.parametrize("words", SETTINGS.values(), ids=SETTINGS)
def test_what_files_are_checked_with_counts(words: tuple[str, ...], tree: Path, linted: list[str]) -> None:
    (tree.parent / "catalogue.yaml").write_text("models: []\n")
    (tree.parent / "config.yaml").write_text("ignore: [precision-loses-accuracy]\n")
    (tree.parent / "headroom.yaml").write_text(RULE)
    run()
    linted.clear()
    found = run(*words)
    assert linted
    assert found == run(*words, "--no-cache")


def test_files_of_settings_count_by_what_they_hold(tree: Path, linted: list[str]) -> None:
    config = tree / ".llmlint.yaml"
    for text in ("fail-on: never\n", "ignore: [precision-loses-accuracy]\n", "machines: {'*': rtx4090}\n"):
        config.write_text(text)
        linted.clear()
        kept = llmlint("--jobs=1", "--format=concise", ".")
        assert linted
        assert kept == llmlint("--jobs=1", "--no-cache", "--format=concise", ".")


def test_the_program_counts(tree: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    linted.clear()
    monkeypatch.setattr(settings_key, "__version__", "99")
    run()
    assert linted
    linted.clear()
    monkeypatch.setattr(settings_key, "installation", lambda: ("another",))
    run()
    assert linted
    assert any(str(several.__file__) in str(part) for part in settings_key._times(os.path.dirname(several.__file__)))


def test_a_fault_of_the_program_is_not_kept(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> FileResult:
        raise RuntimeError("oh")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "lint", fail)
        assert run().code == 2
    assert run() == run("--no-cache")


def corrupted(data: bytes) -> dict[str, bytes]:
    """What may become of a file of entries."""
    head, *lines = data.split(LINE)
    first, second = lines[0].split(b"\t"), lines[1].split(b"\t")
    swapped = [b"\t".join([first[0], second[1], second[2], second[3], first[4]]), *lines[1:]]
    clean = [line.replace(b'"model', b'"nodel').replace(b"warning", b"info") for line in lines]
    return {
        "empty": b"",
        "another format": data.replace(b"results 1", b"results 2"),
        "cut off": data[: len(data) // 2],
        "no line ends": data.replace(LINE, b" "),
        "bytes": bytes(range(256)) * 40,
        "one bit": bytes(byte ^ 1 if at % 97 == 60 else byte for at, byte in enumerate(data)),
        "keys alone": LINE.join([head, *(line[:32] for line in lines)]),
        "no sum": LINE.join([head, *(b"\t".join(line.split(b"\t")[:3]) for line in lines)]),
        "one for another": LINE.join([head, *swapped]),
        "other words": LINE.join([head, *clean]),
        "no days": LINE.join([head, *(line.rpartition(b"\t")[0] + b"\t" for line in lines)]),
        "odd days": LINE.join([head, *(line.rpartition(b"\t")[0] + b"\t-9e9" for line in lines)]),
        "everything twice": data + LINE.join(lines),
    }


@pytest.mark.parametrize("name", corrupted(b"\n\t\t\t\t\n\t\t\t\t"))
def test_what_is_not_as_it_was_written_does_not_count(name: str, tree: Path, kept: Path) -> None:
    new = run()
    file = store(kept)
    file.write_bytes(corrupted(file.read_bytes())[name])
    assert run() == new
    assert run() == new


def test_entries_of_another_secret_do_not_count(tree: Path, kept: Path, linted: list[str]) -> None:
    new = run()
    (kept / "key").write_bytes(b"x" * 32)
    linted.clear()
    assert run() == new
    assert linted


def replaced_by_link(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}-elsewhere"))
    path.symlink_to(path.with_name(f"{path.name}-elsewhere"))


def in_its_place(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("")


def written(file: Path, data: bytes, mode: int) -> None:
    file.write_bytes(data)
    file.chmod(mode)


FOREIGN: dict[str, Callable[[Path], object]] = {
    "open to all": lambda kept: kept.chmod(0o777),
    "readable": lambda kept: kept.chmod(0o755),
    "a link": replaced_by_link,
    "a file": in_its_place,
    "in a folder of all": lambda kept: kept.parent.chmod(0o777),
}


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_a_folder_that_is_not_the_users_alone_is_left_alone(change: Change, tree: Path, kept: Path) -> None:
    new = run()
    file = store(kept)
    poisoned = file.read_bytes()
    change(kept)
    (tree / "06.yaml").write_text(LARGE)
    after = run()
    assert after == run("--no-cache") != new
    assert not file.exists() or file.read_bytes() == poisoned
    assert run("-v").err.startswith("llmlint: results are not kept for the next run: ")


def test_a_folder_of_another_user_is_left_alone(tree: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = run()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert run() == new
    assert "is somebody else's" in run("-v").err
    shutil.rmtree(kept)
    assert run() == new
    assert not kept.exists()


ODD: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": os.mkdir,
    "link": lambda file: file.symlink_to("/etc/passwd"),
    "others may read it": lambda file: written(file, b"x" * 32, 0o644),
    "short": lambda file: written(file, b"x", 0o600),
}


@pytest.mark.parametrize("part", ["key", "store"])
@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_an_odd_file_in_it_changes_nothing(make: Change, part: str, tree: Path, kept: Path) -> None:
    new = run()
    file = kept / "key" if part == "key" else store(kept)
    file.unlink()
    make(file)
    assert run() == new
    assert run() == new


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(30, "Read-only file system")])
def test_a_disk_that_takes_nothing_is_no_fault(
    error: OSError, tree: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    run()
    (tree / "06.yaml").write_text(LARGE)
    before = store(kept).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        after = run("-v")
        assert after.err == f"llmlint: results are not kept for the next run: {str(error.strerror).lower()}\n"
    assert after.out == run("-v", "--no-cache").out
    assert store(kept).read_bytes() == before
    assert not [file for file in kept.iterdir() if file.name.startswith(".")]


def test_a_folder_that_cannot_be_made_is_no_fault(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = run()
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/home")
    assert run() == new
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "nowhere")
    assert run() == new
    assert "neither XDG_CACHE_HOME nor HOME names a folder" in run("-v").err


def test_nothing_is_believed_that_a_repository_brings_along(
    tree: Path, kept: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    (tree / ".git").mkdir()
    shutil.copytree(kept.parent, tree / "cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree / "cache"))
    linted.clear()
    run()
    assert linted
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree / "elsewhere"))
    assert "lies in what is linted" in run("-v").err
    assert not (tree / "elsewhere").exists()


@pytest.mark.parametrize("words", [["--no-cache"], ["--fix"], ["--diff"]])
def test_nothing_is_kept_where_nothing_is_to_be(words: list[str], tree: Path, kept: Path) -> None:
    run(*words)
    assert not kept.exists()


def test_a_few_files_are_linted_anew(tree: Path, kept: Path) -> None:
    llmlint("--isolated", "00.yaml", "05.yaml")
    assert not kept.exists()


def test_a_configuration_or_a_variable_keeps_nothing(tree: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("LLMLINT_NO_CACHE", "1")
        run()
    assert not kept.exists()
    (tree / ".llmlint.yaml").write_text("cache: false\n")
    llmlint("--jobs=1", "--format=concise", ".")
    assert {file.name for file in kept.iterdir()} == {place.SECRET, place.TAG}


def test_it_is_the_users_alone(tree: Path, kept: Path) -> None:
    run()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept.iterdir()} == {0o600}


def test_where_it_is_and_how_it_goes(tree: Path, kept: Path) -> None:
    assert llmlint("cache", "where") == Outcome(0, f"{kept}\n", "")
    assert llmlint("cache", "clear") == Outcome(0, "nothing is kept\n", "")
    run()
    (kept / "notes.txt").write_text("mine")
    assert llmlint("cache", "where") == Outcome(0, f"{kept}\n", "")
    assert llmlint("cache", "clear") == Outcome(0, "removed 1 file of results\n", "")
    assert [file.name for file in kept.iterdir()] == ["notes.txt"]
    kept.chmod(0o777)
    told = f"llmlint: {kept} is open to others (chmod 700 closes it)\n"
    assert [llmlint("cache", word) for word in ("where", "clear")] == [Outcome(2, "", told)] * 2
