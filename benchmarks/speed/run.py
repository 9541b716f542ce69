"""Measures llmlint and its peers on the same trees, in turns, and writes docs/performance.md.

    python benchmarks/speed/run.py                  measures everything and prints the tables
    python benchmarks/speed/run.py --write          keeps the results too, and writes docs/performance.md
    python benchmarks/speed/run.py --quick          a tenth of the files and two rounds: whether everything runs
    python benchmarks/speed/run.py --only cold      one group of commands, printed (may be given several times)
    python benchmarks/speed/run.py --page           writes docs/performance.md from the results that are kept

Needs Python with venv, and PyPI; npm for spectral and valgrind for counting instructions, where they are to be had.
What cannot be installed is left out, and the page says why. Environments and trees stay in the cache folder for the
next time; to have newer versions of the peers, remove it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.speed import page, results  # noqa: E402
from benchmarks.speed.contestants import NotInstalled  # noqa: E402
from benchmarks.speed.groups import Group, groups  # noqa: E402
from benchmarks.speed.measure import measured  # noqa: E402
from benchmarks.speed.rounds import Unexpected  # noqa: E402

RECORDED = Path(__file__).with_name("recorded.json")
PAGE = ROOT / "docs" / "performance.md"
EARLIER = "644e9b4"
"""The last revision before speed was worked on with this benchmark."""
QUICK = 10
"""How many times fewer files a quick run has."""


def main() -> None:
    given = options().parse_args()
    if given.page:
        PAGE.write_text(page.page(results.read(RECORDED), groups()), encoding="utf-8")
        return
    wanted = tuple(group for group in groups(QUICK if given.quick else 1) if not given.only or group.name in given.only)
    if given.quick or given.rounds:
        wanted = tuple(group._replace(rounds=given.rounds or 2) for group in wanted)
    given.cache.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=given.cache) as scratch:
            found = measured(ROOT, wanted, given.cache, Path(scratch), before=given.before)
    except (Unexpected, NotInstalled) as error:
        sys.exit(f"benchmark: {error}")
    told(found, wanted, write=given.write)


def told(found: results.Results, wanted: tuple[Group, ...], *, write: bool) -> None:
    """Print the tables, or keep the results and write the page."""
    if not write:
        print("\n\n".join(page.table(group, found) for group in wanted))
        print(f"\n{page.noise(found)}\n\n{page.missing(found.missing)}")
        return
    results.kept(found, RECORDED)
    PAGE.write_text(page.page(results.read(RECORDED), wanted), encoding="utf-8")


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--cache", type=Path, default=caches / "llmlint-benchmark", help="environments and trees")
    parser.add_argument("--rounds", type=int, default=0, help="as many in each group, instead of its own number")
    parser.add_argument("--only", action="append", choices=[group.name for group in groups()], help="a group")
    parser.add_argument("--before", default=EARLIER, help="revision to compare with; empty: none")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="a tenth of the files, two rounds")
    how.add_argument("--write", action="store_true", help="keep the results, write docs/performance.md")
    how.add_argument("--page", action="store_true", help="measure nothing, write docs/performance.md again")
    return parser


if __name__ == "__main__":
    main()
