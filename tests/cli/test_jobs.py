"""Runs in several processes: the same bytes in the same order, and no file lost, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from llmlint.cli import jobs as counting
from llmlint.cli import worker as processes
from llmlint.cli import workers as coordinator
from llmlint.cli.options import Options
from llmlint.cli.workers import Workers, portions
from llmlint.config import Config
from llmlint.finding import FileResult
from llmlint.reading import Text, checked
from llmlint.reports import REPORTS
from llmlint.reports.summary import Tally
from llmlint.settings import Checkings, UsageError

from .command import SMALL, Outcome, llmlint

LARGE = "model: {parameters: 70B}\nprecision: fp16\nmachine: {gpus: [L4], ram: 32GB}\n"
NOTED = SMALL.replace("precision: int4", "precision: int4  # llmlint: ignore[tier-unstated] nothing says so")
SERVED = "model: meta-llama/Llama-3.1-8B-Instruct\nengine: {name: vllm, args: [--max-model-length=99]}\n"


THREADS = counting.threads


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of all kinds in several folders, what cannot be read among them; the current folder."""
    texts = [SMALL, LARGE, NOTED, SERVED, "model: [", "services: {web: {image: nginx}}\n", "\x00", SMALL]
    for number, text in enumerate([*texts, SMALL, SMALL]):
        file = tmp_path / f"team-{number // 3}" / f"{number:02}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    os.mkfifo(tmp_path / "team-1" / "pipe.yaml")
    (tmp_path / "team-2" / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "team-2" / "ümlaut\n.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "team-3" / "out.yaml").symlink_to("/etc/hostname")
    (tmp_path / ".llmlint.yaml").write_text("exclude: ['*07.yaml']\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def both(*words: str) -> Outcome:
    """The outcome of a run in several processes, which is that of one."""
    one, several = llmlint("--jobs", "1", *words), llmlint("--jobs", "3", *words)
    assert several == one
    return several


@pytest.mark.parametrize("format", [*(name for name in REPORTS if not name.startswith("statistics")), "auto"])
@pytest.mark.usefixtures("tree")
def test_every_report_is_that_of_one_process(format: str) -> None:
    outcome = both("-v", "--format", format, ".", "team-2/gone.yaml")
    assert outcome.code == 1
    assert outcome.out


@pytest.mark.parametrize("words", [["--statistics"], ["--skip-unrecognised", "team-1/04.yaml"], ["--fail-on", "never"]])
@pytest.mark.usefixtures("tree")
def test_what_sees_all_files_sees_them(words: list[str]) -> None:
    assert "deployments" in both(*words, ".").out


@pytest.mark.usefixtures("tree")
def test_a_baseline_holds_back_what_it_held() -> None:
    assert llmlint("baseline", "update", ".").code == 0
    outcome = both("--baseline", ".llmlint-baseline.json", ".")
    assert "held back by the baseline" in outcome.out


def test_a_named_file_that_cannot_be_read_is_told(tree: Path) -> None:
    outcome = both("team-1/pipe.yaml", ".")
    assert outcome.code == 2
    assert "llmlint: team-1/pipe.yaml: not a regular file" in outcome.err


def test_a_report_never_replaces_what_is_linted(tree: Path) -> None:
    before = (tree / "team-0" / "01.yaml").read_bytes()
    outcome = both("--format", "json", "--output", "team-0/01.yaml", "team-0")
    assert (outcome.code, (tree / "team-0" / "01.yaml").read_bytes()) == (2, before)


def test_fixes_are_made_one_after_another(tree: Path) -> None:
    assert llmlint("--fix", "--jobs", "3", "team-0").code == 1


@pytest.mark.parametrize("word", ["0", "-1", "many", "1.5", "257", "٣"])
def test_no_number_of_processes_is_told(word: str) -> None:
    outcome = llmlint(f"--jobs={word}", "nowhere.yaml", "nowhere.json")
    assert outcome.code == 2


@pytest.mark.usefixtures("tree")
def test_what_is_wrong_with_the_number_is_said() -> None:
    assert llmlint("--jobs=many", ".").err == (
        "llmlint: --jobs: 'many' is no number of processes: write 1 to 256, or auto\n"
    )


def interrupt(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def children() -> bool:
    """Whether this process has any."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


@pytest.mark.usefixtures("tree")
def test_an_interrupt_ends_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tally, "add", interrupt)
    outcome = llmlint("--jobs", "3", ".")
    assert (outcome.code, outcome.err) == (130, "llmlint: interrupted\n")
    assert not children()


def echo(number: int) -> bytes:
    return b"%d" % number


def lost(why: str) -> bytes:
    return b"lost: " + why.encode()


def answers(answer: processes.Answer, files: int = 40, number: int = 3) -> list[bytes]:
    folders = [f"team-{one // 10}" for one in range(files)]
    found = list(Workers(answer, lost, portions(folders, 0, number), number).answers(0, files))
    assert not children()
    return found


def test_order_is_that_of_the_files() -> None:
    def slow_first(number: int) -> bytes:
        time.sleep(0.02 if number % 20 == 0 else 0)
        return echo(number)

    assert answers(slow_first) == [echo(one) for one in range(40)]


def test_long_answers_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """More is said of each file than a pipe holds, and of two than is held."""
    monkeypatch.setattr(coordinator, "MOST_HELD", 150_000)
    texts = [bytes([one % 256]) * 100_000 for one in range(40)]

    def slow_first(number: int) -> bytes:
        time.sleep(0.02 if number == 0 else 0)
        return texts[number]

    assert answers(slow_first) == texts


def end_process() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def test_a_file_that_ends_every_process_is_told_and_the_others_are_linted() -> None:
    found = answers(lambda number: end_process() if number in (5, 21) else echo(number))
    for number in (5, 21):
        assert found[number] == b"lost: ended by SIGKILL, as where memory runs out"
        found[number] = echo(number)
    assert found == [echo(one) for one in range(40)]


def test_files_of_a_process_that_died_once_are_linted_again(tmp_path: Path) -> None:
    def once(number: int) -> bytes:
        if number == 12 and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            end_process()
        return echo(number)

    assert answers(once) == [echo(one) for one in range(40)]
    assert (tmp_path / "died").exists()


def test_files_that_all_end_their_process_end() -> None:
    assert set(answers(lambda _: end_process(), files=12)) == {b"lost: ended by SIGKILL, as where memory runs out"}


def test_a_fault_of_a_process_is_no_answer() -> None:
    def fail(number: int) -> bytes:
        raise RuntimeError

    assert set(answers(fail, files=4)) == {b"lost: ended with code 70"}


@pytest.mark.usefixtures("tree")
def test_what_no_process_survives_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fatal(text: Text, *, named: bool) -> FileResult:
        return FileResult(str(end_process()), "") if "02" in text.path else checked(text, named=named)

    monkeypatch.setattr("llmlint.cli.several.checked", fatal)
    outcome = llmlint("--jobs", "2", "--format", "concise", "team-0", "team-2")
    assert outcome.code == 2
    assert outcome.err == (
        "llmlint: team-0/02.yaml: the process that linted it was ended by SIGKILL, as where memory runs out, twice\n"
    )
    assert "team-2/" in outcome.out


def test_without_processes_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr(os, "fork", none)
    assert answers(echo) == [echo(one) for one in range(40)]


def test_they_end_with_the_one_that_started_them() -> None:
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        try:
            os.write(writing, next(Workers(lambda _: b"%d " % os.getpid(), lost, iter([range(1)]), 2).answers(0, 9)))
        finally:
            end_process()
    os.close(writing)
    os.waitpid(parent, 0)
    child = int(os.read(reading, 100))
    os.close(reading)
    for _ in range(200):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.01)
    raise AssertionError("it goes on")


def test_portions_hold_every_file_once() -> None:
    folders = [f"team-{number // 9}" for number in range(100)]
    for first in (0, 16, 99, 100):
        for number in (2, 7):
            found = [file for one in portions(folders, first, number) for file in one]
            assert found == list(range(first, 100))


def with_jobs(number: int | None) -> Checkings:
    class Configured(Checkings):
        def jobs(self) -> int | None:
            return number

    return Configured(Options())


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "processors", lambda: 4)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("asked", "configured", "files", "number"),
    [
        (None, None, 63, 0),
        (None, None, 64, 2),
        ("auto", None, 10_000, 4),
        (None, 3, 10_000, 3),
        (None, 9, 10_000, 4),
        (None, 1, 10_000, 0),
        ("1", None, 10_000, 0),
        ("8", 1, 10_000, 8),
        ("8", None, 3, 3),
        ("8", None, 1, 0),
    ],
)
def test_how_many(asked: str | None, configured: int | None, files: int, number: int) -> None:
    assert counting.jobs(asked, with_jobs(configured), files) == number


def test_none_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "threads", THREADS)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert counting.jobs("4", with_jobs(None), 100) == 0
    finally:
        done.set()
        thread.join()
    with pytest.raises(UsageError):
        counting.jobs("x", with_jobs(None), 100)


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (["max 100000"], None),
        (["150000 100000"], 2),
        (["50000 100000"], 1),
        ([], None),
        (["", "200000", "100000"], 2),
        (["", "-1", "100000"], None),
        (["nonsense", "", ""], None),
    ],
)
def test_a_container_has_the_time_it_is_given(
    texts: list[str], number: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / str(place) for place in range(3)]
    for file, text in zip(files, texts, strict=False):
        file.write_text(text)
    monkeypatch.setattr(counting, "QUOTAS", tuple(map(str, files)))
    bound = len(os.sched_getaffinity(0))
    assert counting.processors() == (bound if number is None else min(number, bound))


def test_a_configuration_says_how_many(tmp_path: Path) -> None:
    (tmp_path / ".llmlint.yaml").write_text("jobs: 1\n", encoding="utf-8")
    checkings = Checkings(Options())
    assert checkings.of(str(tmp_path / "x.yaml")).config.jobs == 1
    assert checkings.jobs() == 1
    assert Config().jobs is None
