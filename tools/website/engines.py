"""A page for every engine: which versions are known, what of them, and how far off recorded runs its figures were."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from website.printed import table

COMPONENTS = ("component", "rows", "answered", "median error", "90th percentile", "inside the interval")
LLAMACPP_RUNS = ("KV cache", "compute buffer", "model file")
"""Recorded by llama.cpp alone, without a label of the engine."""
HEAD = """{title} is estimated where a plan names it, by `engine: {name}` or by the command line of a manifest. What its
rules rest on is told under [engines](../engines.md), and how the figures were made under [accuracy](../accuracy.md).
"""
UNMEASURED = """No recorded run of this engine was compared: its figures come from its sources and from rules of thumb,
and plans say so (`method`).
"""


def generated(root: Path) -> dict[str, str]:
    """engines/NAME.md for each engine that is modelled."""
    from llmlint.engines.registry import MODULES

    return {f"engines/{slug(name)}.md": _page(name) for name in MODULES}


def slug(name: str) -> str:
    """The name of an engine in addresses."""
    return name.replace(".", "")


def _page(name: str) -> str:
    from llmlint.engines.flag_table import GRAMMARS

    title = GRAMMARS[name].title
    return "\n".join(
        [
            f"# {title}\n",
            HEAD.format(title=title, name=name),
            "## Measured\n",
            _measured(name),
            "## Known\n",
            _known(name),
        ]
    )


def _measured(name: str) -> str:
    from benchmarks.accuracy.figures import by_component, figures, matrix

    answers, verdicts = _scored()
    own = [answer for answer in answers if _is_of(name, answer)]
    judged = [one for one in verdicts if one.row.get("engine") == name]
    if not own:
        return UNMEASURED
    lines: list[tuple[str, ...]] = []
    for component, some in by_component(own).items():
        found = figures(some)
        if found is None:
            lines.append((component, str(len(some)), "0", "", "", ""))
            continue
        inside = f"{found.within[0]} of {found.within[1]}" if found.within[1] else ""
        shown = (str(found.asked), str(found.answered), f"{found.median:.2%}", f"{found.ninth:.2%}", inside)
        lines.append((component, *shown))
    starts = matrix(judged)
    judgement = (
        f"\nOf {starts.started + starts.alarms} recorded starts {starts.started} were foreseen, with {starts.alarms} "
        f"false alarms; of {starts.failed + starts.missed} recorded failures {starts.failed} were foreseen. "
        f"{starts.unknown} runs were not judged.\n"
    )
    return table(COMPONENTS, lines) + (judgement if judged else "")


@cache
def _scored() -> tuple[Sequence[Any], Sequence[Any]]:
    from benchmarks.accuracy.score import scored

    return scored()


def _is_of(name: str, answer: Any) -> bool:
    own = answer.row.get("engine")
    return own == name if own else name == "llama.cpp" and answer.component in LLAMACPP_RUNS


def _known(name: str) -> str:
    lines = [*_options(name), *_architectures(name), *_releases(name)]
    return "".join(f"- {line}\n" for line in lines)


def _options(name: str) -> list[str]:
    from llmlint.engines.flag_table import table as options_of

    known = options_of(name)
    if known is None:
        return []
    count = len({option.name for option in known.all()})
    versions = [".".join(map(str, sample)) for sample in known.samples]
    read = f", read at {len(versions)} versions from {versions[0]} to {versions[-1]}" if len(versions) > 1 else ""
    return [f"{count} options{read}"]


def _architectures(name: str) -> list[str]:
    from llmlint.engines.first_versions import ENGINES
    from llmlint.engines.first_versions import table as models_of

    if name not in ENGINES:
        return []
    known = models_of(name)
    names = [line for line in known.text.splitlines() if line and not line.startswith("#")]
    return [f"{len(names)} architectures of models, with the first of {len(known.samples)} releases that has each"]


def _releases(name: str) -> list[str]:
    from llmlint.engines.releases import releases

    known = releases(name)
    return [f"{len(known)} releases with their days, {known[0].text} to {known[-1].text}"] if known else []
