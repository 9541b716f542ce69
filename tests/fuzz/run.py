"""Fuzzes llmlint with atheris (`pip install -e .[fuzz]`), target after target, and writes down what came of it.

    python tests/fuzz/run.py --minutes 10            all targets, the record into docs/fuzzing.md
    python tests/fuzz/run.py --minutes 1 shell gguf   some of them, no record
    python tests/fuzz/run.py --replay FILE shell      one input, for whoever mends a crash

Coverage guides it: inputs that reach new code are kept, the small ones of them in tests/fuzz/corpus. An input that
breaks a promise is left in tests/fuzz/found, which is not committed: it becomes a fixture once it is understood.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOUND = HERE / "found"
RECORD = ROOT / "docs" / "fuzzing.md"
MARK = "<!-- the record of the last run, by tests/fuzz/run.py -->\n"
LONGEST, SLOWEST, MEGABYTES = 4_096, 10, 1_024
"""Bytes of an input; seconds and memory that one may take, on a machine with other work."""
KEPT, KEPT_BYTES = 20, 300
"""New inputs of a target that are committed at most, and their size."""


def main() -> int:
    """The exit code: 1 where a promise was broken."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("targets", nargs="*")
    words.add_argument("--minutes", type=float, default=10.0, help="over all targets")
    words.add_argument("--replay", type=Path, help="one input for one target")
    words.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tools")]
    if chosen.child:
        _fuzz(*chosen.child)
    from tests.fuzz.targets import TARGETS

    if chosen.replay is not None:
        TARGETS[chosen.targets[0]](chosen.replay.read_bytes())
        return 0
    names = chosen.targets or list(TARGETS)
    rows = [_run(name, chosen.minutes * 60 / len(names)) for name in names]
    if not chosen.targets:
        _record(rows, chosen.minutes)
    return 1 if any(row[-1] for row in rows) else 0


def _fuzz(target: str, *arguments: str) -> None:
    """Runs libFuzzer on one target; never comes back."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]  # installed for fuzzing alone

    with atheris.instrument_imports(include=["llmlint"]):
        from tests.fuzz.targets import TARGETS
    atheris.Setup([sys.argv[0], *arguments], TARGETS[target])
    atheris.Fuzz()


def _run(name: str, seconds: float) -> list[str]:
    """One row of the record: executions, edges, features, inputs, what was found."""
    from tests.fuzz import seeds

    FOUND.mkdir(exist_ok=True)
    before = {path.name for path in FOUND.iterdir()}
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        given = list(seeds.seeds(name))
        for number, data in enumerate(given):
            (Path(folder) / f"seed-{number}").write_bytes(data)
        options = [
            f"-max_total_time={round(seconds)}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}",
            f"-rss_limit_mb={MEGABYTES}", f"-dict={seeds.DICTIONARY}", f"-artifact_prefix={FOUND}/{name}-",
            "-print_final_stats=1", "-reduce_inputs=1", folder,
        ]  # fmt: skip
        done = subprocess.run(
            [sys.executable, __file__, "--child", name, *options], capture_output=True, text=True, check=False
        )
        new = [path.read_bytes() for path in Path(folder).iterdir() if not path.name.startswith("seed-")]
    (FOUND / f"{name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    crashes = sorted({path.name for path in FOUND.iterdir() if not path.name.endswith(".log")} - before)
    known = seeds.committed(name)
    small = sorted({one for one in new if len(one) <= KEPT_BYTES} - set(known), key=lambda one: (len(one), one))
    kept = [*known, *small[:: max(len(small) // KEPT, 1)][: max(KEPT - len(known), 0)]] or sorted(given, key=len)[:3]
    seeds.CORPUS.mkdir(exist_ok=True)
    (seeds.CORPUS / f"{name}.txt").write_text(seeds.written(kept), encoding="ascii")
    last = (re.findall(r"cov: (\d+) ft: (\d+)", done.stderr) or [("?", "?")])[-1]
    runs = (re.findall(r"stat::number_of_executed_units: (\d+)", done.stderr) or ["?"])[-1]
    print(f"{name}: {runs} runs, {last[0]} edges, {last[1]} features, {len(new)} new inputs", *crashes, flush=True)
    return [name, runs, last[0], last[1], str(len(given)), str(len(new)), ", ".join(crashes)]


def _record(rows: list[list[str]], minutes: float) -> None:
    """Puts the table into the page."""
    import importlib.metadata
    import platform

    versions = f"CPython {platform.python_version()}, atheris {importlib.metadata.version('atheris')}"
    head = f"{datetime.now(UTC):%Y-%m-%d}, {minutes:g} minutes, {versions}, {platform.machine()}:\n\n"
    table = "| target | executions | edges | features | seeds | new inputs | broken promises |\n"
    table += "|---|--:|--:|--:|--:|--:|---|\n"
    body = "".join(f"| {' | '.join(row[:-1])} | {row[-1] or 'none'} |\n" for row in rows)
    page = RECORD.read_text(encoding="utf-8").partition(MARK)[0]
    RECORD.write_text(f"{page}{MARK}\n{head}{table}{body}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
