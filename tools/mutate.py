"""Mutation tests (docs/testing.md): which changes of the code no test notices.

    python tools/mutate.py                  all groups of tools/mutation.toml
    python tools/mutate.py quantity …       these
    python tools/mutate.py --reach …        measure anew which test reaches what (else: where a file is newer)
    python tools/mutate.py --survivors …    try again what survived the last time

Needs the extra `mutation`. Results lie in .mutation/: GROUP.jsonl has every mutant with its verdict.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mutation.groups import configuration
from mutation.running import run, summary


def main() -> int:
    """Run the groups; print a line of the table for each, and what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("groups", nargs="*", help="names of groups; none: all")
    parser.add_argument("--reach", action="store_true", help="measure anew which test reaches what")
    parser.add_argument("--survivors", action="store_true", help="try again only what survived the last time")
    options = parser.parse_args()
    told = configuration()
    unknown = set(options.groups) - {group.name for group in told.groups}
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    for group in told.groups:
        if not options.groups or group.name in options.groups:
            results = run(group, told, anew=options.reach, survivors=options.survivors)
            print("\n".join(summary(group, results)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
