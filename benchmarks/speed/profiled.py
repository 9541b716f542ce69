"""Lints a folder in one process under Python's profiler and writes each part's share of the time, as JSON.

    python profiled.py OUTPUT ARGUMENT…

Run by the interpreter of the environment that llmlint is installed in. A part is a package or module directly below
`llmlint`; what a function of the library or of C takes counts as its callers'. Profiling makes small functions look
dearer than they are: the shares say where to look, not what would be saved.
"""

import cProfile
import json
import os
import sys
from typing import Any

Function = tuple[str, int, str]


def main() -> None:
    output, *arguments = sys.argv[1:]
    import llmlint
    from llmlint.cli import run
    from llmlint.document import extension

    extension.load()
    told, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115
    profile = cProfile.Profile()
    profile.runcall(run, arguments)
    sys.stdout = told
    profile.create_stats()
    found = shares(profile.stats, os.path.dirname(llmlint.__file__))
    with open(output, "w", encoding="utf-8") as file:
        json.dump(found, file)


def shares(stats: dict[Function, Any], package: str) -> dict[str, float]:
    """Parts of one by part of the package, largest first."""
    known: dict[Function, dict[str, float]] = {}
    total: dict[str, float] = {}
    for function, (_, _, own, _, _) in stats.items():
        for part, share in _parts(function, stats, package, known).items():
            total[part] = total.get(part, 0.0) + own * share
    whole = sum(total.values()) or 1.0
    return {part: round(total[part] / whole, 4) for part in sorted(total, key=lambda part: -total[part])}


def _parts(
    function: Function, stats: dict[Function, Any], package: str, known: dict[Function, dict[str, float]]
) -> dict[str, float]:
    """Which parts a function's own time belongs to."""
    if function in known:
        return known[function]
    file = function[0]
    if file.startswith(package + os.sep):
        first = file[len(package) + 1 :].split(os.sep)[0]
        known[function] = {first.removesuffix(".py"): 1.0}
        return known[function]
    known[function] = {"Python": 1.0}  # what is found again below, in a circle of calls
    callers = stats[function][4] if function in stats else {}
    weights = {caller: figures[2] or 1e-9 for caller, figures in callers.items()}
    found: dict[str, float] = {}
    for caller, weight in weights.items():
        for part, share in _parts(caller, stats, package, known).items():
            found[part] = found.get(part, 0.0) + share * weight / sum(weights.values())
    known[function] = found or {"Python": 1.0}
    return known[function]


if __name__ == "__main__":
    main()
