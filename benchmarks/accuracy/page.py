"""docs/accuracy.md: tables of errors, the peers beside ours, what cannot be reached and why, fitted constants."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.accuracy import constants, peers
from benchmarks.accuracy.figures import by_component, by_label, figures, matrix
from benchmarks.accuracy.measure import OURS, Answer, Judged
from benchmarks.accuracy.rows import DATA

PEERS = (peers.PLAIN, peers.ACCELERATE, peers.HF_MEM, peers.GGUF_PARSER, peers.GPUSTACK)
FAR = {"weights": 0.05, "KV memory": 0.15, "KV tokens": 0.15, "KV cache": 0.001, "model file": 0.02}
"""Errors from which a row is listed as missed; decode speed by its interval."""
LABELS = {"version": "engine and version", "device": "device", "family": "family"}


def page(answers: Sequence[Answer], verdicts: Sequence[Judged], agreement: dict[str, str]) -> str:
    """The whole document."""
    parts = [
        HEAD,
        "## By component\n",
        table(
            ("component", "rows", "answered", "median error", "90th percentile", "bias", "inside the interval"),
            _components(answers),
        ),
        VERDICTS,
        table(("tool", "starts, foreseen", "false alarm", "fails, foreseen", "missed", "unknown"), _verdicts(verdicts)),
        PEERS_HEAD,
        table(("component", "tool", "answered", "median error", "90th percentile"), _peers(answers)),
        "## Against the engines themselves\n",
        *(agreement[name] for name in sorted(agreement)),
    ]
    serving = [answer for answer in answers if answer.component in ("weights", "KV memory", "KV tokens")]
    for label, title in LABELS.items():
        parts += [f"## By {title}\n", table((title, *_serving_columns()), _by(serving, label))]
    parts += ["## llama.cpp and decode speed by model or device\n", table(OTHER_COLUMNS, _others(answers))]
    parts += [MISSED, *_missed(answers, verdicts), UNANSWERED, *_unanswered(answers), CONSTANTS, *_constants()]
    return "\n".join(parts).rstrip() + "\n"


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows]) + "\n"


def _components(answers: Sequence[Answer]) -> Iterator[Sequence[str]]:
    for name, some in by_component(answers).items():
        found = figures(some)
        if found is None:
            yield name, str(len(some)), "0", "", "", "", ""
            continue
        inside = f"{found.within[0]} of {found.within[1]}" if found.within[1] else ""
        shown = (_percent(found.median), _percent(found.ninth), f"{found.bias:+.1%}", inside)
        yield name, str(found.asked), f"{found.answered} ({found.answered / found.asked:.0%})", *shown


def _verdicts(verdicts: Sequence[Judged]) -> Iterator[Sequence[str]]:
    for who in (OURS, *PEERS):
        if any(who in one.said for one in verdicts):
            found = matrix(verdicts, who)
            yield who, *map(str, found)


def _peers(answers: Sequence[Answer]) -> Iterator[Sequence[str]]:
    """Only on rows that llmlint answers too, so that all are compared on the same ones."""
    for name, some in by_component(answers).items():
        for who in (OURS, *PEERS):
            found = figures([answer for answer in some if answer.error is not None], who)
            if found is not None and any(answer.of(peer) is not None for answer in some for peer in PEERS):
                yield name, who, str(found.answered), _percent(found.median), _percent(found.ninth)


def _serving_columns() -> Sequence[str]:
    return [
        f"{name}: {what}" for name in ("weights", "KV memory", "KV tokens") for what in ("answered", "median, 90th")
    ]


def _by(answers: Sequence[Answer], label: str) -> Iterator[Sequence[str]]:
    for name, some in by_label(answers, label).items():
        parts = by_component(some)
        cells = [cell for what in ("weights", "KV memory", "KV tokens") for cell in _two(parts.get(what, []))]
        yield name, *cells


def _two(answers: Sequence[Answer]) -> tuple[str, str]:
    found = figures(answers)
    if found is None:
        return (f"0/{len(answers)}", "") if answers else ("", "")
    return f"{found.answered}/{found.asked}", f"{_percent(found.median)}, {_percent(found.ninth)}"


OTHER_COLUMNS = ("component", "model or device", "answered", "median, 90th percentile", "inside the interval")


def _others(answers: Sequence[Answer]) -> Iterator[Sequence[str]]:
    for name, label in (("KV cache", "family"), ("compute buffer", "device"), ("model file", "family"),
                        ("decode speed", "device"), ("usable memory", "device")):  # fmt: skip
        for key, some in by_label(by_component(answers).get(name, []), label).items():
            found = figures(some)
            inside = f"{found.within[0]} of {found.within[1]}" if found is not None and found.within[1] else ""
            yield name, key, *_two(some), inside


def reasons() -> dict[str, str]:
    """Why a row is missed, by its id."""
    lines = map(json.loads, (DATA / "reasons.jsonl").read_text(encoding="utf-8").splitlines())
    return {row: line["why"] for line in lines for row in line["rows"]}


def far(answer: Answer) -> bool:
    """Whether an answer misses what was measured."""
    if answer.component == "decode speed":
        return answer.within is False
    limit = FAR.get(answer.component)
    return limit is not None and answer.error is not None and abs(answer.error) > limit


def _missed(answers: Sequence[Answer], verdicts: Sequence[Judged]) -> Iterator[str]:
    why, found = reasons(), defaultdict(list)
    for answer in filter(far, answers):
        if answer.component != "decode speed" or answer.row["id"] in why:
            found[answer.labels["family"], why.get(answer.row["id"], "not explained")].append(
                f"{answer.row['id']} {answer.component} {answer.error:+.0%}"
            )
    for one in verdicts:
        if one.said[OURS] in ("fits", "tight") and not one.started:
            found[one.labels["family"], why.get(one.row["id"], "not explained")].append(
                f"{one.row['id']} failed, said {one.said[OURS]}"
            )
    lines = ((family, reason, ", ".join(what)) for (family, reason), what in sorted(found.items()))
    yield table(("family", "why", "rows"), lines)
    slow = Counter(answer.labels["device"] for answer in answers if answer.component == "decode speed" and far(answer))
    if slow:
        yield (
            "Decode speeds outside of their interval: "
            + ", ".join(f"{n} on {name}" for name, n in slow.items())
            + ".\n"
        )


def _unanswered(answers: Sequence[Answer]) -> Iterator[str]:
    found = defaultdict(set)
    for answer in answers:
        if answer.error is None:
            name = str(answer.row.get("model") or answer.row.get("gpu"))
            if answer.why.startswith("the GPU"):
                name = str(answer.row.get("gpu") or ", ".join(answer.row.get("gpus", [])) or answer.row.get("device"))
            found[answer.component, answer.why or "not modelled"].add(name)
    lines = ((component, why, ", ".join(sorted(names))) for (component, why), names in sorted(found.items()))
    yield table(("component", "why", "what"), lines)


def _constants() -> Iterator[str]:
    lines = ((f"{one.module}.{one.name}", f"`{_short(one.value)}`", one.fitted_to) for one in constants.constants())
    yield table(("constant", "value", "fitted to"), lines)


def _short(value: str) -> str:
    return value if len(value) <= 120 else value[:117] + "…"


def _percent(part: float) -> str:
    return f"{part:.2%}" if part < 0.1 else f"{part:.0%}"


HEAD = """# Accuracy

Written by `python benchmarks/accuracy/score.py --write` from the recorded runs in `benchmarks/accuracy/data/`: what
real engines printed on real machines, each with its source. Errors are relative to what was measured; memory is that
of one GPU. A row is answered where llmlint gives a figure at all. *bias* is the median with its sign; *inside the
interval* counts the rows whose measured figure lies between the low and the high end that `llmlint plan` states.
"""
VERDICTS = """## Will it start?

Of the recorded starts: foreseen means that the verdict was `fits` or `tight` for those that started, `does-not-fit` for
those that failed. GPUStack and hf-mem are asked with the engine's context and one request.
"""
PEERS_HEAD = """## Beside others

The same rows by the formulas of other tools, in our words (`benchmarks/accuracy/peers.py` has them with their sources),
given the same facts of the model. Components for which a tool has no figure are left out; rows that llmlint does not
answer too. hf-mem and gguf-parser read a GGUF file's own header, so that their figure of the file is the file.
"""
MISSED = """## Rows that are missed, and why

Weights off by more than 5 %, KV memory or tokens by more than 15 %, llama.cpp's cache by more than 0.1 %, a file by
more than 2 %, or a failure that was not foreseen.
"""
UNANSWERED = "## Rows without an answer\n"
CONSTANTS = """## Fitted constants

What is not read from an engine's source or counted from shapes. The words are those beside the constant in
`src/llmlint/engines/`.
"""
