"""Scores llmlint and its peers against the recorded runs in data/.

    python benchmarks/accuracy/score.py            prints the figures by component
    python benchmarks/accuracy/score.py --write    writes docs/accuracy.md
    python benchmarks/accuracy/score.py --rows     prints every row with its error, worst first

Needs llmlint installed (`pip install -e .`). Takes some seconds; nothing is fetched.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.accuracy import measure, page  # noqa: E402
from benchmarks.accuracy.figures import by_component, figures, matrix  # noqa: E402
from benchmarks.accuracy.measure import Answer, Judged  # noqa: E402

AGREEMENT = Path(__file__).resolve().parent / "data" / "agreement"
"""What the differential runs found, one Markdown paragraph each."""


def scored() -> tuple[list[Answer], list[Judged]]:
    """All answers and verdicts."""
    answers, verdicts = measure.serving()
    return answers + measure.llamacpp() + measure.speed() + measure.usable(), verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rows", action="store_true")
    options = parser.parse_args()
    answers, verdicts = scored()
    if options.write:
        agreement = {path.stem: path.read_text(encoding="utf-8") for path in AGREEMENT.glob("*.md")}
        (ROOT / "docs" / "accuracy.md").write_text(page.page(answers, verdicts, agreement), encoding="utf-8")
    elif options.rows:
        _print_rows(answers)
    else:
        _print_figures(answers, verdicts)


def _print_figures(answers: list[Answer], verdicts: list[Judged]) -> None:
    for name, some in by_component(answers).items():
        found = figures(some)
        if found is None:
            print(f"{name}: no answer on {len(some)} rows")
            continue
        inside = f"; {found.within[0]} of {found.within[1]} inside the interval" if found.within[1] else ""
        print(
            f"{name}: answered {found.answered}/{found.asked}; median error {found.median:.2%}, "
            f"90th percentile {found.ninth:.2%}, bias {found.bias:+.2%}{inside}"
        )
    print("start or fail:", ", ".join(f"{name} {value}" for name, value in matrix(verdicts)._asdict().items()))


def _print_rows(answers: list[Answer]) -> None:
    answered = [(abs(answer.error), answer) for answer in answers if answer.error is not None]
    for _, answer in sorted(answered, key=lambda pair: -pair[0]):
        print(f"{answer.error:+8.1%} {answer.component:18} {answer.row['id']} {answer.labels['family']}")


if __name__ == "__main__":
    main()
