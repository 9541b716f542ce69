"""Scores llmlint and its peers against the recorded runs in data/.

    python benchmarks/accuracy/score.py            prints the figures by component
    python benchmarks/accuracy/score.py --write    writes docs/accuracy.md
    python benchmarks/accuracy/score.py --rows     prints every row with its error, worst first
    python benchmarks/accuracy/score.py --freeze   writes tests/accuracy.jsonl: today's answers, as bands for the tests

Needs llmlint installed (`pip install -e .`). Takes some seconds; nothing is fetched.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.accuracy import measure, page  # noqa: E402
from benchmarks.accuracy.figures import by_component, figures, matrix  # noqa: E402
from benchmarks.accuracy.measure import Answer, Judged  # noqa: E402

AGREEMENT = Path(__file__).resolve().parent / "data" / "agreement"
"""What the differential runs found, one Markdown paragraph each."""


SLACK = {"weights": 0.002, "KV memory": 0.01, "KV cache": 0.0005, "model file": 0.002, "decode speed": 0.02}
WATCHED = frozenset(SLACK)


def scored() -> tuple[list[Answer], list[Judged]]:
    """All answers and verdicts."""
    answers, verdicts = measure.serving()
    return answers + measure.llamacpp() + measure.speed() + measure.usable(), verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("--freeze", action="store_true")
    options = parser.parse_args()
    answers, verdicts = scored()
    if options.write:
        agreement = {path.stem: path.read_text(encoding="utf-8") for path in AGREEMENT.glob("*.md")}
        (ROOT / "docs" / "accuracy.md").write_text(page.page(answers, verdicts, agreement), encoding="utf-8")
    elif options.freeze:
        lines = "".join(json.dumps(line) + "\n" for line in frozen(answers, verdicts))
        (ROOT / "tests" / "accuracy.jsonl").write_text(lines, encoding="utf-8")
    elif options.rows:
        _print_rows(answers)
    else:
        _print_figures(answers, verdicts)


def frozen(answers: list[Answer], verdicts: list[Judged]) -> Iterator[dict[str, object]]:
    """One row of each family or device in each component that the tests watch: the error that is allowed, in parts of
    what was measured, a little above today's; then the verdict of each family."""
    seen = set()
    for answer in answers:
        place = answer.component, answer.labels["device" if answer.component == "decode speed" else "family"]
        if answer.component in WATCHED and answer.error is not None and place not in seen and not page.far(answer):
            seen.add(place)
            allowed = round(abs(answer.error) * 1.1 + SLACK[answer.component], 4)
            yield {"id": answer.row["id"], "component": answer.component, "allowed": allowed}
    for one in verdicts:
        place = "verdict", one.labels["family"] + str(one.started)
        if one.said[measure.OURS] != "unknown" and place not in seen:
            seen.add(place)
            yield {"id": one.row["id"], "component": "verdict", "fits": one.said[measure.OURS] != "does-not-fit"}


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
